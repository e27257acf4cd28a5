from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.calendar.working_calendar import WorkingCalendar

FRIDAY_SATURDAY = {5, 6}
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
calendars = st.builds(
    WorkingCalendar.of,
    weekend=st.sets(st.integers(1, 7), max_size=3),
    holidays=st.sets(days, max_size=60),
)


def test_three_working_days_from_thursday_pass_over_the_weekend() -> None:
    calendar = WorkingCalendar.of(FRIDAY_SATURDAY)
    assert calendar.add_working_days(date(2026, 11, 19), 3) == date(2026, 11, 24)


def test_a_holiday_moves_the_due_date_by_one_working_day() -> None:
    independence_day = date(2026, 11, 15)  # a Sunday, which is a working day in Palestine
    before = WorkingCalendar.of(FRIDAY_SATURDAY).add_working_days(date(2026, 11, 12), 2)
    after = WorkingCalendar.of(FRIDAY_SATURDAY, [independence_day]).add_working_days(
        date(2026, 11, 12), 2
    )
    assert (before, after) == (date(2026, 11, 16), date(2026, 11, 17))


def test_a_holiday_on_the_weekend_takes_nothing_away() -> None:
    friday = date(2026, 12, 25)
    calendar = WorkingCalendar.of(FRIDAY_SATURDAY, [friday])
    assert calendar.working_days_between(date(2026, 12, 24), date(2026, 12, 27)) == 1
    assert calendar.holidays_within(date(2026, 12, 1), date(2026, 12, 31)) == ()


def test_a_week_without_a_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="not all"):
        WorkingCalendar.of(range(1, 8))


@given(calendars, days, days)
def test_counting_by_weeks_equals_counting_day_by_day(
    calendar: WorkingCalendar, a: date, b: date
) -> None:
    first, last = sorted((a, b))
    last = min(last, first + timedelta(days=400))
    walked = sum(
        calendar.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1)
    )
    assert calendar.working_days_between(first, last) == walked
    assert calendar.working_days_between(last, first) == -walked


@given(calendars, days, st.integers(0, 200))
def test_adding_and_counting_agree(calendar: WorkingCalendar, day: date, n: int) -> None:
    due = calendar.add_working_days(day, n)
    assert calendar.working_days_between(day, due) == n
    assert n == 0 or calendar.is_working(due)


@given(calendars, days, st.integers(0, 60), days)
def test_one_more_holiday_never_brings_a_due_date_forward(
    calendar: WorkingCalendar, day: date, n: int, holiday: date
) -> None:
    with_one_more = WorkingCalendar.of(calendar.weekend, calendar.holidays | {holiday})
    assert with_one_more.add_working_days(day, n) >= calendar.add_working_days(day, n)
