"""From which day a clock counts, and how many days a step has: what the municipality's own manual says of time.

Worked example in the README.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from kernel.calendar.ramadan import is_ramadan
from kernel.calendar.selectors import local_date, working_calendar, zone
from kernel.policies.selectors import value
from modules.frontdesk.definitions.shapes import Step
from modules.frontdesk.models import Request, ServiceVersion


def day_ends_at(day: date) -> time | None:
    """When the municipality closes on this day; None where the manual says nothing, and the whole day counts."""
    kept = str(value("FRD-02.day_ends_at", on=day).value)
    if is_fasting(day):
        fasting = str(value("FRD-02.ramadan_day_ends_at", on=day).value)
        kept = kept if fasting == "as_ever" else fasting
    return None if kept == "midnight" else time.fromisoformat(kept)


def is_fasting(day: date) -> bool:
    """Whether it is Ramadan here: the calendar's month, as the announcements of its year moved it."""
    return is_ramadan(
        day,
        begins_later=int(value("FRD-02.ramadan_begins_later", on=day).value),
        ends_later=int(value("FRD-02.ramadan_ends_later", on=day).value),
    )


def clock_start(instant: datetime) -> date:
    """The day on which something counts as received: its own, or the next working day when it came after closing.

    Where the manual names no closing hour, it is the day itself, also on a holiday.
    """
    day = local_date(instant)
    ends = day_ends_at(day)
    if ends is None:
        return day
    calendar = working_calendar()
    if calendar.is_working(day) and instant.astimezone(zone()).time() < ends:
        return day
    return calendar.next_working(day + timedelta(days=1))


def start_of(request: Request) -> date | None:
    """The day from which the promised date is counted; None before submission.

    What was taken without a line stands under its own day already (policy INF-03), whenever it arrived.
    """
    if request.submitted_at is None or local_date(request.submitted_at) != request.submitted_on:
        return request.submitted_on
    return clock_start(request.submitted_at)


def days_of_service(version: ServiceVersion, *, on: date) -> int:
    """Working days until the decision: the municipality's own for this service (policy FRD-02), else the version's."""
    own = int(value("FRD-02.days", on=on, scope=version.service.code).value)
    return own or version.design.days


def days_of_step(service: str, step: Step, *, on: date) -> int:
    """Working days of a step: the municipality's own for it (policy FRD-02), else those of the service's version."""
    return int(value("FRD-02.step_days", on=on, scope=f"{service}:{step.code}").value) or step.days
