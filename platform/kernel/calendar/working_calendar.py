"""The municipality's working days, as a value: no table, no clock of the machine, no time zone.

Days are local dates. Counting never includes the day on which counting starts: a request received on Sunday with
three working days is due on Wednesday.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

DAYS_OF_WEEK = frozenset(range(1, 8))
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkingCalendar:
    """Weekend days (ISO: Monday 1 … Sunday 7) and holidays, and the questions one asks of them."""

    weekend: frozenset[int]
    holidays: frozenset[date] = frozenset()
    _closed_weekdays: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.weekend <= DAYS_OF_WEEK or self.weekend == DAYS_OF_WEEK:
            raise ValueError(f"A weekend is some, not all, of the ISO weekdays 1-7: {self.weekend}")
        # Holidays that fall on the weekend take no working day away; only the others are counted.
        taken = sorted(
            day.toordinal() for day in self.holidays if day.isoweekday() not in self.weekend
        )
        object.__setattr__(self, "_closed_weekdays", tuple(taken))

    @classmethod
    def of(cls, weekend: Iterable[int], holidays: Iterable[date] = ()) -> "WorkingCalendar":
        """The calendar of these weekend days and holidays."""
        return cls(weekend=frozenset(weekend), holidays=frozenset(holidays))

    def is_working(self, day: date) -> bool:
        """Whether the municipality works on this day."""
        return day.isoweekday() not in self.weekend and day not in self.holidays

    def next_working(self, day: date) -> date:
        """The day itself when it is a working day, else the first working day after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, days: int) -> date:
        """The date on which `days` working days after `day` have passed; before it when negative; itself for zero."""
        step = ONE_DAY if days >= 0 else -ONE_DAY
        left = abs(days)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days pass from `first` (not counted) to `last` (counted); negative when `last` is earlier."""
        if last < first:
            return -self.working_days_between(last, first)
        weeks, rest = divmod((last - first).days, 7)
        working = weeks * (7 - len(self.weekend))
        working += sum(
            (first + ONE_DAY * ahead).isoweekday() not in self.weekend
            for ahead in range(1, rest + 1)
        )
        after, until = first.toordinal(), last.toordinal()
        closed = bisect_right(self._closed_weekdays, until) - bisect_right(
            self._closed_weekdays, after
        )
        return working - closed

    def holidays_within(self, first: date, last: date) -> tuple[date, ...]:
        """The holidays from `first` to `last`, both included, that take a working day away."""
        low = bisect_left(self._closed_weekdays, first.toordinal())
        high = bisect_right(self._closed_weekdays, last.toordinal())
        return tuple(date.fromordinal(day) for day in self._closed_weekdays[low:high])
