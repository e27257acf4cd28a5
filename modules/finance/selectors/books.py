"""Accounts, periods, rates, entries: what the posting rules and the accountant's screens read.

What must not live here: what a person owes (`selectors.dues`), the cash desk (`selectors.cash`).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from math import ceil
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet, Value

from kernel.calendar.selectors import today
from kernel.errors import NotVisible
from kernel.money import Money, decimals_of, money
from kernel.policies.selectors import value
from kernel.snapshots import Snapshot
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole
from modules.finance.errors import (
    AccountRoleMissing,
    AccountUnknown,
    DuesKindUnknown,
    RateMissing,
    RateTooOld,
)
from modules.finance.models import Account, Charge, DuesKind, Entry, ExchangeRate, Line, Period
from modules.finance.models.books import in_readers_language


@dataclass(frozen=True)
class KindFacts:
    """A kind of due as the posting rules need it."""

    id: int
    code: str
    title_ar: str
    title_en: str
    receivable_id: int
    revenue_id: int
    is_fine: bool
    position: int
    is_active: bool
    revenue_needs_party: bool = False


def _load_kinds() -> dict[str, KindFacts]:
    fields = (
        "id",
        "code",
        "title_ar",
        "title_en",
        "receivable_id",
        "revenue_id",
        "is_fine",
        "position",
        "is_active",
        "revenue__needs_party",
    )
    return {row[1]: KindFacts(*row) for row in DuesKind.objects.values_list(*fields)}


def _load_roles() -> dict[str, int]:
    return dict(Account.objects.exclude(role="").values_list("role", "id"))


kinds_snapshot: Snapshot[dict[str, KindFacts]] = Snapshot("finance.kinds", _load_kinds)
roles_snapshot: Snapshot[dict[str, int]] = Snapshot("finance.roles", _load_roles)


def kind_facts(code: str) -> KindFacts:
    """The kind of due of that code, in use. Refuses `DuesKindUnknown`."""
    found = kinds_snapshot.get().get(code)
    if found is None or not found.is_active:
        raise DuesKindUnknown(kind=code)
    return found


def kinds_by_id() -> dict[int, KindFacts]:
    return {one.id: one for one in kinds_snapshot.get().values()}


def is_held_for_person(charge: Charge) -> bool:
    """Whether the due was assessed against what is held for its person (a deposit), not against revenue."""
    return kinds_by_id()[charge.kind_id].revenue_needs_party and not charge.is_opening


def base_part(charge: Charge, amount: Decimal) -> Decimal:
    """The part of the charge's base amount that goes with this much of it; the last part takes what is left."""
    left: Decimal = charge.base_principal - charge.base_settled
    if amount >= charge.balance:
        return left
    share: Decimal = in_smallest_unit(charge.base_principal * amount / charge.principal)
    return min(share, left)


def account_of(role: AccountRole) -> int:
    """The id of the account that plays this part. Refuses `AccountRoleMissing`."""
    found = roles_snapshot.get().get(role.value)
    if found is None:
        raise AccountRoleMissing(role=role.label)
    return found


def base_currency(on: date) -> str:
    """The currency in which the books are added up (policy FIN-04)."""
    return str(value("FIN-04.base", on=on).value)


def rate_on(currency: str, on: date, *, fresh: bool = False) -> Decimal:
    """Base units for one unit of the currency on a day: the last rate entered up to that day.

    Refuses `RateMissing`; with `fresh` also `RateTooOld` beyond the age of policy FIN-04.
    """
    if currency == base_currency(on):
        return Decimal(1)
    newest = (
        ExchangeRate.objects.filter(currency=currency, on_date__lte=on)
        .order_by("-on_date", "-id")
        .first()
    )
    if newest is None:
        raise RateMissing(currency=currency, date=f"{on:%d/%m/%Y}")
    if fresh:
        hours = int(value("FIN-04.rate_max_age_hours", on=on).value)
        if on - newest.on_date > timedelta(days=ceil(hours / 24)):
            raise RateTooOld(currency=currency, date=f"{newest.on_date:%d/%m/%Y}")
    found: Decimal = newest.rate
    return found


def in_base(amount: Money, rate: Decimal, on: date) -> Decimal:
    """The amount in base currency, rounded once to its decimals."""
    return money(amount.amount * rate, base_currency(on)).amount


def all_in_base(amounts: Sequence[Money], rates: Mapping[str, Decimal], on: date) -> list[Decimal]:
    """The same for many amounts: the policy of the day is asked once for all of them."""
    base = base_currency(on)
    return [money(one.amount * rates[one.currency.code], base).amount for one in amounts]


def in_smallest_unit(base: Decimal, *, rounding: str = ROUND_HALF_EVEN) -> Decimal:
    """A part of an amount in base currency, to its smallest unit: a thousandth where the books are kept in dinars."""
    step = Decimal(1).scaleb(-decimals_of(base_currency(today())))
    return base.quantize(step, rounding=rounding)


def known_rates(
    on: date, currencies: tuple[str, ...] = ("JOD", "USD", "EUR")
) -> dict[str, Decimal]:
    """Usable rates of the day, for showing; a currency without one is left out."""
    rates = {base_currency(on): Decimal(1)}
    for currency in currencies:
        try:
            rates[currency] = rate_on(currency, on, fresh=True)
        except (RateMissing, RateTooOld):
            continue
    return rates


def accounts(viewer: Viewer) -> QuerySet[Account]:
    """The chart in the order of its codes."""
    return Account.objects.order_by("code")


def account_for(viewer: Viewer, code: str) -> Account:
    """The account of that code. Refuses `AccountUnknown`."""
    found = Account.objects.filter(code=code).first()
    if found is None:
        raise AccountUnknown(account=code)
    return found


def periods(viewer: Viewer, *, year: int) -> QuerySet[Period]:
    return Period.objects.filter(year=year).order_by("month")


def years(viewer: Viewer) -> list[int]:
    """Years opened in the books, newest first."""
    return list(Period.objects.order_by("-year").values_list("year", flat=True).distinct())


def period_for(viewer: Viewer, uid: UUID) -> Period:
    """The month of that uid. Refuses `NotVisible`."""
    found = Period.objects.filter(uid=uid).first()
    if found is None:
        raise NotVisible()
    return found


def recent_rates(viewer: Viewer) -> QuerySet[ExchangeRate]:
    """The rates last entered."""
    return ExchangeRate.objects.select_related("entered_by").order_by("-on_date", "-id")[:60]


def entries(viewer: Viewer) -> QuerySet[Entry]:
    """The journal, newest first."""
    return Entry.objects.order_by("-date", "-id")


def entry_for(viewer: Viewer, uid: UUID) -> Entry:
    """The entry of that uid with what it reverses. Refuses `NotVisible`."""
    found = Entry.objects.select_related("reverses", "reversal").filter(uid=uid).first()
    if found is None:
        raise NotVisible()
    return found


def lines_of(viewer: Viewer, entry: Entry) -> QuerySet[Line]:
    return entry.lines.select_related("account", "party", "charge").order_by("seq")


def ledger(viewer: Viewer, account: Account, *, since: date, until: date) -> QuerySet[Line]:
    """Movements of an account and of everything beneath it, in order, with what each is worth in base."""
    return (
        Line.objects.filter(
            account__code__startswith=account.code, date__gte=since, date__lte=until
        )
        .annotate(in_base=F("base_debit") - F("base_credit"), base=Value(base_currency(until)))
        .select_related("entry", "account", "party")
        .order_by("date", "id")
    )


@dataclass(frozen=True)
class BalanceLine:
    """An account's turnover and balance in one currency up to a day."""

    code: str
    name_ar: str
    name_en: str
    kind: str
    currency: str
    debit: Decimal
    credit: Decimal
    base_debit: Decimal
    base_credit: Decimal

    @property
    def name(self) -> str:
        return in_readers_language(self.name_ar, self.name_en)

    @property
    def balance(self) -> Decimal:
        return self.debit - self.credit

    @property
    def base_balance(self) -> Decimal:
        return self.base_debit - self.base_credit


# The kept balances of whole months, and the lines that lie between their end and the day asked for, added or taken off.
# Account by account and added up there, so that they are read from the index alone (`finance_line_account` carries
# the amounts) and no month is read through.
_TRIAL_BALANCE = """
    WITH moved AS (
        SELECT b.account_id, b.currency, b.debit, b.credit, b.base_debit, b.base_credit
        FROM finance_monthlybalance b JOIN finance_period p ON p.id = b.period_id
        WHERE p.year * 100 + p.month <= %(through)s
        UNION ALL
        SELECT x.id, l.currency, %(sign)s * l.debit, %(sign)s * l.credit, %(sign)s * l.base_debit, %(sign)s * l.base_credit
        FROM finance_account x CROSS JOIN LATERAL (
            SELECT currency, sum(debit) AS debit, sum(credit) AS credit, sum(base_debit) AS base_debit,
                sum(base_credit) AS base_credit
            FROM finance_line WHERE account_id = x.id AND date >= %(since)s AND date <= %(until)s GROUP BY currency) l
        WHERE x.is_posting
    )
    SELECT a.code, a.name_ar, a.name_en, a.kind, m.currency,
        sum(m.debit), sum(m.credit), sum(m.base_debit), sum(m.base_credit)
    FROM moved m JOIN finance_account a ON a.id = m.account_id
    GROUP BY a.code, a.name_ar, a.name_en, a.kind, m.currency
    HAVING sum(m.debit) <> 0 OR sum(m.credit) <> 0 OR sum(m.base_debit) <> 0 OR sum(m.base_credit) <> 0
    ORDER BY a.code, m.currency
"""


def trial_balance(viewer: Viewer, *, on: date) -> list[BalanceLine]:
    """Every account with its turnover up to and including a day, per currency, from the monthly balances.

    Of a month that is not over on that day the shorter part is read from the lines: its days so far, added to the
    months before, or the days still to come, taken off the whole month. Of this month those are hardly any.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL_BALANCE, _parts_of_month(on))
        return [BalanceLine(*row) for row in cursor.fetchall()]


def _parts_of_month(on: date) -> dict[str, Any]:
    first, last = on.replace(day=1), on.replace(day=monthrange(on.year, on.month)[1])
    month = on.year * 100 + on.month
    if on < today() and on.day <= last.day // 2:
        return {"through": month - 1, "sign": 1, "since": first, "until": on}
    return {"through": month, "sign": -1, "since": on + timedelta(days=1), "until": last}


def bank_accounts(viewer: Viewer) -> QuerySet[Account]:
    """Accounts that stand for money at banks: the current account and its neighbours."""
    bank = Account.objects.select_related("parent").get(pk=account_of(AccountRole.BANK))
    beneath = bank.parent.code if bank.parent else bank.code
    return Account.objects.filter(
        code__startswith=beneath, is_posting=True, is_active=True
    ).order_by("code")
