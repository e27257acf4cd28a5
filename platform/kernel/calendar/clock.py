"""A clock of working days that pauses while the municipality waits for somebody else.

Pure: dates in, dates out. The day a clock starts and the day it is paused were the municipality's own and are not
counted again; the day on which it resumes belongs to the one who was waited for. Worked example in the README.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.calendar.working_calendar import WorkingCalendar

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Pause:
    """From the day the file left our hands to the day it came back; `until` is None while it is away."""

    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise ValueError(f"A pause ends before it starts: {self.since} - {self.until}")


@dataclass(frozen=True)
class Clock:
    """How many of the allowed working days are used on a date, and when they will have run out."""

    calendar: WorkingCalendar
    started_on: date
    allowed_days: int
    pauses: tuple[Pause, ...] = ()

    def __post_init__(self) -> None:
        if self.allowed_days < 0:
            raise ValueError(f"A clock cannot allow {self.allowed_days} days")

    def is_paused(self, on: date) -> bool:
        """Whether the clock stands still at the end of this day."""
        return any(
            pause.since <= on and (pause.until is None or on < pause.until) for pause in self.pauses
        )

    def used(self, on: date) -> int:
        """Working days used up to and including `on`, without the paused ones."""
        if on <= self.started_on:
            return 0
        between = self.calendar.working_days_between
        waited = sum(between(since, until) for since, until in self._paused_spans(on))
        return between(self.started_on, on) - waited

    def remaining(self, on: date) -> int:
        """Working days left; negative by the days of delay."""
        return self.allowed_days - self.used(on)

    def percent_used(self, on: date) -> int:
        """Used days in whole percent of the allowed ones, for the escalation threshold; 100 when none are allowed."""
        if not self.allowed_days:
            return 100
        return self.used(on) * 100 // self.allowed_days

    def is_overdue(self, on: date) -> bool:
        """Whether more working days were used than allowed."""
        return self.used(on) > self.allowed_days

    def due_on(self) -> date | None:
        """The last day on which the work is in time; None while a pause is open, since nobody knows yet."""
        if any(pause.until is None for pause in self.pauses):
            return None
        due = self.started_on
        missing = self.allowed_days
        # Each turn adds the days that pauses swallowed; it ends because pauses are finite.
        while missing > 0:
            due = self.calendar.add_working_days(due, missing)
            missing = self.allowed_days - self.used(due)
        return due

    def _paused_spans(self, on: date) -> Iterable[tuple[date, date]]:
        """Paused spans inside (started_on, on], overlapping pauses counted once."""
        reached = self.started_on
        for pause in sorted(self.pauses, key=lambda pause: pause.since):
            since = max(pause.since, reached)
            until = on if pause.until is None else min(pause.until, on)
            if until > since:
                yield since, until
                reached = until
