"""What comes after closing counts from the next working day, in Ramadan earlier; steps have the days of the manual."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from kernel.calendar.selectors import working_calendar, zone
from kernel.calendar.services import declare_holiday, withdraw_holiday
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.frontdesk.models import Request
from modules.frontdesk.selectors.clock_days import clock_start, day_ends_at, is_fasting
from modules.frontdesk.services import move_deadlines
from modules.frontdesk.tests.factories import PETITION, citizen, fresh, step, submitted

LONG_AGO = date(2026, 12, 6)


@pytest.fixture
def closing(town: str, system: Viewer) -> None:
    """Closed at 15:00, in Ramadan at 13:30."""
    set_value("FRD-02.day_ends_at", "15:00", starts_on=LONG_AGO, by=system)
    set_value("FRD-02.ramadan_day_ends_at", "13:30", starts_on=LONG_AGO, by=system)


def _petition(by: Viewer) -> Request:
    return submitted("FD-001", by=by, applicant=citizen(by=by), answers=PETITION)


@pytest.mark.parametrize(
    ("local", "start"),
    [
        ("2026-12-06T14:59", date(2026, 12, 6)),
        ("2026-12-06T15:00", date(2026, 12, 7)),
        ("2026-12-10T15:01", date(2026, 12, 13)),  # Thursday afternoon: Sunday
        ("2026-12-11T09:00", date(2026, 12, 13)),  # Friday
        ("2027-02-14T13:29", date(2027, 2, 14)),  # Ramadan 1448
        ("2027-02-14T13:30", date(2027, 2, 15)),
        ("2027-03-28T14:59", date(2027, 3, 28)),  # after the feast the day is long again
        ("2026-12-31T23:59", date(2027, 1, 3)),
    ],
)
def test_a_day_ends_when_the_municipality_closes(closing: None, local: str, start: date) -> None:
    assert clock_start(datetime.fromisoformat(local).replace(tzinfo=zone())) == start


def test_without_an_hour_the_whole_day_counts(town: str) -> None:
    late = datetime(2026, 12, 11, 23, 50, tzinfo=zone())
    assert clock_start(late) == date(2026, 12, 11)


def test_the_announcement_moves_ramadan(closing: None, system: Viewer) -> None:
    assert is_fasting(date(2027, 2, 8))
    set_value(
        "FRD-02.ramadan_begins_later", 1,
        starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31), by=system,
    )  # fmt: skip
    assert not is_fasting(date(2027, 2, 8))
    assert day_ends_at(date(2027, 2, 8)) == time(15)
    assert day_ends_at(date(2027, 2, 9)) == time(13, 30)
    assert is_fasting(date(2028, 1, 28))  # next year's is again the calendar's


def test_the_readmes_example_of_the_evening(closing: None, amal: Viewer, sunday: Any) -> None:
    """Five days from Sunday 6 December: promised the 13th; submitted at 16:00, the 14th."""
    morning = _petition(amal)
    days = morning.days_allowed
    sunday.move_to("2026-12-06T14:00:00Z")
    evening = submitted(
        "FD-001", by=amal, applicant=citizen(by=amal, id_number="900000000"), answers=PETITION
    )
    assert evening.submitted_on == morning.submitted_on
    assert evening.days_allowed == days
    assert evening.promised_on is not None and morning.promised_on is not None
    assert evening.promised_on > morning.promised_on


def test_a_holiday_withdrawn_brings_the_evening_request_back_to_its_date(
    closing: None, amal: Viewer, system: Viewer, sunday: Any
) -> None:
    sunday.move_to("2026-12-06T14:00:00Z")
    made = _petition(amal)
    before = made.promised_on
    holiday = declare_holiday(first_day=date(2026, 12, 8), name_ar="عطلة", by=system)
    move_deadlines(first_day=holiday.first_day, last_day=holiday.last_day, by=system)
    assert before is not None
    moved = fresh(made).promised_on
    assert moved is not None and moved > before
    withdraw_holiday(holiday.uid, reason="أُلغيت", by=system)
    move_deadlines(first_day=holiday.first_day, last_day=holiday.last_day, by=system)
    assert fresh(made).promised_on == before


def test_a_step_has_the_days_of_the_manual_from_its_day_on(amal: Viewer, system: Viewer) -> None:
    before = _petition(amal)
    set_value("FRD-02.step_days", 9, scope="FD-001:check", starts_on=LONG_AGO, by=system)
    after = submitted(
        "FD-001", by=amal, applicant=citizen(by=amal, id_number="900000000"), answers=PETITION
    )
    assert step(after, "check").days_allowed == 9
    assert step(before, "check").days_allowed != 9  # running requests keep theirs
    assert step(after, "decide").days_allowed == step(before, "decide").days_allowed


@pytest.mark.parametrize(
    ("instant", "start"),
    [
        ("2027-03-25T12:30:00Z", date(2027, 3, 25)),  # 14:30 by the winter's clock
        (
            "2027-03-28T12:30:00Z",
            date(2027, 3, 29),
        ),  # the same hour of the world is 15:30 in summer
        ("2027-10-28T12:30:00Z", date(2027, 10, 31)),  # Thursday 15:30: Sunday
        ("2027-10-31T12:30:00Z", date(2027, 10, 31)),  # 14:30 again
    ],
)
def test_closing_is_an_hour_of_the_wall_clock_when_the_clocks_are_changed(
    closing: None, instant: str, start: date
) -> None:
    assert clock_start(datetime.fromisoformat(instant)) == start


def test_days_are_counted_the_same_over_the_change_of_the_clocks(amal: Viewer, sunday: Any) -> None:
    """Clocks go forward on Saturday 27 March 2027. Half past midnight on Sunday is still Saturday by the old clock."""
    sunday.move_to("2027-03-25T12:00:00Z")
    before = _petition(amal)
    sunday.move_to("2027-03-27T21:30:00Z")
    night = submitted(
        "FD-001", by=amal, applicant=citizen(by=amal, id_number="900000000"), answers=PETITION
    )
    assert (before.submitted_on, night.submitted_on) == (date(2027, 3, 25), date(2027, 3, 28))
    calendar = working_calendar()
    for made in (before, night):
        assert made.promised_on == calendar.add_working_days(made.submitted_on, made.days_allowed)
    assert (night.promised_on - before.promised_on).days >= 1
