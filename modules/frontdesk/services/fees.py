"""Fees: assessed once, charged through finance once, settled when finance says so. No money is handled here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone
from moneyed import Money

from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.money import format_money, money
from kernel.ports import ask, is_provided
from kernel.ports.charges import ChargePort, ChargeSource
from kernel.text import listed
from kernel.viewer import Viewer
from modules.frontdesk.applying import fee_amount
from modules.frontdesk.constants import MODULE_CODE, Verb
from modules.frontdesk.definitions import Fee
from modules.frontdesk.errors import (
    FeeNotAssessable,
    FeeNotAssessed,
    FeeNotComputable,
    FeesUnavailable,
)
from modules.frontdesk.events import FeeAssessed
from modules.frontdesk.models import Request, RequestFee, RequestStep
from modules.frontdesk.rules.facts import facts_of_answers
from modules.frontdesk.selectors.asking import about_request
from modules.frontdesk.services.recording import note

PAY_WITHIN_DAYS = 30


def assess_flat_fees(request: Request, *, when: str) -> list[RequestFee]:
    """Write down the fees that are known from the answers and fall due now, once each.

    Refuses `FeeNotComputable` for one that these answers leave open: a fee is never guessed.
    """
    due = [one for one in request.design.fees if one.is_computed and one.when == when]
    if not due:
        return []
    facts = {
        **about_request(request, on=today()),
        **facts_of_answers(request.design.fields, request.answers),
    }
    known = set(RequestFee.objects.filter(request=request).values_list("code", flat=True))
    new = []
    for one in due:
        amount = fee_amount(one, request.design, facts)
        if amount is None:
            raise FeeNotComputable(fee=one.title)
        if one.code not in known and amount:
            new.append(_fee(request, one, money(amount, one.currency)))
    for fee in new:
        fee.save()
    return new


def assess_fees(
    request: Request, step: RequestStep, amounts: Mapping[str, Money], *, by: Viewer
) -> None:
    """Write down what a step computed. An amount of zero means that nothing is owed.

    Refuses `FeeNotAssessable` for a fee of another step and `FeeNotAssessed` for one left out.
    """
    expected = {one.code: one for one in request.design.fees if one.assessed_by == step.code}
    for code in amounts:
        if code not in expected:
            raise FeeNotAssessable()
    for code, fee in expected.items():
        if code not in amounts or amounts[code].amount < 0:
            raise FeeNotAssessed(field=f"fee_{code}")
        amount = money(amounts[code].amount, fee.currency)
        if amount.amount == 0 or RequestFee.objects.filter(request=request, code=code).exists():
            continue
        _fee(request, fee, amount).save()
        note(
            request,
            Verb.FEE_ASSESSED,
            by=by,
            step=step,
            text=f"{fee.title.ar}: {format_money(amount)}",
            fee=code,
        )


def charge_fees(request: Request, *, by: Viewer) -> None:
    """Charge every fee that is assessed and not charged yet; the same fee again gives the same charge.

    Refuses `FeesUnavailable` where finance is switched off.
    """
    assess_flat_fees(request, when="at_collection")
    waiting = list(RequestFee.objects.select_for_update().filter(request=request, charge_uid=None))
    if not waiting:
        return
    if not is_provided(ChargePort) or request.payer_id is None:
        raise FeesUnavailable()
    port = ask(ChargePort)
    for fee in waiting:
        planned = request.design.fee(fee.code)
        charged = port.assess(
            source=ChargeSource(MODULE_CODE, str(request.uid), fee.code),
            party_id=request.payer_id,
            kind=planned.dues_kind if planned else "frontdesk.request_fee",
            amount=fee.money,
            due_on=today() + timedelta(days=PAY_WITHIN_DAYS),
            description=f"{fee.title_ar} {request.number or ''}".strip(),
            by=by,
        )
        fee.charge_uid = charged.uid
        if charged.settled:
            fee.settled_at = timezone.now()
        fee.save()
        emit(
            FeeAssessed(
                request_uid=str(request.uid),
                number=request.number or "",
                party_id=request.payer_id,
                fee_code=fee.code,
                charge_uid=charged.uid,
                amount=fee.amount,
                currency=fee.currency,
            ),
            by=by,
        )


def fees_settled(request: Request) -> bool:
    """True when nothing that was assessed is left to pay."""
    return not RequestFee.objects.filter(request=request, settled_at=None).exists()


def receipt_number(charge_uid: str) -> str:
    """The receipt that settled the charge, when finance can say."""
    if not is_provided(ChargePort):
        return ""
    known = ask(ChargePort).status([charge_uid]).get(charge_uid)
    return listed(known.receipt_numbers) if known else ""


def _fee(request: Request, fee: Fee, amount: Money) -> RequestFee:
    return RequestFee(
        request=request,
        code=fee.code,
        title_ar=fee.title.ar,
        title_en=fee.title.en,
        amount=amount.amount,
        currency=amount.currency.code,
        assessed_at=timezone.now(),
    )
