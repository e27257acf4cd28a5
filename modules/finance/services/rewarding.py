"""The reward of committed payers (REV-03): a discount on what an assessment of everybody charges them.

Each is charged whole and then given a part back by a dated decision, so that what was forgone can be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import override as in_language

from kernel.calendar.selectors import today
from kernel.money import Money, decimals_of, money
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import CreditGround, CreditKind
from modules.finance.errors import DecisionMissing
from modules.finance.models import Charge
from modules.finance.selectors.committed import committed_payers
from modules.finance.services.assessing import NewCharge
from modules.finance.services.credits import DecisionPaper, Grant, grant_credit
from modules.finance.services.deciding import refuse_percent

HUNDRED = Decimal(100)


def rewards_of(news: Sequence[NewCharge]) -> dict[str, Money]:
    """What each of these dues is made smaller by, under its record; nothing of deposits, and of nobody who pays late."""
    on = today()
    percent = Decimal(value("REV-03.reward_percent", on=on).value)
    rewarded = [one for one in news if not one.kind.revenue_needs_party]
    if not percent or not rewarded:
        return {}
    months = int(value("REV-03.months_on_time", on=on).value)
    committed = committed_payers({one.party_id for one in rewarded}, on=on, months=months)
    found = {
        one.source.record: _part(one.amount, percent)
        for one in rewarded
        if one.party_id in committed
    }
    return {record: amount for record, amount in found.items() if amount.amount}


def _part(amount: Money, percent: Decimal) -> Money:
    """Never more than the percent: what division leaves stays owed."""
    code = amount.currency.code
    step = Decimal(1).scaleb(-decimals_of(code))
    return money((amount.amount * percent / HUNDRED).quantize(step, rounding=ROUND_DOWN), code)


def refuse_undecided_reward(paper: DecisionPaper) -> None:
    """A reward is somebody's decision within REV-04. Refuses `DecisionMissing`, `CreditAboveAuthority`."""
    if not paper.number.strip() or paper.decided_on is None:
        raise DecisionMissing()
    percent = Decimal(value("REV-03.reward_percent", on=today()).value)
    refuse_percent(percent, on=paper.decided_on, who=paper.authority)


def give_rewards(
    charges: Sequence[Charge], rewards: dict[str, Money], paper: DecisionPaper, *, by: Viewer
) -> int:
    """Give each its discount, within the transaction that charged them; how many."""
    with in_language("ar"):
        reason = str(CreditGround.REWARD.label)
    given = 0
    for one in charges:
        amount = rewards.get(one.source_record)
        if amount is None:
            continue
        grant = Grant(
            kind=CreditKind.DISCOUNT,
            amount=amount,
            reason=reason,
            paper=paper,
            ground=CreditGround.REWARD,
        )
        grant_credit(one, grant, by=by)
        given += 1
    return given
