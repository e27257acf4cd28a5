"""Several people at the same instant, on real connections: nothing twice, no gap, and the loser learns who won."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.organisation.selectors import viewer_for
from kernel.policies.services import set_value
from kernel.tenancy import use, use_shared
from kernel.testing.people import seat_person
from kernel.viewer import Viewer
from modules.frontdesk.constants import Decision
from modules.frontdesk.errors import (
    AlreadyDecided,
    NotADraft,
    RequestChanged,
    StepAlreadyDone,
    StepNotOpen,
)
from modules.frontdesk.errors.hall import NoTicketsFromHome
from modules.frontdesk.errors.online import SlotFull
from modules.frontdesk.models import Appointment, OfflineTaking, Request, Ticket
from modules.frontdesk.selectors.appointments import Slots, free_days
from modules.frontdesk.services import complete_step, decide_request, submit_request
from modules.frontdesk.services.appointments import book, save_slots
from modules.frontdesk.services.hall_from_home import take_ticket
from modules.frontdesk.services.offline import OfflinePaper, OfflinePerson, Taken, receive_offline
from modules.frontdesk.services.offline_blocks import sit_down
from modules.frontdesk.tests.factories import PETITION, citizen, draft, scan, step, submitted
from modules.frontdesk.tests.online import CITIZEN

CLERKS = 6


def at_once(schema: str, works: list[Callable[[], Any]]) -> list[Any]:
    """Run each on a connection of its own, all starting together; gives results, or refusals."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        with use_shared(), use(schema):
            try:
                start.wait(timeout=20)
                return work()
            except Refusal as refusal:
                return refusal
            finally:
                connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def _seat(username: str, role: str, section: str) -> Viewer:
    return viewer_for(
        seat_person(
            username=username, name_ar=username, name_en=username, role=role, section=section
        )
    )


@pytest.fixture
def amal_and_nour(town_of_its_own: str) -> tuple[Viewer, Any]:
    return _seat("amal", "service_clerk", "front_desk"), citizen(by=Viewer.system("tests"))


def test_six_clerks_submit_at_once_and_the_years_numbers_have_no_gap(
    town_of_its_own: str, amal_and_nour: tuple[Viewer, Any]
) -> None:
    amal, nour = amal_and_nour
    drafts = [draft("FD-001", by=amal, applicant=nour, answers=PETITION) for _ in range(CLERKS)]
    at_once(town_of_its_own, [lambda one=one: submit_request(one.uid, by=amal) for one in drafts])
    numbers = sorted(Request.objects.values_list("number_seq", flat=True))
    assert numbers == list(range(1, CLERKS + 1))


def test_one_draft_submitted_by_many_clicks_is_one_request(
    town_of_its_own: str, amal_and_nour: tuple[Viewer, Any]
) -> None:
    amal, nour = amal_and_nour
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION)
    results = at_once(town_of_its_own, [lambda: submit_request(made.uid, by=amal)] * CLERKS)
    assert sum(isinstance(one, NotADraft) for one in results) == CLERKS - 1
    assert Request.objects.get().trail.filter(verb="submitted").count() == 1


def test_two_clerks_complete_the_same_step_and_the_second_learns_who_was_first(
    town_of_its_own: str, amal_and_nour: tuple[Viewer, Any]
) -> None:
    amal, nour = amal_and_nour
    hanan = _seat("hanan", "head_of_desk", "front_desk")
    petition = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    check = step(petition, "check")
    results = at_once(
        town_of_its_own,
        [
            lambda by=by: complete_step(petition.uid, check.uid, seen=check.version, by=by)
            for by in (amal, hanan)
        ],
    )
    (refused,) = [one for one in results if isinstance(one, Refusal)]
    assert isinstance(refused, StepAlreadyDone | RequestChanged)
    assert step(petition, "check").done_by_name in str(refused)
    assert petition.trail.filter(verb="step_completed").count() == 1


def test_an_approval_and_a_rejection_at_once_leave_one_decision(
    town_of_its_own: str, amal_and_nour: tuple[Viewer, Any]
) -> None:
    amal, nour = amal_and_nour
    mayors = [_seat(name, "manager", "mayor_office") for name in ("salma", "nabil")]
    petition = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    complete_step(petition.uid, step(petition, "check").uid, by=amal)
    at = step(petition, "decide")
    verdicts = (
        {"decision": Decision.APPROVED},
        {"decision": Decision.REJECTED, "reason": "لا", "reason_code": "other"},
    )
    results = at_once(
        town_of_its_own,
        [
            lambda by=by, verdict=verdict: decide_request(petition.uid, at.uid, by=by, **verdict)
            for by, verdict in zip(mayors, verdicts, strict=True)
        ],
    )
    (refused,) = [one for one in results if isinstance(one, Refusal)]
    assert isinstance(refused, AlreadyDecided | StepNotOpen | StepAlreadyDone)
    assert petition.trail.filter(verb__in=["approved", "rejected"]).count() == 1


def test_fifty_replays_of_one_offline_key_make_one_request(
    town_of_its_own: str, amal_and_nour: tuple[Viewer, Any]
) -> None:
    amal, _nour = amal_and_nour
    (block,) = sit_down(uuid4(), by=amal)
    taken = Taken(
        key=uuid4(),
        service_code="FD-001",
        taken_at=timezone.now(),
        provisional=block.label(block.first),
        block=block.uid,
        number=block.first,
        person=OfflinePerson(id_number="401234562"),
        answers=PETITION,
        papers=[OfflinePaper("identity_card", scan(amal).sha256, "هوية.png")],
    )
    results: list[Any] = []
    for _round in range(5):
        results += at_once(town_of_its_own, [lambda: receive_offline(taken, by=amal)] * 10)
    assert len(results) == 50 and results.count(results[0]) == 50
    made = Request.objects.get()
    assert (made.provisional_number, made.number) == (taken.provisional, "2026/00001")
    assert OfflineTaking.objects.count() == 1


def test_desks_that_sit_down_at_once_get_numbers_apart(
    town_of_its_own: str, amal_and_nour: tuple[Viewer, Any]
) -> None:
    amal, _nour = amal_and_nour
    blocks = at_once(town_of_its_own, [lambda: sit_down(uuid4(), by=amal)[0]] * CLERKS)
    numbers = [one for block in blocks for one in range(block.first, block.last + 1)]
    assert sorted(numbers) == list(range(1, CLERKS * 30 + 1))


def test_eight_at_once_want_the_last_seat_and_one_has_it(town_of_its_own: str) -> None:
    """On eight connections of the real database; the other seven are told that others were faster."""
    head = _seat("hanan", "head_of_desk", "front_desk")
    week = dict.fromkeys((7, 1, 2, 3, 4), ((time(9), time(10)),))
    plan = Slots("engineer", "مهندس", "", "A", minutes=20, capacity=2, hours=week)
    clerks = [_seat(f"clerk{n}", "service_clerk", "front_desk") for n in range(8)]
    day = next(one for one in free_days(save_slots(plan, by=head)) if one > today())

    def seat(n: int) -> Appointment:
        phone = f"056900010{n}"
        return book("engineer", day=day, at=time(9), name="نور", phone=phone, by=clerks[n % 8])

    seat(8)
    wants = [lambda n=n: seat(n) for n in range(8)]
    got = at_once(town_of_its_own, wants)
    assert sum(isinstance(one, Appointment) for one in got) == 1
    assert sum(isinstance(one, SlotFull) for one in got) == 7
    assert sorted(Appointment.objects.values_list("seat", flat=True)) == [1, 2]


def test_eight_at_once_want_the_last_ticket_from_home_and_one_has_it(
    town_of_its_own: str, sunday: object
) -> None:
    house = Viewer.system("test")
    set_value("FRD-01.tickets_from_home", 1, starts_on=date(2020, 1, 1), by=house)

    def take(n: int) -> Ticket:
        return take_ticket("A", address=f"10.0.1.{n}", by=CITIZEN)

    got = at_once(town_of_its_own, [lambda n=n: take(n) for n in range(8)])
    assert sum(isinstance(one, Ticket) for one in got) == 1
    assert sum(isinstance(one, NoTicketsFromHome) for one in got) == 7
