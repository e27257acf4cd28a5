"""Over the API what colleagues do together, and what webhooks tell of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from kernel import registry
from kernel.audit.recording import recorded
from kernel.events.models import OutboxEvent
from kernel.identity.models import User
from kernel.viewer import Viewer
from modules.frontdesk.constants import StepState, ToolKind
from modules.frontdesk.errors import MinutesSignedBefore, SessionNotHeld
from modules.frontdesk.models import CommitteeSession, Request
from modules.frontdesk.services import (
    DeficiencyInput,
    external_answered,
    hold_session,
    keep_signed_minutes,
    merge_complaints,
    object_to,
    save_tool,
    send_back,
    submit_request,
    take_action,
    wait_external,
)
from modules.frontdesk.services.online_desk import accept_online, reject_online, return_online
from modules.frontdesk.tests.factories import (
    CLEARANCE,
    COMPLAINT,
    PETITION,
    draft,
    scan,
    step,
    submitted,
)
from modules.frontdesk.tests.fakes import FakeDues, due
from modules.frontdesk.tests.online import sent
from modules.frontdesk.tests.test_committee import _session, head, waiting
from modules.frontdesk.webhooks import WEBHOOKS

__all__ = ["head", "waiting"]

Api = Callable[..., Client]
MACROS_QUERIES = 4


@pytest.fixture(autouse=True)
def _no_tries(town: str) -> None:
    cache.clear()


def _post(client: Client, address: str, body: Any = None, **headers: str) -> Any:
    return client.post(
        f"/api/v1{address}", body or {}, content_type="application/json", headers=headers
    )


def _told(name: str) -> list[dict[str, Any]]:
    found = OutboxEvent.objects.filter(name=f"frontdesk.{name}").order_by("id")
    return [one.payload for one in found]


def test_every_event_of_the_desk_is_told_or_is_another_types_detail() -> None:
    import modules.frontdesk.events as events

    told = {one.event.removeprefix("frontdesk.") for one in WEBHOOKS}
    assert set(events.__all__) == told


def test_a_macro_runs_over_the_api(
    amal: Viewer, nour: Any, api_for: Api, count_queries: Callable[[], Any]
) -> None:
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    check = step(made, "check")
    save_tool(
        ToolKind.MACRO,
        name="استلام",
        definition={"note": "استلمتها", "act": "take"},
        section=None,
        by=amal,
    )
    amals = api_for("amal")
    amals.get("/api/v1/requests/macros")
    with count_queries() as seen:
        (macro,) = amals.get("/api/v1/requests/macros").json()
    assert len(seen) == MACROS_QUERIES, [one["sql"][:120] for one in seen]
    assert macro["does"]["act"] == "take"
    address = f"/requests/{made.uid}/steps/{check.uid}/macros/{macro['id']}"
    key = {"Idempotency-Key": "macro-1"}
    assert _post(amals, address, **key).status_code == 200
    assert _post(amals, address, **key)["Idempotency-Replayed"] == "true"
    assert step(made, "check").assignee.username == "amal"
    trail = amals.get(f"/api/v1/requests/{made.uid}/trail").json()
    assert [one["text"] for one in trail].count("استلمتها") == 1
    assert _post(amals, address.replace(macro["id"], str(made.uid))).status_code == 404
    assert _told("StepAssigned")[-1]["step_code"] == "check"


def test_many_steps_are_given_to_a_colleague_for_one_reason(
    amal: Viewer, nour: Any, staff: Callable[[str], Viewer], api_for: Api
) -> None:
    staff("hanan")
    steps = [
        step(submitted("FD-001", by=amal, applicant=nour, answers=PETITION), "check")
        for _n in range(2)
    ]
    to = str(User.objects.get(username="amal").uid)
    body = {"steps": [str(one.uid) for one in steps], "to": to, "reason": "إجازة"}
    assert _post(api_for("amal"), "/requests/assign-steps", body).status_code == 403
    hanans = api_for("hanan")
    assert _post(hanans, "/requests/assign-steps", body).json() == {"assigned": 2, "refused": []}
    assert _post(hanans, "/requests/assign-steps", {**body, "steps": []}).status_code == 422
    stranger = {**body, "to": str(steps[0].uid)}
    assert _post(hanans, "/requests/assign-steps", stranger).status_code == 404


def test_heirs_and_refunds_are_refused_where_there_is_nothing(
    amal: Viewer, nour: Any, api_for: Api
) -> None:
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION)
    amals = api_for("amal")
    assert _post(amals, f"/requests/{made.uid}/heirs").json()["code"] == "frontdesk.nobody_died"
    refused = _post(amals, f"/requests/{made.uid}/refund")
    assert refused.json()["code"] == "frontdesk.nothing_to_refund"


def test_a_signed_sheet_closes_its_step_over_the_api(amal: Viewer, nour: Any, api_for: Api) -> None:
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    check = step(made, "check")
    file = str(scan(amal, shade=90).uid)
    amals = api_for("amal")
    body = {"number": f"{made.number}/{check.pk}", "file": file}
    came = _post(amals, "/requests/signed-sheets", body)
    assert came.status_code == 200, came.content
    assert came.json()["step"] == str(check.uid)
    assert came.json()["closed"] is (step(made, "check").state == StepState.DONE)
    unknown = _post(amals, "/requests/signed-sheets", {**body, "number": "2026/1/1"})
    assert unknown.status_code in (404, 409, 422)
    receipt = _post(amals, f"/requests/{made.uid}/signed-receipt", {"file": file})
    assert receipt.status_code >= 400


def test_what_happens_on_the_web_is_told_by_the_online_requests_id(
    amal: Viewer, nour: Any, api_for: Api
) -> None:
    back, taken, refused = sent(), sent(), sent()
    return_online(back.uid, deficiencies=[DeficiencyInput("clarification", note="وضّح")], by=amal)
    accept_online(taken.uid, by=amal)
    reject_online(refused.uid, reason_code="law", text="ليس من اختصاصنا", by=amal)
    assert [one["online_uid"] for one in _told("OnlineRequestReceived")] == [
        str(back.uid), str(taken.uid), str(refused.uid),
    ]  # fmt: skip
    assert _told("OnlineRequestReturned")[0]["online_uid"] == str(back.uid)
    (accepted,) = _told("OnlineRequestAccepted")
    assert (accepted["online_uid"], bool(accepted["number"])) == (str(taken.uid), True)
    assert _told("OnlineRequestRejected")[0]["reason_code"] == "law"
    amals = api_for("amal")
    for one in ("received", "returned", "accepted", "rejected"):
        module, hook = registry.webhooks()[f"online_request.{one}"]
        assert module == "frontdesk"
        address = hook.address.format(id=accepted["online_uid"])
        assert amals.get(f"/api/v1{address}").status_code == 200


def test_dues_merging_objecting_outside_and_back_are_told(
    finance: Any, amal: Viewer, salma: Viewer, nour: Any, staff: Callable[[str], Viewer]
) -> None:
    hanan = staff("hanan")
    FakeDues.lines = (due("300"),)
    blocked = draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    submit_request(blocked.uid, by=amal)
    take_action(blocked.uid, action="refuse", reason="ذمم", by=amal)
    assert _told("DuesActionTaken")[0]["action"] == "refuse"
    FakeDues.lines = ()
    first, double = (
        submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT) for _n in range(2)
    )
    merge_complaints(double.uid, into=first.uid, reason="تكرار", by=hanan)
    (merged,) = _told("RequestMerged")
    assert (merged["request_uid"], merged["into_uid"]) == (str(double.uid), str(first.uid))
    asked = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    at = step(asked, "check").uid
    wait_external(asked.uid, at, body="سلطة المياه", by=amal)
    external_answered(asked.uid, at, answer="لا مانع", by=amal)
    assert _told("ExternalOpinionGiven")[0]["body"] == "سلطة المياه"
    from modules.frontdesk.services import complete_step, decide_request

    complete_step(asked.uid, at, by=amal)
    send_back(asked.uid, step(asked, "decide").uid, to_code="check", reason="ناقص", by=salma)
    assert _told("StepSentBack")[0]["to_code"] == "check"
    again = asked.steps.get(code="check", round=2)
    complete_step(asked.uid, again.uid, by=amal)
    decide_request(
        asked.uid, asked.steps.filter(code="decide", state="open").get().uid, decision="rejected",
        reason="لا", reason_code="law", by=salma,
    )  # fmt: skip
    made = object_to(asked.uid, reason="لا أوافق", by=amal)
    assert _told("ObjectionOpened")[0]["objection_uid"] == str(made.uid)


def test_minutes_that_were_signed_are_kept_once_and_stand(
    head: Viewer, waiting: Request, api_for: Api, client_for: Callable[..., Client], amal: Viewer
) -> None:
    session = _session(head, waiting)
    file = scan(head, "محضر.png", shade=77)
    with pytest.raises(SessionNotHeld):
        keep_signed_minutes(session.uid, file=file, by=head)
    hold_session(session.uid, present=["سالم", "هند"], verdicts={}, by=head)
    assert _told("SessionConvened")[0]["session_uid"] == str(session.uid)
    assert _told("SessionDecided")[0]["postponed"] == 1
    desk = client_for("tarek")
    page = reverse("frontdesk:session", args=[session.uid])
    signed = reverse("frontdesk:signed-minutes", args=[session.uid])
    assert signed in desk.get(page).content.decode()
    assert desk.post(signed).status_code == 422
    assert desk.get(signed).status_code == 404
    tareks = api_for("tarek")
    kept = _post(
        tareks, f"/committee-sessions/{session.uid}/signed-minutes", {"file": str(file.uid)}
    )
    assert kept.status_code == 200, kept.content
    assert kept.json()["signed"] == str(file.uid)
    assert _told("MinutesSigned")[0]["session_uid"] == str(session.uid)
    assert b"".join(desk.get(signed).streaming_content)
    with pytest.raises(MinutesSignedBefore):
        keep_signed_minutes(session.uid, file=file, by=head)
    row = CommitteeSession.objects.filter(pk=session.pk)
    for change in ({"signed": None, "signed_at": None}, {"place": "هنا"}, {"agenda": []}):
        with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=head):
            row.update(**change)
    again = _post(
        tareks, f"/committee-sessions/{session.uid}/signed-minutes", {"file": str(file.uid)}
    )
    assert again.json()["code"] == "frontdesk.minutes_signed_before"
