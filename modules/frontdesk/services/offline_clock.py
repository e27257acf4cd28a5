"""When a request that was taken without a line was asked for: the device's clock, as far as it can be believed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from kernel.calendar.selectors import now_local, today
from kernel.policies.selectors import value

AHEAD = timedelta(minutes=5)


def bounded(told: datetime) -> tuple[datetime, bool]:
    """The instant that is believed, and whether the device's clock told it.

    Policy INF-03: not before the hours that offline work may wait, not after now (five minutes of drift are now).
    What lies outside counts as taken when it was received.
    """
    now = timezone.now()
    hours = int(value("INF-03.max_offline_hours", on=today()).value)
    if now - timedelta(hours=hours) <= told <= now:
        return told, True
    return now, now < told <= now + AHEAD


def begins(taken_at: datetime) -> date:
    """The day from which the promised days count (policy INF-03.clock_starts)."""
    if value("INF-03.clock_starts", on=today()).value == "taken":
        return taken_at.astimezone(now_local().tzinfo).date()
    return today()
