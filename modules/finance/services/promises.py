"""What a campaign was said to give when dues were chosen, and what it gives by the time they are paid.

A campaign may end in between: at the desk while the cashier counts, at home while the payer is at the bank's page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from kernel.calendar.selectors import end_of_day
from kernel.money import Money, format_money, money, zero
from modules.finance.errors.campaigns import ReductionChanged
from modules.finance.models import Campaign, Charge, PaymentIntent, Receipt
from modules.finance.selectors.settling import Reduction
from modules.finance.services.payments import Payment


def refuse_less_than_promised(
    payment: Payment, charges: Sequence[Charge], reductions: Mapping[int, Reduction]
) -> None:
    """Nobody is left with a small rest of a due that was to be paid whole. Refuses `ReductionChanged`."""
    own = [one for one in charges if one.currency == payment.currency]
    promised = dict(payment.promised)
    was = {one.pk: promised.get(one.pk, Decimal(0)) for one in own}
    now = {one.pk: reductions[one.pk].most.amount for one in own if one.pk in reductions}
    if all(now.get(pk, Decimal(0)) >= amount for pk, amount in was.items()):
        return
    raise ReductionChanged(
        was=format_money(money(sum(was.values(), Decimal(0)), payment.currency)),
        now=format_money(money(sum(now.values(), Decimal(0)), payment.currency)),
        amount=format_money(comes_to(own, reductions, payment.currency)),
    )


def comes_to(
    charges: Iterable[Charge], reductions: Mapping[int, Reduction], currency: str
) -> Money:
    """What these dues of one currency cost when they are paid whole now."""
    whole = zero(currency)
    for one in charges:
        whole += money(one.balance, currency)
        if one.pk in reductions:
            whole -= reductions[one.pk].most
    return whole


def last_moment(reductions: Mapping[int, Reduction]) -> datetime | None:
    """When the first of these campaigns is over: what counts on it must be paid before. None without any."""
    ids = {one.campaign_id for one in reductions.values()}
    if not ids:
        return None
    days = Campaign.objects.filter(pk__in=ids).values_list("until", flat=True)
    return end_of_day(min(days))


def left_by_an_ended_campaign(intent: PaymentIntent, receipt: Receipt) -> Money | None:
    """What is still owed of dues that were paid as they were asked, because their campaign was over. None without any.

    A payer who chose to pay a part knows that a rest stays.
    """
    asked = {pk: Decimal(amount) for pk, amount in intent.charges}
    if sum(asked.values()) != intent.amount:
        return None
    rest = zero(intent.currency)
    for one in receipt.settlements.select_related("charge").filter(charge_id__in=asked):
        if one.amount == asked[one.charge_id] and one.charge.balance > 0:
            rest += money(one.charge.balance, intent.currency)
    return rest if rest.amount else None
