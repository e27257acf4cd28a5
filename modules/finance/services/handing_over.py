"""A box goes from one cashier to the next in the middle of a day (تسليم عهدة الصندوق).

The one who leaves counts and names the colleague; from then on nothing is received. The one who comes accepts with
the own account: the first session ends with that count, the second begins with it, in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import structlog
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import Method
from modules.finance.errors import NoOpenSession, SessionIsClosed, SessionOfAnotherDay
from modules.finance.errors.campaigns import HandoverToSelf, NotHandedToYou
from modules.finance.models import CashSession
from modules.finance.selectors.cash import books_of
from modules.finance.services.sessions import (
    Count,
    compared,
    count_and_end,
    hold_boxes,
    refuse_second,
)

log = structlog.get_logger(__name__)


def offer_session(
    session: CashSession, *, counts: Sequence[Count], to: User, note: str = "", by: Viewer
) -> CashSession:
    """Count and name who takes the box over. Refuses `HandoverToSelf`, `SessionIsClosed`, `CountMissing`, `VarianceNeedsReason`."""
    by.require("finance.receive")
    with recorded(by=by):
        held = _held(session)
        if held.cashier_id != by.user_id:
            raise NoOpenSession()
        if to.pk == by.user_id:
            raise HandoverToSelf()
        if held.on_date != today():
            raise SessionOfAnotherDay(date=f"{held.on_date:%d/%m/%Y}")
        rows = compared(held, counts, note)
        held.handover = {
            "to": to.pk,
            "name": str(to),
            "at": timezone.now().isoformat(),
            "note": note.strip(),
            "counts": [
                {
                    "method": given.method.value,
                    "currency": given.counted.currency.code,
                    "counted": str(given.counted.amount),
                    "pieces": dict(given.denominations),
                }
                for _holding, given in rows
            ],
        }
        held.save(update_fields=["handover"])
    log.info("finance.session_offered", session=held.pk, to=to.pk, by=by.user_id)
    return held


def withdraw_offer(session: CashSession, *, by: Viewer) -> CashSession:
    """Receiving goes on: the count is thrown away. By the cashier or who closes others' sessions."""
    with recorded(by=by):
        held = _held(session)
        own = held.cashier_id == by.user_id
        by.require("finance.receive" if own else "finance.close_any_session")
        held.handover = None
        held.save(update_fields=["handover"])
    return held


def take_over(session: CashSession, *, by: Viewer) -> CashSession:
    """Accept the count: the colleague's session ends, one's own begins with that cash.

    Refuses `NotHandedToYou`, `SessionStillOpen`, and what a closing refuses.
    """
    by.require("finance.receive")
    with recorded(by=by):
        held = _held(session)
        offer: dict[str, Any] | None = held.handover
        if not offer or by.user_id is None or offer["to"] != by.user_id:
            raise NotHandedToYou()
        refuse_second(held.box, by, leaving=held)
        counts = [
            Count(
                method=Method(one["method"]),
                counted=money(Decimal(one["counted"]), one["currency"]),
                denominations=one["pieces"],
            )
            for one in offer["counts"]
        ]
        count_and_end(held, compared(held, counts, offer["note"]), note=offer["note"], by=by)
        mine = CashSession.objects.create(
            box=held.box,
            cashier_id=by.user_id,
            on_date=today(),
            opened_at=timezone.now(),
            opening_books=books_of(held.box),
            opening_float={
                one.counted.currency.code: str(one.counted.amount)
                for one in counts
                if one.method == Method.CASH and one.counted.amount
            },
            taken_from=held,
        )
    log.info("finance.session_taken_over", session=mine.pk, earlier=held.pk, by=by.user_id)
    return mine


def offered_to(viewer: Viewer) -> list[CashSession]:
    """Boxes that colleagues want to hand over to the viewer now."""
    if viewer.user_id is None:
        return []
    return list(
        CashSession.objects.filter(closed_at=None, handover__to=viewer.user_id)
        .select_related("box", "cashier")
        .order_by("id")
    )


def _held(session: CashSession) -> CashSession:
    hold_boxes(session.box_id)
    held = (
        CashSession.objects.select_for_update(of=("self",))
        .select_related("box", "cashier")
        .get(pk=session.pk)
    )
    if not held.is_open:
        raise SessionIsClosed(box=held.box)
    return held
