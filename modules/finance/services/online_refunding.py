"""An online payment goes back to the card it came from, and its receipt is taken back with it.

One person asks for it and a second one approves it (FIN-12). That is kept first, then the bank is asked, and only its word moves the books: the receipt is cancelled or reversed,
and the dues are owed again. Asked twice the bank pays back once, because both questions carry the same name. Whole
payments only: a part is a spending to the person, with its own approval.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
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
from modules.finance.errors.online import (
    IntentUnknown,
    NothingToPayBack,
    RefundAskedAlready,
    RefundNotAsked,
    RefundSecondPerson,
    TooLateToPayBack,
)
from modules.finance.models import PaymentIntent
from modules.finance.models.online import GOING_BACK
from modules.finance.selectors.online import ASK_BACK, MANAGE, PAY_BACK
from modules.finance.services.gateways import GatewayFailed, Verdict, gateway_of
from modules.finance.services.online_holding import change_intent, held_intent
from modules.finance.services.voiding import void_paid_back

log = structlog.get_logger(__name__)


def ask_back(uid: UUID, *, reason: str, by: Viewer) -> PaymentIntent:
    """Keep that a payment is to go back. It waits for a second person (FIN-12), whose bell rings.

    Where the policy wants none, whoever may decide sends it at once. Asked again on its way, the bank is asked again.
    Refuses `IntentUnknown`, `ReasonMissing`, `RefundAskedAlready`, `NothingToPayBack`, `TooLateToPayBack` (policy
    FIN-01.online_refund_days), and whatever taking the receipt back would refuse.
    """
    by.require(PAY_BACK if by.may(PAY_BACK) else ASK_BACK)
    words = reason.strip()
    if not words:
        raise ReasonMissing()
    with recorded(by=by, reason=words):
        held = _held(uid)
        if held.refund_state == RefundState.WISHED:
            raise RefundAskedAlready(by=held.refund["by_name"])
        if held.refund_state not in GOING_BACK:
            _refuse_impossible(held, words, by)
            alone = by.may(PAY_BACK) and not _second_person_wanted()
            told = {"reason": words, "by": by.user_id, "by_name": by.name, "asked_at": _now()}
            change_intent(
                held,
                refund_state=(RefundState.ASKED if alone else RefundState.WISHED).value,
                refund=told | ({"alone": True} if alone else {}),
            )
            if not alone:
                _ring_who_decides(held, by)
    log.info("finance.online_refund_asked", intent=held.pk, by=by.user_id)
    return carry_on(held)


def approve_back(uid: UUID, *, by: Viewer) -> PaymentIntent:
    """Approve it as a second person: the bank is asked, and the receipt is taken back on its word.

    Refuses `RefundSecondPerson` to who asked for it (FIN-12), `RefundNotAsked`, and what asking refuses.
    """
    by.require(PAY_BACK)
    with recorded(by=by):
        held = _held(uid)
        if held.refund_state not in GOING_BACK:
            if held.refund_state != RefundState.WISHED:
                raise RefundNotAsked()
            alone = not _second_person_wanted()
            if not alone and by.user_id is not None and by.user_id == held.refund["by"]:
                raise RefundSecondPerson()
            _refuse_impossible(held, _reason(held), by)
            change_intent(
                held,
                refund_state=RefundState.ASKED.value,
                refund=held.refund | _decided(by) | ({"alone": True} if alone else {}),
            )
    log.info("finance.online_refund_approved", intent=held.pk, by=by.user_id)
    return carry_on(held)


def refuse_back(uid: UUID, *, reason: str, by: Viewer) -> PaymentIntent:
    """Say no, or take one's own wish back; it may be asked for again. Refuses `ReasonMissing`, `RefundNotAsked`."""
    words = reason.strip()
    with recorded(by=by, reason=words):
        held = _held(uid)
        own = by.user_id is not None and held.refund.get("by") == by.user_id
        by.require(ASK_BACK if own and by.may(ASK_BACK) else PAY_BACK)
        if not words:
            raise ReasonMissing()
        if held.refund_state != RefundState.WISHED:
            raise RefundNotAsked()
        told = held.refund | _decided(by) | {"refused_because": words}
        change_intent(held, refund_state=RefundState.REFUSED.value, refund=told)
        if not own and held.refund["by"] is not None:
            _ring_asker(held, words, by)
    log.info("finance.online_refund_refused", intent=held.pk, by=by.user_id)
    return held


def may_approve(intent: PaymentIntent, viewer: Viewer) -> bool:
    """Whether this person may be the one who approves what waits."""
    if intent.refund_state != RefundState.WISHED or not viewer.may(PAY_BACK):
        return False
    return intent.refund["by"] != viewer.user_id or not _second_person_wanted()


def _second_person_wanted() -> bool:
    return bool(value("FIN-12.maker_checker", on=today()).value)


def _held(uid: UUID) -> PaymentIntent:
    intent = PaymentIntent.objects.filter(uid=uid).first()
    if intent is None:
        raise IntentUnknown()
    return held_intent(intent.pk)


def _decided(by: Viewer) -> dict[str, Any]:
    return {"decided_by": by.user_id, "decided_by_name": by.name, "decided_at": _now()}


def _now() -> str:
    return timezone.now().isoformat(timespec="seconds")


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


def _ring_who_decides(intent: PaymentIntent, by: Viewer) -> None:
    with in_language("ar"):
        text = _("Online payment of %(payer)s: %(by)s asks that it goes back.") % {
            "payer": intent.payer_name,
            "by": by.name,
        }
    others = who_may_anywhere(PAY_BACK).exclude(pk=by.user_id or 0)
    notify(
        others.values_list("id", flat=True),
        verb="finance.refund_wished",
        text=text,
        url=f"/finance/online/{intent.uid}",
        by=by,
    )


def _ring_asker(intent: PaymentIntent, reason: str, by: Viewer) -> None:
    with in_language("ar"):
        text = _("Online payment of %(payer)s: it does not go back. %(reason)s") % {
            "payer": intent.payer_name,
            "reason": reason,
        }
    notify(
        [intent.refund["by"]],
        verb="finance.refund_refused",
        text=text,
        url=f"/finance/online/{intent.uid}",
        by=by,
    )


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
    """Who approved it answers for what follows, also when a task carries it on; who asked for it where nobody had to."""
    told = intent.refund
    who = "decided_by" if "decided_by" in told else "by"
    return Viewer(
        user_id=told[who], name=told[f"{who}_name"], permissions=frozenset(), channel="task"
    )


def _reason(intent: PaymentIntent) -> str:
    return str(intent.refund["reason"])
