"""The clock stands still while the municipality waits for others, and holidays declared later move the dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kernel.calendar.services import declare_holiday
from kernel.notifications.models import OutgoingMessage
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.frontdesk.constants import DeficiencyKind, State, Verb
from modules.frontdesk.errors import (
    ClockPaused,
    DeficienciesOpen,
    NothingToComplete,
    ReasonRequired,
    RequestClosed,
)
from modules.frontdesk.models import Deficiency
from modules.frontdesk.services import (
    DeficiencyInput,
    attach_paper,
    complete_step,
    external_answered,
    lapse_request,
    resubmit,
    return_to_citizen,
    wait_external,
    withdraw_request,
)
from modules.frontdesk.services.nightly import close_abandoned
from modules.frontdesk.tests.factories import PETITION, fresh, scan, step, submitted

Staff = Callable[[str], Viewer]
UNREADABLE = DeficiencyInput(DeficiencyKind.UNREADABLE_PAPER, "identity_card", "الصورة غير واضحة")
CLARIFY = DeficiencyInput(DeficiencyKind.CLARIFICATION, "", "أي شارع؟")


@pytest.fixture
def petition(amal: Viewer, nour: Any) -> Any:
    return submitted("FD-001", by=amal, applicant=nour, answers=PETITION)


def _return(petition: Any, by: Viewer, *what: DeficiencyInput) -> None:
    return_to_citizen(petition.uid, step(petition, "check").uid, deficiencies=what, by=by)


def test_the_worked_example_of_the_readme(
    petition: Any, staff: Staff, amal: Viewer, sunday: time_machine.Traveller
) -> None:
    """Five days from Sunday 6: promised 13. Returned on Tuesday 8 after two days; back on Sunday 13: three days left."""
    sunday.move_to("2026-12-08T08:00:00Z")
    _return(petition, staff("hanan"), UNREADABLE)
    paused = fresh(petition)
    assert paused.state == State.MISSING_ITEMS
    assert paused.promised_on == date(2026, 12, 13)
    sunday.move_to("2026-12-13T08:00:00Z")
    attach_paper(petition.uid, requirement="identity_card", file=scan(amal, shade=30), by=amal)
    resubmit(petition.uid, by=amal)
    assert fresh(petition).promised_on == date(2026, 12, 16)
    assert fresh(petition).state == State.IN_PROGRESS or fresh(petition).state == State.SUBMITTED


def test_when_the_policy_says_so_the_citizens_delay_counts(
    petition: Any, staff: Staff, amal: Viewer, system: Viewer, sunday: time_machine.Traveller
) -> None:
    set_value("FRD-02.pause_on_citizen", False, starts_on=date(2026, 12, 6), by=system)
    _return(petition, staff("hanan"), CLARIFY)
    sunday.move_to("2026-12-13T08:00:00Z")
    deficiency = petition.pauses.get().deficiencies.get()
    resubmit(petition.uid, mended=[deficiency.uid], by=amal)
    assert fresh(petition).promised_on == date(2026, 12, 13)


def test_what_needs_a_word_is_waiting_for_the_citizen_not_missing_items(
    petition: Any, staff: Staff
) -> None:
    _return(petition, staff("hanan"), UNREADABLE, CLARIFY)
    assert fresh(petition).state == State.WAITING_CITIZEN


def test_a_new_paper_mends_its_deficiency_and_the_rest_is_named(
    petition: Any, staff: Staff, amal: Viewer
) -> None:
    _return(petition, staff("hanan"), UNREADABLE, CLARIFY)
    attach_paper(petition.uid, requirement="identity_card", file=scan(amal, shade=30), by=amal)
    with pytest.raises(DeficienciesOpen) as refused:
        resubmit(petition.uid, by=amal)
    assert "أي شارع" in str(refused.value)


def test_it_is_returned_once_at_a_time_and_never_without_saying_what_is_wrong(
    petition: Any, staff: Staff, amal: Viewer
) -> None:
    hanan = staff("hanan")
    with pytest.raises(ReasonRequired):
        _return(petition, hanan)
    with pytest.raises(ReasonRequired):
        _return(petition, hanan, DeficiencyInput("nonsense", "x"))
    _return(petition, hanan, CLARIFY)
    with pytest.raises(ClockPaused):
        _return(petition, hanan, CLARIFY)
    with pytest.raises(NothingToComplete):
        external_answered(petition.uid, step(petition, "check").uid, answer="نعم", by=hanan)


def test_an_outside_body_stops_its_steps_clock_and_holds_its_completion(
    petition: Any, staff: Staff, sunday: time_machine.Traveller
) -> None:
    hanan, check = staff("hanan"), step(petition, "check")
    wait_external(petition.uid, check.uid, body="شركة الكهرباء", reason="رأي", by=hanan)
    assert fresh(petition).state == State.WAITING_EXTERNAL
    with pytest.raises(ClockPaused):
        complete_step(petition.uid, check.uid, by=hanan)
    sunday.move_to("2026-12-09T08:00:00Z")
    external_answered(petition.uid, check.uid, answer="لا مانع", by=hanan)
    assert step(petition, "check").due_on == date(2026, 12, 10)
    assert fresh(petition).promised_on == date(2026, 12, 16)


def test_a_holiday_declared_later_moves_promised_and_due_dates(
    petition: Any, system: Viewer, deliver_events: Any
) -> None:
    declare_holiday(
        first_day=date(2026, 12, 7), last_day=date(2026, 12, 8), name_ar="عطلة طارئة", by=system
    )
    deliver_events()
    assert fresh(petition).promised_on == date(2026, 12, 15)
    assert step(petition, "check").due_on == date(2026, 12, 9)
    assert petition.trail.filter(verb="deadline_moved").count() == 1


def test_a_holiday_behind_the_promised_date_moves_nothing(
    petition: Any, system: Viewer, deliver_events: Any
) -> None:
    declare_holiday(first_day=date(2026, 12, 20), name_ar="عطلة", by=system)
    deliver_events()
    assert not petition.trail.filter(verb="deadline_moved").exists()


def test_the_citizen_is_told_at_each_turn(petition: Any, staff: Staff, deliver_events: Any) -> None:
    _return(petition, staff("hanan"), UNREADABLE)
    deliver_events()
    bodies = list(
        OutgoingMessage.objects.filter(about=petition.subject_ref)
        .order_by("id")
        .values_list("body", flat=True)
    )
    assert len(bodies) == 2
    assert "13/12/2026" in bodies[0]
    assert "الصورة غير واضحة" in bodies[1]


def test_a_withdrawn_request_ends_and_takes_no_more_work(
    petition: Any, staff: Staff, amal: Viewer
) -> None:
    with pytest.raises(ReasonRequired):
        withdraw_request(petition.uid, reason="", by=amal)
    withdraw_request(petition.uid, reason="حُلّت المشكلة", by=amal)
    assert fresh(petition).state == State.CANCELLED
    with pytest.raises(RequestClosed):
        complete_step(petition.uid, step(petition, "check").uid, by=staff("hanan"))


def test_an_abandoned_request_is_warned_about_and_then_closed(
    petition: Any, staff: Staff, system: Viewer, sunday: time_machine.Traveller
) -> None:
    _return(petition, staff("hanan"), UNREADABLE)
    with pytest.raises(NothingToComplete):
        lapse_request(petition.uid, by=system)
    sunday.move_to("2027-01-28T08:00:00Z")
    assert close_abandoned(by=system) == 0
    assert (
        OutgoingMessage.objects.filter(about=petition.subject_ref, body__contains="سيُغلق").count()
        == 1
    )
    sunday.move_to("2027-02-04T08:00:00Z")
    assert close_abandoned(by=system) == 1
    assert fresh(petition).state == State.CANCELLED


def test_the_desk_types_the_answer_that_was_returned_and_what_the_citizen_says(
    petition: Any, staff: Staff, client_for: Callable[..., Client]
) -> None:
    wrong = DeficiencyInput(DeficiencyKind.WRONG_ANSWER, "subject", "اذكر رقم الشارع")
    _return(petition, staff("hanan"), wrong, CLARIFY)
    desk, url = client_for("amal"), reverse("frontdesk:resubmit", args=[petition.uid])
    page = desk.get(reverse("frontdesk:request", args=[petition.uid]))
    assert 'name="answers-subject"' in page.content.decode()
    asked = {one.kind: str(one.uid) for one in Deficiency.objects.all()}
    ticked = {"mended": asked["clarification"], "said": "شارع 41 غرباً"}
    same = desk.post(url, {**ticked, "answers-subject": PETITION["subject"]})
    assert same.status_code == 409
    assert "شارع 41 غرباً" in same.content.decode()
    assert fresh(petition).is_paused
    empty = desk.post(url, {**ticked, "answers-subject": ""})
    assert empty.status_code == 409
    assert fresh(petition).answers["subject"] == PETITION["subject"]
    typed = {**ticked, "answers-subject": "إنارة شارع 41", "answers-details": "غير ذلك"}
    assert desk.post(url, {**typed, "answers-subject": "إنارة شارع 42"}).status_code == 302
    done = fresh(petition)
    assert not done.is_paused
    assert done.answers == {**PETITION, "subject": "إنارة شارع 42"}
    assert done.trail.get(verb=Verb.RESUBMITTED).text == "شارع 41 غرباً"


def test_a_line_that_is_not_clear_is_asked_about_and_none_is_lost(
    petition: Any, staff: Staff, client_for: Callable[..., Client]
) -> None:
    staff("hanan")
    url = reverse("frontdesk:return", args=[petition.uid, step(petition, "check").uid])
    typed = {
        "line0-kind": "unreadable_paper", "line0-target": "identity_card",
        "line1-note": "أي شارع؟", "line2-kind": "missing_paper",
    }  # fmt: skip
    unclear = client_for("hanan").post(url, typed)
    assert unclear.status_code == 422
    assert "أي شارع؟" in unclear.content.decode()
    assert not fresh(petition).is_paused
    typed |= {"line1-kind": "clarification", "line2-target": "identity_card"}
    again = client_for("hanan").post(url, typed)
    assert again.status_code == 302
    assert Deficiency.objects.count() == 3
