"""The citizen mends what was returned, from home, and writes to the desk; the clock goes on when it is whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils.translation import override as in_language

from kernel.notifications.models import Notification
from kernel.viewer import Viewer
from modules.frontdesk.constants import State, Verb
from modules.frontdesk.errors import DeficienciesOpen, PaperUnknown, TooManyTries
from modules.frontdesk.errors.online import AnswerWanted, NothingAskedOfYou, PresenceNeeded
from modules.frontdesk.models import Request, TrailEntry
from modules.frontdesk.selectors.citizen import wanted_of, written_on
from modules.frontdesk.services import DeficiencyInput, return_to_citizen, tell_by_hand
from modules.frontdesk.services.citizen import bring_paper, mend_and_send, write_to_desk
from modules.frontdesk.tests.factories import PETITION, fresh, png, step, submitted
from modules.frontdesk.tests.online import CITIZEN, door, proved, upload

Clients = Callable[..., Client]
Staff = Callable[[str], Viewer]


@pytest.fixture(autouse=True)
def _no_tries(town: str) -> None:
    cache.clear()


@pytest.fixture
def petition(amal: Viewer, nour: Any) -> Request:
    return submitted("FD-001", by=amal, applicant=nour, answers=PETITION)


@pytest.fixture
def returned(petition: Request, staff: Staff) -> Callable[..., Request]:
    """`returned(("missing_paper", "identity_card", "…"), …)`: back with the citizen, today or at an instant."""

    def back(*lines: tuple[str, str, str], at: str = "2026-12-06T07:00:00Z") -> Request:
        with time_machine.travel(at, tick=False):
            return_to_citizen(
                petition.uid,
                step(petition, "check").uid,
                deficiencies=[DeficiencyInput(*one) for one in lines],
                by=staff("hanan"),
            )
        return fresh(petition)

    return back


def wanted(request: Request, kind: str) -> str:
    return str(
        next(one for one in wanted_of(request) if one.deficiency.kind == kind).deficiency.uid
    )


def test_paper_answer_and_words_are_given_and_the_clock_goes_on(
    returned: Callable[..., Request],
) -> None:
    """Five days promised from Sunday 6; returned on Tuesday 8 after two; sent again on Sunday 13: Wednesday 16."""
    request = returned(
        ("unreadable_paper", "identity_card", "معتمة"),
        ("wrong_answer", "subject", "اذكر رقم الشارع"),
        ("clarification", "", "منذ متى؟"),
        at="2026-12-08T07:00:00Z",
    )
    assert request.state == State.WAITING_CITIZEN
    with time_machine.travel("2026-12-13T07:00:00Z", tick=False):
        paper = wanted(request, "unreadable_paper")
        bring_paper(request, deficiency=paper, content=png(40), name="أوضح.png", by=CITIZEN)
        mend_and_send(
            request,
            answers={"subject": "إنارة شارع 41 قرب المدرسة"},
            words={wanted(request, "clarification"): "منذ شهرين"},
            by=CITIZEN,
        )
    request = fresh(request)
    assert request.state in (State.SUBMITTED, State.IN_PROGRESS)
    assert request.promised_on == date(2026, 12, 16)
    assert request.answers["subject"] == "إنارة شارع 41 قرب المدرسة"
    assert request.answers["details"] == PETITION["details"]
    trail = TrailEntry.objects.filter(request=request, verb=Verb.RESUBMITTED).get()
    assert trail.text == "منذ شهرين"
    assert trail.actor_name == "المواطن عبر الموقع"


def test_only_what_was_asked_may_be_changed(returned: Callable[..., Request]) -> None:
    request = returned(("wrong_answer", "subject", "اذكر رقم الشارع"))
    mend_and_send(request, answers={"subject": "أوضح", "details": "تغيير آخر"}, by=CITIZEN)
    assert fresh(request).answers["details"] == PETITION["details"]


def test_a_missing_paper_or_word_keeps_it_with_the_citizen(
    returned: Callable[..., Request],
) -> None:
    tuesday = "2026-12-08T07:00:00Z"
    lines = (("missing_paper", "identity_card", ""), ("clarification", "", "منذ متى؟"))
    request = returned(*lines, at=tuesday)
    with in_language("ar"), pytest.raises(AnswerWanted, match="أجب"):
        mend_and_send(request, by=CITIZEN)
    words = {wanted(request, "clarification"): "منذ شهرين"}
    with time_machine.travel(tuesday, tick=False), pytest.raises(DeficienciesOpen):
        mend_and_send(request, words=words, by=CITIZEN)
    with pytest.raises(PaperUnknown):
        bring_paper(
            request,
            deficiency=wanted(request, "clarification"),
            content=png(),
            name="x.png",
            by=CITIZEN,
        )


def test_who_must_come_in_person_is_told_so(returned: Callable[..., Request]) -> None:
    request = returned(("presence", "", "للتوقيع"))
    with pytest.raises(PresenceNeeded):
        mend_and_send(request, by=CITIZEN)


def test_a_request_that_is_not_returned_takes_nothing(petition: Request) -> None:
    with pytest.raises(NothingAskedOfYou):
        mend_and_send(petition, by=CITIZEN)


def test_the_pages_lead_from_the_number_to_the_sending(
    client_for: Clients, returned: Callable[..., Request]
) -> None:
    request = returned(
        ("unreadable_paper", "identity_card", "معتمة"),
        ("wrong_answer", "subject", "اذكر رقم الشارع"),
        ("clarification", "", "منذ متى؟"),
    )
    visitor = proved(client_for())
    mine = visitor.get(door("mine", request.uid)).content.decode()
    assert door("mend", request.uid) in mine
    page = visitor.get(door("mend", request.uid)).content.decode()
    assert "اذكر رقم الشارع" in page
    paper = wanted(request, "unreadable_paper")
    put = {"document_type": "identity_card", "file": upload("أوضح.png", 30)}
    assert visitor.post(door("bring", request.uid, paper), put).status_code == 302
    assert visitor.post(door("bring", request.uid, paper), {}).status_code == 422
    half = visitor.post(door("mend", request.uid), {"answers-subject": "جديد"})
    assert half.status_code == 422
    assert "جديد" in half.content.decode()
    words = {f"words-{wanted(request, 'clarification')}": "منذ شهرين", "answers-subject": "جديد"}
    assert visitor.post(door("mend", request.uid), words)["Location"] == door("mine", request.uid)
    assert visitor.get(door("mend", request.uid)).status_code == 302


def test_the_citizen_and_the_desk_write_to_one_another(
    client_for: Clients, petition: Request, amal: Viewer
) -> None:
    visitor = proved(client_for())
    write = door("write", petition.uid)
    assert visitor.post(write, {"text": " "}).status_code == 422
    assert visitor.post(write, {"text": "متى يأتي المفتش؟"}).status_code == 302
    heard = Notification.objects.filter(verb="frontdesk.citizen_wrote")
    assert heard.exists()
    tell_by_hand(petition.uid, text="يوم الثلاثاء صباحاً", by=amal)
    assert [(one.text, one.mine) for one in written_on(petition)] == [
        ("متى يأتي المفتش؟", True),
        ("يوم الثلاثاء صباحاً", False),
    ]
    page = visitor.get(door("mine", petition.uid)).content.decode()
    assert "يوم الثلاثاء صباحاً" in page
    assert amal.name not in page


def test_ten_messages_a_day_are_enough(petition: Request) -> None:
    for number in range(10):
        write_to_desk(petition, text=f"رسالة {number}", by=CITIZEN)
    with pytest.raises(TooManyTries):
        write_to_desk(petition, text="أخرى", by=CITIZEN)
