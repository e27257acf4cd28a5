"""What balances in another currency are worth at the end of a month, beside what the books say.

What must not live here: the entry that follows from it (`services.revaluing`).
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import EntryKind
from modules.finance.errors import RateMissing, RateTooOld
from modules.finance.models import Account, Entry, Line, Period
from modules.finance.selectors.books import base_currency, in_base, rate_on, trial_balance

NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Revalued:
    """An account in one currency: its balance, what the books say it is worth, and what it is worth at the rate.

    Balances are above zero for what the municipality has, below for what it owes.
    """

    account_id: int
    code: str
    name_ar: str
    name: str
    currency: str
    balance: Decimal
    in_books: Decimal
    posted: Decimal
    rate: Decimal
    at_rate: Decimal
    needs_party: bool

    @property
    def before(self) -> Decimal:
        """What the books said before this month's end was revalued at all."""
        return self.in_books - self.posted

    @property
    def difference(self) -> Decimal:
        """What the month's end makes of it, a gain when above zero; posted already or not."""
        return self.at_rate - self.before

    @property
    def left(self) -> Decimal:
        """What of the difference is still to be posted."""
        return self.at_rate - self.in_books


@dataclass(frozen=True, kw_only=True)
class Revaluation:
    """A month's end: every account that is revalued, and the currencies for which no rate of that day is known."""

    on: date
    base: str
    rows: tuple[Revalued, ...]
    rates: tuple[tuple[str, Decimal], ...]
    without_rate: tuple[RateMissing | RateTooOld, ...]

    @property
    def to_post(self) -> tuple[Revalued, ...]:
        return tuple(one for one in self.rows if one.left)

    @property
    def gain(self) -> Decimal:
        return sum((one.difference for one in self.rows if one.difference > 0), NOTHING)

    @property
    def loss(self) -> Decimal:
        return -sum((one.difference for one in self.rows if one.difference < 0), NOTHING)

    @property
    def net(self) -> Decimal:
        return self.gain - self.loss


def last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def first_day_after(on: date) -> date:
    """The day on which a month's revaluation is taken back."""
    return on + timedelta(days=1)


def ended_months(viewer: Viewer) -> QuerySet[Period]:
    """Months of the books that are over on this day, newest first."""
    newest = first_day_after(today()).replace(day=1) - timedelta(days=1)
    over = Q(year__lt=newest.year) | Q(year=newest.year, month__lte=newest.month)
    return Period.objects.filter(over).order_by("-year", "-month")


def revaluation_at(viewer: Viewer, *, on: date) -> Revaluation:
    """Balances of monetary accounts in other currencies at the end of that day, at the rate of that day.

    A currency without a rate no older than policy FIN-04 allows is told in `without_rate` and left out.
    """
    base = base_currency(on)
    monetary = {one.code: one for one in Account.objects.filter(is_monetary=True, is_posting=True)}
    posted = _posted(on)
    held = [
        one
        for one in trial_balance(viewer, on=on)
        if one.currency != base
        and one.code in monetary
        and (one.balance or one.base_balance or (one.code, one.currency) in posted)
    ]
    rates, missing = _rates({one.currency for one in held}, on)
    rows = tuple(
        Revalued(
            account_id=monetary[one.code].pk,
            code=one.code,
            name_ar=one.name_ar,
            name=one.name,
            currency=one.currency,
            balance=one.balance,
            in_books=money(one.base_balance, base).amount,
            posted=posted.get((one.code, one.currency), NOTHING),
            rate=rates[one.currency],
            at_rate=in_base(money(one.balance, one.currency), rates[one.currency], on),
            needs_party=monetary[one.code].needs_party,
        )
        for one in held
        if one.currency in rates
    )
    told = tuple(sorted(rates.items()))
    return Revaluation(on=on, base=base, rows=rows, rates=told, without_rate=missing)


def _posted(on: date) -> dict[tuple[str, str], Decimal]:
    rows = (
        Line.objects.filter(entry__kind=EntryKind.REVALUATION, entry__date=on)
        .values_list("account__code", "currency")
        .annotate(total=Sum("base_debit") - Sum("base_credit"))
    )
    return {(code, currency): total for code, currency, total in rows}


def _rates(
    currencies: set[str], on: date
) -> tuple[dict[str, Decimal], tuple[RateMissing | RateTooOld, ...]]:
    known: dict[str, Decimal] = {}
    missing: list[RateMissing | RateTooOld] = []
    for currency in sorted(currencies):
        try:
            known[currency] = rate_on(currency, on, fresh=True)
        except (RateMissing, RateTooOld) as refusal:
            missing.append(refusal)
    return known, tuple(missing)


_BY_PARTY = """
    SELECT account_id, currency, party_id, sum(debit - credit), sum(base_debit - base_credit) FROM finance_line
    WHERE account_id = ANY(%s) AND currency <> %s AND date <= %s GROUP BY account_id, currency, party_id
    HAVING sum(debit - credit) <> 0 OR sum(base_debit - base_credit) <> 0 ORDER BY account_id, currency, party_id
"""


def shares_of_parties(found: Revaluation) -> dict[tuple[int, str], list[tuple[int, Decimal]]]:
    """For each account whose lines name a person: what each person's part of the difference is.

    Each part is rounded once; the last person takes what rounding leaves, so that the account is exact.
    """
    asked = {(one.account_id, one.currency): one for one in found.to_post if one.needs_party}
    if not asked:
        return {}
    shares: dict[tuple[int, str], list[tuple[int, Decimal]]] = defaultdict(list)
    with connection.cursor() as cursor:
        accounts = sorted({account for account, _currency in asked})
        cursor.execute(_BY_PARTY, [accounts, found.base, found.on])
        for account, currency, party, balance, in_books in cursor.fetchall():
            row = asked.get((account, currency))
            if row is not None:
                at_rate = in_base(money(balance, currency), row.rate, found.on)
                shares[account, currency].append((party, at_rate - in_books))
    for key, parts in shares.items():
        left = asked[key].left - sum((part for _party, part in parts), NOTHING)
        party, part = parts[-1]
        parts[-1] = (party, part + left)
    return shares


def revaluations(viewer: Viewer, *, on: date | None = None) -> QuerySet[Entry]:
    """Revaluations posted, newest first, each with the entry that took it back; those of one month's end."""
    found = Entry.objects.filter(kind=EntryKind.REVALUATION).select_related("reversal")
    return (found.filter(date=on) if on else found).order_by("-date", "-id")
