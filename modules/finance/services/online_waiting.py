"""Look after online payments that wait: ask the gateway, end what ran out, try receipts again."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from kernel.errors import Refusal
from kernel.viewer import Viewer
from modules.finance.constants import IntentState
from modules.finance.models import PaymentIntent
from modules.finance.models.online import GOING_BACK
from modules.finance.selectors.online import gateway_box
from modules.finance.services.online import ask_gateway
from modules.finance.services.online_refunding import carry_on
from modules.finance.services.online_setup import cashier
from modules.finance.services.online_sitting import end_sittings

log = structlog.get_logger(__name__)
FIRST_LOOK = timedelta(minutes=2)
AFTERWARDS = timedelta(hours=2)
AT_ONCE = 100


def look_after(*, by: Viewer) -> int:
    """How many were looked after. Each stands alone: what fails with one does not stop the next.

    What ran out is asked for two hours more, because a bank may be slower than its page.
    """
    now = timezone.now()
    waiting = (
        PaymentIntent.objects.select_related("box", "party")
        .filter(
            Q(state=IntentState.CONFIRMED)
            | Q(state=IntentState.BEGUN, created_at__lt=now - FIRST_LOOK)
            | Q(state=IntentState.EXPIRED, expires_at__gt=now - AFTERWARDS)
        )
        .order_by("expires_at", "id")[:AT_ONCE]
    )
    found = list(waiting)
    for one in found:
        try:
            ask_gateway(one, by=by)
        except Refusal as refusal:
            log.warning("finance.online_payment_waits", intent=one.pk, code=refusal.code)
    return len(found) + _going_back()


def _going_back() -> int:
    waiting = PaymentIntent.objects.select_related("box", "party").filter(
        refund_state__in=GOING_BACK
    )
    found = list(waiting.order_by("expires_at", "id")[:AT_ONCE])
    for one in found:
        carry_on(one)
    return len(found)


def end_days() -> int:
    """Close sessions of online payments of days that are over."""
    return end_sittings(by=cashier()) if gateway_box() is not None else 0
