"""Tell balances in another currency at the rate of the month's last day (expert practice: monetary items only).

The balance in its own currency never moves: lines carry a base amount alone. What is gained or lost is unrealised and
taken back on the first of the next month, so that a settlement still tells the whole difference from its own rate once.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import structlog
from django.db import connection

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, EntryKind, Journal
from modules.finance.errors.books import MonthNotOver, RevaluationSwitchedOff
from modules.finance.models import Entry
from modules.finance.selectors.books import account_of
from modules.finance.selectors.revaluation import (
    Revaluation,
    first_day_after,
    last_day,
    revaluation_at,
    revaluations,
    shares_of_parties,
)
from modules.finance.services.posting import Side, post_entry, reverse_entry

log = structlog.get_logger(__name__)
NOTHING = Decimal(0)


def revalue_month(*, year: int, month: int, by: Viewer) -> Entry | None:
    """Post the month's revaluation on its last day and take it back on the next. None when nothing differs.

    A second run finds the first one in the balances and posts nothing; after a late posting or a corrected rate it
    posts what differs since. Refuses `RevaluationSwitchedOff` (FIN-04), `MonthNotOver`, `RateMissing`, `RateTooOld`,
    `PeriodMissing` and `PeriodClosed` for either month.
    """
    by.require("finance.revalue")
    on = last_day(year, month)
    if not value("FIN-04.revalue_monthly", on=on).value:
        raise RevaluationSwitchedOff()
    if today() < on:
        raise MonthNotOver(month=f"{month:02d}/{year}")
    name = f"{month:02d}/{year}"
    with recorded(by=by, reason=f"إعادة تقييم {name}"):
        _one_at_a_time(on)
        found = revaluation_at(by, on=on)
        if found.without_rate:
            raise found.without_rate[0]
        sides = _sides(found)
        if not sides:
            return None
        entry = post_entry(
            journal=Journal.GENERAL.value,
            kind=EntryKind.REVALUATION,
            on=on,
            description=f"إعادة تقييم أرصدة العملات الأجنبية {name}",
            sides=sides,
            by=by,
            source=_source(on, turn=revaluations(by, on=on).count() + 1),
        )
        reverse_entry(
            entry,
            reason=f"إلغاء إعادة تقييم {name} أول الشهر التالي",
            by=by,
            on=first_day_after(on),
        )
    log.info("finance.revalued", entry=entry.pk, on=on.isoformat(), by=by.user_id)
    return entry


def _source(on: date, *, turn: int) -> str:
    """The key under which a month's revaluation is posted once; later corrections carry their turn."""
    return f"revaluation:{on:%Y-%m}" + ("" if turn == 1 else f":{turn}")


def _one_at_a_time(on: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('finance.revaluation:' || current_schema() || %s, 0))",
            [f":{on:%Y-%m}"],
        )


def _sides(found: Revaluation) -> list[Side]:
    """Each account by its difference, person by person where its lines name one; gains and losses per currency."""
    shares = shares_of_parties(found)
    sides: list[Side] = []
    for one in found.to_post:
        parts = shares.get((one.account_id, one.currency))
        if parts is None:
            sides.append(_side(one.account_id, one.currency, one.rate, one.left))
            continue
        sides += [
            _side(one.account_id, one.currency, one.rate, part, party_id=party)
            for party, part in parts
            if part
        ]
    unrealised = account_of(AccountRole.UNREALISED) if sides else 0
    for currency, rate in found.rates:
        mine = [one.left for one in found.to_post if one.currency == currency]
        for whole in (
            sum((one for one in mine if one > 0), NOTHING),
            sum((one for one in mine if one < 0), NOTHING),
        ):
            if whole:
                sides.append(_side(unrealised, currency, rate, -whole))
    return sides


def _side(
    account_id: int, currency: str, rate: Decimal, base: Decimal, *, party_id: int | None = None
) -> Side:
    return Side(
        account_id=account_id,
        currency=currency,
        rate=rate,
        base_debit=max(base, NOTHING),
        base_credit=max(-base, NOTHING),
        party_id=party_id,
    )
