"""How old the dues are, as of any day that was: from dated settlements, never from today's.

The sums equal the control accounts of that day to the smallest coin; `Ageing.differences` proves it each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from kernel.viewer import Viewer
from modules.finance.models.books import in_readers_language

# Days overdue: not yet, up to 30, 90, 180, 365, three years, older.
BANDS: tuple[int, ...] = (0, 30, 90, 180, 365, 1095)
NOTHING = Decimal(0)

# A step may be dated before another that was written first (the bank tells of a clearing days later), so that on some
# day a due was settled beyond itself, or before it was assessed: it counts with what the books hold of it, below zero.
_OWED_THEN = """
    SELECT k.id, k.title_ar, k.title_en, c.currency, c.band, sum(c.owed) AS owed, count(*) AS dues
    FROM (SELECT c.kind_id, c.currency, width_bucket(%(on)s - c.due_on, ARRAY[1, 31, 91, 181, 366, 1096]) AS band,
              CASE WHEN e.date <= %(on)s THEN c.principal ELSE 0 END - COALESCE(s.settled, 0) AS owed
          FROM finance_charge c
          JOIN finance_entry e ON e.id = c.entry_id
          LEFT JOIN (SELECT charge_id, sum(amount) AS settled FROM finance_settlement WHERE date <= %(on)s
                     GROUP BY charge_id) s ON s.charge_id = c.id
          WHERE e.date <= %(on)s OR s.settled IS NOT NULL) c
    JOIN finance_dueskind k ON k.id = c.kind_id
    WHERE c.owed <> 0
    GROUP BY k.id, k.position, k.title_ar, k.title_en, c.currency, c.band ORDER BY k.position, k.id, c.currency, c.band
"""
_CONTROL_THEN = """
    SELECT l.currency, sum(l.debit - l.credit) FROM finance_line l
    WHERE l.account_id IN (SELECT receivable_id FROM finance_dueskind) AND l.date <= %(on)s GROUP BY l.currency
"""


@dataclass(frozen=True)
class AgeRow:
    """A kind of due in one currency, over the bands."""

    kind_id: int
    title_ar: str
    title_en: str
    currency: str
    bands: tuple[Decimal, ...]
    dues: int

    @property
    def title(self) -> str:
        return in_readers_language(self.title_ar, self.title_en)

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


def ageing(viewer: Viewer, *, on: date) -> Ageing:
    """Open dues of a day by kind, currency and days overdue, in two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_OWED_THEN, {"on": on})
        rows = cursor.fetchall()
        cursor.execute(_CONTROL_THEN, {"on": on})
        control = {currency: amount for currency, amount in cursor.fetchall() if amount}
    found: dict[tuple[int, str], tuple[str, str, list[Decimal], int]] = {}
    for kind_id, title_ar, title_en, currency, band, owed, dues in rows:
        empty = [NOTHING] * (len(BANDS) + 1)
        titles_ar, titles_en, bands, count = found.get(
            (kind_id, currency), (title_ar, title_en, empty, 0)
        )
        bands[band] += owed
        found[kind_id, currency] = (titles_ar, titles_en, bands, count + dues)
    table = tuple(
        AgeRow(kind_id, title_ar, title_en, currency, tuple(bands), count)
        for (kind_id, currency), (title_ar, title_en, bands, count) in found.items()
    )
    return Ageing(on, table, control)
