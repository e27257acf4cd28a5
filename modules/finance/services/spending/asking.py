"""Ask for money to be spent, and commit it against the budget.

What must not live here: the invoice and the approval (`approving`), the payment (`paying`), a no (`returning`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import structlog

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import Money, format_money, money, zero
from kernel.numbering.services import take
from kernel.viewer import Viewer
from modules.finance.constants import (
    AccountRole,
    BudgetControl,
    EntryKind,
    Journal,
    SpendingKind,
    SpendingState,
)
from modules.finance.errors import AmountNotPositive, ReasonMissing
from modules.finance.errors.cheques import NothingChosen
from modules.finance.errors.spending import (
    DepositTooSmall,
    SpendingMoveNotAllowed,
)
from modules.finance.models import Account, BudgetLine, Entry, Spending
from modules.finance.models.steps import may_follow
from modules.finance.selectors.books import account_of, in_base, rate_on
from modules.finance.selectors.spending import refundable
from modules.finance.services.budgeting import commit
from modules.finance.services.credits import hold_advance
from modules.finance.services.posting import credit, debit, post_entry, reverse_entry
from modules.finance.services.spending.accounts import refuse_other_account
from modules.finance.services.spending.petty import refuse_overfull
from modules.finance.services.stepping import Move, take_step_of_spending
from modules.finance.services.supplying import refuse_blocked

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class AskedLine:
    """What part of it is for what: the account it will be booked on, and the line of the budget it comes from."""

    account: Account
    amount: Money
    budget_line: BudgetLine | None = None
    text: str = ""


REFUNDS = {SpendingKind.DEPOSIT_REFUND, SpendingKind.ADVANCE_REFUND}


def request_spending(
    *,
    kind: SpendingKind,
    party_id: int,
    purpose: str,
    lines: Sequence[AskedLine],
    by: Viewer,
) -> Spending:
    """Write a request; it is numbered and changes nothing in the books.

    Refuses `NothingChosen`, `AmountNotPositive`, `ReasonMissing`, `AccountNotPostable`, `AccountNotOfThisSpending`,
    `DepositTooSmall` (a refund of more than is held), `PettyCashOverfull` (FIN-02), `SupplierBlocked`.
    """
    by.require("finance.request_spending")
    on = today()
    if not lines:
        raise NothingChosen()
    if not purpose.strip():
        raise ReasonMissing()
    for one in lines:
        if one.amount.amount <= 0:
            raise AmountNotPositive()
        refuse_other_account(kind, one.account, by=by)
    refuse_blocked(party_id)
    currency = lines[0].amount.currency.code
    amount = sum((one.amount for one in lines), zero(currency))
    rate = rate_on(currency, on)
    with recorded(by=by, reason=purpose):
        if kind == SpendingKind.PETTY_CASH:
            refuse_overfull(amount, asking=True)
        if kind in REFUNDS:
            hold_advance(party_id)
            for one in lines:
                refuse_unheld(party_id, one.account, one.amount)
        number = take("finance.spending", year=on.year, by=by)
        made = Spending.objects.create(
            year=on.year,
            number=number.number,
            number_text=number.text,
            kind=kind,
            party_id=party_id,
            asked_on=on,
            currency=currency,
            amount=amount.amount,
            base=in_base(amount, rate, on),
            rate=rate,
            lines=[
                {
                    "account": one.account.pk,
                    "budget_line": one.budget_line.pk if one.budget_line else None,
                    "amount": str(one.amount.amount),
                    "text": one.text.strip(),
                }
                for one in lines
            ],
            purpose=purpose.strip(),
        )
        take_step_of_spending(made, Move(to=SpendingState.REQUESTED, on=on), by=by)
    log.info("finance.spending_requested", spending=made.pk, by=by.user_id)
    return made


def refuse_unheld(
    party_id: int, account: Account, amount: Money, *, but_for: Spending | None = None
) -> None:
    """Refuses `DepositTooSmall`. The caller holds the person's advances and deposits (`hold_advance`)."""
    left = refundable(party_id, account, amount.currency.code, but_for=but_for)
    if amount.amount > left:
        raise DepositTooSmall(held=format_money(money(left, amount.currency.code)))


def commit_spending(spending: Spending, *, note: str = "", by: Viewer) -> list[BudgetLine]:
    """Keep the money in the budget and in the memorandum accounts; the lines that only warn and are exceeded come back.

    Refuses `BudgetExceeded` when a line blocks (FIN-08), `SpendingMoveNotAllowed`.
    """
    by.require("finance.commit_spending")
    with recorded(by=by, reason=note):
        held = held_spending(spending, SpendingState.COMMITTED)
        refuse_blocked(held.party_id)
        exceeded = []
        for line, base in budget_parts(held):
            commit(line, base, spending=held, by=by)
            line.refresh_from_db()
            if line.control == BudgetControl.WARN and line.available < 0:
                exceeded.append(line)
        entry = _memorandum(held, by)
        facts = {"exceeded": [one.account.code for one in exceeded]}
        move = Move(to=SpendingState.COMMITTED, on=today(), note=note, facts=facts, entry=entry)
        take_step_of_spending(held, move, by=by)
        spending.state = held.state
    return exceeded


def held_spending(spending: Spending, to: SpendingState) -> Spending:
    """The spending as it stands, held. Refuses `SpendingMoveNotAllowed`."""
    held = Spending.objects.select_for_update().get(pk=spending.pk)
    if to not in may_follow("spending", held.state):
        raise SpendingMoveNotAllowed(number=held.number_text, state=SpendingState(held.state).label)
    return held


def base_parts(spending: Spending) -> list[Decimal]:
    """The base amount of each line; the last one takes what rounding leaves."""
    left = spending.base
    parts = []
    for place, one in enumerate(spending.lines):
        amount = money(Decimal(one["amount"]), spending.currency)
        last = place == len(spending.lines) - 1
        base = left if last else in_base(amount, spending.rate, spending.asked_on)
        left -= base
        parts.append(base)
    return parts


def budget_parts(spending: Spending) -> list[tuple[BudgetLine, Decimal]]:
    """The budget lines it takes from, in the order of their ids, with the base amount of each."""
    parts = zip(spending.lines, base_parts(spending), strict=True)
    wanted = [(one["budget_line"], base) for one, base in parts if one["budget_line"]]
    lines = BudgetLine.objects.select_related("account").in_bulk([pk for pk, _base in wanted])
    return sorted(((lines[pk], base) for pk, base in wanted), key=lambda pair: pair[0].pk)


def _memorandum(spending: Spending, by: Viewer) -> Entry:
    amount = money(spending.amount, spending.currency)
    return post_entry(
        journal=Journal.GENERAL.value,
        kind=EntryKind.COMMITMENT,
        on=today(),
        description=spending.number_text,
        sides=[
            debit(
                account_of(AccountRole.COMMITMENTS), amount, base=spending.base, rate=spending.rate
            ),
            credit(
                account_of(AccountRole.COMMITMENTS_CONTRA),
                amount,
                base=spending.base,
                rate=spending.rate,
            ),
        ],
        by=by,
    )


def uncommit(spending: Spending, *, reason: str, by: Viewer) -> Entry:
    """Take the memorandum entry of the commitment back."""
    step = (
        spending.steps.filter(to_state=SpendingState.COMMITTED).select_related("entry").latest("id")
    )
    if step.entry is None:
        raise SpendingMoveNotAllowed(
            number=spending.number_text, state=SpendingState(spending.state).label
        )
    return reverse_entry(step.entry, reason=reason, by=by)
