"""Pay an approved spending: cheque, transfer or petty cash; hand it over against a signature; what comes back.

Cheques issued move by their own steps: handed over, cleared, stopped, out of date, void.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import structlog
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import Money, format_money, money
from kernel.numbering.services import take
from kernel.parties.models import Party
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import (
    LEAF_NOT_FREE,
    AccountRole,
    ChequeState,
    ChequeWay,
    EntryKind,
    ForfeitGround,
    Journal,
    PayWay,
    SpendingKind,
    SpendingState,
)
from modules.finance.errors import DecisionMissing, ReasonMissing
from modules.finance.errors.cheques import ChequeMoveNotAllowed
from modules.finance.errors.set_offs import NothingLeftToPay
from modules.finance.errors.spending import (
    DepositTooYoung,
    DuesBeforeRefund,
    IssuedChequeTaken,
    ReceiverMissing,
    SamePersonTwice,
)
from modules.finance.errors.suppliers import LeafNotFree
from modules.finance.models import Account, Cheque, Entry, Spending
from modules.finance.models.steps import may_follow
from modules.finance.selectors.books import account_of, in_base, rate_on
from modules.finance.selectors.deposits import kept_for_age, owed_before_refund
from modules.finance.selectors.payables import Open, left_of
from modules.finance.selectors.spending import is_its_approver
from modules.finance.services.credits import hold_advance
from modules.finance.services.posting import About, credit, debit, post_entry
from modules.finance.services.spending.asking import held_spending, refuse_unheld
from modules.finance.services.spending.petty import refuse_large_payment
from modules.finance.services.spending.returning import refuse_settled_advance
from modules.finance.services.stepping import Move, take_step_of_spending, take_steps
from modules.finance.services.supplying import refuse_blocked

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class PaidBy:
    """How it is paid: by which account, and the number of the cheque or the transfer."""

    way: PayWay
    bank: Account | None = None
    reference: str = ""
    dated_on: date | None = None
    # Why a deposit is refunded whole to somebody who owes (FIN-07).
    despite_dues: str = ""


def pay_out(spending: Spending, paid: PaidBy, *, by: Viewer) -> Spending:
    """Pay what is open of it: the payment voucher (سند صرف) with its number, and the cheque or transfer.

    Refuses `SamePersonTwice` to who approved it (FIN-12), `ReasonMissing` without a number, `PettyCashTooLarge`
    (FIN-02), `PettyCashTooSmall`, `IssuedChequeTaken`, `LeafNotFree`, `SupplierBlocked`, `NothingLeftToPay`,
    `DuesBeforeRefund` (FIN-07), `SpendingMoveNotAllowed`.
    """
    by.require("finance.pay_out")
    on = today()
    if paid.way != PayWay.PETTY_CASH and not paid.reference.strip():
        raise ReasonMissing(field="reference")
    with recorded(by=by):
        held = held_spending(spending, SpendingState.ISSUED)
        refuse_blocked(held.party_id)
        _refuse_approver(held, by)
        left = left_of(held)
        if left.amount <= 0:
            raise NothingLeftToPay(number=held.number_text)
        owed = owed_before_refund(held, on=on)
        if owed is not None and not paid.despite_dues.strip():
            raise DuesBeforeRefund(payee=held.party, owed=format_money(owed))
        if paid.way == PayWay.PETTY_CASH:
            refuse_large_payment(held, left)
        number = take("finance.payment", year=on.year, by=by)
        entry = _post(
            held,
            left,
            account_of(AccountRole.PAYABLES),
            _source(paid),
            text=f"{number.text} {paid.reference}".strip(),
            by=by,
        )
        facts = {"voucher": number.text, "way": paid.way.value, "reference": paid.reference.strip()}
        if held.kind == SpendingKind.STAFF_ADVANCE:
            days = int(value("FIN-02.advance_settled_within_days", on=on).value)
            facts["due_by"] = (on + timedelta(days=days)).isoformat()
        note = paid.despite_dues.strip() if owed is not None else ""
        move = Move(to=SpendingState.ISSUED, on=on, note=note, facts=facts, entry=entry)
        take_step_of_spending(held, move, by=by)
        if paid.way == PayWay.CHEQUE:
            _issue_cheque(held, left, paid, entry, by)
    log.info("finance.spending_paid_out", spending=held.pk, by=by.user_id)
    return held


def _source(paid: PaidBy) -> int:
    if paid.way == PayWay.CHEQUE:
        return account_of(AccountRole.CHEQUES_ISSUED)
    if paid.way == PayWay.PETTY_CASH:
        return account_of(AccountRole.PETTY_CASH)
    return paid.bank.pk if paid.bank else account_of(AccountRole.BANK)


def _refuse_approver(spending: Spending, by: Viewer) -> None:
    if is_its_approver(spending, by):
        raise SamePersonTwice()


def _issue_cheque(spending: Spending, left: Open, paid: PaidBy, entry: Entry, by: Viewer) -> None:
    bank = (
        str(paid.bank) if paid.bank else str(Account.objects.get(pk=account_of(AccountRole.BANK)))
    )
    try:
        with transaction.atomic():
            cheque = Cheque.objects.create(
                way=ChequeWay.OUT,
                number=paid.reference.strip(),
                bank=bank,
                account_id=paid.bank.pk if paid.bank else account_of(AccountRole.BANK),
                drawer=Party.objects.get(pk=spending.party_id).full_name,
                party_id=spending.party_id,
                currency=spending.currency,
                amount=left.amount,
                base=left.base,
                dated_on=paid.dated_on or today(),
                taken_on=today(),
                spending=spending,
            )
    except IntegrityError as error:
        raise IssuedChequeTaken() from error
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == LEAF_NOT_FREE:
            raise LeafNotFree(number=paid.reference.strip()) from error
        raise
    take_steps([cheque], Move(to=ChequeState.ISSUED, on=today(), entry=entry), by=by)


def hand_over(spending: Spending, *, receiver: str, id_number: str, by: Viewer) -> Spending:
    """The receiver signs for it, with the ID number. Refuses `ReceiverMissing`, `SpendingMoveNotAllowed`."""
    by.require("finance.pay_out")
    if not receiver.strip() or not id_number.strip():
        raise ReceiverMissing()
    with recorded(by=by):
        held = held_spending(spending, SpendingState.HANDED_OVER)
        facts = {"id_number": id_number.strip()}
        move = Move(to=SpendingState.HANDED_OVER, on=today(), holder=receiver, facts=facts)
        take_step_of_spending(held, move, by=by)
        cheques = list(held.cheques.filter(state=ChequeState.ISSUED).order_by("id"))
        if cheques:
            step = Move(to=ChequeState.HANDED_OVER, on=today(), holder=receiver)
            take_steps(cheques, step, by=by)
    return held


def clear_issued(
    cheque: Cheque, *, bank: Account | None = None, on: date | None = None, by: Viewer
) -> Cheque:
    """The bank paid a cheque of ours. Refuses `ChequeMoveNotAllowed`, `PeriodClosed`."""
    by.require("finance.move_cheques")
    day = on or today()
    with recorded(by=by):
        held = _held_issued(cheque, ChequeState.CLEARED)
        paid_from = bank.pk if bank else held.account_id or account_of(AccountRole.BANK)
        entry = _post_cheque(held, account_of(AccountRole.CHEQUES_ISSUED), paid_from, by, on=day)
        take_steps([held], Move(to=ChequeState.CLEARED, on=day, entry=entry), by=by)
    return held


def call_back_issued(cheque: Cheque, *, to: ChequeState, reason: str, by: Viewer) -> Cheque:
    """Void an unsent cheque, stop one, or call it out of date: its payment order waits to be paid again.

    Refuses `ReasonMissing`, `ChequeMoveNotAllowed`, `AdvanceSettled`.
    """
    by.require("finance.pay_out")
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        held = _held_issued(cheque, to)
        if held.spending is not None:
            refuse_settled_advance(held.spending)
        entry = _post_cheque(
            held, account_of(AccountRole.CHEQUES_ISSUED), account_of(AccountRole.PAYABLES), by
        )
        take_steps([held], Move(to=to, on=today(), note=reason, entry=entry), by=by)
        if held.spending is not None:
            waiting = held_spending(held.spending, SpendingState.APPROVED)
            move = Move(to=SpendingState.APPROVED, on=today(), note=reason, entry=entry)
            take_step_of_spending(waiting, move, by=by)
    return held


def _held_issued(cheque: Cheque, to: ChequeState) -> Cheque:
    held = (
        Cheque.objects.select_for_update(of=("self",))
        .select_related("spending")
        .get(pk=cheque.pk, way=ChequeWay.OUT)
    )
    if to not in may_follow(held.machine, held.state):
        raise ChequeMoveNotAllowed(number=held.number, state=ChequeState(held.state).label)
    return held


def forfeit_deposit(
    *,
    party_id: int,
    account: Account,
    amount: Money,
    decision_no: str,
    reason: str,
    ground: ForfeitGround = ForfeitGround.BREACH,
    by: Viewer,
) -> Entry:
    """Keep a deposit by decision: from what is held to revenue.

    Refuses `DecisionMissing`, `DepositTooSmall`, and for its age `DepositTooYoung` of what came in later (FIN-07).
    """
    by.require("finance.credit")
    if not decision_no.strip():
        raise DecisionMissing()
    rate = rate_on(amount.currency.code, today())
    base = in_base(amount, rate, today())
    about = About(party_id=party_id, description=decision_no)
    with recorded(by=by, reason=reason):
        hold_advance(party_id)
        refuse_unheld(party_id, account, amount)
        if ground == ForfeitGround.AGE:
            _refuse_young(party_id, account, amount)
        with in_language("ar"):
            why = f"{ground.label}: {reason.strip()} ({decision_no})"
        return post_entry(
            journal=Journal.GENERAL.value,
            kind=EntryKind.SPENDING,
            on=today(),
            description=why,
            sides=[
                debit(account.pk, amount, base=base, rate=rate, about=about),
                credit(
                    account_of(AccountRole.FORFEITED), amount, base=base, rate=rate, about=about
                ),
            ],
            by=by,
        )


def _refuse_young(party_id: int, account: Account, amount: Money) -> None:
    years = int(value("FIN-07.forfeit_after_years", on=today()).value)
    currency = amount.currency.code
    old = kept_for_age(party_id, account, currency, years=years)
    if amount.amount > old:
        raise DepositTooYoung(old=format_money(money(old, currency)), years=years)


def _post(
    spending: Spending, left: Open, out_of: int, into: int, *, text: str, by: Viewer
) -> Entry:
    amount = money(left.amount, spending.currency)
    about = About(party_id=spending.party_id, description=text)
    return post_entry(
        journal=Journal.GENERAL.value,
        kind=EntryKind.SPENDING,
        on=today(),
        description=text,
        sides=[
            debit(out_of, amount, base=left.base, rate=spending.rate, about=about),
            credit(into, amount, base=left.base, rate=spending.rate, about=about),
        ],
        by=by,
    )


def _post_cheque(
    cheque: Cheque, debited: int, credited: int, by: Viewer, *, on: date | None = None
) -> Entry:
    amount = money(cheque.amount, cheque.currency)
    rate = (cheque.base / cheque.amount).quantize(Decimal("0.00000001"))
    about = About(party_id=cheque.party_id, description=cheque.number)
    return post_entry(
        journal=Journal.CHEQUES.value,
        kind=EntryKind.CHEQUES,
        on=on or today(),
        description=cheque.number,
        sides=[
            debit(debited, amount, base=cheque.base, rate=rate, about=about),
            credit(credited, amount, base=cheque.base, rate=rate, about=about),
        ],
        by=by,
    )
