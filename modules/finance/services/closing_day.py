"""Close a day: its pack is sealed to the day before, and no box is opened on it again."""

from __future__ import annotations

from datetime import date
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Count, Max, Min, Sum

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.finance.constants import DAY_CLOSED
from modules.finance.errors.closings import DayAlreadyClosed, DayHasOpenSession, DayNotOver
from modules.finance.models import CashCount, CashSession, DayClosing, Entry, Instrument, Receipt
from modules.finance.selectors.cash import boxes, cash_in, opening_differences
from modules.finance.services.online_sitting import end_sittings

log = structlog.get_logger(__name__)


def close_day(on: date, *, by: Viewer) -> DayClosing:
    """Seal a day after every box was counted. Refuses `DayNotOver`, `DayHasOpenSession`, `DayAlreadyClosed`."""
    by.require("finance.close_day")
    if on > today():
        raise DayNotOver()
    with recorded(by=by):
        # Nobody counts the box of online payments; what is paid there after this gets its receipt tomorrow.
        end_sittings(by=by, whole_day=on == today())
        waiting = (
            CashSession.objects.filter(closed_at=None, on_date__lte=on)
            .select_related("cashier", "box")
            .first()
        )
        if waiting is not None:
            raise DayHasOpenSession(cashier=waiting.cashier, box=waiting.box)
        try:
            with transaction.atomic():
                closing = DayClosing.objects.create(
                    on_date=on,
                    contents=_contents(on, by),
                    closed_by_id=by.user_id,
                    closed_by_name=by.name,
                )
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", "") == DAY_CLOSED:
                raise DayAlreadyClosed(date=f"{on:%d/%m/%Y}") from error
            raise
        closing.refresh_from_db()
    log.info("finance.day_closed", closing=closing.pk, by=by.user_id)
    return closing


def _contents(on: date, by: Viewer) -> dict[str, Any]:
    """Amounts as text, so that the seal covers them to the last decimal."""
    return {
        "receipts": [
            {
                "box": row["box__code"],
                "first": row["first"],
                "last": row["last"],
                "count": row["count"],
            }
            for row in Receipt.objects.filter(received_on=on)
            .values("box__code")
            .annotate(first=Min("number"), last=Max("number"), count=Count("id"))
            .order_by("box__code")
        ],
        "taken": [
            {
                "method": row["method"],
                "currency": row["receipt__currency"],
                "count": row["count"],
                "amount": str(row["amount"]),
            }
            for row in Instrument.objects.filter(receipt__received_on=on, receipt__void_kind="")
            .values("method", "receipt__currency")
            .annotate(amount=Sum("amount"), count=Count("receipt", distinct=True))
            .order_by("receipt__currency", "method")
        ],
        "voided": [
            {
                "number": one.number_text,
                "amount": str(one.amount),
                "currency": one.currency,
                "reason": one.void_reason,
            }
            for one in Receipt.objects.filter(void_entry__date=on).order_by("number_text")
        ],
        "openings": [
            {
                "session": str(one.uid),
                "box": one.box.code,
                "cashier": str(one.cashier),
                "currency": off.currency,
                "books": str(off.books),
                "counted": str(off.counted),
                "reason": one.opening_reason,
            }
            for one in CashSession.objects.filter(on_date=on)
            .exclude(opening_reason="")
            .select_related("box", "cashier")
            .order_by("id")
            for off in opening_differences(one.opening_float, one.opening_books)
        ],
        "counts": [
            {
                "session": str(one.session.uid),
                "box": one.session.box.code,
                "cashier": str(one.session.cashier),
                "method": one.method,
                "currency": one.currency,
                "expected": str(one.opening + one.taken),
                "counted": str(one.counted),
                "variance": str(one.variance),
                "pieces": one.denominations,
            }
            for one in CashCount.objects.filter(session__on_date=on)
            .select_related("session__box", "session__cashier")
            .order_by("session_id", "method", "currency")
        ],
        "boxes": [
            {
                "box": box.code,
                "held": {code: str(held) for code, held in sorted(cash_in(box).items())},
            }
            for box in boxes(by)
        ],
        "entries": Entry.objects.filter(date=on).count(),
        "last_entry": Entry.objects.aggregate(last=Max("id"))["last"] or 0,
    }
