"""A clearance is good as long as what it rests on: a bounce after it was given takes it back, and anybody may read so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.events.models import OutboxEvent
from kernel.policies.models import Decision as Verdict
from kernel.policies.services import set_value
from kernel.printing.errors import DocumentAlreadyRevoked, RevocationNeedsReason
from kernel.printing.selectors import verification
from kernel.viewer import Viewer
from modules.frontdesk.constants import Decision, OwedAgain, Verb
from modules.frontdesk.errors import OutputNotIssued
from modules.frontdesk.models import RequestFee
from modules.frontdesk.selectors.gates import DUES_AT_ISSUE
from modules.frontdesk.services import (
    complete_step,
    decide_request,
    issue_output,
    settle_fee,
    submit_request,
)
from modules.frontdesk.services.revoking import (
    DUES_AFTER_ISSUE,
    judge_clearances_again,
    revoke_output,
    watermark_of,
)
from modules.frontdesk.tests.factories import CLEARANCE, draft, fresh, step, submitted
from modules.frontdesk.tests.fakes import FakeDues, due, pay

Staff = Callable[[str], Viewer]


@pytest.fixture
def issued(
    finance: Any, amal: Viewer, nour: Any, staff: Staff, salma: Viewer, system: Viewer
) -> Any:
    """Nour's clearance, given when entry 40 was the last of the books."""
    request = submitted("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    fee = RequestFee.objects.get(request=request)
    pay(str(fee.charge_uid))
    settle_fee(str(fee.charge_uid), by=system)
    complete_step(request.uid, step(request, "dues").uid, by=staff("jamal"))
    decide_request(request.uid, step(request, "decide").uid, decision=Decision.APPROVED, by=salma)
    FakeDues.last_entry = 40
    assert issue_output(request.uid, by=amal).document is not None
    return fresh(request)


def _status(request: Any) -> str:
    found = verification(request.document.code)
    assert found is not None
    return found.status


def test_the_paper_says_how_far_the_books_went(issued: Any) -> None:
    assert watermark_of(issued) == 40
    assert ["الدفاتر حتى القيد رقم", "40"] in issued.document.data["references"]
    verdict = Verdict.objects.get(subject=issued.subject_ref, point=DUES_AT_ISSUE)
    assert verdict.inputs["watermark"] == 40


def test_a_bounced_cheque_that_it_rests_on_takes_it_back(
    issued: Any, nour: Any, system: Viewer
) -> None:
    FakeDues.lines = (due("120"),)
    (taken,) = judge_clearances_again(
        nour.pk, since=31, cause=OwedAgain.CHEQUE, number="7001", by=system
    )
    assert taken.pk == issued.pk
    assert _status(issued) == "revoked"
    issued.document.refresh_from_db()
    assert issued.document.revoked_reason == "أعاد البنك الشيك رقم 7001."
    assert issued.trail.filter(verb=Verb.DOCUMENT_REVOKED, text__contains="7001").count() == 1
    verdict = Verdict.objects.get(subject=issued.subject_ref, point=DUES_AFTER_ISSUE)
    assert (verdict.outcome, verdict.inputs["number"]) == ("pay_now", "7001")
    assert OutboxEvent.objects.filter(name="printing.DocumentRevoked").count() == 1
    assert judge_clearances_again(nour.pk, since=31, cause=OwedAgain.DUE, by=system) == []


def test_money_that_came_in_after_it_was_given_changes_nothing_about_it(
    issued: Any, nour: Any, system: Viewer
) -> None:
    FakeDues.lines = (due("120"),)
    assert judge_clearances_again(nour.pk, since=41, cause=OwedAgain.CHEQUE, by=system) == []
    assert _status(issued) == "valid"


def test_it_stays_where_the_gate_would_let_pass_today(
    issued: Any, nour: Any, system: Viewer
) -> None:
    set_value("FRD-04.threshold", "100 ILS", starts_on=today(), by=system)
    FakeDues.lines = (due("100"), due("900", kind="rent", plan="PLAN-7"))
    assert judge_clearances_again(nour.pk, since=31, cause=OwedAgain.CHEQUE, by=system) == []
    assert _status(issued) == "valid"


def test_a_municipality_may_keep_the_verdict_and_the_paper(
    issued: Any, nour: Any, system: Viewer
) -> None:
    set_value("FRD-05.revoked_when_owed_again", False, starts_on=today(), by=system)
    FakeDues.lines = (due("120"),)
    assert judge_clearances_again(nour.pk, since=31, cause=OwedAgain.CHEQUE, by=system) == []
    assert _status(issued) == "valid"
    assert Verdict.objects.filter(subject=issued.subject_ref, point=DUES_AFTER_ISSUE).count() == 1


def test_somebody_takes_a_paper_back_with_a_reason_once(issued: Any, amal: Viewer) -> None:
    may = amal.with_permissions("printing.revoke")
    with pytest.raises(RevocationNeedsReason):
        revoke_output(issued.uid, reason=" ", by=may)
    revoke_output(issued.uid, reason="صدرت باسم خاطئ", by=may)
    assert _status(issued) == "revoked"
    with pytest.raises(DocumentAlreadyRevoked):
        revoke_output(issued.uid, reason="مرة أخرى", by=may)


def test_what_was_never_printed_is_not_taken_back(finance: Any, amal: Viewer, nour: Any) -> None:
    request = submitted("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    with pytest.raises(OutputNotIssued):
        revoke_output(request.uid, reason="خطأ", by=amal.with_permissions("printing.revoke"))


def test_the_page_asks_for_the_reason_and_shows_what_became_of_it(
    issued: Any, client_for: Callable[..., Client]
) -> None:
    salma = client_for("salma")
    address = reverse("frontdesk:revoke", args=[issued.uid])
    assert salma.get(address).status_code == 200
    assert salma.post(address, {"reason": ""}).status_code == 422
    assert salma.post(address, {"reason": "صدرت باسم خاطئ"}).status_code == 302
    shown = salma.get(reverse("frontdesk:request", args=[issued.uid])).content.decode()
    assert "صدرت باسم خاطئ" in shown
    assert address not in shown
    assert client_for("amal").get(address).status_code == 403


def test_covered_dues_stop_a_request_unless_the_policy_lets_them_pass(
    finance: Any, amal: Viewer, nour: Any, system: Viewer
) -> None:
    FakeDues.lines = (due("120", covered="120"),)
    made = draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    assert not submit_request(made.uid, by=amal).accepted
    set_value("FRD-04.covered_passes", True, starts_on=today(), by=system)
    FakeDues.lines = (due("120", covered="119.99"),)
    assert not submit_request(made.uid, by=amal).accepted
    FakeDues.lines = (due("120", covered="120"),)
    assert submit_request(made.uid, by=amal).accepted
