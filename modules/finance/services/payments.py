"""What a payment is, and the lines that it posts: money in, dues out, the difference of rates apart.

What must not live here: whether a payment may be taken (`services.receiving`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kernel.money import Money, zero
from modules.finance.constants import METHOD_ACCOUNT, AccountRole, Method
from modules.finance.models import BudgetLine, CashSession, Charge
from modules.finance.selectors.books import account_of, in_base, kinds_by_id
from modules.finance.services.allocating import Split
from modules.finance.services.posting import (
    About,
    Side,
    base_difference,
    credit,
    debit,
    in_base_excess,
)


@dataclass(frozen=True, kw_only=True)
class SetOff:
    """What a set-off takes from a payable: whose it is, and how much of it in the books' currency, at its own rate."""

    spending_id: int
    party_id: int
    base: Decimal
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class Tender:
    """Something handed over: how, how much, and what identifies it (cheque number, slip, transfer, what we owe)."""

    method: Method
    amount: Money
    reference: str = ""
    bank: str = ""
    branch: str = ""
    drawer_account: str = ""
    dated_on: date | None = None
    # Of a set-off: the spending that was chosen, and what is taken from it (`services.setting_off`).
    payable: UUID | None = None
    set_off: SetOff | None = None


@dataclass(frozen=True, kw_only=True)
class Payment:
    """What the cashier says: who owes, who pays with what, for which dues (None: every open due, by policy)."""

    party_id: int
    payer_name: str
    tenders: tuple[Tender, ...]
    charge_ids: tuple[int, ...] | None = None
    family_ids: tuple[int, ...] = ()
    keep_surplus: bool = False
    # What campaigns were said to give on each due when it was chosen, where somebody was told.
    promised: tuple[tuple[int, Decimal], ...] = ()
    note: str = ""
    project: BudgetLine | None = None

    @property
    def currency(self) -> str:
        return self.tenders[0].amount.currency.code

    def about(self, party_id: int, *, charge_id: int | None = None) -> About:
        """What a line of the receipt is about: the person, the due, and the project for which it is paid."""
        if self.project is None:
            return About(party_id=party_id, charge_id=charge_id)
        return About(
            party_id=party_id,
            charge_id=charge_id,
            budget_line_id=self.project.pk,
            fund=self.project.fund,
        )

    @property
    def methods(self) -> frozenset[Method]:
        return frozenset(one.method for one in self.tenders)

    @property
    def amount(self) -> Money:
        return sum((one.amount for one in self.tenders), zero(self.currency))


def entry_sides(
    payment: Payment,
    session: CashSession,
    charges: Mapping[int, Charge],
    divided: Split,
    bases: Mapping[int, Decimal],
    rates: Mapping[str, Decimal],
    on: date,
) -> list[Side]:
    """Money in, dues out; across currencies through the position account; the rest in base is a difference."""
    own = payment.currency
    kinds = kinds_by_id()
    sides = [_money_in(one, payment, session, rates[own], on) for one in payment.tenders]
    given: dict[str, Money] = {}
    bought: dict[str, Money] = {}
    for share in divided.shares:
        if not share.amount.amount:
            continue
        charge = charges[share.charge_id]
        sides.append(
            credit(
                kinds[charge.kind_id].receivable_id,
                share.amount,
                base=bases[share.charge_id],
                rate=rates[charge.currency],
                about=payment.about(charge.party_id, charge_id=charge.pk),
            )
        )
        if charge.currency != own:
            given[charge.currency] = given.get(charge.currency, zero(own)) + share.tendered
            bought[charge.currency] = (
                bought.get(charge.currency, zero(charge.currency)) + share.amount
            )
    for currency, amount in bought.items():
        position = account_of(AccountRole.EXCHANGE_POSITION)
        paid = given[currency]
        sides.append(credit(position, paid, base=in_base(paid, rates[own], on), rate=rates[own]))
        sides.append(
            debit(position, amount, base=in_base(amount, rates[currency], on), rate=rates[currency])
        )
    if divided.surplus.amount > 0:
        sides.append(
            credit(
                account_of(AccountRole.ADVANCES),
                divided.surplus,
                base=in_base(divided.surplus, rates[own], on),
                rate=rates[own],
                about=payment.about(payment.party_id),
            )
        )
    difference = in_base_excess(sides)
    if difference:
        left = base_difference(
            account_of(AccountRole.EXCHANGE_DIFFERENCE), difference, currency=own
        )
        if left is not None:
            sides.append(left)
    return sides


def _money_in(
    tender: Tender, payment: Payment, session: CashSession, rate: Decimal, on: date
) -> Side:
    """What was handed over; a set-off takes from the payable at the payable's own rate."""
    taken = tender.set_off
    about = About(
        party_id=taken.party_id if taken else payment.party_id, description=tender.reference
    )
    return debit(
        account_of_method(tender.method, session),
        tender.amount,
        base=taken.base if taken else in_base(tender.amount, rate, on),
        rate=taken.rate if taken else rate,
        about=about,
    )


def account_of_method(method: Method, session: CashSession) -> int:
    if method == Method.CASH:
        return session.box.account_id
    return account_of(METHOD_ACCOUNT[method])
