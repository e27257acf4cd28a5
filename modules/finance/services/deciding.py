"""Who may give a due away: discounts and exemptions by percent (REV-04), write-offs by age and amount (FIN-11).

The caller holds the due, so that two decisions at the same moment are judged one after the other.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Sum

from kernel.money import Money
from kernel.policies.selectors import value
from modules.finance.constants import COUNCIL_AND_MINISTRY, Authority, CreditKind, WriteOffAuthority
from modules.finance.errors import CreditAboveAuthority, DecisionMissing
from modules.finance.errors.credits import DebtTooYoung, WriteOffAboveAuthority
from modules.finance.models import Charge, Settlement
from modules.finance.selectors.books import base_part
from modules.finance.selectors.campaigns import given_away, limit_of


def refuse_undecided(held: Charge, *, kind: CreditKind, amount: Money, on: date, who: str) -> None:
    """Refuses `DecisionMissing` without an authority, and what that authority may not decide."""
    if kind == CreditKind.WRITE_OFF:
        _refuse_write_off(held, amount=amount, on=on, who=who)
    else:
        _refuse_above_authority(held, amount=amount, on=on, who=who)


def _refuse_above_authority(held: Charge, *, amount: Money, on: date, who: str) -> None:
    """REV-04: how much of a due each authority may give away; counted with what was already given on it."""
    given = given_away([held]).get(held.pk, Decimal(0))
    refuse_percent((given + amount.amount) * 100 / held.principal, on=on, who=who)


def refuse_percent(percent: Decimal, *, on: date, who: str) -> None:
    """Refuses `DecisionMissing` without an authority, `CreditAboveAuthority` when so much is not its to give."""
    limits = {one: limit_of(one, on) for one in Authority.values}
    limit = limits.get(Authority.COUNCIL.value if who == COUNCIL_AND_MINISTRY else who)
    if limit is None:
        raise DecisionMissing(field="authority")
    if percent > limit:
        raise CreditAboveAuthority(percent=limit, authority=_next_authority(limits, percent))


def _next_authority(limits: dict[str, Decimal], percent: Decimal) -> str:
    who = next((one for one in Authority if limits[one] >= percent), Authority.COUNCIL)
    return str(who.label)


def _refuse_write_off(held: Charge, *, amount: Money, on: date, who: str) -> None:
    """FIN-11: from which age a debt is written off, up to what amount by the mayor, and above it by whom."""
    years = value("FIN-11.min_age_years", on=on).value
    if _years_between(held.due_on, on) < years:
        raise DebtTooYoung(years=years, due_on=f"{held.due_on:%d/%m/%Y}")
    most: Money = value("FIN-11.max_amount_mayor", on=on).value
    by_mayor = base_part(held, amount.amount) + _written_off(held) <= most.amount
    needed = Authority.MAYOR.value if by_mayor else str(value("FIN-11.above", on=on).value)
    order = WriteOffAuthority.values
    if who not in order:
        raise DecisionMissing(field="authority")
    if order.index(who) < order.index(needed):
        raise WriteOffAboveAuthority(authority=WriteOffAuthority(needed).label)


def _written_off(held: Charge) -> Decimal:
    """What was written off of it before, in base currency: parts count together."""
    written: Decimal | None = Settlement.objects.filter(
        charge=held, credit__kind=CreditKind.WRITE_OFF
    ).aggregate(written=Sum("base"))["written"]
    return written or Decimal(0)


def _years_between(since: date, until: date) -> int:
    """Whole years; somebody who owes since 29 February has owed a year on 1 March."""
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))
