"""Over the API as at the counter: the hall, papers waived and refused, steps given away, figures, committees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kernel.identity.models import User
from kernel.viewer import Viewer
from modules.frontdesk.models import Request, Ticket
from modules.frontdesk.services.hall_setup import save_category, save_counter
from modules.frontdesk.tests.factories import PETITION, draft, step, submitted

JSON = "application/json"
Api = Callable[..., Client]
BOARD_QUERIES, FIGURES_QUERIES, SECTIONS_QUERIES = 6, 12, 6


@pytest.fixture
def hall(staff: Any) -> None:
    head = staff("hanan")
    save_category("A", title_ar="خدمات عامة", title_en="General", minutes=10, by=head)
    save_category("C", title_ar="الصندوق", title_en="Cash desk", minutes=4, by=head)
    for name in ("1", "2"):
        save_counter(name, by=head)


def _post(client: Client, address: str, body: Any = None, **headers: str) -> Any:
    return client.post(f"/api/v1{address}", body or {}, content_type=JSON, headers=headers)


def test_a_kiosk_gives_tickets_and_a_counter_calls_them(
    hall: None, api_for: Api, count_queries: Callable[[], Any]
) -> None:
    amals, basels = api_for("amal"), api_for("basel")
    given = _post(amals, "/tickets", {"category": "A"}, **{"Idempotency-Key": "k1"})
    assert (given.status_code, given.json()["label"]) == (201, "A-001")
    again = _post(amals, "/tickets", {"category": "A"}, **{"Idempotency-Key": "k1"})
    assert again.json()["label"] == "A-001"
    old = _post(amals, "/tickets", {"category": "A", "priority": "elderly"}).json()
    behind = amals.get(f"/api/v1/tickets/{given.json()['id']}").json()
    assert (behind["before"], behind["minutes"]) == (1, 10)
    assert _post(amals, "/tickets", {"category": "Z"}).status_code in (404, 409, 422)

    assert _post(amals, "/tickets/call").json()["code"]  # nobody sits yet
    assert _post(amals, "/tickets/seat", {"counter": "1"}).json()["is_open"] is True
    assert _post(amals, "/tickets/call").json()["label"] == old["label"]
    assert _post(amals, "/tickets/recall").json()["state"] == "called"
    amals.get("/api/v1/tickets/board")
    with count_queries() as seen:
        board = amals.get("/api/v1/tickets/board").json()
    assert len(seen) == BOARD_QUERIES, [one["sql"][:120] for one in seen]
    assert [one["label"] for one in board["called"]] == [old["label"]]
    assert [one["label"] for one in board["waiting"]] == ["A-001"]
    assert board["counters"][0]["calls"] == old["label"]
    assert "phone" not in str(board)
    moved = _post(amals, "/tickets/transfer", {"category": "C"}).json()
    assert (moved["queue"], moved["state"]) == ("C", "waiting")
    _post(amals, "/tickets/call")
    assert _post(amals, "/tickets/outcome", {"outcome": "served"}).json()["state"] == "served"
    absent = _post(amals, "/tickets/call").json()
    assert _post(amals, "/tickets/outcome", {"outcome": "absent"}).json()["state"] == "absent"
    assert _post(amals, f"/tickets/{absent['id']}/back").json()["state"] == "waiting"
    assert _post(amals, f"/tickets/{absent['id']}/leave").json()["state"] == "left"
    assert amals.delete("/api/v1/tickets/seat").status_code == 204
    assert _post(basels, "/tickets", {"category": "A"}).status_code == 403
    assert Ticket.objects.count() == 2


def test_papers_are_waived_refused_and_taken_out(
    api_for: Api, staff: Any, amal: Viewer, nour: Any
) -> None:
    staff("hanan")
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION)
    amals, hanans = api_for("amal"), api_for("hanan")
    paper = amals.get(f"/api/v1/requests/{made.uid}").json()["papers"][0]
    gone = _post(amals, f"/requests/{made.uid}/papers/{paper['id']}/remove")
    assert gone.status_code == 200, gone.content
    assert gone.json()["papers"] == []
    body = {"requirement": "identity_card", "reason": "البطاقة لدى الشرطة"}
    assert _post(amals, f"/requests/{made.uid}/waivers", body).status_code == 403
    waived = _post(hanans, f"/requests/{made.uid}/waivers", body)
    assert waived.status_code == 200, waived.content
    assert waived.json()["papers"][0]["status"] == "waived"
    sent = _post(amals, f"/requests/{made.uid}/submit")
    assert sent.json()["number"], sent.content

    other = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    paper = amals.get(f"/api/v1/requests/{other.uid}").json()["papers"][0]
    bad = _post(
        amals, f"/requests/{other.uid}/papers/{paper['id']}/reject", {"reason": "غير واضحة"}
    )
    assert bad.json()["papers"][0]["status"] == "rejected"


def test_steps_are_given_away_and_the_citizen_is_told(
    api_for: Api, staff: Any, amal: Viewer, nour: Any
) -> None:
    staff("hanan")
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    check = step(made, "check")
    amals, hanans = api_for("amal"), api_for("hanan")
    taken = _post(amals, "/requests/take-next")
    assert taken.status_code == 200, taken.content
    to = str(User.objects.get(username="hanan").uid)
    body = {"to": to, "reason": "إجازة"}
    assert _post(amals, f"/requests/{made.uid}/steps/{check.uid}/assign", body).status_code == 403
    given = _post(hanans, f"/requests/{made.uid}/steps/{check.uid}/assign", body)
    assert given.status_code == 200, given.content
    assert step(made, "check").assignee.username == "hanan"
    told = _post(amals, f"/requests/{made.uid}/messages", {"text": "راجعنا غداً"})
    assert told.status_code == 200
    trail = amals.get(f"/api/v1/requests/{made.uid}/trail").json()
    assert trail[-1]["text"] == "راجعنا غداً"
    nobody = {"to": None, "reason": "للقسم"}
    assert (
        _post(hanans, f"/requests/{made.uid}/steps/{check.uid}/assign", nobody).status_code == 200
    )
    assert Request.objects.get(pk=made.pk).number == made.number


def test_figures_are_read_by_who_sees_all(
    api_for: Api, staff: Any, amal: Viewer, nour: Any, count_queries: Callable[[], Any]
) -> None:
    staff("hanan")
    submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    hanans = api_for("hanan")
    hanans.get("/api/v1/desk-figures")
    with count_queries() as seen:
        told = hanans.get("/api/v1/desk-figures").json()
    assert len(seen) == FIGURES_QUERIES, [one["sql"][:120] for one in seen]
    assert next(one for one in told["services"] if one["code"] == "FD-001")["open"] == 1
    with count_queries() as seen:
        lines = hanans.get("/api/v1/desk-figures/sections").json()
    assert len(seen) == SECTIONS_QUERIES, [one["sql"][:120] for one in seen]
    assert sum(one["open"] for one in lines) == 1
    assert str(nour.full_name) not in str(told) + str(lines)
    assert hanans.get("/api/v1/desk-figures?since=2020-01-01").status_code == 422
    assert hanans.get("/api/v1/desk-figures?colour=red").status_code == 422
    assert api_for("amal").get("/api/v1/desk-figures").status_code == 403
    assert hanans.get("/api/v1/committee-sessions").json()["data"] == []
