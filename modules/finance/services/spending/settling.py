"""An employee accounts for an advance: what was spent on what, and what comes back.

Advances of one person are settled in the order in which they were paid (`selectors.staff_advances`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import structlog

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import Money, format_money, money, zero
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, EntryKind, Fund, Journal, SpendingKind
from modules.finance.errors import AmountNotPositive, ReasonMissing
from modules.finance.errors.spending import AdvanceTooSmall, NotAnOpenAdvance
from modules.finance.models import Account, BudgetLine, Entry, Spending
from modules.finance.selectors.books import account_of, in_base
from modules.finance.selectors.spending import held_for
from modules.finance.selectors.staff_advances import PAID
from modules.finance.services.budgeting import refuse_another_year, spend_by_entry
from modules.finance.services.credits import hold_advance
from modules.finance.services.posting import About, Side, credit, debit, post_entry
from modules.finance.services.spending.accounts import refuse_other_account

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class SettledPart:
    """What a part of the advance was spent on, and the line of the budget that it is spent of."""

    account: Account
    amount: Money
    budget_line: BudgetLine | None = None
    text: str = ""


def settle_staff_advance(
    spending: Spending,
    *,
    parts: Sequence[SettledPart],
    returned: Money | None = None,
    into: Account | None = None,
    note: str,
    by: Viewer,
) -> Entry:
    """Post what an advance was spent on, and the cash that comes back into a bank account (the main one unless named).

    Refuses `NotAnOpenAdvance` unless it is an advance that was paid, `ReasonMissing`, `AmountNotPositive`,
    `AccountNotPostable`, `AccountNotOfThisSpending`, `AdvanceTooSmall` for more than is still open, `BudgetExceeded`, `BudgetLineOfAnotherYear`.
    """
    by.require("finance.commit_spending")
    if not note.strip():
        raise ReasonMissing(field="note")
    if any(one.amount.amount <= 0 for one in parts) or (returned and returned.amount < 0):
        raise AmountNotPositive()
    for one in parts:
        refuse_other_account(SpendingKind.PURCHASE, one.account, by=by)
        if one.budget_line is not None:
            refuse_another_year(one.budget_line, today())
    currency = spending.currency
    whole = sum((one.amount for one in parts), returned or zero(currency))
    if whole.amount <= 0:
        raise AmountNotPositive()
    with recorded(by=by, reason=note):
        held = Spending.objects.select_for_update().get(pk=spending.pk)
        if held.kind != SpendingKind.STAFF_ADVANCE or held.state not in PAID:
            raise NotAnOpenAdvance(number=held.number_text)
        hold_advance(held.party_id)
        account = Account.objects.get(pk=account_of(AccountRole.STAFF_ADVANCES))
        left = money(-held_for(held.party_id, account, currency), currency)
        if whole > left:
            raise AdvanceTooSmall(left=format_money(left))
        entry = post_entry(
            journal=Journal.GENERAL.value,
            kind=EntryKind.SPENDING,
            on=today(),
            description=f"{held.number_text} {note}".strip(),
            sides=_sides(held, account, parts, returned, into, note),
            by=by,
        )
        spend_by_entry(entry, by=by)
    log.info("finance.staff_advance_settled", spending=held.pk, by=by.user_id)
    return entry


def _sides(
    spending: Spending,
    account: Account,
    parts: Sequence[SettledPart],
    returned: Money | None,
    into: Account | None,
    note: str,
) -> list[Side]:
    """At the rate of the advance, so that what was paid out and what is settled are the same in the books' currency."""
    rate, sides = spending.rate, []
    for one in parts:
        about = About(
            party_id=spending.party_id,
            budget_line_id=one.budget_line.pk if one.budget_line else None,
            fund=one.budget_line.fund if one.budget_line else Fund.CURRENT.value,
            description=one.text.strip() or note,
        )
        base = in_base(one.amount, rate, today())
        sides.append(debit(one.account.pk, one.amount, base=base, rate=rate, about=about))
    about = About(party_id=spending.party_id, description=note)
    if returned and returned.amount:
        bank = into.pk if into else account_of(AccountRole.BANK)
        base = in_base(returned, rate, today())
        sides.append(debit(bank, returned, base=base, rate=rate, about=about))
    whole = money(sum((one.debit for one in sides), Decimal(0)), spending.currency)
    base = sum((one.base_debit for one in sides), Decimal(0))
    return [*sides, credit(account.pk, whole, base=base, rate=rate, about=about)]
