"""Set what the payer owes off against what we owe the payer (المقاصة), and give it back with the receipt.

A payable of which nothing is left is closed once it is approved; given back, it waits to be paid again. What must not
live here: what the receipt posts (`services.payments`), what is paid of the rest (`services.spending.paying`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from kernel.calendar.selectors import today
from kernel.money import decimals_of, format_money, money
from kernel.viewer import Viewer
from modules.finance.constants import Method, SpendingKind, SpendingState
from modules.finance.errors.set_offs import (
    PayableInAnotherCurrency,
    PayableMissing,
    PayableNotOpen,
    PayableNotSetOff,
    PayableTooSmall,
    PayableWithoutSetOff,
)
from modules.finance.models import CashSession, Receipt, Spending
from modules.finance.selectors.books import base_currency
from modules.finance.selectors.payables import CLOSED, OWED, Open, left_of, states_set_off
from modules.finance.services.payments import Payment, SetOff, Tender
from modules.finance.services.stepping import Move, take_step_of_spending
from modules.finance.services.supplying import refuse_blocked


def hold_payables(payment: Payment, session: CashSession) -> Payment:
    """The payment with what each set-off takes from its payable; the payables are held until the receipt stands.

    The session is held first, as by whoever takes a receipt back. Refuses `PayableMissing`,
    `PayableWithoutSetOff`, `PayableNotOpen` (of another person), `PayableNotSetOff`, `PayableInAnotherCurrency`, `PayableTooSmall`, `SupplierBlocked`.
    """
    for one in payment.tenders:
        if one.payable is not None and one.method != Method.SET_OFF:
            raise PayableWithoutSetOff(method=one.method.label)
    set_off = [one for one in payment.tenders if one.method == Method.SET_OFF]
    if not set_off:
        return payment
    named = {one.payable for one in set_off if one.payable is not None}
    if any(one.payable is None for one in set_off):
        raise PayableMissing()
    refuse_blocked(payment.party_id)
    CashSession.objects.select_for_update(of=("self",)).filter(pk=session.pk).first()
    family = payment.family_ids or (payment.party_id,)
    held = {
        one.uid: one
        for one in Spending.objects.select_for_update(of=("self",))
        .filter(uid__in=named, party_id__in=family)
        .order_by("id")
    }
    left = {uid: left_of(one) for uid, one in held.items()}
    return replace(payment, tenders=tuple(_taken(one, held, left) for one in payment.tenders))


def _taken(tender: Tender, held: Mapping[UUID, Spending], left: dict[UUID, Open]) -> Tender:
    if tender.method != Method.SET_OFF or tender.payable is None:
        return tender
    spending = held.get(tender.payable)
    if spending is None:
        raise PayableNotOpen()
    if spending.kind not in OWED or spending.state not in states_set_off():
        raise PayableNotSetOff(
            number=spending.number_text,
            state=SpendingState(spending.state).label,
            kind=SpendingKind(spending.kind).label,
        )
    if tender.amount.currency.code != spending.currency:
        raise PayableInAnotherCurrency(number=spending.number_text, owed=spending.currency)
    before, amount = left[tender.payable], tender.amount.amount
    if amount > before.amount:
        raise PayableTooSmall(
            left=format_money(money(before.amount, spending.currency)),
            number=spending.number_text,
            amount=format_money(tender.amount),
        )
    smallest = Decimal(1).scaleb(-decimals_of(base_currency(today())))
    base = before.base_of(amount, spending, smallest)
    left[tender.payable] = Open(before.amount - amount, before.base - base)
    taken = SetOff(
        spending_id=spending.pk, party_id=spending.party_id, base=base, rate=spending.rate
    )
    return replace(tender, reference=spending.number_text, set_off=taken)


def close_payables(receipt: Receipt, payment: Payment, *, by: Viewer) -> None:
    """Close the approved payables of which the receipt left nothing."""
    ids = [one.set_off.spending_id for one in payment.tenders if one.set_off]
    if not ids:
        return
    for one in Spending.objects.filter(pk__in=ids).order_by("id"):
        close_when_whole(one, receipt=receipt.number_text, by=by)


def close_when_whole(spending: Spending, *, receipt: str = "", by: Viewer) -> None:
    """An approved payable that was set off whole is closed: there is nothing to pay out."""
    if spending.state != SpendingState.APPROVED or not spending.set_off:
        return
    if left_of(spending).amount == 0:
        move = Move(to=SpendingState.SET_OFF, on=today(), facts={"receipt": receipt})
        take_step_of_spending(spending, move, by=by)


def reopen_payables(receipt: Receipt, *, reason: str, by: Viewer) -> None:
    """What the receipt had set off is owed again, and a closed payable waits to be paid.

    The amounts follow in the database, once the receipt is void.
    """
    held = (
        Spending.objects.select_for_update(of=("self",))
        .filter(pk__in=receipt.instruments.exclude(spending=None).values("spending_id"))
        .order_by("id")
    )
    for one in held:
        if one.state in CLOSED:
            facts = {"receipt": receipt.number_text}
            move = Move(to=SpendingState.APPROVED, on=today(), note=reason, facts=facts)
            take_step_of_spending(one, move, by=by)
