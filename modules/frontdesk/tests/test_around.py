"""What the desk gives to the rest of the house: hits in the one box, panels, cards, figures, bells, a port."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.notifications.models import Notification
from kernel.ports import ask
from kernel.ports.requests import RequestPort
from kernel.viewer import Viewer
from modules.frontdesk import indicators, tiles
from modules.frontdesk.panels import requests_of_person, requests_of_place
from modules.frontdesk.search import find_requests
from modules.frontdesk.selectors.numbers import meant_numbers
from modules.frontdesk.services import complete_step
from modules.frontdesk.services.nightly import warn_of_delays
from modules.frontdesk.tests.factories import COMPLAINT, PETITION, step, submitted

Staff = Callable[[str], Viewer]


@pytest.fixture
def petition(amal: Viewer, nour: Any) -> Any:
    return submitted("FD-001", by=amal, applicant=nour, answers=PETITION)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("417", ["2026/00417", "2025/00417"]),
        ("2026/417", ["2026/00417"]),
        ("٢٠٢٦/٤١٧", ["2026/00417"]),
        ("2026-00417", ["2026/00417"]),
        ("#417", ["2026/00417", "2025/00417"]),
        ("401234562", []),
        ("محمد", []),
        ("", []),
    ],
)
def test_a_number_is_understood_as_it_is_typed(town: str, typed: str, meant: list[str]) -> None:
    assert meant_numbers(typed) == meant


def test_the_one_box_finds_a_request_for_who_may_see_it(
    petition: Any, amal: Viewer, staff: Staff
) -> None:
    (hit,) = find_requests(amal, "1", 10)
    assert (hit.title, hit.kind) == ("2026/00001", "request")
    assert find_requests(staff("rami"), "1", 10) == []
    assert find_requests(Viewer.citizen(), "1", 10) == []


def test_the_persons_page_shows_requests_and_the_next_move(
    petition: Any, amal: Viewer, nour: Any
) -> None:
    panel = requests_of_person(amal, nour.pk)
    assert panel.count == 1
    assert panel.context["actions"][0]["url"].endswith(f"?party={nour.uid}")
    assert requests_of_place(amal, 0).count == 0


def test_a_hidden_complaint_is_not_on_the_persons_page_of_others(
    amal: Viewer, nour: Any, staff: Staff
) -> None:
    submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT, is_hidden=True)
    assert requests_of_person(staff("ines"), nour.pk).context["requests"] == []
    assert len(requests_of_person(amal, nour.pk).context["requests"]) == 1


def test_the_cards_of_the_home_page_count_ones_own_work(
    petition: Any, amal: Viewer, sunday: Any
) -> None:
    assert tiles.submitted_today(amal).value == "1"
    assert tiles.overdue(amal).value == "0"
    sunday.shift(timedelta(days=7))
    assert (tiles.overdue(amal).value, tiles.overdue(amal).state) == ("1", "danger")


def test_the_bell_rings_in_the_section_that_the_work_reached(
    petition: Any,
    staff: Staff,
    salma: Viewer,
    deliver_events: Any,
    client_for: Callable[..., Client],
) -> None:
    hanan = staff("hanan")
    complete_step(petition.uid, step(petition, "check").uid, by=hanan)
    deliver_events()
    (told,) = Notification.objects.filter(user_id=salma.user_id, verb="frontdesk.step_opened")
    assert "2026/00001" in told.text
    assert told.url == f"/frontdesk/requests/{petition.uid}"
    bell = client_for("salma").get(reverse("notifications:list")).content.decode()
    assert told.text in bell
    assert "<bdi>frontdesk</bdi>" not in bell, "a module's code is nobody's name"


def test_the_head_hears_of_a_late_step_once(
    petition: Any, staff: Staff, system: Viewer, sunday: Any
) -> None:
    hanan = staff("hanan")
    assert warn_of_delays(by=system) == 0
    sunday.shift(timedelta(days=1))
    assert warn_of_delays(by=system) == 1
    assert warn_of_delays(by=system) == 0
    assert (
        Notification.objects.filter(user_id=hanan.user_id, verb="frontdesk.step_late").count() == 1
    )


def test_figures_are_reproduced_from_their_cases(
    amal: Viewer, nour: Any, staff: Staff, sunday: Any
) -> None:
    """Two complaints: one closed after 2 working days in time, one after 10 (promised in 7)."""
    ines, walid = staff("ines"), staff("walid")
    for days in (2, 14):
        complaint = submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT)
        sunday.shift(timedelta(days=days))
        found = {"upheld": "no", "findings": "لا شيء"}
        complete_step(complaint.uid, step(complaint, "inspection").uid, answers=found, by=ines)
        complete_step(complaint.uid, step(complaint, "treat").uid, answers={"done": "لا"}, by=walid)
        complete_step(complaint.uid, step(complaint, "deliver").uid, by=amal)
    since, until = today() - timedelta(days=60), today()
    assert indicators.received(since=since, until=until) == 2
    assert indicators.median_days(since=since, until=until) == Decimal("6.0")
    assert indicators.on_time_share(since=since, until=until) == Decimal("50.0")
    assert indicators.median_days(since=since - timedelta(days=90), until=since) is None


def test_another_module_opens_a_request_and_finishes_its_step_by_the_port(
    amal: Viewer, nour: Any, staff: Staff
) -> None:
    port = ask(RequestPort)
    opened = port.open_request(service_code="FD-002", party_id=nour.pk, answers=COMPLAINT, by=amal)
    assert (opened.number, opened.state) == ("2026/00001", "submitted")
    stopped = port.open_request(service_code="FD-001", party_id=nour.pk, answers={}, by=amal)
    assert stopped.number == ""
