"""Who holds cash and receipt leaves outside the bank: boxes by the age of their cash, books by their leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, Q, QuerySet

from kernel.calendar.selectors import end_of_day, working_calendar, zone
from kernel.money import Money
from kernel.viewer import Viewer
from modules.finance.constants import LeafState
from modules.finance.errors.campaigns import BookUnknown
from modules.finance.models import CashBox, Line, ReceiptBook, ReceiptLeaf

AT_ONCE = 300

# What lies in a box is what came in last: going back from today, the days whose takings add up to it.
_BY_DAY = """
    WITH held AS (
        SELECT b.id AS box_id, m.currency, sum(m.debit - m.credit) AS amount
        FROM finance_cashbox b JOIN finance_monthlybalance m ON m.account_id = b.account_id
        WHERE b.id = ANY(%s) GROUP BY b.id, m.currency HAVING sum(m.debit - m.credit) > 0
    ), came AS (
        SELECT h.box_id, h.currency, h.amount AS held, l.date, sum(l.debit) AS amount
        FROM held h JOIN finance_cashbox b ON b.id = h.box_id
        JOIN finance_line l ON l.account_id = b.account_id AND l.currency = h.currency AND l.debit > 0
        WHERE NOT EXISTS (SELECT 1 FROM finance_entry v WHERE v.reverses_id = l.entry_id)
        GROUP BY h.box_id, h.currency, h.amount, l.date
    ), layers AS (
        SELECT box_id, currency, held, date, amount,
            sum(amount) OVER (PARTITION BY box_id, currency ORDER BY date DESC) - amount AS newer FROM came
    )
    SELECT box_id, currency, date, least(amount, held - newer) FROM layers WHERE newer < held ORDER BY box_id, date
"""


@dataclass(frozen=True)
class Layer:
    """Cash that came on a day and still lies in a box."""

    box_id: int
    currency: str
    since: date
    amount: Decimal


def cash_by_age(boxes: list[int]) -> list[Layer]:
    """For each box the cash in it by the day on which it came, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, [boxes])
        return [Layer(*row) for row in cursor.fetchall()]


def oldest_cash_in(box: CashBox) -> date | None:
    """Since when the oldest cash lies in the box; None when it is empty."""
    return min((one.since for one in cash_by_age([box.pk])), default=None)


def lies_since(box: CashBox, amount: Money) -> datetime | None:
    """Since when the oldest of this much cash lies in the box, the newest taken first: what stays there is the change.

    None when so much never came. Read backwards a few hundred lines at a time, so that a box of many years costs no more.
    """
    came = (
        Line.objects.filter(
            account_id=box.account_id,
            currency=amount.currency.code,
            debit__gt=0,
            entry__reversal=None,
        )
        .order_by("-date", "-id")
        .values_list("debit", "entry__posted_at")
    )
    left = amount.amount
    start = 0
    while rows := list(came[start : start + AT_ONCE]):
        for debit, posted_at in rows:
            left -= debit
            if left <= 0:
                return posted_at  # type: ignore[no-any-return]
        start += AT_ONCE
    return None


def working_hours(since: datetime, until: datetime) -> int:
    """Whole hours between two instants that fall on working days: a bank opens on no other."""
    calendar = working_calendar()
    here = zone()
    at, end = since.astimezone(here), until.astimezone(here)
    passed = timedelta(0)
    while at < end:
        midnight = min(end_of_day(at.date()), end)
        if calendar.is_working(at.date()):
            passed += midnight.astimezone(UTC) - at.astimezone(UTC)
        at = midnight.astimezone(here)
    return int(passed.total_seconds() // 3600)


def books(viewer: Viewer) -> QuerySet[ReceiptBook]:
    """Receipt books with how many of their leaves are used, void and missing; a collector sees his own."""
    found = (
        ReceiptBook.objects.select_related("box", "collector")
        .annotate(
            size=F("last") - F("first") + 1,
            used=Count("accounted", filter=Q(accounted__state=LeafState.USED)),
            void=Count("accounted", filter=Q(accounted__state=LeafState.VOID)),
            missing=Count("accounted", filter=Q(accounted__state=LeafState.MISSING)),
            highest=Max("accounted__number", filter=Q(accounted__state=LeafState.USED)),
        )
        .order_by("series", "first")
    )
    if viewer.may("finance.read"):
        return found
    return found.filter(collector_id=viewer.user_id)


def book_for(viewer: Viewer, uid: UUID) -> ReceiptBook:
    """The book of that uid. Refuses `BookUnknown`."""
    found = books(viewer).filter(uid=uid).first()
    if found is None:
        raise BookUnknown()
    return found


def leaves_of(viewer: Viewer, book: ReceiptBook) -> QuerySet[ReceiptLeaf]:
    return ReceiptLeaf.objects.filter(book=book).select_related("receipt").order_by("number")


def skipped(book: ReceiptBook) -> Iterator[int]:
    """Leaves before the last used one that nobody accounted for: the first sign of a missing leaf."""
    known = dict(ReceiptLeaf.objects.filter(book=book).values_list("number", "state"))
    last = max((one for one, state in known.items() if state == LeafState.USED), default=0)
    return (one for one in range(book.first, last) if one not in known)
