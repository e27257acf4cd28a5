from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kernel.calendar.clock import Clock, Pause
from kernel.calendar.working_calendar import WorkingCalendar

CALENDAR = WorkingCalendar.of({5, 6})
SUNDAY = date(2026, 11, 1)


def test_the_example_of_the_readme() -> None:
    """Received Sunday 1 November, 7 days; away with the citizen from the 4th to the 10th."""
    clock = Clock(CALENDAR, SUNDAY, 7, (Pause(date(2026, 11, 4), date(2026, 11, 10)),))
    assert clock.used(date(2026, 11, 4)) == 3
    assert clock.used(date(2026, 11, 10)) == 3
    assert clock.due_on() == date(2026, 11, 16)
    assert not clock.is_overdue(date(2026, 11, 16))
    assert clock.is_overdue(date(2026, 11, 17))


def test_an_open_pause_has_no_due_date_and_uses_no_days() -> None:
    clock = Clock(CALENDAR, SUNDAY, 7, (Pause(date(2026, 11, 4)),))
    assert clock.due_on() is None
    assert clock.is_paused(date(2027, 1, 1))
    assert clock.used(date(2027, 1, 1)) == 3


def test_overlapping_pauses_are_counted_once() -> None:
    twice = (
        Pause(date(2026, 11, 3), date(2026, 11, 9)),
        Pause(date(2026, 11, 4), date(2026, 11, 8)),
    )
    assert Clock(CALENDAR, SUNDAY, 7, twice).used(date(2026, 11, 9)) == 2


def test_zero_allowed_days_are_due_on_the_day_of_receipt() -> None:
    clock = Clock(CALENDAR, SUNDAY, 0)
    assert clock.due_on() == SUNDAY
    assert clock.percent_used(SUNDAY) == 100


pauses = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 40)), max_size=5).map(
    lambda spans: tuple(
        Pause(SUNDAY + timedelta(days=since), SUNDAY + timedelta(days=since + length))
        for since, length in spans
    )
)


@given(pauses, st.integers(1, 60))
def test_on_the_due_date_exactly_the_allowed_days_are_used(
    spans: tuple[Pause, ...], allowed: int
) -> None:
    clock = Clock(CALENDAR, SUNDAY, allowed, spans)
    due = clock.due_on()
    assert due is not None
    assert clock.used(due) == allowed
    assert clock.used(due - timedelta(days=1)) < allowed


@given(pauses, st.integers(0, 200))
def test_used_days_never_fall_and_pauses_only_give_time(
    spans: tuple[Pause, ...], ahead: int
) -> None:
    clock = Clock(CALENDAR, SUNDAY, 10, spans)
    today = SUNDAY + timedelta(days=ahead)
    assert 0 <= clock.used(today) <= clock.used(today + timedelta(days=1))
    assert clock.used(today) <= Clock(CALENDAR, SUNDAY, 10).used(today)
