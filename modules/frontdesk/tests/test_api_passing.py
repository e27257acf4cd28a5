"""Over the API what lifts a stop: authority with its day, a signed plan; the committee's session; the citizen's rating."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from kernel.calendar.selectors import today
from kernel.policies.models import Override
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.frontdesk.constants import SessionState, StepState, Verb
from modules.frontdesk.models import CommitteeSession, Request, TrailEntry
from modules.frontdesk.services import submit_request, withdraw_request
from modules.frontdesk.tests.factories import (
    CLEARANCE,
    PETITION,
    draft,
    fresh,
    scan,
    step,
    submitted,
)
from modules.frontdesk.tests.fakes import FakeDues, due
from modules.frontdesk.tests.test_committee import head, waiting

__all__ = ["head", "waiting"]

Api = Callable[..., Client]
PLAN_QUERIES, SESSION_QUERIES, WAITING_QUERIES = 5, 5, 6


def _post(client: Client, address: str, body: Any = None, **headers: str) -> Any:
    return client.post(
        f"/api/v1{address}", body or {}, content_type="application/json", headers=headers
    )


@pytest.fixture
def blocked(finance: Any, amal: Viewer, nour: Any) -> Request:
    FakeDues.lines = (due("300"),)
    made = draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    assert not submit_request(made.uid, by=amal).accepted
    return made


def test_a_gate_is_let_pass_on_authority_until_a_day_and_never_by_its_own_clerk(
    blocked: Request, api_for: Api, salma: Viewer, system: Viewer
) -> None:
    set_value("FRD-04.override_most_days", 7, starts_on=today(), by=system)
    body = {
        "gate": "dues", "authority": "رئيس البلدية", "reason": "علاج عاجل",
        "until": str(today() + timedelta(days=3)),
    }  # fmt: skip
    address = f"/requests/{blocked.uid}/let-pass"
    assert _post(api_for("amal"), address, body).status_code == 403
    salmas = api_for("salma")
    assert _post(salmas, address, {**body, "gate": "papers"}).status_code == 422
    far = {**body, "until": str(today() + timedelta(days=400))}
    refused = _post(salmas, address, far)
    assert (refused.status_code, refused.json()["code"]) == (422, "frontdesk.override_too_long")
    first, again = (
        _post(salmas, address, body, **{"Idempotency-Key": "pass-1"}) for _n in range(2)
    )
    assert (first.status_code, again.status_code) == (200, 200), first.content
    assert Override.objects.get().expires_on == today() + timedelta(days=3)


def test_a_plan_is_drawn_up_signed_and_opens_the_gate(
    blocked: Request, api_for: Api, amal: Viewer, salma: Viewer, count_queries: Callable[[], Any]
) -> None:
    amals, salmas, address = api_for("amal"), api_for("salma"), f"/requests/{blocked.uid}/plan"
    assert amals.get(f"/api/v1{address}").json() == {"plan": None}
    half = {"amount": "150.00", "currency": "ILS"}
    days = [str(today() + timedelta(days=30 * many)) for many in (1, 2)]
    short = _post(amals, address, {"instalments": [{"on": days[0], "amount": half}]})
    assert short.status_code in (409, 422), short.content
    body = {"instalments": [{"on": on, "amount": half} for on in days], "text": "اتفاق"}
    drawn = _post(amals, address, body, **{"Idempotency-Key": "plan-1"})
    assert drawn.status_code == 201, drawn.content
    assert _post(amals, address, body, **{"Idempotency-Key": "plan-1"}).json() == drawn.json()
    plan = drawn.json()["plan"]
    assert (plan["expires_on"], plan["signed_at"]) == (days[1], None)
    with count_queries() as seen:
        told = amals.get(f"/api/v1{address}").json()["plan"]
    assert len(seen) <= PLAN_QUERIES, [one["sql"][:120] for one in seen]
    assert told["instalments"][0]["amount"] == half
    proof = {"signature": str(scan(salma).uid), "authority": "رئيس البلدية"}
    assert _post(amals, f"{address}/{plan['id']}/sign", proof).status_code == 403
    signed = _post(salmas, f"{address}/{plan['id']}/sign", proof)
    assert signed.status_code == 200, signed.content
    assert signed.json()["plan"]["signed_at"]
    assert _post(amals, f"{address}/{plan['id']}/drop").status_code == 404
    assert submit_request(blocked.uid, by=amal).accepted


def test_an_unsigned_plan_is_dropped_and_what_was_done_is_kept(
    blocked: Request, api_for: Api
) -> None:
    amals, address = api_for("amal"), f"/requests/{blocked.uid}"
    kept = _post(amals, f"{address}/dues-action", {"action": "refuse"})
    assert kept.status_code == 422  # a refusal needs its reason
    kept = _post(amals, f"{address}/dues-action", {"action": "refuse", "reason": "لم يسدد"})
    assert kept.status_code == 200, kept.content
    whole = {"on": str(today()), "amount": {"amount": "300.00", "currency": "ILS"}}
    plan = _post(amals, f"{address}/plan", {"instalments": [whole]}).json()["plan"]
    assert _post(amals, f"{address}/plan/{plan['id']}/drop").json() == {"plan": None}


def test_a_committee_is_called_its_agenda_set_and_its_decision_carried_out(
    waiting: Request, head: Viewer, api_for: Api, count_queries: Callable[[], Any]
) -> None:
    tareks, item = api_for("tarek"), step(waiting, "committee")
    body = {
        "section": "planning", "held_on": str(today()), "quorum": 2,
        "members": [{"name": "سالم"}, {"name": "هند"}],
    }  # fmt: skip
    assert _post(api_for("amal"), "/committee-sessions", body).status_code == 403
    assert _post(tareks, "/committee-sessions", {**body, "quorum": 3}).status_code in (409, 422)
    called = _post(tareks, "/committee-sessions", body, **{"Idempotency-Key": "session-1"})
    assert called.status_code == 201, called.content
    address = f"/committee-sessions/{called.json()['id']}"
    with count_queries() as seen:
        waits = tareks.get(f"/api/v1{address}/waiting").json()
    assert len(seen) <= WAITING_QUERIES, [one["sql"][:120] for one in seen]
    assert [one["number"] for one in waits] == [waiting.number]
    stale = {"If-Match": '"gone"'}
    assert _post(tareks, f"{address}/agenda", {"step": str(item.uid)}, **stale).status_code == 412
    listed = _post(tareks, f"{address}/agenda", {"step": str(item.uid)})
    assert [one["number"] for one in listed.json()["agenda"]] == [waiting.number]
    decided = {"step": str(item.uid), "outcome": "favourable", "text": "الموافقة على الطلب"}
    few = _post(tareks, f"{address}/hold", {"present": ["سالم"], "items": [decided]})
    assert few.json()["code"] == "frontdesk.no_quorum"
    held = _post(tareks, f"{address}/hold", {"present": ["سالم", "هند"], "items": [decided]})
    assert held.status_code == 200, held.content
    assert (held.json()["state"], bool(held.json()["minutes"])) == ("closed", True)
    assert step(waiting, "committee").state == StepState.DONE
    assert CommitteeSession.objects.get().state == SessionState.CLOSED
    with count_queries() as seen:
        tareks.get(f"/api/v1{address}")
    assert len(seen) <= SESSION_QUERIES, [one["sql"][:120] for one in seen]


def test_a_closed_request_is_rated_once_by_who_holds_its_telephone(
    amal: Viewer, nour: Any, api_for: Api
) -> None:
    cache.clear()
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    amals, address = api_for("amal"), f"/requests/{made.uid}/rating"
    body = {"phone": "0599123456", "score": 4, "text": "خدمة سريعة"}
    assert _post(amals, address, body).json()["code"] == "frontdesk.not_rateable"
    withdraw_request(made.uid, reason="لم يعد يلزم", by=amal)
    assert _post(amals, address, {**body, "score": 6}).status_code == 422
    assert _post(amals, address, {**body, "phone": "0599000001"}).status_code in (404, 422)
    assert _post(amals, address, body).status_code == 200
    assert _post(amals, address, body).json()["code"] == "frontdesk.not_rateable"
    rated = TrailEntry.objects.get(request=fresh(made), verb=Verb.RATED)
    assert rated.text == "خدمة سريعة"
