"""Complaints (FD-002): never stopped by dues, without a name if need be, the reporter hidden from the officer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kernel.calendar.selectors import today
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.frontdesk.constants import State
from modules.frontdesk.errors import AnswersInvalid
from modules.frontdesk.selectors.requests import knows_applicant, request_for, requests_of_party
from modules.frontdesk.services import attach_paper, complete_step, submit_request
from modules.frontdesk.services.papers import STEP_PHOTOS
from modules.frontdesk.tests.factories import COMPLAINT, draft, fresh, scan, step, submitted
from modules.frontdesk.tests.fakes import FakeDues, due

Staff = Callable[[str], Viewer]
FOUND = {"upheld": "yes", "findings": "الحاوية ممتلئة."}


def test_dues_never_stop_a_complaint(finance: Any, amal: Viewer, nour: Any) -> None:
    FakeDues.lines = (due("9000"),)
    assert submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT).number
    assert FakeDues.asked == []


def test_a_hold_on_the_person_does_not_stop_a_complaint_either(
    amal: Viewer, nour: Any, system: Viewer
) -> None:
    from kernel.holds.services import raise_hold

    raise_hold(
        subject=nour.subject, effect="everything", reason="أمر محكمة", source="court:1", by=system
    )
    assert submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT).number


def test_somebody_may_complain_without_a_name_unless_the_policy_says_no(
    amal: Viewer, system: Viewer
) -> None:
    assert submitted("FD-002", by=amal, answers=COMPLAINT).number
    set_value("FRD-07.anonymous_allowed", False, starts_on=today(), by=system)
    assert not submit_request(draft("FD-002", by=amal, answers=COMPLAINT).uid, by=amal).accepted


def test_the_officer_does_not_learn_who_complained_when_the_name_is_hidden(
    amal: Viewer, nour: Any, staff: Staff, salma: Viewer
) -> None:
    hidden = submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT, is_hidden=True)
    ines = staff("ines")
    seen = request_for(ines, hidden.uid)
    assert not knows_applicant(ines, seen)
    assert knows_applicant(amal, seen)
    assert knows_applicant(salma, seen)
    assert not requests_of_party(ines, [nour.pk]).exists()


def test_only_services_that_allow_it_hide_the_applicant(amal: Viewer, nour: Any) -> None:
    made = draft("FD-001", by=amal, applicant=nour, is_hidden=True)
    assert made.is_hidden is False


def test_a_complaint_is_checked_treated_and_the_complainant_told(
    amal: Viewer, nour: Any, staff: Staff
) -> None:
    complaint = submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT)
    complete_step(complaint.uid, step(complaint, "inspection").uid, answers=FOUND, by=staff("ines"))
    complete_step(
        complaint.uid,
        step(complaint, "treat").uid,
        answers={"done": "أفرغت الحاوية."},
        by=staff("walid"),
    )
    complete_step(complaint.uid, step(complaint, "deliver").uid, by=amal)
    done = fresh(complaint)
    assert (done.state, done.decision) == (State.COMPLETED, "")


def test_an_inspector_adds_photos_that_every_section_on_the_route_sees(
    amal: Viewer, nour: Any, staff: Staff, basel: Viewer
) -> None:
    from modules.frontdesk.selectors.requests import visible_file_ids

    complaint = submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT)
    ines = staff("ines")
    photo = attach_paper(
        complaint.uid,
        requirement=STEP_PHOTOS,
        file=scan(ines),
        step=step(complaint, "inspection"),
        by=ines,
    )
    assert visible_file_ids(staff("walid"), {photo.file_id}) == {photo.file_id}
    assert visible_file_ids(basel, {photo.file_id}) == set()


@pytest.mark.parametrize("answers", [{}, {"category": "x", "description": "و", "location": "م"}])
def test_a_complaint_that_does_not_say_what_and_where_is_not_submitted(
    amal: Viewer, answers: Any
) -> None:
    if answers:
        with pytest.raises(AnswersInvalid):
            draft("FD-002", by=amal, answers=answers)
    else:
        assert not submit_request(draft("FD-002", by=amal).uid, by=amal).accepted


def test_the_audit_trail_does_not_tell_who_complained_to_those_who_may_not_know(
    amal: Viewer, nour: Any, system: Viewer
) -> None:
    from frontend.office.reading import changes_of, withheld_rows
    from kernel.audit.models import AuditEntry

    hidden = submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT, is_hidden=True)
    entries = list(AuditEntry.objects.filter(table_name="frontdesk_request", row_id=str(hidden.pk)))
    auditor = Viewer(
        user_id=None, name="مدقق", permissions=frozenset({"audit.read"}), seats=frozenset()
    )
    withheld = withheld_rows(entries, auditor)
    told = {
        one.name: one.after for entry in entries for one in changes_of(entry, withheld=withheld)
    }
    assert {told["applicant_id"], told["seen_by"], told["contact_phone"]} == {"الاسم محجوب"}
    assert "599123456" not in str(told)
    assert withheld_rows(entries, system) == set()


def test_events_name_no_hidden_complainant(amal: Viewer, nour: Any) -> None:
    from kernel.events.models import OutboxEvent

    submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT, is_hidden=True)
    submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT)
    told = [
        one.payload["party_id"]
        for one in OutboxEvent.objects.filter(name="frontdesk.RequestSubmitted").order_by("id")
    ]
    assert told == [None, nour.pk]


def test_papers_that_show_who_complained_are_withheld_with_the_name(
    amal: Viewer, nour: Any, staff: Staff, salma: Viewer
) -> None:
    from modules.frontdesk.selectors.output import slip_data
    from modules.frontdesk.selectors.requests import papers_of, visible_file_ids

    agent = nour
    hidden = submitted(
        "FD-002", by=amal, applicant=nour, answers=COMPLAINT, is_hidden=True, beneficiary=agent
    )
    card = attach_paper(
        hidden.uid, requirement="other", document_type="identity_card", file=scan(amal), by=amal
    )
    photo = attach_paper(hidden.uid, requirement="photographs", file=scan(amal, shade=9), by=amal)
    ines = staff("ines")
    assert [one.pk for one in papers_of(ines, fresh(hidden))] == [photo.pk]
    both = {card.file_id, photo.file_id}
    assert visible_file_ids(ines, both) == {photo.file_id}
    assert visible_file_ids(amal, both) == both
    assert visible_file_ids(salma, both) == both
    printed = slip_data(fresh(hidden), clerk="أمل")
    assert nour.full_name not in str(printed)
    assert nour.id_number not in str(printed)
