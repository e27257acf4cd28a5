"""Figures of the front desk, each reproducible from the list of its cases."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from django.db.models import QuerySet

from kernel.calendar.clock import Clock
from kernel.calendar.clock import Pause as ClockPause
from kernel.calendar.selectors import local_date, working_calendar
from modules.frontdesk.constants import State
from modules.frontdesk.models import Request
from modules.frontdesk.selectors.clock_days import start_of


def received(*, since: date, until: date) -> int:
    """K11: requests submitted in the period."""
    return Request.objects.filter(submitted_on__range=(since, until)).count()


def median_days(*, since: date, until: date) -> Decimal | None:
    """K01: median working days from submission to closing, without waiting for others. None without cases."""
    days = sorted(_days(one) for one in closed_in(since, until))
    if not days:
        return None
    return Decimal(str(median(days))).quantize(Decimal("0.1"), ROUND_HALF_UP)


def on_time_share(*, since: date, until: date) -> Decimal | None:
    """K02: share of closed requests that kept their promised date, in percent. None without cases."""
    cases = [
        one
        for one in closed_in(since, until)
        if one.promised_on is not None and one.closed_at is not None
    ]
    if not cases:
        return None
    kept = sum(
        1
        for one in cases
        if one.closed_at and one.promised_on and local_date(one.closed_at) <= one.promised_on
    )
    return (Decimal(kept) * 100 / len(cases)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def closed_in(since: date, until: date) -> QuerySet[Request]:
    """The cases behind the figures: completed requests by the day on which they were closed."""
    return Request.objects.filter(
        state__in=[State.COMPLETED, State.ARCHIVED], closed_at__date__range=(since, until)
    ).prefetch_related("pauses")


def _days(request: Request) -> int:
    start = start_of(request)
    if start is None or request.closed_at is None:
        return 0
    pauses = tuple(ClockPause(one.started_on, one.ended_on) for one in request.pauses.all())
    clock = Clock(working_calendar(), start, request.days_allowed, pauses)
    return clock.used(local_date(request.closed_at))
