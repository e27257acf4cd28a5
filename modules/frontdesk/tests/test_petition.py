"""The general petition, from the counter to the letter of reply (FD-001)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kernel.audit.models import AuditEntry
from kernel.events.models import OutboxEvent
from kernel.viewer import Viewer
from modules.frontdesk.constants import Decision, State, StepOutcome, StepState
from modules.frontdesk.errors import (
    AlreadyDecided,
    DecisionNeedsItsStep,
    NotDecided,
    OutputNotIssued,
    OwnRequest,
    ReasonRequired,
)
from modules.frontdesk.models import TrailEntry
from modules.frontdesk.services import complete_step, decide_request, hand_over, issue_output
from modules.frontdesk.tests.factories import PETITION, fresh, step, submitted

Staff = Callable[[str], Viewer]


@pytest.fixture
def petition(amal: Viewer, nour: Any) -> Any:
    return submitted("FD-001", by=amal, applicant=nour, answers=PETITION)


def _to_decision(petition: Any, staff: Staff) -> None:
    complete_step(petition.uid, step(petition, "check").uid, by=staff("hanan"))


def test_a_petition_gets_the_years_first_number_and_a_promised_date_in_working_days(
    petition: Any,
) -> None:
    assert petition.number == "2026/00001"
    # Five working days after Sunday the 6th: Friday and Saturday do not count.
    assert f"{petition.promised_on:%Y-%m-%d}" == "2026-12-13"
    assert petition.state == State.SUBMITTED


def test_the_whole_route_is_planned_at_submission_and_only_its_first_stage_is_open(
    petition: Any,
) -> None:
    states = {one.code: one.state for one in petition.steps.all()}
    assert states == {
        "check": StepState.OPEN,
        "decide": StepState.PLANNED,
        "deliver": StepState.PLANNED,
    }


def test_a_petition_goes_from_the_desk_to_the_mayor_and_back_with_a_letter(
    petition: Any, staff: Staff, amal: Viewer, salma: Viewer
) -> None:
    _to_decision(petition, staff)
    assert fresh(petition).state == State.IN_PROGRESS
    decide_request(
        petition.uid,
        step(petition, "decide").uid,
        decision=Decision.APPROVED,
        reason="تكليف قسم الإنارة.",
        by=salma,
    )
    assert fresh(petition).state == State.APPROVED
    issued = issue_output(petition.uid, by=amal)
    assert issued.document is not None
    assert issued.document.number == "FD-2026/00001"
    hand_over(
        petition.uid,
        step(petition, "deliver").uid,
        recipient_name="نور خليل",
        recipient_id_number="401234562",
        by=amal,
    )
    done = fresh(petition)
    assert done.state == State.COMPLETED
    assert done.closed_at is not None
    verbs = list(
        TrailEntry.objects.filter(request=done).order_by("id").values_list("verb", flat=True)
    )
    assert verbs[0] == "submitted"
    assert verbs[-2:] == ["handed_over", "completed"]


def test_each_turn_leaves_an_event_and_an_audit_row(
    petition: Any, staff: Staff, salma: Viewer
) -> None:
    _to_decision(petition, staff)
    decide_request(petition.uid, step(petition, "decide").uid, decision=Decision.APPROVED, by=salma)
    names = set(OutboxEvent.objects.values_list("name", flat=True))
    assert {
        "frontdesk.RequestSubmitted",
        "frontdesk.StepCompleted",
        "frontdesk.RequestDecided",
    } <= names
    decided = AuditEntry.objects.filter(
        table_name="frontdesk_request", row_id=str(petition.pk), after__decision="approved"
    ).get()
    assert decided.actor_name == salma.name


def test_a_rejection_without_a_reason_is_refused(
    petition: Any, staff: Staff, salma: Viewer
) -> None:
    _to_decision(petition, staff)
    with pytest.raises(ReasonRequired) as refused:
        decide_request(
            petition.uid, step(petition, "decide").uid, decision=Decision.REJECTED, by=salma
        )
    assert refused.value.field == "reason"


def test_a_rejection_names_a_coded_ground_because_the_policy_says_so(
    petition: Any, staff: Staff, salma: Viewer
) -> None:
    _to_decision(petition, staff)
    with pytest.raises(ReasonRequired) as refused:
        decide_request(
            petition.uid,
            step(petition, "decide").uid,
            decision=Decision.REJECTED,
            reason="خارج",
            by=salma,
        )
    assert refused.value.field == "reason_code"


def test_a_rejected_petition_is_still_told_to_the_citizen(
    petition: Any, staff: Staff, salma: Viewer, amal: Viewer
) -> None:
    _to_decision(petition, staff)
    decide_request(
        petition.uid,
        step(petition, "decide").uid,
        decision=Decision.REJECTED,
        reason="خارج اختصاص البلدية.",
        reason_code="competence",
        by=salma,
    )
    rejected = fresh(petition)
    assert rejected.state == State.REJECTED
    assert step(petition, "deliver").state == StepState.OPEN
    with pytest.raises(OutputNotIssued):
        hand_over(petition.uid, step(petition, "deliver").uid, recipient_name="نور", by=amal)
    assert issue_output(petition.uid, by=amal).document is not None
    hand_over(
        petition.uid,
        step(petition, "deliver").uid,
        recipient_name="نور",
        recipient_id_number="401234562",
        by=amal,
    )
    assert fresh(petition).state == State.COMPLETED


def test_a_decision_is_taken_once(petition: Any, staff: Staff, salma: Viewer) -> None:
    _to_decision(petition, staff)
    decide_request(petition.uid, step(petition, "decide").uid, decision=Decision.APPROVED, by=salma)
    with pytest.raises(AlreadyDecided):
        decide_request(
            petition.uid, step(petition, "decide").uid, decision=Decision.APPROVED, by=salma
        )


def test_a_deciding_step_is_not_completed_like_any_other(
    petition: Any, staff: Staff, salma: Viewer
) -> None:
    _to_decision(petition, staff)
    with pytest.raises(DecisionNeedsItsStep):
        complete_step(
            petition.uid, step(petition, "decide").uid, outcome=StepOutcome.DONE, by=salma
        )


def test_nothing_is_printed_before_the_decision(petition: Any, amal: Viewer) -> None:
    with pytest.raises(NotDecided):
        issue_output(petition.uid, by=amal)


def test_nobody_decides_what_they_opened_themselves(nour: Any, staff: Staff, salma: Viewer) -> None:
    own = submitted(
        "FD-001", by=salma.with_permissions("frontdesk.open"), applicant=nour, answers=PETITION
    )
    _to_decision(own, staff)
    with pytest.raises(OwnRequest):
        decide_request(own.uid, step(own, "decide").uid, decision=Decision.APPROVED, by=salma)
