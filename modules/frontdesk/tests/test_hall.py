"""The hall: numbers without a gap, who is called next, counters, the screen on the wall, waiting times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.events.models import OutboxEvent
from kernel.notifications.models import OutgoingMessage
from kernel.viewer import Viewer
from modules.frontdesk.constants import TicketState
from modules.frontdesk.errors import ToolNotFound
from modules.frontdesk.errors.hall import (
    CategoryInUse,
    CategoryNotFound,
    CounterInUse,
    CounterTaken,
    NobodyCalled,
    NobodyWaits,
    NotAtCounter,
    TicketAlreadyHeld,
    TicketNotWaiting,
    TicketStillOpen,
    TransferNowhere,
)
from modules.frontdesk.models import DeskTool, Ticket
from modules.frontdesk.selectors.hall import hall_figures, standing_of
from modules.frontdesk.services import drop_tool
from modules.frontdesk.services.hall import (
    call_next,
    clear_hall,
    close_ticket,
    give_ticket,
    leave,
    ring_again,
    sit_down,
    stand_up,
    take_back,
    transfer,
)
from modules.frontdesk.services.hall_setup import (
    drop_category,
    drop_counter,
    free_counter,
    new_screen_code,
    save_category,
    save_counter,
)
from modules.frontdesk.tests.test_at_once import _seat, at_once

Staff = Callable[[str], Viewer]
Clock = time_machine.Traveller


@pytest.fixture
def hanan(staff: Staff) -> Viewer:
    """Hanan leads the desk and sets up the hall: two categories, two counters for all, one for cash alone."""
    head = staff("hanan")
    save_category("A", title_ar="خدمات عامة", title_en="General", minutes=10, by=head)
    save_category("c", title_ar="الصندوق", title_en="Cash desk", minutes=4, by=head)
    for name in ("1", "2"):
        save_counter(name, by=head)
    save_counter("3", categories=["C"], by=head)
    return head


@pytest.fixture
def calls(hanan: Viewer, amal: Viewer) -> Viewer:
    """Amal sits at counter 1."""
    sit_down("1", by=amal)
    return amal


def test_numbers_run_by_category_and_begin_again_each_day(
    hanan: Viewer, amal: Viewer, sunday: Clock
) -> None:
    given = [give_ticket(one, by=amal).label for one in "AACA"]
    assert given == ["A-001", "A-002", "C-001", "A-003"]
    sunday.move_to("2026-12-07T07:00:00Z")
    assert give_ticket("A", by=amal).label == "A-001"
    with pytest.raises(CategoryNotFound):
        give_ticket("Z", by=amal)


def test_a_number_that_was_rolled_back_leaves_no_gap(hanan: Viewer, amal: Viewer) -> None:
    give_ticket("A", by=amal)
    with transaction.atomic():
        give_ticket("A", by=amal)
        transaction.set_rollback(True)
    assert give_ticket("A", by=amal).number == 2


def test_a_ticket_leaves_its_trail_and_is_told_by_an_event(calls: Viewer) -> None:
    ticket = give_ticket("A", by=calls)
    call_next(by=calls)
    close_ticket(TicketState.SERVED, by=calls)
    trail = AuditEntry.objects.filter(table_name="frontdesk_ticket", row_id=str(ticket.pk))
    assert [one.operation for one in trail.order_by("id")] == ["insert", "update", "update"]
    assert {one.actor_id for one in trail} == {calls.user_id}
    told = OutboxEvent.objects.filter(name__startswith="frontdesk.Ticket").order_by("id")
    assert [one.name for one in told] == [
        "frontdesk.TicketTaken",
        "frontdesk.TicketCalled",
        "frontdesk.TicketClosed",
    ]


def test_the_elderly_are_called_before_who_waits_longer(calls: Viewer, sunday: Clock) -> None:
    give_ticket("A", by=calls)
    sunday.shift(60)
    give_ticket("C", by=calls)
    sunday.shift(60)
    give_ticket("A", priority="elderly", by=calls)
    order = []
    for _turn in range(3):
        order.append(call_next(by=calls).label)
        close_ticket(TicketState.SERVED, by=calls)
    assert order == ["A-002", "A-001", "C-001"]
    with pytest.raises(NobodyWaits):
        call_next(by=calls)


def test_a_counter_calls_only_what_it_serves(hanan: Viewer, amal: Viewer) -> None:
    give_ticket("A", by=amal)
    give_ticket("C", by=amal)
    sit_down("3", by=amal)
    assert call_next(by=amal).label == "C-001"
    close_ticket(TicketState.SERVED, by=amal)
    with pytest.raises(NobodyWaits):
        call_next(by=amal)


def test_a_counter_has_one_ticket_and_one_person(calls: Viewer, hanan: Viewer) -> None:
    give_ticket("A", by=calls)
    give_ticket("A", by=calls)
    call_next(by=calls)
    with pytest.raises(TicketStillOpen):
        call_next(by=calls)
    with pytest.raises(TicketStillOpen):
        stand_up(by=calls)
    with pytest.raises(CounterTaken):
        sit_down("1", by=hanan)
    with pytest.raises(NotAtCounter):
        call_next(by=hanan)
    with recorded(by=calls), pytest.raises(DatabaseError), transaction.atomic():
        Ticket.objects.filter(number=2).update(
            state=TicketState.CALLED, counter="1", called_at=timezone.now()
        )
    with recorded(by=calls), pytest.raises(DatabaseError), transaction.atomic():
        DeskTool.objects.filter(kind="counter", name="2").update(owner=calls.user_id)


def test_the_database_keeps_a_ticket_as_it_was_given(calls: Viewer) -> None:
    ticket = give_ticket("A", by=calls)
    call_next(by=calls)
    close_ticket(TicketState.SERVED, by=calls)
    rows = Ticket.objects.filter(pk=ticket.pk)
    refused: list[Callable[[], Any]] = [
        rows.delete,
        lambda: rows.update(number=9),
        lambda: rows.update(state=TicketState.WAITING, ended_at=None),
        lambda: Ticket.objects.create(
            day=today(), category="A", queue="A", state=TicketState.LEFT, ended_at=timezone.now()
        ),
    ]
    for write in refused:
        with recorded(by=calls), pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_a_ticket_sent_on_keeps_its_number_and_both_times(
    calls: Viewer, staff: Staff, hanan: Viewer, sunday: Clock
) -> None:
    """Waits 5 minutes, 3 at the desk, waits 2 for the cash desk, 4 there: waited 7, served 7."""
    ticket = give_ticket("A", by=calls)
    sunday.shift(300)
    call_next(by=calls)
    sunday.shift(180)
    with pytest.raises(TransferNowhere):
        transfer(by=calls)
    transfer(category="C", counter="3", by=calls)
    give_ticket("C", priority="elderly", by=calls)
    sunday.shift(120)
    sit_down("3", by=hanan)
    assert call_next(by=hanan).label == "A-001"
    sunday.shift(240)
    close_ticket(TicketState.SERVED, by=hanan)
    ticket.refresh_from_db()
    assert (ticket.waited_seconds, ticket.served_seconds) == (420, 420)
    by_category, by_counter = hall_figures(since=today(), until=today())
    first = by_category[0]
    assert (first.taken, first.served, first.waited, first.served_minutes) == (1, 1, 7, 7)
    assert [one.served for one in by_counter] == [1]


def test_who_did_not_come_may_come_back_under_the_same_number(calls: Viewer, sunday: Clock) -> None:
    ticket = give_ticket("A", by=calls)
    call_next(by=calls)
    ring_again(by=calls)
    close_ticket(TicketState.ABSENT, by=calls)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.calls) == (TicketState.ABSENT, 2)
    give_ticket("A", by=calls)
    sunday.shift(60)
    take_back(ticket.uid, by=calls)
    assert call_next(by=calls).label == "A-002"
    with pytest.raises(TicketNotWaiting):
        take_back(ticket.uid, by=calls)
    leave(ticket.uid, by=calls)
    with pytest.raises(TicketNotWaiting):
        leave(ticket.uid, by=calls)
    close_ticket(TicketState.SERVED, by=calls)
    with pytest.raises(NobodyCalled):
        ring_again(by=calls)


def test_a_telephone_holds_one_ticket_and_is_told(calls: Viewer) -> None:
    first = give_ticket("A", phone="0599123456", by=calls)
    message = OutgoingMessage.objects.get(about=f"ticket:{first.uid}")
    assert "A-001" in message.body
    with pytest.raises(TicketAlreadyHeld):
        give_ticket("C", phone="0599 123 456", by=calls)
    call_next(by=calls)
    close_ticket(TicketState.SERVED, by=calls)
    assert give_ticket("C", phone="0599123456", by=calls).label == "C-001"


def test_the_wait_is_who_stands_before_times_minutes_by_open_counters(
    calls: Viewer, hanan: Viewer, sunday: Clock
) -> None:
    """The README's example: six before, ten minutes each, two counters: thirty minutes."""
    for _number in range(7):
        ticket = give_ticket("A", by=calls)
    assert (standing_of(ticket).before, standing_of(ticket).minutes) == (6, 60)
    sit_down("2", by=hanan)
    assert standing_of(ticket).minutes == 30
    for _number in range(3):
        call_next(by=calls)
        sunday.shift(240)
        close_ticket(TicketState.SERVED, by=calls)
    assert (standing_of(ticket).before, standing_of(ticket).minutes) == (3, 6)


def test_the_evening_clears_the_hall(calls: Viewer, system: Viewer, sunday: Clock) -> None:
    give_ticket("A", by=calls)
    give_ticket("A", by=calls)
    call_next(by=calls)
    assert clear_hall(by=system) == 0
    sunday.move_to("2026-12-07T02:00:00Z")
    assert clear_hall(by=system) == 2
    assert clear_hall(by=system) == 0
    assert set(Ticket.objects.values_list("state", flat=True)) == {TicketState.LEFT}
    assert not DeskTool.objects.filter(kind="counter", owner__isnull=False).exists()


def test_what_is_in_use_is_not_taken_away(calls: Viewer, hanan: Viewer) -> None:
    give_ticket("A", by=calls)
    with pytest.raises(CategoryInUse):
        drop_category("A", by=hanan)
    with pytest.raises(CounterInUse):
        drop_counter("1", by=hanan)
    call_next(by=calls)
    free_counter("1", by=hanan)
    assert Ticket.objects.get().state == TicketState.WAITING
    drop_counter("1", by=hanan)
    drop_category("C", by=hanan)
    with pytest.raises(CategoryInUse):
        leave(Ticket.objects.get().uid, by=calls)
        drop_category("A", by=hanan)


def test_a_counter_is_no_tool_of_who_sits_there(calls: Viewer) -> None:
    counter = DeskTool.objects.get(kind="counter", name="1")
    with pytest.raises(ToolNotFound):
        drop_tool(counter.uid, by=calls)


def test_the_hall_is_for_who_works_in_it(hanan: Viewer, amal: Viewer, jamal: Viewer) -> None:
    with pytest.raises(NotPermitted):
        give_ticket("A", by=jamal)
    with pytest.raises(NotPermitted):
        sit_down("1", by=jamal)
    with pytest.raises(NotPermitted):
        save_counter("9", by=amal)


@pytest.fixture
def jamal(staff: Staff) -> Viewer:
    return staff("jamal")


def test_six_tickets_and_calls_at_once_give_six_numbers_and_six_counters(
    town_of_its_own: str,
) -> None:
    people = [_seat(f"clerk{n}", "service_clerk", "front_desk") for n in range(4)]
    head = _seat("hanan", "head_of_desk", "front_desk")
    for n in range(4):
        save_counter(str(n + 1), by=head)
        sit_down(str(n + 1), by=people[n])
    at_once(town_of_its_own, [lambda one=one: give_ticket("A", by=one) for one in people])
    assert sorted(Ticket.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    at_once(town_of_its_own, [lambda one=one: call_next(by=one) for one in people])
    assert sorted(Ticket.objects.values_list("counter", flat=True)) == ["1", "2", "3", "4"]


# --- Pages -------------------------------------------------------------------------------------------


def test_a_clerk_gives_calls_and_serves_by_the_page(
    hanan: Viewer, amal: Viewer, client_for: Callable[..., Client]
) -> None:
    browser = client_for("amal")
    sent = browser.post(reverse("frontdesk:ticket-new"), {"category": "A", "phone": "0599123456"})
    ticket = Ticket.objects.get()
    assert sent["Location"] == reverse("frontdesk:ticket", args=[ticket.uid])
    slip = browser.get(sent["Location"]).content.decode()
    assert "A-001" in slip and "<svg" in slip
    again = browser.post(reverse("frontdesk:ticket-new"), {"category": "A", "phone": "0599123456"})
    assert again.status_code == 422 and "A-001" in again.content.decode()
    act = reverse("frontdesk:hall-act")
    browser.post(act, {"act": "sit", "counter": "1"})
    waiting = browser.get(reverse("frontdesk:hall")).content.decode()
    assert '<span class="figure-value num"><bdi>1</bdi>' in waiting
    browser.post(act, {"act": "next"})
    assert 'value="served"' in browser.get(reverse("frontdesk:hall")).content.decode()
    browser.post(act, {"act": "send", "to": "q:C"})
    browser.post(act, {"act": "next"})
    browser.post(act, {"act": "served"})
    ticket.refresh_from_db()
    assert (ticket.state, ticket.queue) == (TicketState.SERVED, "C")
    refused = browser.post(act, {"act": "again"}, follow=True)
    assert str(NobodyCalled()) in refused.content.decode()


def test_the_page_of_the_hall_counts_its_statements(
    calls: Viewer, client_for: Callable[..., Client], count_queries: Callable[..., Any]
) -> None:
    browser = client_for("amal")
    address = reverse("frontdesk:hall")

    def statements() -> int:
        with count_queries() as seen:
            assert browser.get(address, headers={"HX-Request": "true"}).status_code == 200
        return len(seen)

    give_ticket("A", by=calls)
    statements()
    few = statements()
    for _number in range(20):
        give_ticket("A", by=calls)
    assert statements() == few
    assert few <= 12


def test_the_screen_is_let_in_by_its_code_and_shows_no_person(
    calls: Viewer, hanan: Viewer, client_for: Callable[..., Client]
) -> None:
    give_ticket("A", phone="0599123456", by=calls)
    give_ticket("C", by=calls)
    call_next(by=calls)
    code = new_screen_code(by=hanan)
    television, address = client_for(), reverse("frontdesk-citizen:screen")
    assert "A-001" not in television.get(address).content.decode()
    wrong = television.post(address, {"code": "nonsense"})
    assert wrong.status_code == 422
    assert television.post(address, {"code": code}).status_code == 302
    shown = television.get(address).content.decode()
    assert "A-001" in shown and "C-001" in shown and "hall-fresh" in shown
    assert "0599" not in shown and amal_is_not_named(shown, calls)
    part = television.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "A-001" in part
    new_screen_code(by=hanan)
    assert "A-001" not in television.get(address).content.decode()


def amal_is_not_named(shown: str, clerk: Viewer) -> bool:
    return clerk.name not in shown


def test_a_ticket_is_followed_on_a_telephone_for_its_day(
    calls: Viewer, client_for: Callable[..., Client], sunday: Clock
) -> None:
    ticket = give_ticket("A", phone="0599123456", by=calls)
    visitor = client_for()
    address = reverse("frontdesk-citizen:ticket", args=[ticket.uid])
    waiting = visitor.get(address).content.decode()
    assert "A-001" in waiting and "0599" not in waiting
    call_next(by=calls)
    assert "seal-ok" in visitor.get(address).content.decode()
    sunday.move_to("2026-12-07T07:00:00Z")
    assert visitor.get(address).status_code == 404


def test_who_leads_sets_the_hall_up_by_the_page(
    hanan: Viewer, client_for: Callable[..., Client]
) -> None:
    browser, setup = client_for("hanan"), reverse("frontdesk:hall-setup")
    category = {"kind": "category", "code": "b", "title_ar": "هندسة", "minutes": "15"}
    assert browser.post(setup, category).status_code == 302
    assert browser.post(setup, {**category, "minutes": "0"}).status_code == 422
    counter = {"kind": "counter", "name": "4", "categories": ["B"]}
    assert browser.post(setup, counter).status_code == 302
    change = reverse("frontdesk:hall-change")
    refused = browser.post(change, {"act": "drop-category", "name": "Q"}, follow=True)
    assert str(CategoryNotFound(category="Q")) in refused.content.decode()
    told = browser.post(change, {"act": "code"}, follow=True).content.decode()
    assert any(word.strip(".،").isdigit() and len(word.strip(".،")) == 8 for word in told.split())
    assert "هندسة" in browser.get(setup).content.decode()
    assert browser.get(reverse("frontdesk:hall-figures")).status_code == 200


def test_a_hall_of_a_day_without_tickets_has_figures(hanan: Viewer) -> None:
    day = date(2026, 1, 1)
    assert hall_figures(since=day, until=day + timedelta(days=1)) == ([], [])
