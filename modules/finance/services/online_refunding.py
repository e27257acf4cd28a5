"""An online payment goes back to the card it came from, and its receipt is taken back with it.

The wish is kept first, then the bank is asked, and only its word moves the books: the receipt is cancelled or reversed,
and the dues are owed again. Asked twice the bank pays back once, because both questions carry the same name. Whole
payments only: a part is a spending to the person, with its own approval.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.money import format_money, money
from kernel.notifications.services import notify, send_sms
from kernel.organisation.selectors import who_may_anywhere
from kernel.policies.selectors import value
from kernel.profile.selectors import profile
from kernel.viewer import Viewer
from modules.finance.constants import IntentState, RefundState
from modules.finance.errors import ReasonMissing, ReceiptAlreadyVoid
from modules.finance.errors.online import IntentUnknown, NothingToPayBack, TooLateToPayBack
from modules.finance.models import PaymentIntent
from modules.finance.models.online import GOING_BACK
from modules.finance.selectors.online import MANAGE, PAY_BACK
from modules.finance.services.gateways import GatewayFailed, Verdict, gateway_of
from modules.finance.services.online_holding import change_intent, held_intent
from modules.finance.services.voiding import void_paid_back

log = structlog.get_logger(__name__)


def pay_back(uid: UUID, *, reason: str, by: Viewer) -> PaymentIntent:
    """Keep that a payment is to go back, ask the bank, and take the receipt back on its word.

    Asked again while it waits, the bank is asked again. Refuses `IntentUnknown`, `ReasonMissing`, `NothingToPayBack`,
    `TooLateToPayBack` (policy FIN-01.online_refund_days), and whatever taking the receipt back would refuse.
    """
    by.require(PAY_BACK)
    words = reason.strip()
    if not words:
        raise ReasonMissing()
    with recorded(by=by, reason=words):
        intent = PaymentIntent.objects.filter(uid=uid).first()
        if intent is None:
            raise IntentUnknown()
        held = held_intent(intent.pk)
        if held.refund_state not in GOING_BACK:
            _refuse_impossible(held, words, by)
            change_intent(
                held,
                refund_state=RefundState.ASKED.value,
                refund={
                    "reason": words,
                    "by": by.user_id,
                    "by_name": by.name,
                    "asked_at": timezone.now().isoformat(timespec="seconds"),
                },
            )
    log.info("finance.online_refund_asked", intent=held.pk, by=by.user_id)
    return carry_on(held)


def carry_on(intent: PaymentIntent) -> PaymentIntent:
    """One step further with a payment that goes back. A bank that does not answer changes nothing."""
    if intent.refund_state == RefundState.ASKED:
        amount = money(intent.amount, intent.currency)
        try:
            told = gateway_of(intent.box).refund(
                intent.reference, order=f"{intent.uid}:refund", amount=amount
            )
        except GatewayFailed as failed:
            log.warning(
                "finance.gateway_failed", what="refund", detail=str(failed), intent=intent.pk
            )
            return intent
        intent = _told(intent, told)
    return _book(intent) if intent.refund_state == RefundState.CONFIRMED else intent


def _told(intent: PaymentIntent, verdict: Verdict) -> PaymentIntent:
    """The bank's word is kept in a transaction of its own, before the books are touched."""
    with recorded(by=_asker(intent), reason=_reason(intent)):
        held = held_intent(intent.pk)
        if held.refund_state != RefundState.ASKED or verdict == Verdict.PENDING:
            return held
        if verdict == Verdict.REFUNDED:
            change_intent(held, refund_state=RefundState.CONFIRMED.value)
        else:
            change_intent(held, refund_state=RefundState.DECLINED.value)
            _ring(held)
    return held


def _book(intent: PaymentIntent) -> PaymentIntent:
    """The receipt is taken back; what the books refuse now is tried again, with the reason on the page."""
    by = _asker(intent)
    try:
        with recorded(by=by, reason=_reason(intent)):
            held = held_intent(intent.pk)
            if held.refund_state != RefundState.CONFIRMED or held.receipt is None:
                return held
            # Somebody may have taken the receipt back by hand meanwhile: the books say already what is true.
            if not held.receipt.is_void:
                void_paid_back(held.receipt, reason=_reason(held), by=by)
            change_intent(held, refund_state=RefundState.DONE.value, problem="")
            _tell_payer(held, by)
            log.info("finance.online_payment_paid_back", intent=held.pk, by=by.user_id)
    except Refusal as refusal:
        log.warning("finance.online_refund_waits", intent=intent.pk, code=refusal.code)
        with recorded(by=by):
            held = held_intent(intent.pk)
            if held.problem != refusal.code:
                change_intent(held, problem=refusal.code)
    return held


def _refuse_impossible(intent: PaymentIntent, reason: str, by: Viewer) -> None:
    if intent.state != IntentState.PAID or intent.receipt is None or not intent.reference:
        raise NothingToPayBack()
    if intent.refund_state == RefundState.DONE:
        raise NothingToPayBack()
    if intent.receipt.is_void:
        raise ReceiptAlreadyVoid(number=intent.receipt.number_text)
    days = int(value("FIN-01.online_refund_days", on=today()).value)
    last = intent.receipt.received_on + timedelta(days=days)
    if today() > last:
        raise TooLateToPayBack(last=last)
    # What the books would refuse is known before any money moves: it is tried, and taken back.
    with transaction.atomic():
        void_paid_back(intent.receipt, reason=reason, by=by)
        transaction.set_rollback(True)
    intent.receipt.refresh_from_db()


def _ring(intent: PaymentIntent) -> None:
    with in_language("ar"):
        text = _("Online payment of %(payer)s: the bank does not pay it back.") % {
            "payer": intent.payer_name
        }
    notify(
        who_may_anywhere(MANAGE).values_list("id", flat=True),
        verb="finance.refund_declined",
        text=text,
        url=f"/finance/online/{intent.uid}",
        by=_asker(intent),
    )


def _tell_payer(intent: PaymentIntent, by: Viewer) -> None:
    if intent.receipt is None:
        return
    with in_language("ar"):
        text = _("%(town)s: %(amount)s goes back to your card. Receipt %(number)s counts no more.")
        send_sms(
            phone=intent.phone,
            text=text
            % {
                "town": profile().name_ar,
                "amount": format_money(money(intent.amount, intent.currency)),
                "number": intent.receipt.number_text,
            },
            about=f"receipt:{intent.receipt.uid}",
            by=by,
        )


def _asker(intent: PaymentIntent) -> Viewer:
    """Who asked for it answers for what follows, also when a task carries it on."""
    told = intent.refund
    return Viewer(user_id=told["by"], name=told["by_name"], permissions=frozenset(), channel="task")


def _reason(intent: PaymentIntent) -> str:
    return str(intent.refund["reason"])
