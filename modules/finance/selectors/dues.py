"""What a person owes, paid and was spared: the facts. Whether it blocks anything is policy, judged by who asks.

Every function takes the ids of a whole alias family: posted charges keep the id they were assessed under.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, Sum

from kernel.money import money
from kernel.ports.dues import DueLine, DuesAnswer
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole
from modules.finance.errors import ChargeUnknown
from modules.finance.models import Charge, DuesKind, Entry, Settlement
from modules.finance.models.books import in_readers_language
from modules.finance.selectors.books import KindFacts, account_of, kinds_by_id

NOTHING = Decimal(0)

# The cheques of the family are looked for once and not for each due: they stand in every row, mostly as NULL.
_OPEN_NOW = """
    SELECT c.uid, c.party_id, c.kind_id, c.year, c.principal, c.paid, c.balance, c.currency, c.due_on, c.description,
        (SELECT p.number_text FROM finance_plan p
         WHERE p.party_id = c.party_id AND p.state = 'active' AND c.id = ANY(p.charge_ids)),
        c.id,
        (SELECT jsonb_agg(jsonb_build_array(q.amount::text, q.currency, q.covers) ORDER BY q.dated_on, q.id)
         FROM finance_cheque q WHERE q.party_id = ANY(%s) AND q.way = 'in' AND q.instrument_id IS NULL
            AND q.state IN ('in_safe', 'deposited', 'endorsed'))
    FROM finance_charge c WHERE c.party_id = ANY(%s) AND c.balance > 0 ORDER BY c.due_on, c.id
"""
_OPEN_THEN = """
    SELECT c.uid, c.party_id, c.kind_id, c.year, c.principal, s.paid, c.principal - s.settled, c.currency, c.due_on,
        c.description, '', c.id, NULL::jsonb
    FROM finance_charge c JOIN finance_entry e ON e.id = c.entry_id AND e.date <= %(on)s
    CROSS JOIN LATERAL (
        SELECT COALESCE(sum(x.amount), 0) AS settled, COALESCE(sum(x.amount) FILTER (WHERE x.kind = 'paid'), 0) AS paid
        FROM finance_settlement x WHERE x.charge_id = c.id AND x.date <= %(on)s) s
    WHERE c.party_id = ANY(%(parties)s) AND c.principal > s.settled ORDER BY c.due_on, c.id
"""


def dues_of(party_ids: Sequence[int], *, today: date, on: date) -> DuesAnswer:
    """Open dues of these parties, oldest first: as they stand, or as they stood at the end of a past day."""
    with connection.cursor() as cursor:
        if on >= today:
            cursor.execute(_OPEN_NOW, [list(party_ids), list(party_ids)])
        else:
            cursor.execute(_OPEN_THEN, {"parties": list(party_ids), "on": on})
        rows = cursor.fetchall()
    kinds = kinds_by_id()
    covered = _covered(rows)
    lines = tuple(_due_line(row, kinds[row[2]], covered.get(row[11], NOTHING)) for row in rows)
    totals: dict[str, Decimal] = {}
    for one in lines:
        totals[one.currency] = totals.get(one.currency, NOTHING) + one.balance
    return DuesAnswer(known=True, lines=lines, totals=totals, as_of=on)


def _covered(rows: Sequence[tuple]) -> dict[int, Decimal]:  # type: ignore[type-arg]
    """What post-dated cheques cover of each due: each cheque its dues in their order, as far as it reaches.

    A due in another currency than the cheque's is not counted as covered: what it will settle is known on its day.
    """
    cheques = json.loads(rows[0][12]) if rows and rows[0][12] else []
    open_dues = {row[11]: (row[6], row[7]) for row in rows}
    covered: dict[int, Decimal] = {}
    for amount, currency, covers in cheques:
        left = Decimal(amount)
        for charge_id in covers:
            balance, due_in = open_dues.get(charge_id, (NOTHING, ""))
            takes = min(left, balance - covered.get(charge_id, NOTHING))
            if due_in == currency and takes > 0:
                covered[charge_id] = covered.get(charge_id, NOTHING) + takes
                left -= takes
    return covered


def last_entry() -> int:
    """The id of the last entry of the books; 0 before the first."""
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _due_line(row: tuple, kind: KindFacts, covered: Decimal) -> DueLine:  # type: ignore[type-arg]
    uid, party_id, _kind, year, principal, paid, balance, currency, due_on, description, plan = row[
        :11
    ]
    return DueLine(
        charge_uid=str(uid),
        kind=kind.code,
        kind_title=in_readers_language(kind.title_ar, kind.title_en),
        year=year,
        principal=money(principal, currency).amount,
        paid=money(paid, currency).amount,
        balance=money(balance, currency).amount,
        currency=currency,
        due_on=due_on,
        description=description,
        plan=plan or "",
        party_id=party_id,
        covered=money(covered, currency).amount,
    )


def open_charges(viewer: Viewer, party_ids: Sequence[int]) -> QuerySet[Charge]:
    """Open dues of a family as rows, for the cash desk; oldest first."""
    return (
        Charge.objects.filter(party_id__in=party_ids, balance__gt=0)
        .select_related("kind")
        .order_by("due_on", "id")
    )


def charges(viewer: Viewer) -> QuerySet[Charge]:
    """All charges, newest first."""
    return Charge.objects.select_related("kind", "party").order_by("-id")


def charge_for(viewer: Viewer, uid: UUID) -> Charge:
    """The charge of that uid. Refuses `ChargeUnknown`."""
    found = (
        Charge.objects.select_related("kind", "party", "entry", "land_unit", "premises", "origin")
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise ChargeUnknown()
    return found


def settlements_of(viewer: Viewer, charge: Charge) -> QuerySet[Settlement]:
    """How the charge became smaller, in order, with the receipt or credit behind each."""
    return charge.settlements.select_related("receipt", "credit", "entry", "reverses").order_by(
        "id"
    )


def moved_to(viewer: Viewer, charge: Charge) -> QuerySet[Charge]:
    """The dues of others that this one became by a decision, all moves of it counted."""
    return Charge.objects.filter(origin=charge).select_related("party").order_by("id")


def kinds(viewer: Viewer) -> QuerySet[DuesKind]:
    return DuesKind.objects.select_related("receivable", "revenue").order_by("position", "code")


_ADVANCES = """
    SELECT currency, sum(credit - debit) FROM finance_line WHERE party_id = ANY(%s) AND account_id = %s
    GROUP BY currency HAVING sum(credit - debit) <> 0
"""


def advance_of(party_ids: Sequence[int]) -> dict[str, Decimal]:
    """What a person has paid in advance and not used, per currency."""
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCES, [list(party_ids), account_of(AccountRole.ADVANCES)])
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class DuesFacts:
    """What a verdict is made from: totals, what is overdue, the oldest due, advances."""

    answer: DuesAnswer
    overdue: dict[str, Decimal]
    oldest_due_on: date | None
    advances: dict[str, Decimal]

    @property
    def count(self) -> int:
        return len(self.answer.lines)

    @property
    def is_clear(self) -> bool:
        return self.answer.is_clear


def dues_facts(party_ids: Sequence[int], *, today: date) -> DuesFacts:
    """The panel's facts of a person, in two queries."""
    answer = dues_of(party_ids, today=today, on=today)
    overdue: dict[str, Decimal] = {}
    for one in answer.lines:
        if one.due_on and one.due_on < today:
            overdue[one.currency] = overdue.get(one.currency, NOTHING) + one.balance
    oldest = min((one.due_on for one in answer.lines if one.due_on), default=None)
    return DuesFacts(answer, overdue, oldest, advance_of(party_ids))


@dataclass(frozen=True)
class KindTotal:
    """A kind of due in one currency: assessed, paid, credited, still owed."""

    title: str
    currency: str
    assessed: Decimal
    paid: Decimal
    credited: Decimal
    owed: Decimal


def kind_totals(viewer: Viewer) -> list[KindTotal]:
    """Every kind of due with its sums, one line for each currency."""
    rows = (
        Charge.objects.filter(cancelled=0)
        .values("kind_id", "currency")
        .annotate(
            assessed=Sum("principal"),
            was_paid=Sum("paid"),
            was_credited=Sum("credited"),
            owed=Sum("balance"),
        )
        .order_by("kind__position", "kind_id", "currency")
    )
    known = kinds_by_id()
    return [
        KindTotal(
            in_readers_language(known[row["kind_id"]].title_ar, known[row["kind_id"]].title_en),
            row["currency"],
            row["assessed"],
            row["was_paid"],
            row["was_credited"],
            row["owed"],
        )
        for row in rows
    ]
