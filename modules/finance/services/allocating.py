"""How an amount settles dues (policy REV-11). Pure: no table, no clock.

Dues are settled in the policy's order; each takes what it needs until nothing is left; the rest is surplus.
A due in another currency is settled at the rates given. When the amount covers it, it is settled whole and what
it costs is rounded up to the receipt's smallest coin; when it does not, what it buys is rounded down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from kernel.money import Money, decimals_of, money, zero
from modules.finance.constants import SettlingOrder
from modules.finance.selectors.settling import Reduction


@dataclass(frozen=True, kw_only=True)
class Owed:
    """An open due as far as settling it is concerned."""

    charge_id: int
    balance: Money
    due_on: date
    is_fine: bool = False
    position: int = 100
    reduction: Reduction | None = None


@dataclass(frozen=True)
class Share:
    """What one due gets: in its own currency, what that took of the amount received, what a campaign gives with it."""

    charge_id: int
    amount: Money
    tendered: Money
    reduction: Money | None = None


@dataclass(frozen=True)
class Split:
    shares: tuple[Share, ...]
    surplus: Money

    @property
    def tendered(self) -> Decimal:
        return sum((one.tendered.amount for one in self.shares), Decimal(0))


def in_order(owed: Sequence[Owed], *, order: SettlingOrder, fines_first: bool) -> list[Owed]:
    """The dues in the order in which they are settled. As the payer chooses: in the order given."""
    ordered = list(owed)
    if order == SettlingOrder.OLDEST_FIRST:
        ordered.sort(key=lambda one: (one.due_on, one.position, one.charge_id))
    elif order == SettlingOrder.BY_KIND:
        ordered.sort(key=lambda one: (one.position, one.due_on, one.charge_id))
    if fines_first:
        ordered.sort(key=lambda one: not one.is_fine)
    return ordered


def split(
    amount: Money,
    owed: Sequence[Owed],
    *,
    order: SettlingOrder = SettlingOrder.OLDEST_FIRST,
    fines_first: bool = False,
    rates: Mapping[str, Decimal] | None = None,
) -> Split:
    """Divide an amount over dues. `rates`: base units for one unit of each currency that occurs.

    Promises: shares and surplus add up to the amount; no due gets more than its balance, reductions of campaigns
    counted; nothing is negative. A due that a campaign gives whole costs nothing and still has its share.
    """
    currency = amount.currency.code
    left = amount
    shares: list[Share] = []
    for one in in_order(owed, order=order, fines_first=fines_first):
        if one.balance.amount <= 0:
            continue
        given = one.reduction.most if one.reduction else None
        to_pay = one.balance - given if given else one.balance
        cost = cost_of(to_pay, currency, rates or {})
        if cost <= left:
            shares.append(Share(one.charge_id, to_pay, cost, given))
            left -= cost
            continue
        if left.amount <= 0:
            continue
        bought = worth_of(left, one.balance.currency.code, rates or {})
        if bought.amount > 0:
            shares.append(Share(one.charge_id, bought, left, _given_with(bought, one)))
            left = zero(currency)
    return Split(tuple(shares), left)


def _given_with(bought: Money, owed: Owed) -> Money | None:
    """What a campaign gives with a part: so that what was paid and what was given stand in its proportion."""
    offer = owed.reduction
    if offer is None or offer.whole_only or offer.percent >= 100:
        return None
    worth = bought.amount * offer.percent / (100 - offer.percent)
    given = money(worth, bought.currency.code, rounding=ROUND_FLOOR)
    given = min(given, offer.most)
    return given if given.amount > 0 else None


def cost_of(balance: Money, currency: str, rates: Mapping[str, Decimal]) -> Money:
    """What settling this balance whole costs in another currency, rounded up to its smallest coin."""
    return _exchanged(balance, currency, rates, ROUND_CEILING)


def worth_of(amount: Money, currency: str, rates: Mapping[str, Decimal]) -> Money:
    """What an amount buys in another currency, rounded down to its smallest coin."""
    return _exchanged(amount, currency, rates, ROUND_FLOOR)


def _exchanged(amount: Money, currency: str, rates: Mapping[str, Decimal], rounding: str) -> Money:
    own = amount.currency.code
    if own == currency:
        return amount
    decimals_of(currency)
    return money(amount.amount * rates[own] / rates[currency], currency, rounding=rounding)
