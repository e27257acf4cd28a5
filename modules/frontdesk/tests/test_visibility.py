"""Who may see a request stands in its own row, and never differs from its route, its opener and its assignees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kernel.identity.models import User
from kernel.viewer import Viewer
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.selectors.requests import visible_requests
from modules.frontdesk.services import assign_step, complete_step, send_back, take_step
from modules.frontdesk.tests.factories import COMPLAINT, PETITION, draft, fresh, step, submitted

Staff = Callable[[str], Viewer]


@pytest.fixture(autouse=True)
def _the_row_tells_the_truth(town: str) -> Iterator[None]:
    """After each story: what the row says is what the route says."""
    yield
    for request in Request.objects.all():
        steps = RequestStep.objects.filter(request=request)
        marks = {one.section_id for one in steps} | {
            -request.opened_by_id if request.opened_by_id else 0
        }
        marks |= {-one.assignee_id for one in steps if one.assignee_id}
        assert marks - {0} <= set(request.seen_by), request


def _sees(viewer: Viewer, request: Request) -> bool:
    return visible_requests(viewer).filter(pk=request.pk).exists()


def test_a_draft_is_its_openers_own(amal: Viewer, nour: Any, staff: Staff) -> None:
    made = draft("FD-001", by=amal, applicant=nour)
    assert _sees(amal, made)
    assert not _sees(staff("jamal"), made)


def test_from_submission_on_every_section_on_the_route_sees_it_and_no_other(
    amal: Viewer, nour: Any, staff: Staff
) -> None:
    complaint = submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT)
    assert _sees(staff("ines"), complaint)
    assert _sees(staff("walid"), complaint)
    assert not _sees(staff("rami"), complaint)


def test_a_colleague_from_elsewhere_sees_what_is_assigned_to_them(
    amal: Viewer, nour: Any, staff: Staff
) -> None:
    petition = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    rami = staff("rami")
    assert not _sees(rami, petition)
    lent = User.objects.get(username="rami")
    assign_step(
        petition.uid, step(petition, "check").uid, to=lent, reason="ضغط عمل", by=staff("hanan")
    )
    assert _sees(rami, petition)
    complete_step(petition.uid, step(petition, "check").uid, by=rami)


def test_taking_and_sending_back_keep_the_row_true(
    amal: Viewer, nour: Any, staff: Staff, salma: Viewer
) -> None:
    petition = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    take_step(petition.uid, step(petition, "check").uid, by=amal)
    complete_step(petition.uid, step(petition, "check").uid, by=amal)
    send_back(petition.uid, step(petition, "decide").uid, to_code="check", reason="ناقص", by=salma)
    assert fresh(petition).seen_by


def test_a_citizen_and_a_viewer_without_a_seat_see_nothing(amal: Viewer, nour: Any) -> None:
    submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    assert not visible_requests(Viewer.citizen()).exists()
    assert not visible_requests(Viewer(user_id=999_999, name="غريب")).exists()
