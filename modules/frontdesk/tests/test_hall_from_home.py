"""A ticket by one's own telephone: only while the hall is open, few at once, told when the turn is near; Ramadan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.notifications.models import OutgoingMessage
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.frontdesk.constants import Channel, TicketState
from modules.frontdesk.errors import TooManyTries
from modules.frontdesk.errors.hall import (
    HallClosed,
    NoTicketsFromHome,
    TicketAlreadyHeld,
    TicketNotWaiting,
)
from modules.frontdesk.models import Ticket
from modules.frontdesk.selectors.hall_hours import hall_window
from modules.frontdesk.services.hall import call_next, close_ticket, give_ticket, sit_down
from modules.frontdesk.services.hall_from_home import (
    TAKEN_PER_ADDRESS,
    give_up,
    take_ticket,
    tell_who_is_near,
)
from modules.frontdesk.services.hall_setup import save_category, save_counter
from modules.frontdesk.tests.online import CITIZEN, PHONE, door, proved
from modules.frontdesk.tests.test_appointments import PLAN

Clients = Callable[..., Client]
Clock = time_machine.Traveller
LONG_AGO = date(2020, 1, 1)
FASTING, AFTER = date(2027, 2, 14), date(2027, 3, 21)
"""Two Sundays: in the Ramadan of 1448, and after it."""


@pytest.fixture(autouse=True)
def _no_tries(town: str) -> None:
    cache.clear()


@pytest.fixture
def calls(staff: Callable[[str], Viewer], amal: Viewer) -> Viewer:
    """Amal sits at counter 1, and the hall has two categories."""
    head = staff("hanan")
    save_category("A", title_ar="خدمات عامة", title_en="General", minutes=10, by=head)
    save_category("C", title_ar="الصندوق", title_en="Cash desk", minutes=4, by=head)
    save_counter("1", by=head)
    sit_down("1", by=amal)
    return amal


def taken(phone: str = "", address: str = "10.0.0.1") -> Ticket:
    return take_ticket("A", phone=phone, address=address, by=CITIZEN)


def test_a_ticket_from_home_stands_in_the_same_row_as_those_of_the_desk(calls: Viewer) -> None:
    give_ticket("A", by=calls)
    mine = taken(PHONE)
    give_ticket("A", by=calls)
    assert (mine.label, mine.channel) == ("A-002", Channel.WEB)
    assert "A-002" in OutgoingMessage.objects.get(to=PHONE).body
    with pytest.raises(TicketAlreadyHeld):
        taken(PHONE)
    assert [call_next_and_serve(calls) for _turn in range(3)] == ["A-001", "A-002", "A-003"]


def call_next_and_serve(by: Viewer) -> str:
    label = call_next(by=by).label
    close_ticket(TicketState.SERVED, by=by)
    return label


def test_nothing_is_given_before_eight_or_from_two_on(calls: Viewer, sunday: Clock) -> None:
    """The README's example: the hall is open from 08:00 to 14:00, and closed on Friday."""
    for shut in ("2026-12-06T07:59", "2026-12-06T14:00", "2026-12-11T09:00"):
        sunday.move_to(f"{shut}:00+02:00")
        with pytest.raises(HallClosed):
            taken()
    sunday.move_to("2026-12-06T08:00:00+02:00")
    assert taken().number == 1


def test_as_many_wait_from_home_as_the_manual_says(calls: Viewer, system: Viewer) -> None:
    set_value("FRD-01.tickets_from_home", 1, starts_on=LONG_AGO, by=system)
    mine = taken()
    with pytest.raises(NoTicketsFromHome):
        taken(address="10.0.0.2")
    give_ticket("A", by=calls)
    give_up(mine.uid, by=CITIZEN)
    assert taken(address="10.0.0.2").number == 3


def test_one_address_does_not_empty_the_roll(calls: Viewer, system: Viewer) -> None:
    for _number in range(TAKEN_PER_ADDRESS):
        taken()
    with pytest.raises(TooManyTries):
        taken()
    assert taken(address="10.0.0.2").number == TAKEN_PER_ADDRESS + 1


def test_who_is_called_does_not_give_the_ticket_up(calls: Viewer) -> None:
    mine = taken()
    call_next(by=calls)
    with pytest.raises(TicketNotWaiting):
        give_up(mine.uid, by=CITIZEN)


def test_whose_turn_is_near_is_told_once(calls: Viewer, system: Viewer) -> None:
    """Two before: told. Three before: not yet. A second call tells nobody twice."""
    for _number in range(3):
        give_ticket("A", by=calls)
    mine = taken(PHONE)
    first = call_next(by=calls)
    assert tell_who_is_near(first.uid, by=system) == 1
    assert tell_who_is_near(first.uid, by=system) == 0
    mine.refresh_from_db()
    assert mine.near_told_at is not None
    told = OutgoingMessage.objects.filter(to=PHONE).order_by("-id")[0]
    assert "A-004" in told.body and "2" in told.body


def test_three_before_is_not_near(calls: Viewer, system: Viewer) -> None:
    for _number in range(4):
        give_ticket("A", by=calls)
    taken(PHONE)
    assert tell_who_is_near(call_next(by=calls).uid, by=system) == 0


def test_the_database_tells_nobody_without_a_telephone(calls: Viewer) -> None:
    mine = taken()
    for change in ({"near_told_at": timezone.now()}, {"channel": "pigeon"}):
        with recorded(by=calls), pytest.raises(DatabaseError), transaction.atomic():
            Ticket.objects.filter(pk=mine.pk).update(**change)


# --- Ramadan -----------------------------------------------------------------------------------------


@pytest.fixture
def fasting_hours(system: Viewer) -> None:
    """In Ramadan from 09:30 to 13:00."""
    set_value("FRD-01.ramadan_hall_opens_at", "09:30", starts_on=LONG_AGO, by=system)
    set_value("FRD-02.ramadan_day_ends_at", "13:00", starts_on=LONG_AGO, by=system)


def test_the_hall_opens_later_and_closes_earlier_in_ramadan(fasting_hours: None) -> None:
    assert hall_window(FASTING) == (time(9, 30), time(13))
    assert hall_window(AFTER) == (time(8), time(14))
    assert hall_window(date(2027, 2, 12)) is None  # Friday


def test_ramadan_never_keeps_the_hall_open_longer(fasting_hours: None, system: Viewer) -> None:
    set_value("FRD-01.hall_closes_at", "12:00", starts_on=LONG_AGO, by=system)
    assert hall_window(FASTING) == (time(9, 30), time(12))


def test_without_hours_of_ramadan_the_hall_is_open_as_ever(town: str) -> None:
    assert hall_window(FASTING) == (time(8), time(14))


def test_no_appointment_is_offered_outside_the_hours_of_ramadan(
    fasting_hours: None, system: Viewer
) -> None:
    """Half hours from 08:00 to 14:00: twelve on other days, seven in Ramadan, 09:30 to 12:30."""
    week = dict.fromkeys((7, 1, 2, 3, 4), ((time(8), time(14)),))
    plan = replace(PLAN, minutes=30, hours=week)
    assert len(plan.times_on(AFTER)) == 12
    fasting = plan.times_on(FASTING)
    assert (len(fasting), fasting[0], fasting[-1]) == (7, time(9, 30), time(12, 30))
    set_value("FRD-02.ramadan_begins_later", 2, starts_on=LONG_AGO, by=system)
    assert len(plan.times_on(date(2027, 2, 9))) == 12


def test_days_with_hours_of_their_own_keep_them_in_ramadan(fasting_hours: None) -> None:
    from modules.frontdesk.selectors.appointments import Special

    evening = Special(FASTING, FASTING, ((time(21), time(22)),), "بعد التراويح")
    assert replace(PLAN, special=(evening,)).times_on(FASTING)[0] == time(21)


# --- Pages -------------------------------------------------------------------------------------------


def test_a_citizen_takes_follows_and_gives_up_a_ticket_without_an_account(
    calls: Viewer, client_for: Clients
) -> None:
    give_ticket("A", by=calls)
    visitor = client_for()
    shown = visitor.get(door("ticket-take")).content.decode()
    assert "خدمات عامة" in shown and 'value="C"' in shown and "08:00" in shown
    assert visitor.post(door("ticket-take"), {"category": "Z"}).status_code == 422
    sent = visitor.post(door("ticket-take"), {"category": "A"})
    mine = Ticket.objects.get(channel=Channel.WEB)
    assert sent["Location"] == door("ticket", mine.uid)
    waiting = visitor.get(sent["Location"]).content.decode()
    assert "A-002" in waiting and '<meta http-equiv="refresh" content="20">' in waiting
    assert visitor.post(door("ticket-take"), {"category": "A"})["Location"] == sent["Location"]
    assert Ticket.objects.count() == 2
    left = visitor.post(door("ticket-give-up", mine.uid), follow=True).content.decode()
    mine.refresh_from_db()
    assert mine.state == TicketState.LEFT and "http-equiv" not in left
    assert visitor.get(door("ticket-take")).status_code == 200


def test_the_called_read_their_counter_and_the_desk_sees_who_took_it_by_telephone(
    calls: Viewer, client_for: Clients
) -> None:
    visitor = client_for()
    address = visitor.post(door("ticket-take"), {"category": "A"})["Location"]
    assert "بالهاتف" in client_for("amal").get("/frontdesk/hall").content.decode()
    call_next(by=calls)
    called = visitor.get(address).content.decode()
    assert "seal-ok" in called and "<bdi>1</bdi>" in called


def test_a_proved_telephone_is_told_and_leads_to_its_ticket(
    calls: Viewer, client_for: Clients
) -> None:
    visitor = proved(client_for())
    assert PHONE in visitor.get(door("ticket-take")).content.decode()
    visitor.post(door("ticket-take"), {"category": "A"})
    mine = Ticket.objects.get()
    assert mine.phone == PHONE
    elsewhere = proved(client_for())
    assert elsewhere.get(door("ticket-take"))["Location"] == door("ticket", mine.uid)


def test_outside_the_hours_the_page_says_so_and_offers_no_form(
    calls: Viewer, client_for: Clients, sunday: Clock, system: Viewer
) -> None:
    visitor = client_for()
    set_value("FRD-01.tickets_from_home", 0, starts_on=LONG_AGO, by=system)
    assert 'name="category"' not in visitor.get(door("ticket-take")).content.decode()
    set_value("FRD-01.tickets_from_home", 9, starts_on=date(2026, 12, 6), by=system)
    sunday.move_to("2026-12-06T15:00:00+02:00")
    shown = visitor.get(door("ticket-take")).content.decode()
    assert str(HallClosed()) in shown and 'name="category"' not in shown
    assert visitor.post(door("ticket-take"), {"category": "A"}).status_code == 422


def test_the_sheet_for_the_hall_shows_the_code(calls: Viewer, client_for: Clients) -> None:
    sheet = client_for("hanan").get("/frontdesk/hall/poster").content.decode()
    assert "<svg" in sheet and door("ticket-take") in sheet


def test_the_page_of_a_ticket_counts_its_statements(
    calls: Viewer, client_for: Clients, count_queries: Callable[..., Any]
) -> None:
    visitor = client_for()

    def statements() -> int:
        with count_queries() as seen:
            assert visitor.get(door("ticket-take")).status_code == 200
        return len(seen)

    statements()
    few = statements()
    for _number in range(10):
        give_ticket("A", by=calls)
    assert statements() == few
    assert few <= 4
