"""Parties over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kernel.tenancy import use

NOUR = {
    "kind": "person",
    "given_name": "نور",
    "father_name": "أحمد",
    "grandfather_name": "خليل",
    "family_name": "الأسطل",
    "id_number": "401234562",
    "phones": ["0599123456"],
}
URL = "/api/v1/parties"


@pytest.fixture
def amals(api_for: Callable[..., Client]) -> Client:
    return api_for("amal", scopes=["parties:read", "parties:write"])


def test_a_person_is_registered_found_and_corrected(amals: Client) -> None:
    made = amals.post(URL, NOUR, content_type="application/json")
    assert made.status_code == 201, made.content
    assert made["API-Version"]
    assert amals.get(f"{URL}?q=نور الاسطل").json()["data"][0]["id"] == made.json()["id"]
    changed = amals.patch(
        made["Location"],
        {"known_as": "أم أحمد"},
        content_type="application/json",
        headers={"If-Match": made["ETag"]},
    )
    assert changed.status_code == 200, changed.content
    assert changed.json()["known_as"] == "أم أحمد"
    assert changed["ETag"] != made["ETag"]


def test_a_change_needs_the_version_that_was_read(amals: Client) -> None:
    made = amals.post(URL, NOUR, content_type="application/json")
    without = amals.patch(made["Location"], {"known_as": "x"}, content_type="application/json")
    assert (without.status_code, without.json()["code"]) == (428, "version_required")
    stale = amals.patch(
        made["Location"],
        {"known_as": "x"},
        content_type="application/json",
        headers={"If-Match": '"old"'},
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "version_stale")


def test_the_same_call_again_registers_nobody_twice(amals: Client) -> None:
    first = amals.post(
        URL, NOUR, content_type="application/json", headers={"Idempotency-Key": "k1"}
    )
    again = amals.post(
        URL, NOUR, content_type="application/json", headers={"Idempotency-Key": "k1"}
    )
    assert again.status_code == 201
    assert again["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    other = amals.post(
        URL,
        {**NOUR, "family_name": "شعث"},
        content_type="application/json",
        headers={"Idempotency-Key": "k1"},
    )
    assert other.status_code == 422


def test_bad_input_is_a_problem_with_pointers(amals: Client) -> None:
    refused = amals.post(URL, {**NOUR, "given_name": ""}, content_type="application/json")
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["errors"][0]["pointer"] == "/given_name"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (f"{URL}?nonsense=1", 422),
        (f"{URL}?cursor=zz", 422),
        (f"{URL}?page_size=0", 422),
        (f"{URL}/0192f0c0-0000-7000-8000-000000000000", 404),
        ("/api/v1/nothing", 404),
    ],
)
def test_what_cannot_be_answered_is_a_problem(amals: Client, url: str, code: int) -> None:
    answer = amals.get(url)
    assert answer.status_code == code
    assert answer.json()["status"] == code


def test_without_a_key_nobody_is_answered(client_for: Callable[..., Client]) -> None:
    assert client_for().get(URL).status_code == 401
    assert client_for("amal").get(URL).status_code == 401


def test_a_scope_and_a_permission_are_both_needed(api_for: Callable[..., Client]) -> None:
    assert (
        api_for("amal", scopes=["parties:read"])
        .post(URL, NOUR, content_type="application/json")
        .json()["code"]
        == "out_of_scope"
    )
    refused = api_for("karim", scopes=["parties:write"]).post(
        URL, NOUR, content_type="application/json"
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


def test_a_key_of_one_town_opens_nothing_in_another(
    amals: Client, other_town: str, count_queries: Callable[..., Any]
) -> None:
    made = amals.post(URL, NOUR, content_type="application/json")
    with use(other_town):
        assert amals.get(made["Location"], HTTP_HOST="nablus.test").status_code == 401


def test_reading_a_list_costs_six_queries_however_long(
    amals: Client, count_queries: Callable[..., Any]
) -> None:
    amals.get(URL)
    with count_queries() as one:
        amals.get(URL)
    for number in range(5):
        amals.post(
            URL,
            {**NOUR, "id_number": "", "given_name": "نور" + "اب" * number},
            content_type="application/json",
        )
    with count_queries() as many:
        amals.get(URL)
    assert len(one) == len(many) <= 6
