"""Take a receipt back: cancelled inside its open session by a second person, reversed by entry afterwards.

The number stays in its book with the reason; the dues it settled are owed again (policies FIN-05, FIN-12).
"""

from __future__ import annotations

from decimal import Decimal

import structlog
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.money import format_money, money
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import ChequeState, Method, VoidKind
from modules.finance.errors import (
    AdvanceAlreadyUsed,
    CashIsGone,
    ReasonMissing,
    ReceiptAlreadyVoid,
    ReceiptOfAnotherDay,
    ReceiptSessionClosed,
    ReceiptSessionStillOpen,
    SecondPersonNeeded,
)
from modules.finance.errors.cheques import ReceiptChequeMoved
from modules.finance.events import ReceiptCancelled
from modules.finance.models import CashSession, Charge, Cheque, Receipt, Settlement
from modules.finance.selectors.cash import cash_in
from modules.finance.selectors.dues import advance_of
from modules.finance.services.campaigning import take_reductions_back
from modules.finance.services.credits import hold_advance, reopened, taken_back
from modules.finance.services.posting import reverse_entry
from modules.finance.services.sessions import hold_boxes
from modules.finance.services.setting_off import reopen_payables
from modules.finance.services.stepping import Move, take_steps

log = structlog.get_logger(__name__)


def cancel_receipt(receipt: Receipt, *, reason: str, by: Viewer) -> Receipt:
    """Cancel a receipt while its session is open; the money is handed back and does not count in the session.

    Refuses `SecondPersonNeeded` to the cashier who received it (FIN-12), `ReceiptSessionClosed`,
    `ReceiptOfAnotherDay` (FIN-05), `ReceiptAlreadyVoid`, `ReasonMissing`, `AdvanceAlreadyUsed`, `CashIsGone`.
    """
    by.require("finance.cancel_receipt")
    with recorded(by=by, reason=reason):
        hold_boxes(receipt.box_id)
        session = CashSession.objects.select_for_update().get(pk=receipt.session_id)
        held = _held(receipt, reason)
        if not session.is_open:
            raise ReceiptSessionClosed(number=held.number_text)
        _refuse_same_person(held, by)
        if (
            value("FIN-05.void_same_day_only", on=held.received_on).value
            and held.received_on != today()
        ):
            raise ReceiptOfAnotherDay(number=held.number_text, date=f"{held.received_on:%d/%m/%Y}")
        _void(held, kind=VoidKind.CANCELLED, reason=reason, by=by)
    return _noted(held, by)


def reverse_receipt(receipt: Receipt, *, reason: str, by: Viewer) -> Receipt:
    """Reverse a receipt whose session is closed. Refuses `ReceiptSessionStillOpen`, `SecondPersonNeeded` and the rest."""
    by.require("finance.reverse_receipt")
    with recorded(by=by, reason=reason):
        hold_boxes(receipt.box_id)
        session = CashSession.objects.select_for_update().get(pk=receipt.session_id)
        held = _held(receipt, reason)
        if session.is_open:
            raise ReceiptSessionStillOpen(number=held.number_text)
        _refuse_same_person(held, by)
        _void(held, kind=VoidKind.REVERSED, reason=reason, by=by)
    return _noted(held, by)


def void_paid_back(receipt: Receipt, *, reason: str, by: Viewer) -> Receipt:
    """Take back the receipt of an online payment whose money went back to the card, in an open session or after it.

    For the way back of online payments alone; who may go it is asked there. Refuses `ReceiptAlreadyVoid`,
    `AdvanceAlreadyUsed`, `PeriodClosed`.
    """
    with recorded(by=by, reason=reason):
        session = CashSession.objects.select_for_update().get(pk=receipt.session_id)
        held = _held(receipt, reason)
        kind = VoidKind.CANCELLED if session.is_open else VoidKind.REVERSED
        return _void(held, kind=kind, reason=reason, by=by)


def _noted(receipt: Receipt, by: Viewer) -> Receipt:
    log.info("finance.receipt_voided", receipt=receipt.pk, kind=receipt.void_kind, by=by.user_id)
    return receipt


def _held(receipt: Receipt, reason: str) -> Receipt:
    if not reason.strip():
        raise ReasonMissing()
    held = (
        Receipt.objects.select_for_update(of=("self",))
        .select_related("entry", "box")
        .get(pk=receipt.pk)
    )
    if held.is_void:
        raise ReceiptAlreadyVoid(number=held.number_text)
    return held


def _refuse_same_person(receipt: Receipt, by: Viewer) -> None:
    second_person = value("FIN-12.maker_checker", on=receipt.received_on).value
    if second_person and by.user_id is not None and by.user_id == receipt.cashier_id:
        raise SecondPersonNeeded()


def _refuse_cash_gone(receipt: Receipt) -> None:
    """What was received in cash is handed back from the box; the box is held, so nothing leaves it meanwhile."""
    brought = sum(
        (one.amount for one in receipt.instruments.all() if one.method == Method.CASH), Decimal(0)
    )
    if not brought:
        return
    held = cash_in(receipt.box).get(receipt.currency, Decimal(0))
    if held < brought:
        raise CashIsGone(
            number=receipt.number_text,
            cash=format_money(money(brought, receipt.currency)),
            held=format_money(money(held, receipt.currency)),
            box=receipt.box,
        )


def _void(receipt: Receipt, *, kind: VoidKind, reason: str, by: Viewer) -> Receipt:
    _refuse_cash_gone(receipt)
    reopen_payables(receipt, reason=reason, by=by)
    if receipt.surplus:
        hold_advance(receipt.party_id)
        if advance_of([receipt.party_id]).get(receipt.currency, Decimal(0)) < receipt.surplus:
            raise AdvanceAlreadyUsed(number=receipt.number_text)
    standing = list(Settlement.objects.filter(receipt=receipt, reverses=None).order_by("charge_id"))
    charges = {
        one.pk: one
        for one in Charge.objects.select_for_update()
        .filter(pk__in=[one.charge_id for one in standing])
        .order_by("id")
    }
    cheques = _cheques_in_the_safe(receipt)
    entry = reverse_entry(receipt.entry, reason=reason, by=by)
    if cheques:
        take_steps(
            cheques, Move(to=ChequeState.RETURNED, on=entry.date, note=reason, entry=entry), by=by
        )
    Settlement.objects.bulk_create(
        [taken_back(one, entry_id=entry.pk, on=entry.date) for one in standing]
    )
    take_reductions_back(receipt.pk, reason=reason, by=by)
    receipt.void_kind = kind
    receipt.void_reason = reason.strip()
    receipt.voided_at = timezone.now()
    receipt.voided_by_id = by.user_id
    receipt.void_entry = entry
    receipt.save(update_fields=["void_kind", "void_reason", "voided_at", "voided_by", "void_entry"])
    emit(
        ReceiptCancelled(
            receipt_uid=str(receipt.uid),
            number=receipt.number_text,
            party_id=receipt.party_id,
            amount=receipt.amount,
            currency=receipt.currency,
            kind=kind.value,
            since=receipt.entry_id,
        ),
        by=by,
    )
    for one in standing:
        if charges[one.charge_id].balance <= 0:
            emit(reopened(charges[one.charge_id], one.amount, since=receipt.entry_id), by=by)
    return receipt


def _cheques_in_the_safe(receipt: Receipt) -> list[Cheque]:
    """The receipt's cheques, which go back with it. Refuses `ReceiptChequeMoved` when one has left the safe."""
    found = list(
        Cheque.objects.select_for_update(of=("self",))
        .filter(instrument__receipt=receipt)
        .order_by("id")
    )
    for one in found:
        if one.state != ChequeState.IN_SAFE:
            raise ReceiptChequeMoved(number=one.number)
    return found
