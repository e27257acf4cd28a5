"""The front desk over the API: the whole petition, refusals as problems, and a committed cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel.audit.models import AuditEntry
from kernel.events.models import OutboxEvent
from kernel.policies.models import Decision
from kernel.viewer import Viewer
from modules.frontdesk.models import Request
from modules.frontdesk.tests.factories import CLEARANCE, COMPLAINT, PETITION, png, submitted
from modules.frontdesk.tests.fakes import FakeDues, due

URL = "/api/v1/requests"
JSON = "application/json"
IDEMPOTENCY = "Idempotency-Key"


@pytest.fixture
def amals(api_for: Callable[..., Client]) -> Client:
    return api_for("amal")


def _file(client: Client, shade: int = 200) -> str:
    upload = SimpleUploadedFile("هوية.png", png(shade), content_type="image/png")
    stored = client.post("/api/v1/files", {"file": upload})
    assert stored.status_code == 201, stored.content
    return str(stored.json()["id"])


def _petition(client: Client, nour: Any, **more: Any) -> dict[str, Any]:
    return {
        "service": "FD-001",
        "applicant": str(nour.uid),
        "answers": PETITION,
        "papers": [{"requirement": "identity_card", "file": _file(client)}],
        **more,
    }


def _step(told: dict[str, Any], code: str) -> str:
    return str(next(one["id"] for one in told["steps"] if one["code"] == code))


def test_the_petition_runs_through_the_api_alone(
    api_for: Callable[..., Client], amals: Client, nour: Any, staff: Callable[[str], Viewer]
) -> None:
    staff("hanan")
    made = amals.post(URL, _petition(amals, nour), content_type=JSON)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["number"], told["state"], told["channel"]) == ("2026/00001", "submitted", "api")
    assert {one["outcome"] for one in told["gates"]} <= {"proceed", "warn"}
    where = made["Location"]
    done = api_for("hanan").post(
        f"{where}/steps/{_step(told, 'check')}/complete", {"text": "يحال"}, content_type=JSON
    )
    assert done.status_code == 200, done.content
    decided = api_for("salma").post(
        f"{where}/steps/{_step(told, 'decide')}/decide", {"decision": "approved"}, content_type=JSON
    )
    assert decided.json()["state"] == "approved"
    assert (
        amals.post(f"{where}/issue", {}, content_type=JSON).json()["document"]["number"]
        == "FD-2026/00001"
    )
    handed = amals.post(
        f"{where}/hand-over",
        {
            "step": _step(told, "deliver"),
            "recipient_name": "نور",
            "recipient_id_number": "401234562",
        },
        content_type=JSON,
    )
    assert handed.json()["state"] == "completed"
    assert [one["verb"] for one in amals.get(f"{where}/trail").json()][-1] == "completed"


def test_the_same_key_opens_one_request(amals: Client, nour: Any) -> None:
    body, key = _petition(amals, nour), {"Idempotency-Key": "petition-1"}
    first = amals.post(URL, body, content_type=JSON, headers=key)
    again = amals.post(URL, body, content_type=JSON, headers=key)
    assert again["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert Request.objects.count() == 1


def test_what_a_gate_stops_stays_a_draft_that_says_why_and_is_submitted_later(
    finance: Any, amals: Client, nour: Any
) -> None:
    FakeDues.lines = (due("120"),)
    body = _petition(amals, nour, service="FD-004", answers=CLEARANCE)
    made = amals.post(URL, body, content_type=JSON)
    assert made.status_code == 201
    assert (made.json()["number"], made.json()["state"]) == (None, "draft")
    gate = next(one for one in made.json()["gates"] if one["gate"] == "dues")
    assert gate["outcome"] == "pay_now"
    assert gate["total"] == [{"amount": "120.00", "currency": "ILS"}]
    stopped = amals.post(f"{made['Location']}/submit", {}, content_type=JSON)
    assert (stopped.status_code, stopped.json()["code"]) == (409, "frontdesk.stopped_at_gate")
    FakeDues.lines = ()
    assert (
        amals.post(f"{made['Location']}/submit", {}, content_type=JSON).json()["state"]
        == "waiting_payment"
    )
    assert amals.post(f"{made['Location']}/submit", {}, content_type=JSON).status_code == 200


def test_wrong_answers_are_a_problem_with_pointers(amals: Client, nour: Any) -> None:
    refused = amals.post(
        URL,
        _petition(amals, nour, service="FD-002", answers={**COMPLAINT, "category": "x"}),
        content_type=JSON,
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/answers/category"


def test_a_draft_is_changed_only_with_the_version_that_was_read(amals: Client, nour: Any) -> None:
    made = amals.post(URL, _petition(amals, nour, submit=False), content_type=JSON)
    where, changed = made["Location"], {"answers": {**PETITION, "subject": "جديد"}}
    assert amals.patch(where, changed, content_type=JSON).status_code == 428
    right = amals.patch(where, changed, content_type=JSON, headers={"If-Match": made["ETag"]})
    assert right.status_code == 200, right.content
    late = amals.patch(where, changed, content_type=JSON, headers={"If-Match": made["ETag"]})
    assert late.status_code == 412


def test_a_request_outside_ones_sections_is_not_there(
    api_for: Callable[..., Client], amal: Viewer, nour: Any, staff: Callable[[str], Viewer]
) -> None:
    petition = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    staff("rami")
    outsider = api_for("rami")
    assert outsider.get(f"{URL}/{petition.uid}").status_code == 404
    assert outsider.get(URL).json()["data"] == []


def test_a_hidden_name_does_not_leak_by_the_list_or_its_filters(
    api_for: Callable[..., Client], amal: Viewer, nour: Any, staff: Callable[[str], Viewer]
) -> None:
    complaint = submitted("FD-002", by=amal, applicant=nour, answers=COMPLAINT, is_hidden=True)
    staff("ines")
    officer = api_for("ines")
    assert officer.get(f"{URL}/{complaint.uid}").json()["applicant"] is None
    assert officer.get(URL).json()["data"][0]["applicant"] is None
    assert officer.get(f"{URL}?applicant={nour.uid}").json()["data"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("state=submitted", 200),
        ("state_in=submitted,approved", 200),
        ("state_in=nonsense", 422),
        ("late=true", 200),
        ("section=front_desk", 200),
        ("submitted_on_gte=2026-12-01&submitted_on_lte=2026-12-31", 200),
        ("nonsense=1", 422),
        ("cursor=zz", 422),
    ],
)
def test_the_list_is_filtered_by_what_it_knows(amals: Client, query: str, status: int) -> None:
    assert amals.get(f"{URL}?{query}").status_code == status


def test_the_catalogue_is_read_by_any_key(amals: Client) -> None:
    listed = amals.get("/api/v1/services").json()
    assert len(listed) == 148
    clearance = amals.get("/api/v1/services/FD-004").json()
    assert clearance["definition"]["gates"]["dues"] == "block"
    assert amals.get("/api/v1/services/ZZ-999").status_code == 404


def test_opening_a_request_costs_a_committed_number_of_queries(
    amals: Client, nour: Any, count_queries: Any
) -> None:
    amals.post(URL, _petition(amals, nour), content_type=JSON)
    body = _petition(amals, nour)
    with count_queries() as seen:
        made = amals.post(URL, body, content_type=JSON)
    assert made.status_code == 201
    assert len(seen) == 20, "\n".join(one["sql"][:170] for one in seen)


def test_what_is_opened_is_told_as_it_is_read_later(amals: Client, nour: Any) -> None:
    made = amals.post(URL, _petition(amals, nour), content_type=JSON)
    read = amals.get(made["Location"])
    assert made["ETag"] == read["ETag"]
    assert made.json() == read.json() | {"gates": made.json()["gates"]}


def test_all_of_an_opening_is_on_the_trail_under_the_caller(
    amals: Client, amal: Viewer, nour: Any
) -> None:
    made = amals.post(URL, _petition(amals, nour), content_type=JSON, headers={IDEMPOTENCY: "1"})
    request = Request.objects.get(uid=made.json()["id"])
    trail = AuditEntry.objects.filter(request_id=made["X-Request-Id"])
    told = {(one.table_name, one.operation, one.actor_id) for one in trail}
    tables = ["frontdesk_request", "frontdesk_requestpaper", "frontdesk_requeststep"]
    assert told == {(table, "insert", amal.user_id) for table in tables}
    steps = list(request.steps.order_by("id"))
    assert len(trail) == 2 + len(steps)
    assert [(one.verb, one.step_id) for one in request.trail.order_by("id")] == [
        ("submitted", None),
        ("step_opened", steps[0].pk),
    ]
    events = OutboxEvent.objects.filter(request_id=made["X-Request-Id"]).order_by("id")
    assert [one.name for one in events] == ["frontdesk.StepOpened", "frontdesk.RequestSubmitted"]
    assert {one.payload["number"] for one in events} == {request.number}
    assert Decision.objects.filter(subject=request.subject_ref).count() == 3


def test_the_list_costs_the_same_for_one_and_for_many(
    amals: Client, amal: Viewer, nour: Any, count_queries: Any
) -> None:
    submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    amals.get(URL)  # what the town remembers is read once
    with count_queries() as one:
        amals.get(URL)
    for _ in range(4):
        submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    with count_queries() as many:
        assert len(amals.get(URL).json()["data"]) == 5
    assert len(one) == len(many) == 4


def test_a_programme_works_beside_the_main_way(
    api_for: Callable[..., Client],
    amals: Client,
    nour: Any,
    staff: Callable[[str], Viewer],
    amal: Viewer,
) -> None:
    staff("rami")
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    at = f"{URL}/{made.uid}"
    told = amals.get(at).json()
    step = f"{at}/steps/{_step(told, 'check')}"

    def post(url: str, body: Any = None, status: int = 200, who: Client = amals) -> Any:
        answer = who.post(url, body or {}, content_type=JSON)
        assert answer.status_code == status, answer.content
        return answer.json()

    post(f"{step}/take")
    post(f"{at}/undo")
    post(f"{at}/undo", status=409)
    post(f"{at}/notes", {"text": "رأيك يا @rami"}, 201)
    post(f"{step}/ask-outside", {"body": "الدفاع المدني"})
    post(f"{step}/complete", {}, 409)
    post(f"{step}/outside-answered", {"answer": "لا مانع"})
    asked = post(f"{step}/ask-beside", {"section": "legal", "days": 1, "reason": "صفة"})
    assert len(asked["steps"]) == len(told["steps"]) + 1
    post(f"{step}/escalate", {"role": "manager", "reason": "عاجل"})
    post(f"{at}/objection", {"reason": "لا أوافق"}, 409)
    post(f"{at}/merge", {"into": str(made.uid), "reason": "تكرار"}, 403)


def test_a_programme_designs_and_publishes_a_service(
    api_for: Callable[..., Client], hadi: Viewer, amals: Client
) -> None:
    from kernel.testing.people import seat_person

    seat_person(
        username="maha_k",
        name_ar="مها",
        name_en="Maha",
        role="catalogue_keeper",
        section="computer",
    )
    keeper = api_for("maha_k")
    at = "/api/v1/services/FD-001"
    assert amals.get(f"{at}/draft").status_code == 403
    file = keeper.get(f"{at}/file").json()
    definition = {**file["definition"], "days": 3, "papers": [{"code": "moon_stone"}]}
    kept = keeper.put(f"{at}/draft", {"definition": definition}, content_type=JSON)
    assert [one["path"] for one in kept.json()["faults"]] == ["papers.moon_stone"]
    refused = keeper.post(f"{at}/publication", {"note": "x"}, content_type=JSON)
    assert refused.status_code == 422
    stale = {"definition": definition, "seen": "old"}
    assert keeper.put(f"{at}/draft", stale, content_type=JSON).status_code == 409
    good = {**file["definition"], "days": 3}
    keeper.put(f"{at}/draft", {"definition": good, "seen": kept.json()["mark"]}, content_type=JSON)
    made = keeper.post(f"{at}/publication", {"note": "أسرع"}, content_type=JSON)
    assert made.status_code == 201, made.content
    assert made.json()["version"] == 2
    taken = keeper.post(
        "/api/v1/services/take-in", {"file": file, "code": "FD-902"}, content_type=JSON
    )
    assert taken.status_code == 201, taken.content
