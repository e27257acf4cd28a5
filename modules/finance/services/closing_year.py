"""Close a year: its result moves to the accumulated balance; what is open is carried on one by one as it stands.

Balances of assets and liabilities, open dues, cheques and advances are not moved: the books go on, and every open
item keeps its age and its source. Only revenue and expenditure begin the new year at nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import structlog
from django.db import connection

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotVisible
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import AccountKind, AccountRole, EntryKind, Journal, PeriodState
from modules.finance.errors.books import YearAlreadyClosed, YearHasOpenMonths, YearNotOver
from modules.finance.models import Account, Entry, Period
from modules.finance.selectors.books import account_of, base_currency, trial_balance
from modules.finance.services.periods import close_period, lock_period, open_year, reopen_period
from modules.finance.services.posting import Side, post_entry

log = structlog.get_logger(__name__)
NOTHING = Decimal(0)


def close_year(year: int, *, by: Viewer) -> Entry | None:
    """Post the closing entry on 31 December, lock the twelve months, open the next year. None when nothing moved.

    Refuses `YearNotOver`, `YearHasOpenMonths` (January to November are closed first), `YearAlreadyClosed`. A year of
    which the books know nothing is `NotVisible`.
    """
    by.require("finance.close_year")
    if not Period.objects.filter(year=year).exists():
        raise NotVisible()
    last = date(year, 12, 31)
    if today() <= last:
        raise YearNotOver(year=year)
    with recorded(by=by, reason=f"إقفال السنة {year}"):
        _one_at_a_time(year)
        months = list(Period.objects.select_for_update().filter(year=year).order_by("month"))
        if Entry.objects.filter(source=source_of(year)).exists() or (
            months and all(one.state == PeriodState.LOCKED for one in months)
        ):
            raise YearAlreadyClosed(year=year)
        open_ones = [one for one in months if one.state == PeriodState.OPEN and one.month < 12]
        if open_ones:
            raise YearHasOpenMonths(months=", ".join(str(one) for one in open_ones))
        december = months[-1]
        if december.state == PeriodState.CLOSED:
            december = reopen_period(
                december,
                reason=f"إقفال السنة {year}",
                by=by.with_permissions("finance.reopen_period"),
            )
        sides = _sides(last, by)
        entry = None
        if sides:
            entry = post_entry(
                journal=Journal.GENERAL.value,
                kind=EntryKind.CLOSING,
                on=last,
                description=f"إقفال نتيجة السنة {year}",
                sides=sides,
                by=by,
                source=source_of(year),
            )
        powers = by.with_permissions("finance.manage_periods", "finance.reopen_period")
        close_period(december, by=powers)
        for one in months:
            if one.state != PeriodState.LOCKED:
                lock_period(one, by=powers)
        open_year(year=year + 1, by=powers)
    log.info("finance.year_closed", year=year, by=by.user_id)
    return entry


def source_of(year: int) -> str:
    """The key under which a year's closing entry is posted once."""
    return f"year-end:{year}"


def _one_at_a_time(year: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('finance.year:' || current_schema() || %s, 0))",
            [f":{year}"],
        )


def _sides(last: date, by: Viewer) -> list[Side]:
    """Each account of the result, per currency, back to nothing; the sums to the accumulated balance."""
    ids = dict(Account.objects.values_list("code", "id"))
    result = account_of(AccountRole.ACCUMULATED)
    sides: list[Side] = []
    for one in trial_balance(by, on=last):
        if one.kind not in {AccountKind.REVENUE, AccountKind.EXPENSE}:
            continue
        if not one.balance and not one.base_balance:
            continue
        for account_id, sign in ((ids[one.code], -1), (result, 1)):
            sides += _moving(account_id, one.currency, sign * one.balance, sign * one.base_balance)
    return sides


def _moving(account_id: int, currency: str, amount: Decimal, base: Decimal) -> Sequence[Side]:
    """Lines that move a balance; when amount and base lie on different sides, they are lines of their own."""
    base = money(base, base_currency(today())).amount
    rate = (abs(base / amount) if amount and base else Decimal(1)).quantize(Decimal("0.00000001"))
    parts = [(amount, base)] if amount * base >= 0 else [(amount, NOTHING), (NOTHING, base)]
    return [
        Side(
            account_id=account_id,
            currency=currency,
            debit=max(one, NOTHING),
            credit=max(-one, NOTHING),
            base_debit=max(part, NOTHING),
            base_credit=max(-part, NOTHING),
            rate=rate or Decimal(1),
        )
        for one, part in parts
        if one or part
    ]
