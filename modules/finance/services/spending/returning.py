"""Say no to a spending, and take back a payment that did not arrive: from either it may go on or end.

What must not live here: cheques that come back (`paying.call_back_issued`).
"""

from __future__ import annotations

from datetime import date

import structlog

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import format_money, money
from kernel.viewer import Viewer
from modules.finance.constants import (
    AccountRole,
    EntryKind,
    Journal,
    PayWay,
    SpendingKind,
    SpendingState,
)
from modules.finance.errors import ReasonMissing
from modules.finance.errors.set_offs import SetOffStands
from modules.finance.errors.spending import AdvanceSettled, PaidByCheque, SentBackTooEarly
from modules.finance.models import Entry, Spending, Step
from modules.finance.selectors.books import account_of
from modules.finance.selectors.payables import left_of
from modules.finance.selectors.staff_advances import advance_left
from modules.finance.services.budgeting import release, unspend
from modules.finance.services.posting import About, credit, debit, post_entry, reverse_entry
from modules.finance.services.spending.asking import budget_parts, held_spending, uncommit
from modules.finance.services.stepping import Move, take_step_of_spending

log = structlog.get_logger(__name__)
# Whoever commits may say no, and whoever might have approved.
MAY_REJECT = (
    "finance.commit_spending",
    "finance.approve_spending",
    "finance.approve_spending_mayor",
)
IN_THE_BOOKS = (SpendingState.INVOICED, SpendingState.APPROVED)


def reject_spending(spending: Spending, *, reason: str, by: Viewer) -> Spending:
    """Say no before it is paid: what was committed or spent goes back to the budget, the invoice out of the books.

    The number of a rejected invoice may be entered again. Refuses `ReasonMissing`, `SpendingMoveNotAllowed`,
    `SetOffStands`.
    """
    if not any(by.may(one) for one in MAY_REJECT):
        by.require(MAY_REJECT[0])
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        held = held_spending(spending, SpendingState.REJECTED)
        _refuse_settled(held)
        entry = None
        if held.state == SpendingState.COMMITTED:
            for line, base in budget_parts(held):
                release(line, base, spending=held, by=by)
            entry = uncommit(held, reason=reason, by=by)
        elif held.state in IN_THE_BOOKS:
            for line, base in budget_parts(held):
                unspend(line, base, spending=held, by=by)
            entry = _take_invoice_back(held, reason=reason, by=by)
        move = Move(to=SpendingState.REJECTED, on=today(), note=reason, entry=entry)
        take_step_of_spending(held, move, by=by)
    log.info("finance.spending_rejected", spending=held.pk, by=by.user_id)
    return held


def _refuse_settled(spending: Spending) -> None:
    settled = spending.amount - left_of(spending).amount
    if settled:
        amount = format_money(money(settled, spending.currency))
        raise SetOffStands(number=spending.number_text, amount=amount)


def _take_invoice_back(spending: Spending, *, reason: str, by: Viewer) -> Entry:
    invoice = Entry.objects.filter(
        steps__spending=spending, steps__to_state=SpendingState.INVOICED
    ).latest("id")
    return reverse_entry(invoice, reason=f"{spending.number_text} {reason}".strip(), by=by)


def send_payment_back(spending: Spending, *, on: date, reason: str, by: Viewer) -> Spending:
    """The bank sent the transfer back, or the cash came back: owed again, and waiting to be paid again.

    The money is where it was paid from, on the day on which it came back; the voucher keeps its number. Refuses
    `PaidByCheque` (a cheque is stopped or void), `SentBackTooEarly`, `ReasonMissing`, `PeriodClosed`,
    `SpendingMoveNotAllowed`, `AdvanceSettled`.
    """
    by.require("finance.pay_out")
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        held = held_spending(spending, SpendingState.APPROVED)
        paid = issued_by(held)
        if paid is None or paid.entry is None or paid.facts.get("way") == PayWay.CHEQUE:
            raise PaidByCheque()
        if not paid.on_date <= on <= today():
            raise SentBackTooEarly(day=f"{paid.on_date:%d/%m/%Y}")
        refuse_settled_advance(held)
        entry = _post_back(held, paid.entry, reason=reason, on=on, by=by)
        move = Move(
            to=SpendingState.APPROVED, on=on, note=reason, facts={"sent_back": True}, entry=entry
        )
        take_step_of_spending(held, move, by=by)
    log.info("finance.payment_sent_back", spending=held.pk, by=by.user_id)
    return held


def refuse_settled_advance(spending: Spending) -> None:
    """Money that was accounted for was there: it never came back. Refuses `AdvanceSettled`."""
    if spending.kind != SpendingKind.STAFF_ADVANCE:
        return
    advance = advance_left(spending, on=today())
    settled = spending.amount - advance.left if advance else 0
    if settled:
        amount = format_money(money(settled, spending.currency))
        raise AdvanceSettled(number=spending.number_text, settled=amount)


def issued_by(spending: Spending) -> Step | None:
    """The step by which it was last paid out: how, and with which voucher."""
    return (
        spending.steps.filter(to_state=SpendingState.ISSUED)
        .select_related("entry")
        .order_by("-id")
        .first()
    )


def _post_back(spending: Spending, paid: Entry, *, reason: str, on: date, by: Viewer) -> Entry:
    """A new entry and not a reversal: the bank shows both movements, and each is matched with its own."""
    payables = account_of(AccountRole.PAYABLES)
    paid_from = paid.lines.exclude(account_id=payables).get(credit__gt=0).account_id
    taken = paid.lines.get(account_id=payables)
    amount, base = money(taken.debit, spending.currency), taken.base_debit
    about = About(party_id=spending.party_id, description=f"{paid.number_text} {reason}".strip())
    return post_entry(
        journal=Journal.GENERAL.value,
        kind=EntryKind.SPENDING,
        on=on,
        description=f"{spending.number_text} {reason}".strip(),
        sides=[
            debit(paid_from, amount, base=base, rate=spending.rate, about=about),
            credit(payables, amount, base=base, rate=spending.rate, about=about),
        ],
        by=by,
    )
