"""What the database itself refuses, whoever asks and however."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.tenancy import use
from kernel.viewer import Viewer
from modules.frontdesk.constants import Decision
from modules.frontdesk.models import Request, RequestPaper, RequestStep, TrailEntry
from modules.frontdesk.services import complete_step, decide_request
from modules.frontdesk.tests.factories import PETITION, draft, step, submitted


@pytest.fixture
def petition(amal: Viewer, nour: Any) -> Request:
    return submitted("FD-001", by=amal, applicant=nour, answers=PETITION)


def _refused(rows: Any, by: Viewer, **change: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=by):
        rows.update(**change)


def test_what_was_submitted_keeps_its_number_service_and_day(
    petition: Request, system: Viewer
) -> None:
    rows = Request.objects.filter(pk=petition.pk)
    for change in (
        {"number": "2026/09999"},
        {"number_seq": 9},
        {"submitted_at": timezone.now() + timedelta(hours=1)},
        {"channel": "web"},
        {"state": "draft"},
    ):
        _refused(rows, system, **change)


def test_a_submitted_request_is_never_deleted_and_its_papers_neither(
    petition: Request, system: Viewer
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=system):
        RequestPaper.objects.filter(request=petition).delete()
    with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=system):
        Request.objects.filter(pk=petition.pk)._raw_delete("default")


def test_a_number_without_submission_and_a_submission_without_a_number_are_refused(
    amal: Viewer, nour: Any, system: Viewer
) -> None:
    rows = Request.objects.filter(pk=draft("FD-001", by=amal, applicant=nour).pk)
    for change in ({"number": "2026/00077"}, {"state": "submitted"}):
        with pytest.raises(IntegrityError), transaction.atomic(), recorded(by=system):
            rows.update(**change)


def test_after_the_decision_nothing_that_was_asked_or_decided_changes(
    petition: Request, staff: Callable[[str], Viewer], salma: Viewer, system: Viewer
) -> None:
    complete_step(petition.uid, step(petition, "check").uid, by=staff("hanan"))
    decide_request(petition.uid, step(petition, "decide").uid, decision=Decision.APPROVED, by=salma)
    rows = Request.objects.filter(pk=petition.pk)
    for change in (
        {"answers": {}},
        {"applicant": None},
        {"decision": "rejected"},
        {"decision_reason": "x"},
    ):
        _refused(rows, system, **change)


def test_a_step_is_done_once_for_good(
    petition: Request, staff: Callable[[str], Viewer], system: Viewer
) -> None:
    complete_step(petition.uid, step(petition, "check").uid, by=staff("hanan"))
    rows = RequestStep.objects.filter(request=petition, code="check")
    for change in (
        {"state": "open", "done_at": None},
        {"answers": {"x": 1}},
        {"done_by_name": "غيره"},
    ):
        _refused(rows, system, **change)
    with pytest.raises(IntegrityError), transaction.atomic(), recorded(by=system):
        RequestStep.objects.create(
            request=petition,
            code="check",
            round=1,
            stage=1,
            kind="intake",
            section_id=rows.get().section_id,
        )


def test_the_trail_is_never_rewritten(petition: Request, system: Viewer) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=system):
        TrailEntry.objects.filter(request=petition).update(text="غير ذلك")
    with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=system):
        TrailEntry.objects.filter(request=petition).delete()


def test_a_write_without_an_actor_is_refused(petition: Request) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Request.objects.filter(pk=petition.pk).update(contact_phone="+970599000000")


def test_nablus_never_sees_khan_yunis(petition: Request, other_town: str) -> None:
    with use(other_town):
        assert Request.objects.count() == 0
        assert TrailEntry.objects.count() == 0
