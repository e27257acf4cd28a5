"""How old the dues are, as of any day that was: from dated settlements, never from today's.

Told by kind of due, by neighbourhood or by collector. Each grouping's sums equal the control accounts of that day to the
smallest coin; `Ageing.differences` proves it each time. Where a due lies and who collects there is told as of now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    DecimalField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kernel.viewer import Viewer
from modules.finance.constants import AgeingBy
from modules.finance.models import Charge, Settlement
from modules.finance.models.books import in_readers_language

# The day of being overdue on which each band begins; before the first nothing is overdue.
BANDS: tuple[int, ...] = (1, 31, 91, 181, 366, 1096)
NOTHING = Decimal(0)
# How an address names the row of what has no neighbourhood, or no collector.
NOWHERE = "none"

# A step may be dated before another that was written first (the bank tells of a clearing days later), so that on some
# day a due was settled beyond itself, or before it was assessed: it counts with what the books hold of it, below zero.
_OWED = f"""
    SELECT * FROM (
        SELECT c.id, c.kind_id, c.party_id, c.land_unit_id, c.premises_id, c.currency,
            width_bucket(%(on)s - c.due_on, ARRAY{list(BANDS)}) AS band,
            CASE WHEN e.date <= %(on)s THEN c.principal ELSE 0 END - COALESCE(s.settled, 0) AS owed
        FROM finance_charge c
        JOIN finance_entry e ON e.id = c.entry_id
        LEFT JOIN (SELECT charge_id, sum(amount) AS settled FROM finance_settlement WHERE date <= %(on)s
                   GROUP BY charge_id) s ON s.charge_id = c.id
        WHERE e.date <= %(on)s OR s.settled IS NOT NULL) c
    WHERE c.owed <> 0
"""
# A due lies where its premises or its parcel lie; one that names no place lies where its person lives, when the address
# names a neighbourhood of the register, however it is spelt. Each spelling is folded once, not once for each due.
_ZONED = f"""
    WITH owed AS MATERIALIZED ({_OWED}),
    placed AS MATERIALIZED (
        SELECT o.*, COALESCE(r.neighbourhood_id, b.neighbourhood_id, u.neighbourhood_id) AS lies_in,
            COALESCE(m.current_address, w.current_address)->>'neighbourhood' AS lives_in
        FROM owed o JOIN parties_party w ON w.id = o.party_id LEFT JOIN parties_party m ON m.id = w.alias_of_id
        LEFT JOIN places_premises r ON r.id = o.premises_id LEFT JOIN places_landunit b ON b.id = r.land_unit_id
        LEFT JOIN places_landunit u ON u.id = o.land_unit_id
    ),
    spelt AS MATERIALIZED (
        SELECT t.lives_in, n.id FROM (SELECT DISTINCT lives_in FROM placed WHERE lives_in <> '') t
        JOIN places_neighbourhood n ON n.retired_on IS NULL AND n.search_key = extensions.fold_arabic_key(t.lives_in)
    ),
    zoned AS (
        SELECT p.id, p.kind_id, p.currency, p.band, p.owed, COALESCE(p.lies_in, t.id) AS zone_id
        FROM placed p LEFT JOIN spelt t ON t.lives_in = p.lives_in
    )
"""
# No neighbourhood is on the rounds of two boxes (BA066), so no due is counted twice.
_COLLECTED = f"""{_ZONED},
    collected AS (
        SELECT z.*, x.collector_id FROM zoned z
        LEFT JOIN finance_cashbox x ON x.collector_id IS NOT NULL AND x.zones @> ARRAY[z.zone_id]
    )
"""
_GROUPED: dict[str, str] = {
    AgeingBy.KIND: f"""
        SELECT k.id::text, k.title_ar, k.title_en, c.currency, c.band, sum(c.owed), count(*)
        FROM ({_OWED}) c JOIN finance_dueskind k ON k.id = c.kind_id
        GROUP BY k.id, k.position, k.title_ar, k.title_en, c.currency, c.band
        ORDER BY k.position, k.id, c.currency, c.band
    """,
    AgeingBy.ZONE: f"""{_ZONED}
        SELECT n.uid::text, n.name_ar, n.name_en, z.currency, z.band, sum(z.owed), count(*)
        FROM zoned z LEFT JOIN places_neighbourhood n ON n.id = z.zone_id
        GROUP BY n.id, n.uid, n.search_key, n.name_ar, n.name_en, z.currency, z.band
        ORDER BY n.search_key NULLS LAST, n.id, z.currency, z.band
    """,
    AgeingBy.COLLECTOR: f"""{_COLLECTED}
        SELECT u.uid::text, u.name_ar, u.name_en, c.currency, c.band, sum(c.owed), count(*)
        FROM collected c LEFT JOIN identity_user u ON u.id = c.collector_id
        GROUP BY u.id, u.uid, u.name_ar, u.name_en, c.currency, c.band
        ORDER BY u.name_ar NULLS LAST, u.id, c.currency, c.band
    """,
}
_BEHIND: dict[str, str] = {
    AgeingBy.KIND: f"SELECT c.id FROM ({_OWED}) c WHERE %(of)s IN ('', c.kind_id::text)",
    AgeingBy.ZONE: f"""{_ZONED} SELECT z.id FROM zoned z LEFT JOIN places_neighbourhood n ON n.id = z.zone_id
        WHERE %(of)s IN ('', COALESCE(n.uid::text, '{NOWHERE}'))""",
    AgeingBy.COLLECTOR: f"""{_COLLECTED} SELECT c.id FROM collected c LEFT JOIN identity_user u ON u.id = c.collector_id
        WHERE %(of)s IN ('', COALESCE(u.uid::text, '{NOWHERE}'))""",
}
_TITLES: dict[str, str] = {
    AgeingBy.KIND: "SELECT title_ar, title_en FROM finance_dueskind WHERE id::text = %(of)s",
    AgeingBy.ZONE: "SELECT name_ar, name_en FROM places_neighbourhood WHERE uid::text = %(of)s",
    AgeingBy.COLLECTOR: "SELECT name_ar, name_en FROM identity_user WHERE uid::text = %(of)s",
}
_CONTROL_THEN = """
    SELECT l.currency, sum(l.debit - l.credit) FROM finance_line l
    WHERE l.account_id IN (SELECT receivable_id FROM finance_dueskind) AND l.date <= %(on)s GROUP BY l.currency
"""


@dataclass(frozen=True)
class AgeRow:
    """A kind of due, a neighbourhood or a collector in one currency, over the bands. `of` names it in an address."""

    of: str
    title: str
    currency: str
    bands: tuple[Decimal, ...]
    dues: int

    @property
    def total(self) -> Decimal:
        return sum(self.bands, NOTHING)


@dataclass(frozen=True)
class Ageing:
    on: date
    rows: tuple[AgeRow, ...]
    control: dict[str, Decimal]

    @property
    def sums(self) -> list[tuple[str, tuple[Decimal, ...], Decimal]]:
        """Per currency: the sums of the bands and of all."""
        found: dict[str, list[Decimal]] = {}
        for row in self.rows:
            sums = found.setdefault(row.currency, [NOTHING] * (len(BANDS) + 1))
            for place, amount in enumerate(row.bands):
                sums[place] += amount
        return [(code, tuple(bands), sum(bands, NOTHING)) for code, bands in sorted(found.items())]

    @property
    def differences(self) -> dict[str, Decimal]:
        """Where the dues and the control accounts differ; empty when the books are right."""
        owed = {currency: total for currency, _bands, total in self.sums}
        return {
            currency: self.control.get(currency, NOTHING) - owed.get(currency, NOTHING)
            for currency in {*owed, *self.control}
            if self.control.get(currency, NOTHING) != owed.get(currency, NOTHING)
        }


def ageing(viewer: Viewer, *, on: date, by: str = AgeingBy.KIND) -> Ageing:
    """Open dues of a day by kind, neighbourhood or collector, currency and days overdue, in two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_GROUPED[by], {"on": on})
        rows = cursor.fetchall()
        cursor.execute(_CONTROL_THEN, {"on": on})
        control = {currency: amount for currency, amount in cursor.fetchall() if amount}
    found: dict[tuple[str, str], tuple[str, list[Decimal], int]] = {}
    for of, title_ar, title_en, currency, band, owed, dues in rows:
        key = (of or NOWHERE, currency)
        title = in_readers_language(title_ar, title_en) if of else nowhere(by)
        title, bands, count = found.get(key, (title, [NOTHING] * (len(BANDS) + 1), 0))
        bands[band] += owed
        found[key] = (title, bands, count + dues)
    table = tuple(
        AgeRow(of, title, currency, tuple(bands), count)
        for (of, currency), (title, bands, count) in found.items()
    )
    return Ageing(on, table, control)


def title_of_group(by: str, of: str) -> str | None:
    """How a row of the ageing is called; None when there is no such kind, neighbourhood or collector."""
    with connection.cursor() as cursor:
        cursor.execute(_TITLES[by], {"of": of})
        row = cursor.fetchone()
    return in_readers_language(*row) if row else None


def nowhere(by: str) -> str:
    """How the row of what has no neighbourhood, or no collector, is called."""
    return _("Without a collector") if by == AgeingBy.COLLECTOR else _("Without a neighbourhood")


def dues_of_age(
    viewer: Viewer, *, on: date, by: str, of: str, band: int | None = None
) -> QuerySet[Charge]:
    """The dues behind a row or a cell of the ageing (`of` empty: all), each with what was owed then (`owed_then`)."""
    gone = (
        Settlement.objects.filter(charge=OuterRef("pk"), date__lte=on)
        .order_by()
        .values("charge")
        .annotate(amount=Sum("amount"))
        .values("amount")
    )
    exact: Any = DecimalField(max_digits=18, decimal_places=3)
    behind = RawSQL(*_in_place(_BEHIND[by], on=on, of=of))  # noqa: S611  a text of ours, its values apart
    found = Charge.objects.filter(pk__in=behind)
    if band is not None:
        found = found.filter(_of_band(on, band))
    return (
        found.select_related("kind", "party")
        .annotate(
            owed_then=Case(
                When(entry__date__lte=on, then=F("principal")), default=Value(0), output_field=exact
            )
            - Coalesce(Subquery(gone), Value(0), output_field=exact)
        )
        .order_by("due_on", "id")
    )


def _of_band(on: date, band: int) -> Q:
    """Due on the days that lie in this band on that day."""
    found = Q()
    if band:
        found &= Q(due_on__lte=on - timedelta(days=BANDS[band - 1]))
    if band < len(BANDS):
        found &= Q(due_on__gt=on - timedelta(days=BANDS[band]))
    return found


def _in_place(sql: str, **named: Any) -> tuple[str, list[Any]]:
    """The same query with its values in the order in which they stand, as an expression takes them."""
    parts = [named[piece.split(")s", 1)[0]] for piece in sql.split("%(")[1:]]
    for name in named:
        sql = sql.replace(f"%({name})s", "%s")
    return sql, parts
