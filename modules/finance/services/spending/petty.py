"""The petty cash: how much it may hold and pay at once (FIN-02). One act at a time, so that two never exceed it together."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection
from django.db.models import Sum

from kernel.calendar.selectors import today
from kernel.money import Money, format_money, money
from kernel.policies.selectors import value
from modules.finance.constants import AccountRole, SpendingKind, SpendingState
from modules.finance.errors.spending import (
    PettyCashOverfull,
    PettyCashTooLarge,
    PettyCashTooSmall,
)
from modules.finance.models import Spending
from modules.finance.selectors.books import account_of
from modules.finance.selectors.payables import Open
from modules.finance.selectors.spending import balance_of


def hold_petty_cash() -> None:
    """Until the transaction ends nobody else fills the petty cash or pays from it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('finance.petty:' || current_schema(), 0))"
        )


def refuse_overfull(amount: Money, *, asking: bool) -> None:
    """FIN-02: it never holds more than its float; while it is asked for, other fillings that wait count too.

    With the invoice a filling is in the books. Refuses `PettyCashOverfull`.
    """
    hold_petty_cash()
    most: Money = value("FIN-02.petty_cash_float", on=today()).value
    held = balance_of(account_of(AccountRole.PETTY_CASH), most.currency.code)
    if asking:
        held += _waiting(most.currency.code)
    if amount.currency != most.currency or held + amount.amount > most.amount:
        raise PettyCashOverfull(most=format_money(most))


def _waiting(currency: str) -> Decimal:
    waiting: Decimal | None = Spending.objects.filter(
        kind=SpendingKind.PETTY_CASH,
        currency=currency,
        state__in=[SpendingState.REQUESTED, SpendingState.COMMITTED],
    ).aggregate(waiting=Sum("amount"))["waiting"]
    return waiting or Decimal(0)


def refuse_large_payment(spending: Spending, left: Open) -> None:
    """FIN-02: what it pays at once, and never more than it holds. Refuses `PettyCashTooLarge`, `PettyCashTooSmall`."""
    hold_petty_cash()
    most: Money = value("FIN-02.single_payment_max", on=today()).value
    if spending.currency != most.currency.code or left.amount > most.amount:
        raise PettyCashTooLarge(most=format_money(most))
    held = balance_of(account_of(AccountRole.PETTY_CASH), spending.currency)
    if left.amount > held:
        raise PettyCashTooSmall(held=format_money(money(held, spending.currency)))
