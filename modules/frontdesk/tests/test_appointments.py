"""Appointments: a seat is held once, days that are closed give none, and who arrives becomes a ticket."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.audit.recording import recorded
from kernel.calendar.services import declare_holiday
from kernel.notifications.models import OutgoingMessage
from kernel.viewer import Viewer
from modules.frontdesk.constants import AppointmentState, Channel
from modules.frontdesk.errors.hall import CategoryNotFound
from modules.frontdesk.errors.online import (
    AppointmentNotToday,
    AppointmentOver,
    ScheduleInvalid,
    SlotFull,
    SlotNotOffered,
    SlotsInUse,
    TooManyAppointments,
)
from modules.frontdesk.models import Appointment, Ticket
from modules.frontdesk.pages.appointment_forms import read_hours, read_special, special_line
from modules.frontdesk.selectors.appointments import (
    Slots,
    Special,
    free_days,
    free_times,
    read_slots,
    slots_named,
    times_within,
    write_slots,
)
from modules.frontdesk.services.appointments import (
    arrive,
    book,
    cancel,
    close_missed,
    drop_slots,
    miss,
    move,
    remind,
    save_slots,
)
from modules.frontdesk.services.hall import call_next, give_ticket, sit_down
from modules.frontdesk.services.hall_setup import save_counter
from modules.frontdesk.tests.online import CITIZEN, door, proved

Clients = Callable[..., Client]
DAY_STATEMENTS = 5
MONDAY = date(2026, 12, 7)
HOURS = ((time(9), time(10)),)
PLAN = Slots(
    name="engineer",
    title_ar="مقابلة مهندس التنظيم",
    title_en="Planning engineer",
    category="A",
    minutes=20,
    capacity=2,
    hours={7: HOURS, 1: HOURS, 2: HOURS, 3: HOURS, 4: HOURS},
)


@pytest.fixture(autouse=True)
def _no_tries(town: str) -> None:
    cache.clear()


@pytest.fixture
def keeper(staff: Callable[[str], Viewer]) -> Viewer:
    return staff("hanan")


@pytest.fixture
def plan(keeper: Viewer) -> Slots:
    return save_slots(PLAN, by=keeper)


def booked(by: Viewer, phone: str = "0599123456", at: time = time(9), **more: Any) -> Appointment:
    given = {"day": MONDAY, "name": "نور الأسطل", "phone": phone, "at": at, **more}
    return book("engineer", by=by, **given)


def test_an_hour_of_twenty_minutes_for_two_holds_six(plan: Slots, amal: Viewer) -> None:
    assert plan.times_on(MONDAY) == [time(9), time(9, 20), time(9, 40)]
    first, second = booked(amal), booked(amal, "0569000001")
    assert {first.seat, second.seat} == {1, 2}
    with pytest.raises(SlotFull):
        booked(amal, "0569000002")
    assert [(one.at, one.left) for one in free_times(plan, MONDAY)] == [
        (time(9, 20), 2),
        (time(9, 40), 2),
    ]


def test_the_database_gives_a_seat_once(plan: Slots, amal: Viewer) -> None:
    made = booked(amal)
    twin = Appointment(
        reference="AAAA-AAAA",
        slots=made.slots,
        day=made.day,
        starts_at=made.starts_at,
        minutes=20,
        seat=made.seat,
        name="آخر",
    )
    with recorded(by=amal), pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


@pytest.mark.parametrize(
    ("day", "at"),
    [
        (date(2026, 12, 11), time(9)),  # Friday
        (MONDAY, time(9, 10)),
        (MONDAY, time(10)),
        (date(2026, 12, 5), time(9)),
        (date(2027, 2, 1), time(9)),
    ],
)
def test_times_that_are_not_offered_are_refused(
    plan: Slots, amal: Viewer, day: date, at: time
) -> None:
    with pytest.raises(SlotNotOffered):
        booked(amal, day=day, at=at)


def test_holidays_and_closed_days_give_no_time_and_ramadan_its_own(
    plan: Slots, keeper: Viewer, system: Viewer
) -> None:
    declare_holiday(first_day=MONDAY, name_ar="عطلة", by=system)
    short = Special(date(2026, 12, 8), date(2026, 12, 8), ((time(11), time(11, 20)),), "رمضان")
    shut = Special(date(2026, 12, 9), date(2026, 12, 9), ())
    changed = save_slots(replace(plan, special=(short, shut)), by=keeper)
    assert free_times(changed, MONDAY) == []
    assert [one.at for one in free_times(changed, date(2026, 12, 8))] == [time(11)]
    assert date(2026, 12, 9) not in free_days(changed)


def test_a_citizen_books_two_hours_ahead_and_holds_two(plan: Slots, amal: Viewer) -> None:
    today = date(2026, 12, 6)  # nine o'clock
    with pytest.raises(SlotNotOffered):
        booked(CITIZEN, day=today, at=time(9, 40), channel=Channel.WEB)
    booked(amal, day=today, at=time(9, 40), phone="0569000003")
    booked(CITIZEN, channel=Channel.WEB)
    with pytest.raises(TooManyAppointments):
        booked(CITIZEN, at=time(9, 20), channel=Channel.WEB)
    booked(CITIZEN, day=date(2026, 12, 8), channel=Channel.WEB)
    with pytest.raises(TooManyAppointments):
        booked(CITIZEN, day=date(2026, 12, 9), channel=Channel.WEB)


def test_a_move_frees_the_old_place_and_a_full_slot_keeps_it(plan: Slots, amal: Viewer) -> None:
    made = booked(amal)
    booked(amal, "0569000001", time(9, 20))
    booked(amal, "0569000002", time(9, 20))
    with pytest.raises(SlotFull), transaction.atomic():
        move(made.uid, day=MONDAY, at=time(9, 20), by=amal)
    assert Appointment.objects.get(pk=made.pk).starts_at == time(9)
    move(made.uid, day=MONDAY, at=time(9, 40), by=amal)
    assert [one.left for one in free_times(plan, MONDAY)] == [2, 1]


def test_what_ended_is_not_written_again(plan: Slots, amal: Viewer) -> None:
    made = booked(amal)
    cancel(made.uid, reason="بطلب منه", by=amal)
    with pytest.raises(AppointmentOver):
        move(made.uid, day=MONDAY, at=time(9, 20), by=amal)
    with recorded(by=amal), pytest.raises(DatabaseError), transaction.atomic():
        Appointment.objects.filter(pk=made.pk).update(state=AppointmentState.BOOKED, ended_at=None)
    assert len(free_times(plan, MONDAY)) == 3


def test_who_arrives_is_called_before_those_without_an_appointment(
    plan: Slots, amal: Viewer, keeper: Viewer
) -> None:
    made = booked(amal)
    with pytest.raises(AppointmentNotToday):
        arrive(made.uid, by=amal)
    with time_machine.travel("2026-12-07T07:00:00Z", tick=False):
        give_ticket("A", by=amal)
        there = arrive(made.uid, by=amal)
        assert there.state == AppointmentState.ARRIVED
        assert there.ticket is not None
        save_counter("1", by=keeper)
        sit_down("1", by=amal)
        assert call_next(by=amal).pk == there.ticket.pk
        with pytest.raises(AppointmentOver):
            arrive(made.uid, by=amal)


def test_who_is_late_is_still_let_in_on_the_day(plan: Slots, amal: Viewer) -> None:
    made = booked(amal)
    with time_machine.travel("2026-12-07T09:00:00Z", tick=False):
        miss(made.uid, by=amal)
        assert arrive(made.uid, by=amal).state == AppointmentState.ARRIVED
    assert Ticket.objects.count() == 1


def test_everybody_is_reminded_once_at_an_hour_at_which_one_may_ring(
    plan: Slots, amal: Viewer, system: Viewer
) -> None:
    booked(amal)
    before = OutgoingMessage.objects.count()
    with time_machine.travel("2026-12-06T03:00:00Z", tick=False):
        assert remind(by=system) == 0
    assert remind(by=system) == 1
    assert remind(by=system) == 0
    assert OutgoingMessage.objects.count() == before + 1


def test_after_the_day_who_did_not_come_is_marked(
    plan: Slots, amal: Viewer, system: Viewer
) -> None:
    made = booked(amal)
    with time_machine.travel("2026-12-08T07:00:00Z", tick=False):
        assert close_missed(by=system) == 1
    assert Appointment.objects.get(pk=made.pk).state == AppointmentState.MISSED


def test_a_kind_is_kept_only_with_a_queue_and_dropped_only_when_empty(
    plan: Slots, keeper: Viewer, amal: Viewer
) -> None:
    with pytest.raises(CategoryNotFound):
        save_slots(replace(plan, category="Z"), by=keeper)
    made = booked(amal)
    with pytest.raises(SlotsInUse):
        drop_slots("engineer", by=keeper)
    cancel(made.uid, by=amal)
    drop_slots("engineer", by=keeper)


def test_a_citizen_books_moves_and_cancels_without_scripts(
    client_for: Clients, plan: Slots
) -> None:
    visitor = proved(client_for())
    assert "مقابلة مهندس" in visitor.get(door("slots")).content.decode()
    assert "2026-12-07" in visitor.get(door("slot-days", "engineer")).content.decode()
    assert "كانون الأول" in visitor.get(door("slot-days", "engineer")).content.decode(), (
        "the months of the town, as on its papers"
    )
    times = door("slot-times", "engineer", "2026-12-07")
    assert visitor.get(times).status_code == 200
    asked = {"at": "2026-12-07T09:00", "name": "نور", "priority": "elderly"}
    answer = visitor.post(times, asked)
    made = Appointment.objects.get()
    assert answer["Location"] == door("appointment", made.uid)
    assert made.phone == "+970599123456"
    assert visitor.post(times, {"at": "junk", "name": ""}).status_code == 422
    moved = visitor.post(
        door("appointment-move", made.uid), {"day": "2026-12-08", "at": "2026-12-08T09:20"}
    )
    assert moved.status_code == 302
    assert made.reference in visitor.get(door("appointment", made.uid)).content.decode()
    other = proved(client_for(), "0569000001", "+970569000001")
    assert other.get(door("appointment", made.uid)).status_code == 404
    assert other.post(door("appointment-cancel", made.uid)).status_code == 404
    visitor.post(door("appointment-cancel", made.uid))
    assert Appointment.objects.get().state == AppointmentState.CANCELLED


@pytest.mark.parametrize("day", ["junk", "2026-13-40", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_no_fault(client_for: Clients, plan: Slots, day: str) -> None:
    visitor = proved(client_for())
    assert visitor.get(door("slot-times", "engineer", day)).status_code in (200, 404)


def test_the_desk_books_sees_the_day_and_lets_in(
    client_for: Clients, plan: Slots, amal: Viewer, count_queries: Any
) -> None:
    desk = client_for("amal")
    new = reverse("frontdesk:appointment-new") + "?slots=engineer"
    assert desk.get(new).status_code == 200
    asked = {
        "slots": "engineer",
        "at": "2026-12-06T09:40",
        "name": "نور",
        "phone": "0599123456",
        "priority": "booked",
        "channel": "phone",
    }
    answer = desk.post(reverse("frontdesk:appointment-new"), asked)
    made = Appointment.objects.get()
    assert answer["Location"] == reverse("frontdesk:appointment", args=[made.uid])
    assert desk.post(reverse("frontdesk:appointment-new"), {"slots": "engineer"}).status_code == 422
    with count_queries() as seen:
        day = desk.get(reverse("frontdesk:appointments")).content.decode()
    assert len(seen) == DAY_STATEMENTS
    assert "نور" in day
    assert desk.get(reverse("frontdesk:appointments-sheet")).status_code == 200
    act = reverse("frontdesk:appointment-act", args=[made.uid])
    assert desk.post(act, {"act": "arrive"}).status_code == 302
    assert desk.post(act, {"act": "arrive"}).status_code == 409


def test_the_set_up_page_keeps_what_was_typed(client_for: Clients, keeper: Viewer) -> None:
    page = client_for("hanan")
    setup = reverse("frontdesk:appointments-setup")
    typed = {
        "name": "surveyor",
        "title_ar": "مسّاح",
        "category": "A",
        "minutes": "30",
        "capacity": "1",
        "online": "on",
        "day_7": "٠٨:٠٠-١٣:٠٠",
        "special": "10/02/2027..11/03/2027 09:00-12:00 رمضان\n15/11/2026 عيد الاستقلال",
    }
    assert page.post(setup, {**typed, "day_1": "من ثمانية"}).status_code == 422
    assert page.post(setup, typed).status_code == 302
    kept = slots_named("surveyor")
    assert kept.hours == {7: ((time(8), time(13)),)}
    assert [one.why for one in kept.special] == ["رمضان", "عيد الاستقلال"]
    assert page.get(setup + "?slots=surveyor").status_code == 200


def test_hours_and_days_are_read_as_written_and_junk_is_refused() -> None:
    assert read_hours("8:00-12:00, 13:00 – 14:30") == (
        (time(8), time(12)),
        (time(13), time(14, 30)),
    )
    line = "10/02/2027..11/03/2027 09:00-13:00 رمضان"
    assert special_line(read_special(line)) == line
    for junk in ("x", "13:00-12:00", "25:00-26:00"):
        with pytest.raises(ScheduleInvalid):
            read_hours(junk)
    for junk in ("x", "40/40/2027", "11/03/2027..10/02/2027"):
        with pytest.raises(ScheduleInvalid):
            read_special(junk)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    minutes=st.integers(5, 240),
    opens=st.integers(0, 22),
    length=st.integers(1, 600),
)
def test_every_time_begins_and_ends_within_the_hours(minutes: int, opens: int, length: int) -> None:
    """Read back from its row a kind is the same; times neither overlap nor pass the closing."""
    start = time(opens)
    last = min(opens * 60 + length, 24 * 60 - 1)
    closes = time(last // 60, last % 60)
    if closes <= start:
        return
    one = replace(PLAN, minutes=minutes, hours={1: ((start, closes),)}, online=False)
    assert read_slots(one.name, write_slots(one)) == one
    inside = [at.hour * 60 + at.minute for at in times_within(start, closes, minutes)]
    assert all(later - earlier == minutes for earlier, later in itertools.pairwise(inside))
    assert all(at + minutes <= last for at in inside)
