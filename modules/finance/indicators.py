"""Indicators of finance: aggregates of the municipality, never of a person."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from modules.finance.selectors.figures import (
    collected_between,
    collection_rate_of,
    owed_by_currency,
)


def collected(*, since: date, until: date) -> Decimal:
    """Receipts of the period against dues and as advances, in base currency, without those taken back."""
    return collected_between(since, until)


def collection_rate(*, since: date, until: date) -> Decimal | None:
    """Per cent of the charges assessed in the period that is settled by now. None when nothing was charged."""
    rate = collection_rate_of(since, until)
    return None if rate is None else rate.quantize(Decimal("0.1"), ROUND_HALF_UP)


def owed(*, since: date, until: date) -> Decimal:
    """Open dues in shekels now; other currencies are shown on their own and never added."""
    return next(
        (one.amount for one in owed_by_currency() if one.currency.code == "ILS"), Decimal(0)
    )
