"""Payments from home: the box with the gateway, what may be paid there, the list for the staff."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from kernel.viewer import Viewer
from modules.finance.constants import IntentState
from modules.finance.errors.online import IntentUnknown
from modules.finance.models import CashBox, Charge, PaymentIntent

MANAGE = "finance.manage_gateway"
PAY_BACK = "finance.refund_online"
ASK_BACK = "finance.ask_refund_online"
SANDBOX = "sandbox"


def gateway_box() -> CashBox | None:
    """The box of online payments; None before one was set up."""
    return CashBox.objects.exclude(gateway=None).order_by("id").first()


def is_taking(box: CashBox | None) -> bool:
    """Whether new payments may be begun. What was begun is settled either way."""
    told = (box.gateway or {}) if box is not None else {}
    offered = told.get("adapter") != SANDBOX or settings.PAYMENT_SANDBOX
    return bool(told.get("is_on")) and offered


def currencies_of(box: CashBox) -> Sequence[str]:
    return list((box.gateway or {}).get("currencies") or ["ILS"])


def intent_of(uid: UUID) -> PaymentIntent:
    """One payment by the name that only its payer was given. Refuses `IntentUnknown`."""
    found = PaymentIntent.objects.select_related("box", "receipt", "party").filter(uid=uid).first()
    if found is None:
        raise IntentUnknown()
    return found


def intents(viewer: Viewer) -> QuerySet[PaymentIntent]:
    """Every online payment, the newest first."""
    viewer.require("finance.read")
    return PaymentIntent.objects.select_related("party", "receipt").order_by("-id")


def needs_a_look() -> Q:
    """The bank's word differs from ours, and nobody has written yet what was found out."""
    return ~Q(told="") & Q(remark="")


def intent_for(viewer: Viewer, uid: UUID) -> PaymentIntent:
    """One online payment for the staff. Refuses `IntentUnknown`."""
    viewer.require("finance.read")
    return intent_of(uid)


def dues_of_intent(viewer: Viewer, intent: PaymentIntent) -> list[tuple[Charge, Decimal]]:
    """The dues that were chosen, with what each came to when they were."""
    viewer.require("finance.read")
    asked = {pk: Decimal(amount) for pk, amount in intent.charges}
    found = Charge.objects.select_related("kind").filter(pk__in=asked).order_by("due_on", "id")
    return [(one, asked[one.pk]) for one in found]


def puzzling_count(viewer: Viewer) -> int:
    """How many need a look."""
    viewer.require("finance.read")
    return PaymentIntent.objects.filter(needs_a_look()).count()


def waiting_count(viewer: Viewer) -> int:
    """How many the bank confirmed for which no receipt could be written yet."""
    return PaymentIntent.objects.filter(state=IntentState.CONFIRMED).count()


def unsettled_count() -> int:
    return PaymentIntent.objects.filter(
        state__in=[IntentState.BEGUN, IntentState.CONFIRMED]
    ).count()
