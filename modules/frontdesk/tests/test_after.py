"""After and beside: doubles merged, a rating once, an objection in its days; figures that their lists repeat."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.events.models import OutboxEvent
from kernel.notifications.models import OutgoingMessage
from kernel.viewer import Viewer
from modules.frontdesk.constants import DeficiencyKind, State, Verb
from modules.frontdesk.errors import (
    NothingToObjectTo,
    NotRateable,
    NotTheSameService,
    ObjectionTooLate,
    TrackingFailed,
)
from modules.frontdesk.models import Request, TrailEntry
from modules.frontdesk.selectors.figures import by_section, by_service
from modules.frontdesk.selectors.tracking import tracked
from modules.frontdesk.services import (
    DeficiencyInput,
    complete_step,
    decide_request,
    hand_over,
    merge_complaints,
    object_to,
    rate_request,
    resubmit,
    return_to_citizen,
    withdraw_request,
)
from modules.frontdesk.tests.factories import COMPLAINT, PETITION, fresh, step, submitted
from modules.frontdesk.webhooks import WEBHOOKS

Staff = Callable[[str], Viewer]


def _petition(amal: Viewer, nour: Any) -> Request:
    return submitted("FD-001", by=amal, applicant=nour, answers=PETITION)


def _rejected(amal: Viewer, salma: Viewer, nour: Any) -> Request:
    made = _petition(amal, nour)
    complete_step(made.uid, step(made, "check").uid, by=amal)
    decide_request(
        made.uid, step(made, "decide").uid, decision="rejected", reason="خارج الاختصاص",
        reason_code="competence", by=salma,
    )  # fmt: skip
    return made


def test_a_double_is_closed_into_the_one_that_stays_and_its_citizen_hears_the_outcome(
    amal: Viewer, staff: Staff, nour: Any, deliver_events: Callable[[], int]
) -> None:
    hanan = staff("hanan")
    kept, double = (
        submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT) for _n in range(2)
    )
    petition = _petition(amal, nour)
    for wrong in (petition, kept):
        with pytest.raises(NotTheSameService):
            merge_complaints(kept.uid, into=wrong.uid, reason="تكرار", by=hanan)
    merge_complaints(double.uid, into=kept.uid, reason="الحاوية نفسها", by=hanan)
    closed = fresh(double)
    assert (closed.state, closed.merged_into_id) == (State.CANCELLED, kept.pk)
    assert not closed.steps.filter(state__in=["open", "planned"]).exists()
    with pytest.raises(NotTheSameService):
        merge_complaints(kept.uid, into=submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT).uid,
                         reason="سلسلة", by=hanan)  # fmt: skip
    from modules.frontdesk.events import RequestCompleted
    from modules.frontdesk.handlers import on_request_completed

    deliver_events()
    before = OutgoingMessage.objects.count()
    on_request_completed(RequestCompleted(str(kept.uid), kept.number or "", "FD-002", True))
    assert OutgoingMessage.objects.count() == before + 2


def test_a_finished_request_is_rated_once_by_who_knows_its_number_and_telephone(
    amal: Viewer, nour: Any, client_for: Callable[..., Client]
) -> None:
    made = _petition(amal, nour)
    number = made.number or ""
    with pytest.raises(NotRateable):
        rate_request(number=number, phone="0599123456", score=5)
    withdraw_request(made.uid, reason="لا حاجة", by=amal)
    with pytest.raises(TrackingFailed):
        rate_request(number=number, phone="0599000000", score=5)
    visitor = client_for()
    known = {"number": number, "phone": "0599123456"}
    shown = visitor.post(reverse("frontdesk-citizen:track"), known).content.decode()
    assert reverse("frontdesk-citizen:rate") in shown
    said = visitor.post(reverse("frontdesk-citizen:rate"), {**known, "score": "4", "text": "سريع"})
    assert said.status_code == 200
    assert TrailEntry.objects.get(verb=Verb.RATED).facts == {"score": 4}
    told = OutboxEvent.objects.get(name="frontdesk.RequestRated")
    assert told.payload == {
        "request_uid": str(made.uid),
        "number": number,
        "service_code": "FD-001",
        "score": 4,
    }
    assert "سريع" not in str(told.payload)
    assert "request.rated" in {one.code for one in WEBHOOKS if one.event == told.name}
    with pytest.raises(NotRateable):
        rate_request(number=number, phone="0599123456", score=1)


def test_an_objection_is_opened_while_its_days_last(
    amal: Viewer, salma: Viewer, nour: Any, sunday: Any, client_for: Callable[..., Client]
) -> None:
    made = _rejected(amal, salma, nour)
    with pytest.raises(NothingToObjectTo):
        object_to(_petition(amal, nour).uid, reason="لا أوافق", by=amal)
    sunday.shift(timedelta(days=15))
    objection = object_to(made.uid, reason="لم تُراعَ وثائقي", by=amal)
    assert objection.follows_id == made.pk
    assert made.number in objection.answers["subject"]
    page, way = (
        reverse("frontdesk:request", args=[made.uid]),
        reverse("frontdesk:objection", args=[made.uid]),
    )
    last = tracked(fresh(made)).objection_until
    assert last == today()
    assert way in client_for("amal").get(page).content.decode()
    sunday.shift(timedelta(days=1))
    assert tracked(fresh(made)).objection_until is None
    over = client_for("amal").get(page).content.decode()
    assert way not in over
    assert "انتهت مدة الاعتراض" in over
    with pytest.raises(ObjectionTooLate):
        object_to(made.uid, reason="متأخر", by=amal)


def test_merge_and_objection_have_their_pages(
    amal: Viewer, salma: Viewer, nour: Any, staff: Staff, client_for: Callable[..., Client]
) -> None:
    staff("hanan")
    head = client_for("hanan")
    kept, double = (_petition(amal, nour) for _n in range(2))
    url = reverse("frontdesk:merge", args=[double.uid])
    assert head.post(url, {"number": "2026/99999", "reason": "تكرار"}).status_code == 422
    assert head.post(url, {"number": kept.number, "reason": "تكرار"}).status_code == 302
    page = head.get(reverse("frontdesk:request", args=[double.uid])).content.decode()
    assert kept.number in page
    made = _rejected(amal, salma, nour)
    asked = client_for("amal").get(reverse("frontdesk:objection", args=[made.uid]))
    assert "يُقبل الاعتراض حتى 21/12/2026" in asked.content.decode()
    opened = client_for("amal").post(
        reverse("frontdesk:objection", args=[made.uid]), {"reason": "لا أوافق"}
    )
    assert opened.status_code == 302


def test_figures_count_what_was_in_time_returned_and_late(
    amal: Viewer, salma: Viewer, nour: Any, staff: Staff, sunday: Any, client_for: Callable[..., Client],
    count_queries: Callable[[], Any],
) -> None:  # fmt: skip
    hanan = staff("hanan")
    quick, returned, waiting = (_petition(amal, nour) for _n in range(3))
    missing = DeficiencyInput(DeficiencyKind.CLARIFICATION, note="وضّح")
    return_to_citizen(returned.uid, step(returned, "check").uid, deficiencies=[missing], by=amal)
    sunday.shift(timedelta(days=2))
    pause = returned.pauses.get()
    resubmit(returned.uid, mended=[pause.deficiencies.get().uid], by=amal)
    for one in (quick, returned):
        complete_step(one.uid, step(one, "check").uid, by=amal)
        decide_request(
            one.uid,
            step(one, "decide").uid,
            decision="rejected",
            reason="لا",
            reason_code="law",
            by=salma,
        )
        if one is returned:
            sunday.shift(timedelta(days=21))
        from modules.frontdesk.services import issue_output

        issue_output(one.uid, by=amal)
        hand_over(
            one.uid,
            step(one, "deliver").uid,
            recipient_name="نور",
            recipient_id_number="401234562",
            by=amal,
        )
    since = today() - timedelta(days=60)
    with count_queries() as seen:
        row = next(
            one for one in by_service(hanan, since=since, until=today()) if one.code == "FD-001"
        )
    assert len(seen) == SERVICE_STATEMENTS
    assert (row.finished, row.on_time, row.returned, row.first_time) == (2, 50, 1, 50)
    assert (row.open, row.late) == (1, 1)
    assert row.median_days is not None
    assert row.ninetieth is not None and row.ninetieth >= row.median_days
    assert row.oldest_days is not None and row.oldest_days > 10
    with count_queries() as seen:
        desk = next(
            one for one in by_section(hanan, since=since, until=today()) if one.code == "front_desk"
        )
    assert len(seen) == SECTION_STATEMENTS
    assert desk.finished == 4
    assert desk.late == 1
    board = client_for("hanan")
    page = board.get(reverse("frontdesk:figures"))
    assert page.status_code == 200
    late = board.get(reverse("frontdesk:list") + "?service=FD-001&late=true").content.decode()
    assert waiting.number in late
    assert quick.number not in late
    back = board.get(reverse("frontdesk:list") + "?returned=true").content.decode()
    assert returned.number in back
    assert quick.number not in back
    behind = {
        link: {_number(row.record) for row in board.get(link).context["table"].rows}
        for link in map(
            unescape,
            re.findall(r'href="(/frontdesk/figures/\w+\?[^"]+)"', page.content.decode()),
        )
    }
    assert _behind(behind, "service=FD-001", "show=in_time") == {quick.number}
    assert _behind(behind, "service=FD-001", "show=returned") == {returned.number}
    assert _behind(behind, "service=FD-001", "show=overdue") == {waiting.number}
    assert _behind(behind, "section=front_desk", "show=finished") == {quick.number, returned.number}
    passed = board.get(reverse("frontdesk:list") + "?passed=front_desk").context["table"].rows
    assert {row.record.number for row in passed} == {quick.number, returned.number}
    withdraw_request(waiting.uid, reason="لا حاجة", by=amal)
    finished = next(one for one in behind if "service=FD-001&show=finished" in one)
    assert len(board.get(finished).context["table"].rows) == row.finished
    later = "?passed=front_desk&passed_on_after=2030-01-01"
    assert not board.get(reverse("frontdesk:list") + later).context["table"].rows


def _number(record: Any) -> str:
    return str(record.number if isinstance(record, Request) else record.request.number)


def _behind(behind: dict[str, set[str]], *parts: str) -> set[str]:
    return next(found for link, found in behind.items() if all(part in link for part in parts))


SERVICE_STATEMENTS = 4
SECTION_STATEMENTS = 3
