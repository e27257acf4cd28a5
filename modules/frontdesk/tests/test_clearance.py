"""The clearance certificate (FD-004): dues stop it, a plan lets it pass, a fee is paid first, and it never lies."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.notifications.models import Notification
from kernel.policies.models import Decision as PolicyDecision
from kernel.policies.services import override_decision, set_value, suspend_policy
from kernel.viewer import Viewer
from modules.frontdesk.constants import Decision, GateOutcome, State
from modules.frontdesk.errors import FeeNotSettled, OverrideNotAllowed, ReasonRequired
from modules.frontdesk.models import RequestFee
from modules.frontdesk.selectors.gates import DUES_AT_ISSUE
from modules.frontdesk.selectors.output import output_content
from modules.frontdesk.services import (
    complete_step,
    decide_request,
    hand_over,
    issue_output,
    let_pass,
    settle_fee,
    submit_request,
    unsettle_fee,
)
from modules.frontdesk.tests.factories import CLEARANCE, draft, fresh, step, submitted
from modules.frontdesk.tests.fakes import FakeDues, due, pay

Staff = Callable[[str], Viewer]


@pytest.fixture
def clearance(finance: Any, amal: Viewer, nour: Any) -> Any:
    return submitted("FD-004", by=amal, applicant=nour, answers=CLEARANCE)


def _pay_fee(request: Any, system: Viewer) -> RequestFee:
    fee = RequestFee.objects.get(request=request)
    pay(str(fee.charge_uid))
    settle_fee(str(fee.charge_uid), by=system)
    return fee


def _approve(request: Any, staff: Staff, salma: Viewer) -> None:
    complete_step(request.uid, step(request, "dues").uid, by=staff("jamal"))
    decide_request(request.uid, step(request, "decide").uid, decision=Decision.APPROVED, by=salma)


def test_a_clearance_waits_for_its_fee_before_anybody_works_on_it(clearance: Any) -> None:
    assert clearance.state == State.WAITING_PAYMENT
    assert step(clearance, "dues").state == "planned"
    fee = RequestFee.objects.get(request=clearance)
    assert (fee.amount, fee.currency, fee.is_settled) == (10, "ILS", False)


def test_when_the_cashier_took_the_fee_the_route_opens_by_itself(
    clearance: Any, system: Viewer
) -> None:
    fee = _pay_fee(clearance, system)
    fee.refresh_from_db()
    assert fee.receipt_number == "RV-2026/00001"
    assert fresh(clearance).state == State.SUBMITTED
    assert step(clearance, "dues").is_open


def test_a_settlement_told_twice_does_nothing_twice(clearance: Any, system: Viewer) -> None:
    fee = _pay_fee(clearance, system)
    settle_fee(str(fee.charge_uid), by=system)
    assert clearance.trail.filter(verb="fee_settled").count() == 1


def test_a_clearance_runs_to_the_certificate_in_the_towns_own_word(
    clearance: Any, staff: Staff, amal: Viewer, salma: Viewer, system: Viewer
) -> None:
    _pay_fee(clearance, system)
    _approve(clearance, staff, salma)
    issued = issue_output(clearance.uid, by=amal)
    assert issued.document is not None
    assert issued.document.title == "شهادة خلو طرف"
    assert issued.document.valid_until == today() + timedelta(days=30)
    assert issued.document.data["receipt"] == "RV-2026/00001"
    hand_over(
        clearance.uid,
        step(clearance, "deliver").uid,
        recipient_name="نور",
        recipient_id_number="401234562",
        by=amal,
    )
    assert fresh(clearance).state == State.COMPLETED


def test_dues_stop_a_clearance_and_the_verdict_is_kept_with_its_policy(
    finance: Any, amal: Viewer, nour: Any
) -> None:
    FakeDues.lines = (due("120"), due("30", kind="waste"))
    stopped = submit_request(
        draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE).uid, by=amal
    )
    assert not stopped.accepted
    assert stopped.request.state == State.DRAFT
    (gate,) = stopped.stopped_by
    assert gate.outcome == GateOutcome.PAY_NOW
    assert gate.article == "FRD-04"
    assert "150.00" in gate.sentence
    kept = PolicyDecision.objects.get(
        subject=stopped.request.subject_ref, point="frontdesk.submit.dues"
    )
    assert kept.outcome == "pay_now"
    assert {answer["key"] for answer in kept.answers} >= {"FRD-04.threshold"}


def test_a_plan_in_good_standing_passes(finance: Any, amal: Viewer, nour: Any) -> None:
    FakeDues.lines = (due("900", plan="PLAN-7"),)
    assert submitted("FD-004", by=amal, applicant=nour, answers=CLEARANCE).number


def test_dues_at_the_threshold_pass_and_one_agora_above_does_not(
    finance: Any, amal: Viewer, nour: Any, hadi: Viewer, system: Viewer
) -> None:
    set_value("FRD-04.threshold", "100 ILS", starts_on=today(), by=system)
    made = draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    FakeDues.lines = (due("100.01"),)
    assert not submit_request(made.uid, by=amal).accepted
    FakeDues.lines = (due("100.00"),)
    assert submit_request(made.uid, by=amal).accepted


def test_a_debt_in_dinars_counts_although_the_threshold_is_in_shekels(
    finance: Any, amal: Viewer, nour: Any, system: Viewer
) -> None:
    set_value("FRD-04.threshold", "100 ILS", starts_on=today(), by=system)
    FakeDues.lines = (due("5", currency="JOD"),)
    assert not submit_request(
        draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE).uid, by=amal
    ).accepted


def test_a_clearance_tells_the_third_decimal_of_dinars_and_judges_by_it(
    finance: Any, amal: Viewer, nour: Any, system: Viewer
) -> None:
    """At a threshold of 19.350 dinars 19.351 stop her, 19.350 do not; what is said and kept names the fils."""
    set_value("FRD-04.threshold", "19.350 JOD", starts_on=today(), by=system)
    FakeDues.lines = (due("12.345", currency="JOD"), due("7.006", kind="waste", currency="JOD"))
    made = draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    (gate,) = submit_request(made.uid, by=amal).stopped_by
    assert "19.351" in gate.sentence
    kept = PolicyDecision.objects.get(subject=made.subject_ref, point="frontdesk.submit.dues")
    assert "12.345" in json.dumps(kept.inputs) and not _cut(json.dumps(kept.inputs))
    FakeDues.lines = (due("12.345", currency="JOD"), due("7.005", kind="waste", currency="JOD"))
    assert submit_request(made.uid, by=amal).accepted


def _cut(text: str) -> str:
    """An amount of these dinars that was rounded or cut to two decimals."""
    found = re.search(r"(?<![\d.,])(?:12\.3[45]|7\.0[01]|19\.3[45])(?!\d)", text)
    return found[0] if found else ""


def test_a_suspended_policy_lets_everybody_pass_until_its_last_day(
    finance: Any, amal: Viewer, nour: Any, system: Viewer
) -> None:
    suspend_policy(
        "FRD-04.threshold",
        starts_on=today(),
        ends_on=today() + timedelta(days=90),
        reason="قرار المجلس",
        by=system,
    )
    FakeDues.lines = (due("5000"),)
    done = submit_request(draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE).uid, by=amal)
    assert done.accepted
    assert any(
        gate.outcome == GateOutcome.WARN and "5,000.00" in gate.sentence for gate in done.gates
    )


def test_who_may_lets_it_pass_with_authority_and_reason(
    finance: Any, amal: Viewer, salma: Viewer, nour: Any
) -> None:
    FakeDues.lines = (due("120"),)
    made = draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    submit_request(made.uid, by=amal)
    let_pass(made.uid, gate="dues", authority="رئيس البلدية", reason="حالة إنسانية", by=salma)
    done = submit_request(made.uid, by=amal)
    assert done.accepted
    assert any(gate.overridden_by == salma.name for gate in done.gates)


def test_nobody_lets_their_own_request_pass(finance: Any, salma: Viewer, nour: Any) -> None:
    FakeDues.lines = (due("120"),)
    opener = salma.with_permissions("frontdesk.open")
    made = draft("FD-004", by=opener, applicant=nour, answers=CLEARANCE)
    submit_request(made.uid, by=opener)
    with pytest.raises(OverrideNotAllowed):
        let_pass(made.uid, gate="dues", authority="رئيس البلدية", reason="لنفسي", by=opener)
    with pytest.raises(ReasonRequired):
        let_pass(made.uid, gate="dues", authority="رئيس البلدية", reason=" ", by=opener)


def test_without_a_finance_module_dues_are_unknown_and_never_none(
    no_finance: None, amal: Viewer, nour: Any
) -> None:
    stopped = submit_request(
        draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE).uid, by=amal
    )
    assert not stopped.accepted
    assert {gate.code for gate in stopped.stopped_by} == {"dues", "fee"}
    kept = PolicyDecision.objects.get(
        subject=stopped.request.subject_ref, point="frontdesk.submit.dues"
    )
    assert kept.inputs["known"] is False


def test_a_certificate_never_certifies_what_is_no_longer_true(
    clearance: Any, staff: Staff, amal: Viewer, salma: Viewer, system: Viewer
) -> None:
    _pay_fee(clearance, system)
    _approve(clearance, staff, salma)
    FakeDues.lines = (due("40"),)
    stopped = issue_output(clearance.uid, by=amal)
    assert stopped.document is None
    verdict = PolicyDecision.objects.get(subject=clearance.subject_ref, point=DUES_AT_ISSUE)
    override_decision(
        verdict, authority="رئيس البلدية", reason="دفعت اليوم", expires_on=today(), by=salma
    )
    assert issue_output(clearance.uid, by=amal).document is not None


def test_a_receipt_taken_back_holds_the_certificate(
    clearance: Any, staff: Staff, amal: Viewer, salma: Viewer, system: Viewer
) -> None:
    fee = _pay_fee(clearance, system)
    _approve(clearance, staff, salma)
    unsettle_fee(str(fee.charge_uid), by=system)
    with pytest.raises(FeeNotSettled):
        issue_output(clearance.uid, by=amal)


def test_the_dues_of_a_merged_record_are_asked_for_too(
    finance: Any, amal: Viewer, nour: Any, system: Viewer
) -> None:
    from kernel.parties.services import merge_parties
    from modules.frontdesk.tests.factories import citizen

    twin = citizen(by=system, id_number="", given_name="نور")
    merge_parties(keep=nour.uid, alias=twin.uid, reason="مكرر", by=system)
    submitted("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    assert set(FakeDues.asked[0]) == {nour.pk, twin.pk}


def test_what_dues_stop_at_the_printing_is_let_pass_there_and_the_paper_says_on_whose_authority(
    clearance: Any,
    staff: Staff,
    amal: Viewer,
    salma: Viewer,
    system: Viewer,
    client_for: Callable[..., Client],
) -> None:
    _pay_fee(clearance, system)
    _approve(clearance, staff, salma)
    FakeDues.lines = (due("40"),)
    desk, mayor = client_for("amal"), client_for("salma")
    url = reverse("frontdesk:request", args=[clearance.uid])
    assert desk.get(url).context["stopped_printing"] is None
    desk.post(reverse("frontdesk:issue", args=[clearance.uid]))
    assert "40.00" in desk.get(url).context["stopped_printing"].reasons[0]["sentence"]
    asked = {"gate": "dues"}
    desk.post(reverse("frontdesk:ask", args=[clearance.uid]), asked)
    assert Notification.objects.filter(
        user_id=salma.user_id, verb="frontdesk.let_pass_asked"
    ).exists()
    passing = reverse("frontdesk:let-pass", args=[clearance.uid])
    half = mayor.post(passing, {**asked, "authority": "رئيس البلدية"})
    assert half.status_code == 422
    assert "رئيس البلدية" in half.content.decode()
    assert (
        mayor.post(passing, {**asked, "authority": "رئيس البلدية", "reason": "علاج"}).status_code
        == 302
    )
    assert desk.get(url).context["stopped_printing"] is None
    printed = issue_output(clearance.uid, by=amal)
    assert printed.document is not None
    assert printed.gate is not None
    assert printed.gate.authority == "رئيس البلدية"
    content = output_content(fresh(clearance), clearance.design.output, gate=printed.gate)
    assert ["صدرت بصلاحية", "رئيس البلدية"] in content.data["references"]
    assert "40.00" in content.data["body"][0]
    assert "لا يوجد عليه" not in content.data["body"][0]


def test_who_let_it_pass_at_the_desk_until_a_day_let_it_be_printed_until_then(
    finance: Any, staff: Staff, amal: Viewer, salma: Viewer, nour: Any, system: Viewer, sunday: Any
) -> None:
    set_value("FRD-04.override_most_days", 3, starts_on=today(), by=system)
    FakeDues.lines = (due("120"),)
    made = draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    submit_request(made.uid, by=amal)
    until = today() + timedelta(days=3)
    let_pass(made.uid, gate="dues", authority="رئيس البلدية", reason="علاج", until=until, by=salma)
    request = submit_request(made.uid, by=amal).request
    _pay_fee(request, system)
    _approve(request, staff, salma)
    FakeDues.lines = (due("120"),)
    sunday.shift(timedelta(days=4))
    assert issue_output(request.uid, by=amal).document is None
    sunday.shift(timedelta(days=-1))
    assert issue_output(request.uid, by=amal).document is not None


def test_what_the_house_did_by_itself_stands_under_no_code(
    clearance: Any, client_for: Callable[..., Client]
) -> None:
    fee = RequestFee.objects.get(request=clearance)
    pay(str(fee.charge_uid))
    settle_fee(str(fee.charge_uid), by=Viewer.system("frontdesk"))
    page = client_for("amal").get(reverse("frontdesk:request", args=[clearance.uid]))
    shown = [actor for _one, actor in page.context["trail"]]
    assert "النظام" in shown
    assert "frontdesk" not in shown
