"""Which accounts a spending of each kind is booked on. A refund takes from what is held, a purchase never does."""

from __future__ import annotations

from kernel.viewer import Viewer
from modules.finance.constants import AccountKind, AccountRole, SpendingKind
from modules.finance.errors import AccountNotPostable
from modules.finance.errors.spending import AccountNotOfThisSpending
from modules.finance.models import Account, CashBox, DuesKind
from modules.finance.selectors.books import bank_accounts

# What the municipality has or owes and may buy or pay off: stores, works, equipment, loans, salaries due.
BOUGHT_OR_PAID_OFF = (AccountKind.ASSET, AccountKind.LIABILITY)
ROLE_OF = {
    SpendingKind.ADVANCE_REFUND: AccountRole.ADVANCES,
    SpendingKind.PETTY_CASH: AccountRole.PETTY_CASH,
    SpendingKind.STAFF_ADVANCE: AccountRole.STAFF_ADVANCES,
}


def refuse_other_account(kind: SpendingKind, account: Account, *, by: Viewer) -> None:
    """Refuses `AccountNotPostable`, and `AccountNotOfThisSpending` for an account that other acts keep.

    | kind | account |
    | purchase | expenditure; assets and liabilities that follow no register and name no person |
    | refund of a deposit | liabilities kept by person, but for advances |
    | refund of an advance, petty cash, staff advance | the account of that part |
    """
    if not account.is_posting or not account.is_active:
        raise AccountNotPostable(account=account.code)
    if kind in ROLE_OF:
        fits = account.role == ROLE_OF[kind]
    elif kind == SpendingKind.DEPOSIT_REFUND:
        fits = account.kind == AccountKind.LIABILITY and account.needs_party and not account.role
    else:
        fits = account.kind == AccountKind.EXPENSE or _is_bought(account, by)
    if not fits:
        raise AccountNotOfThisSpending(account=account.code, kind=kind.label)


def _is_bought(account: Account, by: Viewer) -> bool:
    return (
        account.kind in BOUGHT_OR_PAID_OFF
        and not account.role
        and not account.needs_party
        and not CashBox.objects.filter(account=account).exists()
        and not DuesKind.objects.filter(receivable=account).exists()
        and not bank_accounts(by).filter(pk=account.pk).exists()
    )
