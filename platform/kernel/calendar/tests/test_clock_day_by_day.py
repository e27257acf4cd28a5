"""The clock against a slow one that walks day by day and asks of each day, once, whether it counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kernel.calendar.clock import Clock, Pause
from kernel.calendar.ramadan import is_ramadan, ramadan_about
from kernel.calendar.working_calendar import WorkingCalendar

FIRST = date(2026, 10, 18)  # so that pauses reach over the end of the year
DAY = timedelta(days=1)


def _counts(calendar: WorkingCalendar, day: date, pauses: tuple[Pause, ...]) -> bool:
    """A day counts once: when it is worked, and no pause swallows it, however many lie on it."""
    if day.isoweekday() in calendar.weekend or day in calendar.holidays:
        return False
    return not any(
        pause.since < day and (pause.until is None or day <= pause.until) for pause in pauses
    )


def _slowly_used(clock: Clock, on: date) -> int:
    used, day = 0, clock.started_on
    while day < on:
        day += DAY
        used += _counts(clock.calendar, day, clock.pauses)
    return used


def _slowly_due(clock: Clock) -> date:
    day, left = clock.started_on, clock.allowed_days
    while left:
        day += DAY
        left -= _counts(clock.calendar, day, clock.pauses)
    return day


ahead = st.integers(0, 120)
pauses = st.lists(
    st.builds(
        lambda since, length: Pause(FIRST + DAY * since, FIRST + DAY * (since + length)),
        st.integers(-5, 120),
        st.integers(0, 50),
    ),
    max_size=5,
).map(tuple)
calendars = st.builds(
    WorkingCalendar.of,
    st.sampled_from([{5, 6}, {5}, {6, 7}, {5, 7}]),
    st.sets(ahead.map(lambda days: FIRST + DAY * days), max_size=25),
)
clocks = st.builds(
    Clock, calendars, ahead.map(lambda days: FIRST + DAY * (days // 3)), st.integers(0, 40), pauses
)
NEW_YEAR = Clock(
    WorkingCalendar.of({5, 6}, {date(2027, 1, 1), date(2026, 12, 25)}),
    date(2026, 12, 20),
    10,
    (
        Pause(date(2026, 12, 24), date(2027, 1, 3)),  # over the year's end, with two holidays in it
        Pause(date(2026, 12, 30), date(2027, 1, 5)),  # and another on top
    ),
)


@settings(max_examples=300)
@example(clock=NEW_YEAR, days=60)
@given(clock=clocks, days=st.integers(0, 200))
def test_used_days_are_those_of_the_slow_clock(clock: Clock, days: int) -> None:
    on = FIRST + DAY * days
    assert clock.used(on) == _slowly_used(clock, on)


@settings(max_examples=300)
@example(clock=NEW_YEAR)
@given(clock=clocks)
def test_the_due_date_is_that_of_the_slow_clock(clock: Clock) -> None:
    assert clock.due_on() == _slowly_due(clock)


@given(clock=clocks, extra=st.sets(ahead.map(lambda days: FIRST + DAY * days), max_size=8))
def test_a_holiday_that_is_withdrawn_leaves_no_trace(clock: Clock, extra: set[date]) -> None:
    """Declared and withdrawn, the dates are again what they were; declared, they are never earlier."""
    before = clock.due_on()
    assert before is not None
    with_them = WorkingCalendar.of(clock.calendar.weekend, clock.calendar.holidays | extra)
    later = Clock(with_them, clock.started_on, clock.allowed_days, clock.pauses).due_on()
    assert later is not None and later >= before
    again = WorkingCalendar.of(
        with_them.weekend, with_them.holidays - (extra - clock.calendar.holidays)
    )
    assert Clock(again, clock.started_on, clock.allowed_days, clock.pauses).due_on() == before


@pytest.mark.parametrize("zone", ["Asia/Gaza", "Asia/Hebron"])
@pytest.mark.parametrize(("year", "month"), [(2026, 3), (2026, 10), (2027, 4), (2027, 10)])
def test_a_day_of_23_or_25_hours_is_one_day(zone: str, year: int, month: int) -> None:
    """Every local noon and every local midnight of the months of change falls on its own date, once."""
    there, day = ZoneInfo(zone), date(year, month, 1)
    seen = set()
    while day.month == month:
        for hour in (0, 12, 23):
            instant = datetime(day.year, day.month, day.day, hour, 30, tzinfo=there)
            back = instant.astimezone(ZoneInfo("UTC")).astimezone(there)
            assert back.date() == day
        seen.add(day)
        day += DAY
    calendar = WorkingCalendar.of({5, 6})
    worked = sum(calendar.is_working(one) for one in seen)
    assert calendar.working_days_between(min(seen) - DAY, max(seen)) == worked


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 3, 1), date(2026, 2, 18), date(2026, 3, 19)),
        (date(2027, 2, 20), date(2027, 2, 8), date(2027, 3, 8)),
        (date(2030, 1, 10), date(2030, 1, 5), date(2030, 2, 3)),
        (date(2030, 12, 30), date(2030, 12, 26), date(2031, 1, 23)),  # the second of that year
    ],
)
def test_ramadan_is_that_of_umm_al_qura_unless_announced_otherwise(
    day: date, first: date, last: date
) -> None:
    assert ramadan_about(day) == (first, last)
    assert is_ramadan(first) and is_ramadan(last)
    assert not is_ramadan(first - DAY) and not is_ramadan(last + DAY)
    assert not is_ramadan(first, begins_later=1)
    assert is_ramadan(first - DAY, begins_later=-1)
    assert is_ramadan(last + DAY, ends_later=1)
    assert not is_ramadan(last, ends_later=-1)
