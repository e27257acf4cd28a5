"""Payments from home: begun at the gateway, settled by its word, one receipt each.

The bank's word is kept first (`confirmed`), in a transaction of its own; then the receipt is written. Where the books
do not take one just now (the day is closed, the month is closed), the money waits as confirmed and is tried again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.money import Money, format_money, money, parse_amount, zero
from kernel.notifications.services import notify, send_sms
from kernel.organisation.selectors import who_may_anywhere
from kernel.parties.models import Party
from kernel.parties.selectors import canonical_id, ids_of
from kernel.policies.selectors import value
from kernel.profile.selectors import profile
from kernel.viewer import Viewer
from modules.finance.constants import IntentState, Method
from modules.finance.errors.online import (
    AmountDiffers,
    AmountNotOfDues,
    AmountTooSmall,
    CurrencyNotTaken,
    DuesChanged,
    GatewayAway,
    IntentUnknown,
    NoDueChosen,
    OneCurrencyAtATime,
    OnlinePaymentOff,
    OnlyWhole,
)
from modules.finance.models import CashBox, Charge, PaymentIntent
from modules.finance.selectors.campaigns import reductions_of
from modules.finance.selectors.online import MANAGE, currencies_of, gateway_box, is_taking
from modules.finance.selectors.settling import Reduction
from modules.finance.services.gateways import Asked, GatewayFailed, Told, Verdict, gateway_of
from modules.finance.services.gateways.protocol import plain_amount
from modules.finance.services.online_holding import change_intent, held_intent
from modules.finance.services.online_setup import cashier
from modules.finance.services.online_sitting import sit_down
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.promises import comes_to, last_moment, left_by_an_ended_campaign
from modules.finance.services.receiving import receive

log = structlog.get_logger(__name__)
LATE = (IntentState.FAILED, IntentState.EXPIRED)
DECLINED_AFTERWARDS = "declined"
CAMPAIGN_OVER = "campaign_over"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a payer chose. An empty amount means all of it."""

    party: Party
    charge_uids: Sequence[str]
    amount: str = ""
    phone: str = ""
    home: str = ""


def begin_payment(wish: Wish, *, by: Viewer) -> PaymentIntent:
    """Keep what is to be paid, then ask the gateway for its page. Whoever calls has shown who the payer is.

    Refuses `OnlinePaymentOff`, `NoDueChosen`, `DuesChanged`, `OneCurrencyAtATime`, `CurrencyNotTaken`,
    `AmountTooSmall`, `AmountNotOfDues`, `OnlyWhole`, and `GatewayAway`, after which the payment stands as declined.
    """
    box = gateway_box()
    if box is None or not is_taking(box) or not value("FIN-01.online", on=today()).value:
        raise OnlinePaymentOff()
    charges = _chosen(wish)
    reductions = _reductions(charges)
    asked = asked_for(charges, reductions)
    amount = _amount(wish, asked, box)
    minutes = int(value("FIN-01.online_minutes", on=today()).value)
    runs_out = timezone.now() + timedelta(minutes=minutes)
    over = last_moment(reductions)
    with recorded(by=by):
        intent = PaymentIntent.objects.create(
            box=box,
            party_id=wish.party.pk,
            payer_name=wish.party.full_name,
            phone=wish.phone,
            charges=[[one.pk, str(asked[one.pk].amount)] for one in charges],
            currency=amount.currency.code,
            amount=amount.amount,
            expires_at=min(runs_out, over) if over else runs_out,
        )
    with in_language("ar"):
        title = _("Dues of %(town)s") % {"town": profile().name_ar}
    try:
        begun = gateway_of(box).begin(
            Asked(
                order=str(intent.uid),
                amount=amount,
                title=title,
                back_url=f"{wish.home}/c/finance/paying/{intent.uid}/back",
                callback_url=f"{wish.home}/c/finance/paying/told",
                expires_at=intent.expires_at,
            )
        )
    except GatewayFailed as failed:
        log.warning("finance.gateway_failed", what="begin", detail=str(failed), intent=intent.pk)
        with recorded(by=by):
            change_intent(intent, state=IntentState.FAILED, problem="gateway_away")
        raise GatewayAway() from failed
    with recorded(by=by):
        change_intent(intent, url=begun.url, reference=begun.reference)
    return intent


def asked_for(
    charges: Sequence[Charge], reductions: Mapping[int, Reduction] | None = None
) -> dict[int, Money]:
    """What each due comes to when it is paid whole today by card, after the campaigns that stand."""
    reductions = _reductions(charges) if reductions is None else reductions
    return {one.pk: comes_to([one], reductions, one.currency) for one in charges}


def _reductions(charges: Sequence[Charge]) -> dict[int, Reduction]:
    return reductions_of(charges, on=today(), methods=[Method.CARD])


def take_callback(headers: Mapping[str, str], body: bytes, *, by: Viewer) -> PaymentIntent:
    """The gateway tells what came of a payment; told again, it changes nothing.

    Refuses `CallbackForged`, `CallbackNotUnderstood`, `IntentUnknown` and `AmountDiffers`.
    """
    box = gateway_box()
    if box is None:
        raise IntentUnknown()
    try:
        told = gateway_of(box).read_callback(headers, body)
    except GatewayFailed:
        raise GatewayAway() from None
    return settle(box, told, by=by)


def ask_gateway(intent: PaymentIntent, *, by: Viewer) -> PaymentIntent:
    """Ask what became of a payment whose message may be lost; one that ran out in the meantime ends.

    A gateway that does not answer changes nothing. Refuses `AmountDiffers`.
    """
    if intent.state == IntentState.CONFIRMED:
        return write_receipt(intent, by=by)
    if intent.state == IntentState.PAID:
        return intent
    told = Told("", Verdict.PENDING)
    if intent.reference:
        try:
            told = gateway_of(intent.box).enquire(intent.reference)
        except GatewayFailed as failed:
            log.warning(
                "finance.gateway_failed", what="enquire", detail=str(failed), intent=intent.pk
            )
            return intent
    if told.verdict != Verdict.PENDING:
        return settle(intent.box, told, by=by)
    if intent.state == IntentState.BEGUN and intent.expires_at <= timezone.now():
        with recorded(by=by):
            held = held_intent(intent.pk)
            if held.state == IntentState.BEGUN:
                change_intent(held, state=IntentState.EXPIRED)
        return held
    return intent


def settle(box: CashBox, told: Told, *, by: Viewer) -> PaymentIntent:
    """Keep the gateway's word, then write the receipt. Refuses `IntentUnknown` and `AmountDiffers`."""
    with recorded(by=by):
        intent = (
            PaymentIntent.objects.select_for_update(of=("self",))
            .select_related("box", "party")
            .filter(box=box, reference=told.reference)
            .first()
        )
        if intent is None:
            raise IntentUnknown()
        differs = _differs(intent, told)
        if differs:
            _put_before_staff(intent, differs, by=by)
        elif told.verdict == Verdict.PAID and intent.state in (IntentState.BEGUN, *LATE):
            change_intent(
                intent,
                state=IntentState.CONFIRMED,
                confirmed_at=timezone.now(),
                problem="",
                told="",
            )
        elif told.verdict == Verdict.FAILED and intent.state == IntentState.BEGUN:
            change_intent(intent, state=IntentState.FAILED, problem=told.detail or "declined")
    if differs and told.verdict == Verdict.PAID:
        raise AmountDiffers(told=differs, asked=format_money(money(intent.amount, intent.currency)))
    return write_receipt(intent, by=by) if intent.state == IntentState.CONFIRMED else intent


def write_receipt(intent: PaymentIntent, *, by: Viewer) -> PaymentIntent:
    """The one receipt of a confirmed payment. What the books refuse now stays confirmed, with the reason."""
    try:
        with recorded(by=cashier(), reason=by.name):
            held = held_intent(intent.pk)
            if held.state == IntentState.CONFIRMED:
                _post(held)
    except Refusal as refusal:
        log.warning("finance.online_receipt_waits", intent=intent.pk, code=refusal.code)
        with recorded(by=by):
            held = held_intent(intent.pk)
            if held.state == IntentState.CONFIRMED and held.problem != refusal.code:
                change_intent(held, problem=refusal.code)
    return held


def _post(intent: PaymentIntent) -> None:
    who = cashier()
    sit_down(intent.box, by=who)
    family = ids_of(intent.party_id)
    # Held before they are judged: what somebody pays at the desk meanwhile becomes an advance here, never a refusal.
    charges = Charge.objects.select_for_update(of=("self",)).order_by("id")
    still_open = [
        one.pk
        for one in charges.filter(pk__in=[pk for pk, _amount in intent.charges])
        if one.balance > 0 and one.party_id in family
    ]
    receipt = receive(
        Payment(
            party_id=canonical_id(intent.party_id),
            payer_name=intent.payer_name,
            tenders=(
                Tender(
                    method=Method.CARD,
                    amount=money(intent.amount, intent.currency),
                    reference=intent.reference,
                ),
            ),
            charge_ids=tuple(still_open),
            family_ids=tuple(family),
            keep_surplus=True,
        ),
        by=who,
    )
    rest = left_by_an_ended_campaign(intent, receipt)
    change_intent(
        intent, state=IntentState.PAID, receipt=receipt, problem=CAMPAIGN_OVER if rest else ""
    )
    with in_language("ar"):
        text = _("%(town)s: %(amount)s was received. Receipt %(number)s.") % {
            "town": profile().name_ar,
            "amount": format_money(money(intent.amount, intent.currency)),
            "number": receipt.number_text,
        }
        if rest:
            told = _("The campaign was over by then: %(rest)s is still owed.")
            text = f"{text} {told % {'rest': format_money(rest)}}"
        send_sms(phone=intent.phone, text=text, about=f"receipt:{receipt.uid}", by=who)


def _differs(intent: PaymentIntent, told: Told) -> str:
    """What the gateway says that cannot be: another amount, or that a payment it confirmed was declined; else ""."""
    if told.verdict == Verdict.PAID and told.amount != money(intent.amount, intent.currency):
        return f"{plain_amount(told.amount)} {told.amount.currency.code}" if told.amount else "?"
    settled = intent.state in (IntentState.CONFIRMED, IntentState.PAID)
    return DECLINED_AFTERWARDS if told.verdict == Verdict.FAILED and settled else ""


def _put_before_staff(intent: PaymentIntent, differs: str, *, by: Viewer) -> None:
    """Kept with the payment until somebody writes what was found out; their bells ring once for each such word."""
    log.error("finance.gateway_word_differs", intent=intent.pk, told=differs)
    if intent.told == differs:
        return
    ended = {"state": IntentState.FAILED} if intent.state == IntentState.BEGUN else {}
    change_intent(intent, told=differs, remark="", problem="amount_differs", **ended)
    with in_language("ar"):
        text = _("Online payment of %(payer)s: the bank's word differs from ours.") % {
            "payer": intent.payer_name
        }
    notify(
        who_may_anywhere(MANAGE).values_list("id", flat=True),
        verb="finance.gateway_word_differs",
        text=text,
        url=f"/finance/online/{intent.uid}",
        by=by,
    )


def _chosen(wish: Wish) -> list[Charge]:
    try:
        wanted = {UUID(one) for one in wish.charge_uids}
    except ValueError:
        raise DuesChanged() from None
    if not wanted:
        raise NoDueChosen()
    found = list(
        Charge.objects.filter(
            uid__in=wanted, party_id__in=ids_of(wish.party.pk), balance__gt=0
        ).order_by("due_on", "id")
    )
    if len(found) != len(wanted):
        raise DuesChanged()
    if len({one.currency for one in found}) > 1:
        raise OneCurrencyAtATime()
    return found


def _amount(wish: Wish, asked: Mapping[int, Money], box: CashBox) -> Money:
    whole = sum(asked.values(), zero(next(iter(asked.values())).currency.code))
    currency = whole.currency.code
    if currency not in currencies_of(box):
        raise CurrencyNotTaken(currency=currency)
    amount = parse_amount(wish.amount, currency) if wish.amount.strip() else whole
    if amount > whole:
        raise AmountNotOfDues(whole=format_money(whole))
    if amount < whole and not value("FIN-01.online_in_parts", on=today()).value:
        raise OnlyWhole(whole=format_money(whole))
    least: Money = value("FIN-01.online_least", on=today()).value
    if amount.amount <= 0 or (least.currency == amount.currency and amount < least):
        raise AmountTooSmall(least=format_money(least))
    return amount
