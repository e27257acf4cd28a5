from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import DatabaseError, transaction

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.calendar.errors import (
    DayAlreadyHoliday,
    HolidayAlreadyWithdrawn,
    HolidayEndsBeforeItStarts,
    HolidayNeedsName,
    HolidayTooLong,
)
from kernel.calendar.models import Holiday
from kernel.calendar.selectors import (
    end_of_day,
    holidays,
    local_date,
    today,
    working_calendar,
    zone,
)
from kernel.calendar.services import declare_fixed_holidays, declare_holiday, withdraw_holiday
from kernel.errors import NotPermitted
from kernel.events.models import OutboxEvent
from kernel.viewer import Viewer

pytestmark = pytest.mark.usefixtures("town")

ADHA = (date(2033, 3, 10), date(2033, 3, 13))  # Thursday to Sunday: two working days


def _declare_adha(by: Viewer) -> Holiday:
    return declare_holiday(
        first_day=ADHA[0],
        last_day=ADHA[1],
        name_ar="عيد الأضحى",
        name_en="Eid al-Adha",
        reason="قرار مجلس الوزراء",
        by=by,
    )


def test_a_holiday_added_later_moves_due_dates_and_says_so(system: Viewer) -> None:
    received = date(2033, 3, 9)
    before = working_calendar().add_working_days(received, 3)
    holiday = _declare_adha(system)
    assert (before, working_calendar().add_working_days(received, 3)) == (
        date(2033, 3, 14),
        date(2033, 3, 16),
    )
    told = OutboxEvent.objects.filter(name="calendar.HolidaysChanged").latest("id")
    assert told.payload == {"first_day": "2033-03-10", "last_day": "2033-03-13"}
    entry = AuditEntry.objects.filter(table_name="calendar_holiday").latest("id")
    assert (entry.row_id, entry.reason) == (str(holiday.id), "قرار مجلس الوزراء")


def test_a_withdrawn_holiday_is_worked_again_and_stays_written(system: Viewer) -> None:
    holiday = _declare_adha(system)
    withdraw_holiday(holiday.uid, reason="تأجل الإعلان", by=system)
    assert working_calendar().is_working(ADHA[0])
    assert not holidays(system, year=2033).filter(id=holiday.id).exists()
    assert Holiday.objects.get(id=holiday.id).withdrawn_reason == "تأجل الإعلان"
    with pytest.raises(HolidayAlreadyWithdrawn):
        withdraw_holiday(holiday.uid, reason="مرة ثانية", by=system)
    _declare_adha(system)  # the days are free again


def test_two_holidays_never_share_a_day(system: Viewer) -> None:
    _declare_adha(system)
    with pytest.raises(DayAlreadyHoliday, match="عيد الأضحى"):
        declare_holiday(first_day=ADHA[1], name_ar="عطلة", by=system)
    with (
        pytest.raises(DatabaseError, match="calendar_holiday_once"),
        transaction.atomic(),
        recorded(by=system),
    ):
        Holiday.objects.create(first_day=ADHA[1], last_day=ADHA[1], name_ar="عطلة")


def test_a_holiday_needs_a_name_and_plausible_days(system: Viewer) -> None:
    day = date(2033, 1, 3)
    with pytest.raises(HolidayNeedsName):
        declare_holiday(first_day=day, name_ar=" ", by=system)
    with pytest.raises(HolidayEndsBeforeItStarts):
        declare_holiday(first_day=day, last_day=date(2033, 1, 2), name_ar="عطلة", by=system)
    with pytest.raises(HolidayTooLong):
        declare_holiday(first_day=day, last_day=date(2034, 1, 3), name_ar="عطلة", by=system)


def test_a_clerk_does_not_declare_holidays(amal: Viewer) -> None:
    with pytest.raises(NotPermitted):
        _declare_adha(amal)


def test_fixed_holidays_are_declared_once_and_a_withdrawn_one_stays_open(system: Viewer) -> None:
    declared = declare_fixed_holidays(2040, by=system)
    assert date(2040, 11, 15) in {one.first_day for one in declared}
    withdraw_holiday(declared[0].uid, reason="دوام استثنائي", by=system)
    assert declare_fixed_holidays(2040, by=system) == []
    assert working_calendar().is_working(declared[0].first_day)  # 1 January 2040 is a Sunday


def test_the_calendar_costs_no_query_while_nothing_changes(count_queries) -> None:  # type: ignore[no-untyped-def]
    working_calendar()
    with count_queries() as seen:
        working_calendar()
        today()
    assert len(seen) == 0


def test_the_municipalitys_day_begins_at_its_own_midnight() -> None:
    assert str(zone()) == "Asia/Gaza"
    with time_machine.travel(datetime(2026, 11, 22, 22, 30, tzinfo=UTC), tick=False):
        assert today() == date(2026, 11, 23)
    # Gaza moved its clocks on 28 March 2026: that day is an hour shorter and still one day.
    assert local_date(datetime(2026, 3, 27, 22, 30, tzinfo=UTC)) == date(2026, 3, 28)
    assert end_of_day(date(2026, 3, 28)) == datetime(2026, 3, 28, 21, 0, tzinfo=UTC)
