"""Finance at the edge: what an integrator's programme may ask and do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.models import Charge, Receipt
from modules.finance.tests.factories import owes, pays, person, rate, session_of, staff

Programme = Callable[..., Client]
JSON = {"content_type": "application/json"}


@pytest.fixture
def fateh(town: str) -> Viewer:
    return staff("fateh", "accountant")


@pytest.fixture
def nour(town: str):
    return person()


def receipt_of(party, amount: str, **more: Any) -> dict[str, Any]:
    return {
        "party": str(party.uid),
        "instruments": [{"method": "cash", "amount": {"amount": amount, "currency": "ILS"}}],
        **more,
    }


def test_dues_are_told_per_currency(karim: Viewer, nour, api_for: Programme) -> None:
    rate("JOD", "5.2")
    owes(nour, "100", description="مياه 2025")
    owes(nour, money("8.250", "JOD"), kind="finance.rent")
    answer = api_for("karim").get(f"/api/v1/dues?party={nour.uid}")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["known"], told["is_clear"]) == (True, False)
    assert told["totals"] == [
        {"amount": "100.00", "currency": "ILS"},
        {"amount": "8.250", "currency": "JOD"},
    ]
    assert told["lines"][0]["balance"] == {"amount": "100.00", "currency": "ILS"}


def test_a_receipt_needs_a_key_and_is_written_once(karim: Viewer, nour, api_for: Programme) -> None:
    owes(nour, "100")
    session_of(karim)
    programme = api_for("karim")
    without = programme.post("/api/v1/receipts", receipt_of(nour, "60"), **JSON)
    assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_required")
    first = programme.post(
        "/api/v1/receipts", receipt_of(nour, "60"), **JSON, headers={"Idempotency-Key": "r1"}
    )
    again = programme.post(
        "/api/v1/receipts", receipt_of(nour, "60"), **JSON, headers={"Idempotency-Key": "r1"}
    )
    assert first.status_code == 201, first.content
    assert first.json()["words"] == "فقط ستون شيكلاً لا غير"
    assert first.json()["settlements"][0]["amount"] == {"amount": "60.00", "currency": "ILS"}
    assert (again.json()["id"], again["Idempotency-Replayed"]) == (first.json()["id"], "true")
    assert Receipt.objects.count() == 1
    other = programme.post(
        "/api/v1/receipts", receipt_of(nour, "10"), **JSON, headers={"Idempotency-Key": "r1"}
    )
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert programme.get(first["Location"]).json() == first.json()


@pytest.mark.parametrize(
    ("amount", "status", "code"),
    [
        ("100.01", 422, "cash_not_in_steps"),
        ("150", 409, "surplus_not_confirmed"),
        ("0", 422, "amount_not_positive"),
        ("ten", 422, None),
        ("1.005", 422, None),
    ],
)
def test_what_cannot_be_received_is_a_problem(
    karim: Viewer, nour, api_for: Programme, amount, status, code
) -> None:
    owes(nour, "100")
    session_of(karim)
    answer = api_for("karim").post(
        "/api/v1/receipts", receipt_of(nour, amount), **JSON, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    if code:
        assert answer.json()["code"] == code
    assert Receipt.objects.count() == 0


def test_named_charges_are_settled_and_anothers_are_not_found(
    karim: Viewer, nour, api_for: Programme
) -> None:
    owes(nour, "100")
    fee, theirs = owes(nour, "10", kind="finance.services"), owes(person("سعاد"), "10")
    session_of(karim)
    programme = api_for("karim")
    paid = programme.post(
        "/api/v1/receipts",
        receipt_of(nour, "10", charges=[str(fee.uid)]),
        **JSON,
        headers={"Idempotency-Key": "a"},
    )
    assert paid.json()["settlements"][0]["charge"] == str(fee.uid)
    refused = programme.post(
        "/api/v1/receipts",
        receipt_of(nour, "10", charges=[str(theirs.uid)]),
        **JSON,
        headers={"Idempotency-Key": "b"},
    )
    assert refused.status_code == 404


def test_an_accountants_programme_charges_once_and_lists(
    fateh: Viewer, nour, api_for: Programme
) -> None:
    programme = api_for("fateh")
    asked = {
        "party": str(nour.uid), "kind": "finance.waste", "amount": {"amount": "120.00", "currency": "ILS"},
        "due_on": "2026-12-31", "description": "نفايات 2026",
    }  # fmt: skip
    made = programme.post("/api/v1/charges", asked, **JSON, headers={"Idempotency-Key": "c1"})
    programme.post("/api/v1/charges", asked, **JSON, headers={"Idempotency-Key": "c1"})
    assert made.status_code == 201, made.content
    assert Charge.objects.count() == 1
    listed = programme.get(f"/api/v1/charges?party={nour.uid}&open=true").json()
    assert [one["id"] for one in listed["data"]] == [made.json()["id"]]
    assert (listed["data"][0]["year"], listed["data"][0]["status"]) == (2026, "open")


def test_a_second_persons_programme_cancels(karim: Viewer, nour, api_for: Programme) -> None:
    staff("muna", "finance_manager")
    owes(nour, "100")
    session_of(karim)
    receipt = pays(nour, "60", by=karim)
    address = f"/api/v1/receipts/{receipt.uid}/cancellation"
    own = api_for("karim").post(
        address, {"reason": "خطأ"}, **JSON, headers={"Idempotency-Key": "x"}
    )
    assert own.status_code == 403
    done = api_for("muna").post(
        address, {"reason": "خطأ"}, **JSON, headers={"Idempotency-Key": "x"}
    )
    assert (done.status_code, done.json()["status"]) == (201, "cancelled")


def test_a_statement_runs_over_a_period(fateh: Viewer, nour, api_for: Programme) -> None:
    owes(nour, "100")
    day = today().isoformat()
    programme = api_for("fateh")
    told = programme.get(f"/api/v1/statements?party={nour.uid}&since={day}&until={day}").json()
    assert (told["accounts"][0]["closing"], len(told["accounts"][0]["movements"])) == ("100.00", 1)
    assert (
        programme.get(
            f"/api/v1/statements?party={nour.uid}&since={day}&until=2020-01-01"
        ).status_code
        == 422
    )


@pytest.mark.parametrize(
    "address", ["/api/v1/dues", "/api/v1/dues?party=x", "/api/v1/charges?nonsense=1"]
)
def test_questions_that_cannot_be_read_are_problems(
    karim: Viewer, api_for: Programme, address: str
) -> None:
    answer = api_for("karim").get(address)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


def test_a_clerks_programme_sees_no_receipts(amal: Viewer, api_for: Programme) -> None:
    assert api_for("amal").get("/api/v1/receipts").status_code == 403
