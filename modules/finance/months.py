"""Days a month apart. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def month_later(first: date, months: int) -> date:
    """The same day so many months later; in a shorter month its last day (31 January → 28 February → 31 March).

    Earlier with a number below zero.
    """
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))
