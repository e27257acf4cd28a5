"""The desk goes on when its neighbours are switched off, and says plainly what it cannot do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kernel.viewer import Viewer
from modules.frontdesk.constants import Decision, GateOutcome, State
from modules.frontdesk.services import (
    complete_step,
    decide_request,
    hand_over,
    issue_output,
    submit_request,
    withdraw_request,
)
from modules.frontdesk.tests.factories import COMPLAINT, PETITION, draft, fresh, step, submitted
from modules.frontdesk.tests.fakes import FakeCharges
from modules.frontdesk.tests.test_complaint import FOUND

Staff = Callable[[str], Viewer]


def test_a_petition_runs_to_its_end_without_finance(
    no_finance: None, amal: Viewer, nour: Any, staff: Staff, salma: Viewer
) -> None:
    petition = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    complete_step(petition.uid, step(petition, "check").uid, by=staff("hanan"))
    decide_request(petition.uid, step(petition, "decide").uid, decision=Decision.APPROVED, by=salma)
    assert issue_output(petition.uid, by=amal).document is not None
    hand_over(
        petition.uid,
        step(petition, "deliver").uid,
        recipient_name="نور",
        recipient_id_number="401234562",
        by=amal,
    )
    assert fresh(petition).state == State.COMPLETED


def test_unknown_dues_warn_and_are_never_called_none(
    no_finance: None, amal: Viewer, nour: Any
) -> None:
    done = submit_request(draft("FD-001", by=amal, applicant=nour, answers=PETITION).uid, by=amal)
    gate = next(one for one in done.gates if one.code == "dues")
    assert gate.outcome == GateOutcome.WARN
    assert gate.reasons[0].code == "dues_unknown"


def test_a_complaint_runs_without_finance_and_without_an_archive(
    no_finance: None, amal: Viewer, nour: Any, staff: Staff, deliver_events: Any
) -> None:
    complaint = submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT)
    complete_step(complaint.uid, step(complaint, "inspection").uid, answers=FOUND, by=staff("ines"))
    complete_step(
        complaint.uid, step(complaint, "treat").uid, answers={"done": "تم"}, by=staff("walid")
    )
    complete_step(complaint.uid, step(complaint, "deliver").uid, by=amal)
    deliver_events()
    assert fresh(complaint).state == State.COMPLETED


def test_a_service_with_a_fee_says_that_nobody_takes_it(
    no_finance: None, amal: Viewer, nour: Any
) -> None:
    stopped = submit_request(draft("FD-006", by=amal, applicant=nour).uid, by=amal)
    assert not stopped.accepted
    assert "fee" in {one.code for one in stopped.stopped_by}


def test_a_withdrawn_request_owes_no_fee(
    finance: type[FakeCharges], amal: Viewer, nour: Any
) -> None:
    clearance = submitted("FD-004", by=amal, applicant=nour, answers={"purpose": "bank"})
    withdraw_request(clearance.uid, reason="لم يعد يلزم", by=amal)
    ((_charge, amount, _reason),) = finance.credited
    assert (str(amount.amount), amount.currency.code) == ("10.00", "ILS")


@pytest.mark.parametrize("paid", [True, False])
def test_a_withdrawal_after_payment_says_that_a_refund_is_due(
    finance: type[FakeCharges], amal: Viewer, nour: Any, system: Viewer, paid: bool
) -> None:
    from modules.frontdesk.services import settle_fee
    from modules.frontdesk.tests.fakes import pay

    clearance = submitted("FD-004", by=amal, applicant=nour, answers={"purpose": "bank"})
    if paid:
        charge = str(clearance.fees.get().charge_uid)
        pay(charge)
        settle_fee(charge, by=system)
    withdraw_request(clearance.uid, reason="لم يعد يلزم", by=amal)
    assert clearance.trail.get(verb="withdrawn").facts["refund_due"] is paid
