"""Receive money: one receipt, numbered, posted, settling dues by policy, in one transaction.

What must not live here: how an amount is divided (`services.allocating`), taking a receipt back (`services.voiding`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import structlog
from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.db import ReadyQuery, Slot, any_of, reserve_ids, write_rows
from kernel.events.services import outbox_row, relay_soon
from kernel.money import Money, decimals_of, format_money, in_words, money
from kernel.numbering.services import take
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import (
    RECEIPT_BOOK,
    SESSION_NOT_OPEN,
    EntryKind,
    Method,
    SettlementKind,
    SettlingOrder,
)
from modules.finance.errors import (
    AmountNotPositive,
    CashNotInSteps,
    ChargeNotOpen,
    ChequeIsPostDated,
    NoOpenSession,
    OtherCurrencyNotAllowed,
    SessionIsClosed,
    SessionOfAnotherDay,
    SurplusNotConfirmed,
    TenderIncomplete,
    TenderMissing,
    TendersMixCurrencies,
)
from modules.finance.errors.campaigns import SessionBeingHandedOver
from modules.finance.events import ReceiptPosted
from modules.finance.models import CashSession, Charge, Entry, Instrument, Receipt, Settlement
from modules.finance.selectors.books import base_part, kinds_by_id, rate_on
from modules.finance.selectors.campaigns import reductions_of
from modules.finance.selectors.settling import Reduction
from modules.finance.services.allocating import Owed, Split, split
from modules.finance.services.budgeting import refuse_another_year
from modules.finance.services.campaigning import give_reductions
from modules.finance.services.cheques.taking import register_tendered
from modules.finance.services.credits import is_settled_now, settled
from modules.finance.services.payments import Payment, Tender, account_of_method, entry_sides
from modules.finance.services.posting import new_entry, new_lines, period_held_open
from modules.finance.services.promises import refuse_less_than_promised
from modules.finance.services.setting_off import close_payables, hold_payables

log = structlog.get_logger(__name__)


def receive(payment: Payment, *, by: Viewer) -> Receipt:
    """Post a receipt in the cashier's own open session of today.

    The chosen dues are settled in the order of policy REV-11 and no further than they are open; what is left over
    becomes the person's advance, if the cashier confirms it. Refuses `NoOpenSession`, `SessionOfAnotherDay`,
    `TenderMissing`, `TendersMixCurrencies`, `TenderIncomplete`, `CashNotInSteps`, `ChequeIsPostDated`,
    `ChargeNotOpen`, `OtherCurrencyNotAllowed`, `RateMissing`, `ReductionChanged`, `SurplusNotConfirmed`,
    `PeriodClosed`, `BudgetLineOfAnotherYear`, and of a set-off what `hold_payables` refuses.
    """
    by.require("finance.receive")
    on = today()
    _refuse_tenders(payment, on)
    if payment.project is not None:
        refuse_another_year(payment.project, on)
    with recorded(by=by):
        session = _own_session(by, on)
        payment = hold_payables(payment, session)
        charges = _held_charges(payment)
        rates = _rates(payment, charges, on)
        reductions = reductions_of(charges, on=on, methods=payment.methods)
        refuse_less_than_promised(payment, charges, reductions)
        divided = _divide(payment, charges, rates, on, reductions)
        if divided.surplus.amount > 0 and not payment.keep_surplus:
            raise SurplusNotConfirmed(surplus=format_money(divided.surplus))
        receipt = _write(payment, session, charges, divided, rates, on=on, by=by)
        close_payables(receipt, payment, by=by)
        if reductions:
            by_id = {one.pk: one for one in charges}
            give_reductions(receipt, divided, by_id, reductions, on=on, by=by)
    log.info("finance.receipt_posted", receipt=receipt.pk, box=session.box.code, by=by.user_id)
    return receipt


def preview(payment: Payment, *, on: date) -> Split:
    """How the amount would settle the dues now, without writing anything."""
    charges = list(_wanted(payment))
    reductions = reductions_of(charges, on=on, methods=payment.methods)
    return _divide(payment, charges, _rates(payment, charges, on), on, reductions)


def _refuse_tenders(payment: Payment, on: date) -> None:
    if not payment.tenders:
        raise TenderMissing()
    for one in payment.tenders:
        decimals_of(one.amount.currency.code)
        if one.amount.amount <= 0:
            raise AmountNotPositive()
        if one.amount.currency.code != payment.currency:
            raise TendersMixCurrencies()
        _refuse_instrument(one, on)


def _refuse_instrument(tender: Tender, on: date) -> None:
    if tender.method == Method.CASH:
        step: Money = value("FIN-10.cash_step", on=on).value
        if (
            tender.amount.currency == step.currency
            and step.amount
            and tender.amount.amount % step.amount
        ):
            raise CashNotInSteps(step=format_money(step), amount=format_money(tender.amount))
    elif tender.method == Method.CHEQUE:
        if not (tender.reference.strip() and tender.bank.strip() and tender.dated_on):
            raise TenderIncomplete(method=Method.CHEQUE.label, needs=TenderIncomplete.CHEQUE)
        if tender.dated_on > on:
            raise ChequeIsPostDated(date=f"{tender.dated_on:%d/%m/%Y}")
    elif tender.method != Method.SET_OFF and not tender.reference.strip():
        raise TenderIncomplete(method=tender.method.label, needs=TenderIncomplete.REFERENCE)


_open_session = ReadyQuery(
    lambda: CashSession.objects.select_related("box").filter(cashier_id=Slot(0), closed_at=None)
)


def _own_session(by: Viewer, on: date) -> CashSession:
    session = _open_session.first(by.user_id) if by.user_id else None
    if session is None:
        raise NoOpenSession()
    if session.handover:
        raise SessionBeingHandedOver(box=session.box, cashier=session.handover["name"])
    if session.on_date != on:
        raise SessionOfAnotherDay(date=f"{session.on_date:%d/%m/%Y}")
    return session


def _wanted(payment: Payment) -> QuerySet[Charge]:
    family = payment.family_ids or (payment.party_id,)
    charges = Charge.objects.filter(party_id__in=family).order_by("id")
    if payment.charge_ids is not None:
        return charges.filter(pk__in=payment.charge_ids)
    return charges.filter(balance__gt=0)


_chosen = ReadyQuery(
    lambda: (
        Charge.objects.filter(any_of("party_id", 0, "bigint"), any_of("id", 1, "bigint"))
        .order_by("id")
        .select_for_update(of=("self",))
    )
)


def _held_charges(payment: Payment) -> list[Charge]:
    """The dues to be settled, held in the order of their ids so that two cashiers never wait in a circle."""
    if payment.charge_ids is None:
        charges = list(_wanted(payment).select_for_update(of=("self",)))
    else:
        family = payment.family_ids or (payment.party_id,)
        charges = _chosen.all(list(family), list(payment.charge_ids))
        missing = set(payment.charge_ids) - {one.pk for one in charges}
        if missing:
            raise ChargeNotOpen(charge=ChargeNotOpen.OF_ANOTHER)
        for one in charges:
            if one.balance <= 0:
                raise ChargeNotOpen(charge=one.description or one.year)
    return charges


def _rates(payment: Payment, charges: Sequence[Charge], on: date) -> dict[str, Decimal]:
    currencies = {payment.currency, *(one.currency for one in charges)}
    if len(currencies) > 1 and not value("FIN-04.allow_pay_in_other", on=on).value:
        due = next(one.currency for one in charges if one.currency != payment.currency)
        raise OtherCurrencyNotAllowed(due=due, paid=payment.currency)
    return {one: rate_on(one, on, fresh=True) for one in sorted(currencies)}


def _divide(
    payment: Payment,
    charges: Sequence[Charge],
    rates: Mapping[str, Decimal],
    on: date,
    reductions: Mapping[int, Reduction],
) -> Split:
    kinds = kinds_by_id()
    owed = {
        one.pk: Owed(
            charge_id=one.pk,
            balance=money(one.balance, one.currency),
            due_on=one.due_on,
            is_fine=kinds[one.kind_id].is_fine,
            position=kinds[one.kind_id].position,
            reduction=reductions.get(one.pk),
        )
        for one in charges
    }
    chosen = payment.charge_ids if payment.charge_ids is not None else tuple(owed)
    return split(
        payment.amount,
        [owed[one] for one in chosen],
        order=SettlingOrder(value("REV-11.order", on=on).value),
        fines_first=bool(value("REV-11.fines_first", on=on).value),
        rates=rates,
    )


def _write(
    payment: Payment,
    session: CashSession,
    charges: Sequence[Charge],
    divided: Split,
    rates: Mapping[str, Decimal],
    *,
    on: date,
    by: Viewer,
) -> Receipt:
    by_id = {one.pk: one for one in charges}
    bases = {
        one.charge_id: base_part(by_id[one.charge_id], one.amount.amount) for one in divided.shares
    }
    entry = new_entry(
        journal=f"{RECEIPT_BOOK}{session.box.code}",
        kind=EntryKind.RECEIPT,
        on=on,
        description=payment.payer_name,
        by=by,
    )
    lines = new_lines(entry, entry_sides(payment, session, by_id, divided, bases, rates, on))
    receipt = Receipt(
        box=session.box,
        session=session,
        year=on.year,
        party_id=payment.party_id,
        payer_name=payment.payer_name.strip(),
        received_on=on,
        received_at=timezone.now(),
        currency=payment.currency,
        amount=payment.amount.amount,
        surplus=divided.surplus.amount,
        words=in_words(payment.amount),
        note=payment.note.strip(),
        entry=entry,
        cashier_id=by.user_id,
        cashier_name=by.name,
    )
    instruments = _instruments(receipt, payment, session)
    settlements = _settlements(receipt, entry, divided, bases)
    (entry.pk,), (receipt.pk,), ids = reserve_ids(
        (Entry, 1), (Receipt, 1), (Instrument, len(instruments))
    )
    for instrument, number in zip(instruments, ids, strict=True):
        instrument.pk = number
    # The number comes last: cashiers of the same box wait for it until this transaction ends.
    taken = take("finance.receipt", year=on.year, book=session.box.code, by=by)
    entry.number = receipt.number = taken.number
    receipt.number_text = taken.text
    told = [outbox_row(one, by=by) for one in _facts(receipt, charges, divided)]
    try:
        with period_held_open(entry):
            write_rows([entry], lines, [receipt], instruments, settlements, told)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == SESSION_NOT_OPEN:
            raise SessionIsClosed(box=session.box) from error
        raise
    relay_soon()
    register_tendered(receipt, instruments, by=by)
    return receipt


def _instruments(receipt: Receipt, payment: Payment, session: CashSession) -> list[Instrument]:
    return [
        Instrument(
            receipt=receipt,
            method=one.method,
            amount=one.amount.amount,
            account_id=account_of_method(one.method, session),
            reference=one.reference.strip(),
            bank=one.bank.strip(),
            branch=one.branch.strip(),
            drawer_account=one.drawer_account.strip(),
            dated_on=one.dated_on,
            spending_id=one.set_off.spending_id if one.set_off else None,
            base=one.set_off.base if one.set_off else None,
        )
        for one in payment.tenders
    ]


def _settlements(
    receipt: Receipt, entry: Entry, divided: Split, bases: Mapping[int, Decimal]
) -> list[Settlement]:
    return [
        Settlement(
            charge_id=one.charge_id,
            kind=SettlementKind.PAID,
            date=entry.date,
            amount=one.amount.amount,
            base=bases[one.charge_id],
            tendered=one.tendered.amount,
            receipt=receipt,
            entry=entry,
        )
        for one in divided.shares
        if one.amount.amount
    ]


def _facts(receipt: Receipt, charges: Sequence[Charge], divided: Split) -> list[object]:
    """What others are told: the receipt, and each due that it settled whole."""
    by_id = {one.pk: one for one in charges}
    return [
        ReceiptPosted(
            receipt_uid=str(receipt.uid),
            number=receipt.number_text,
            party_id=receipt.party_id,
            amount=receipt.amount,
            currency=receipt.currency,
            received_on=receipt.received_on,
        ),
        *(
            settled(by_id[one.charge_id], one.amount.amount)
            for one in divided.shares
            if is_settled_now(by_id[one.charge_id], one.amount.amount)
        ),
    ]
