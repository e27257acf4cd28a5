"""بيان الشروط التنظيمية (PL-001): four sections, two of them side by side, a site visit, a fee, a decision, a paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kernel.errors import InvalidInput
from kernel.money import money
from kernel.viewer import Viewer
from modules.frontdesk.constants import Decision, State, StepOutcome, StepState
from modules.frontdesk.errors import (
    FeeNotAssessed,
    FeeNotSettled,
    NotYourStep,
    StepNotOpen,
    VisitReportMissing,
)
from modules.frontdesk.models import RequestFee
from modules.frontdesk.services import (
    attach_paper,
    complete_step,
    decide_request,
    hand_over,
    issue_output,
    send_back,
    settle_fee,
    submit_request,
)
from modules.frontdesk.services.papers import STEP_PHOTOS
from modules.frontdesk.tests.factories import PLANNING, draft, fresh, parcel, scan, step
from modules.frontdesk.tests.fakes import pay

Staff = Callable[[str], Viewer]
LEGAL = {"ownership": "owner", "opinion": "سند الملكية سليم."}
STUDY = {"zone": "سكن ب", "coverage": "60", "floors": "4", "setbacks": "3 / 2 / 2"}
VISIT = {"visited_on": "07/12/2026", "street_width": "١٢", "findings": "الأرض خالية."}


@pytest.fixture
def statement(finance: Any, amal: Viewer, nour: Any, system: Viewer) -> Any:
    made = draft("PL-001", by=amal, applicant=nour, answers=PLANNING, land_unit=parcel(by=system))
    for number, code in enumerate(("title_deed", "survey_plan")):
        attach_paper(
            made.uid, requirement=code, file=scan(amal, f"{code}.png", shade=10 + number), by=amal
        )
    done = submit_request(made.uid, by=amal)
    assert done.accepted, [gate.sentence for gate in done.gates]
    return done.request


def _photo(statement: Any, samir: Viewer) -> None:
    visit = step(statement, "surveying")
    attach_paper(
        statement.uid,
        requirement=STEP_PHOTOS,
        file=scan(samir, "موقع.png", shade=90),
        step=visit,
        by=samir,
    )


def _through_checks(statement: Any, staff: Staff, basel: Viewer) -> None:
    complete_step(
        statement.uid,
        step(statement, "legal").uid,
        outcome=StepOutcome.FAVOURABLE,
        answers=LEGAL,
        by=staff("rami"),
    )
    complete_step(statement.uid, step(statement, "planning").uid, answers=STUDY, by=basel)
    samir = staff("samir")
    _photo(statement, samir)
    complete_step(statement.uid, step(statement, "surveying").uid, answers=VISIT, by=samir)


def test_two_sections_work_side_by_side_and_the_next_stage_waits_for_both(
    statement: Any, staff: Staff, basel: Viewer
) -> None:
    complete_step(statement.uid, step(statement, "legal").uid, answers=LEGAL, by=staff("rami"))
    assert step(statement, "planning").is_open
    assert step(statement, "surveying").is_open
    complete_step(statement.uid, step(statement, "planning").uid, answers=STUDY, by=basel)
    assert step(statement, "assess").state == StepState.PLANNED


def test_a_section_waits_for_its_turn(statement: Any, basel: Viewer) -> None:
    with pytest.raises(StepNotOpen):
        complete_step(statement.uid, step(statement, "planning").uid, answers=STUDY, by=basel)


def test_a_section_does_no_other_sections_step(statement: Any, basel: Viewer) -> None:
    with pytest.raises(NotYourStep) as refused:
        complete_step(statement.uid, step(statement, "legal").uid, answers=LEGAL, by=basel)
    assert "الشؤون القانونية" in str(refused.value)


def test_a_visit_is_reported_with_findings_and_a_photo(statement: Any, staff: Staff) -> None:
    complete_step(statement.uid, step(statement, "legal").uid, answers=LEGAL, by=staff("rami"))
    samir = staff("samir")
    visit = step(statement, "surveying")
    with pytest.raises(InvalidInput) as refused:
        complete_step(statement.uid, visit.uid, answers={"visited_on": "31/02/2026"}, by=samir)
    assert set(refused.value.errors) == {
        "answers.visited_on",
        "answers.street_width",
        "answers.findings",
    }
    with pytest.raises(VisitReportMissing):
        complete_step(statement.uid, visit.uid, answers=VISIT, by=samir)
    _photo(statement, samir)
    complete_step(statement.uid, visit.uid, answers=VISIT, by=samir)
    assert step(statement, "surveying").answers == {
        "visited_on": "2026-12-07",
        "street_width": "12",
        "findings": "الأرض خالية.",
    }


def test_the_fee_is_computed_paid_and_only_then_decided(
    statement: Any, staff: Staff, basel: Viewer, system: Viewer, amal: Viewer
) -> None:
    _through_checks(statement, staff, basel)
    jamal = staff("jamal")
    assess = step(statement, "assess")
    with pytest.raises(FeeNotAssessed):
        complete_step(statement.uid, assess.uid, by=jamal)
    complete_step(statement.uid, assess.uid, fees={"statement": money("75.50", "ILS")}, by=jamal)
    assert fresh(statement).state == State.WAITING_PAYMENT
    fee = RequestFee.objects.get(request=statement)
    with pytest.raises(FeeNotSettled):
        complete_step(statement.uid, step(statement, "fee").uid, by=system)
    pay(str(fee.charge_uid))
    settle_fee(str(fee.charge_uid), by=system)
    assert step(statement, "fee").is_done
    assert step(statement, "decide").is_open
    tarek = staff("tarek")
    decide_request(
        statement.uid, step(statement, "decide").uid, decision=Decision.APPROVED, by=tarek
    )
    document = issue_output(statement.uid, by=amal).document
    assert document is not None
    shown = dict(document.data["facts"])
    assert shown["المنطقة التنظيمية"] == "سكن ب"
    assert shown["عرض الشارع (م)"] == "12"
    assert "قطعة" in shown["قطعة وقسيمة"]
    hand_over(
        statement.uid,
        step(statement, "deliver").uid,
        recipient_name="نور",
        recipient_id_number="401234562",
        by=amal,
    )
    assert fresh(statement).state == State.COMPLETED


def test_a_fee_of_zero_needs_no_cashier(statement: Any, staff: Staff, basel: Viewer) -> None:
    _through_checks(statement, staff, basel)
    complete_step(
        statement.uid,
        step(statement, "assess").uid,
        fees={"statement": money("0", "ILS")},
        by=staff("jamal"),
    )
    assert step(statement, "fee").is_done
    assert step(statement, "decide").is_open


def test_a_step_sent_back_is_done_again_and_the_later_ones_wait(
    statement: Any, staff: Staff, basel: Viewer
) -> None:
    _through_checks(statement, staff, basel)
    jamal = staff("jamal")
    send_back(
        statement.uid,
        step(statement, "assess").uid,
        to_code="legal",
        reason="السند لقطعة أخرى",
        by=jamal,
    )
    again = step(statement, "legal")
    assert (again.round, again.state) == (2, StepState.OPEN)
    assert step(statement, "assess").state == StepState.PLANNED
    complete_step(statement.uid, again.uid, answers=LEGAL, by=staff("rami"))
    assert step(statement, "assess").is_open
