"""The host decides; nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kernel.tenancy import use_shared
from tenants import hosts
from tenants.models import Municipality, Stage
from tenants.staging import (
    NotServed,
    NotSuspended,
    archive,
    resume,
    suspend,
    take_back,
)


@pytest.fixture(autouse=True)
def _fresh_map() -> None:
    hosts._map.read_at = 0.0


@pytest.mark.parametrize(
    "host",
    [
        "unknown.test",
        "khanyounis.test.evil.example",
        "-",
        "a b",
        "..",
        "khanyounis.test:99999999",
        "<script>",
        "KHANYOUNIS.TEST@evil",
    ],
)
def test_an_unknown_host_is_404_without_a_query_of_a_municipality(
    town: str, host: str, count_queries: Callable[..., Any]
) -> None:
    hosts.address_of("khanyounis.test")
    with count_queries() as seen:
        response = Client(HTTP_HOST=host).get("/")
    assert response.status_code == 404
    assert "لا توجد بلدية" in response.content.decode()
    assert len(seen) == 0


def test_a_known_host_costs_no_query_on_the_register_once_it_is_known(
    town: str, count_queries: Callable[..., Any]
) -> None:
    client = Client(HTTP_HOST="khanyounis.test")
    client.get("/livez")
    with count_queries() as seen:
        assert client.get("/livez").status_code == 200
    assert not [one for one in seen.captured_queries if "tenants_" in one["sql"]]


def test_a_suspended_municipality_says_so_and_comes_back(town: str) -> None:
    client = Client(HTTP_HOST="khanyounis.test")
    with use_shared(), pytest.raises(NotSuspended):
        resume("khanyounis")
    suspend("khanyounis")
    response = client.get("/")
    assert response.status_code == 503
    assert "موقوفة مؤقتاً" in response.content.decode()
    assert response["Retry-After"]
    with pytest.raises(NotServed):
        suspend("khanyounis")
    resume("khanyounis")
    assert client.get("/livez").status_code == 200


@pytest.mark.parametrize("stage", [Stage.ONBOARDING, Stage.TRAINING, Stage.LIVE])
def test_a_municipality_comes_back_to_the_stage_that_it_was_suspended_from(
    town: str, stage: Stage
) -> None:
    with use_shared():
        Municipality.objects.filter(schema_name=town).update(stage=stage)
    suspend(town)
    archive(town)
    take_back(town)
    assert resume(town).stage == stage


def test_every_answer_carries_the_request_id(town: str) -> None:
    client = Client(HTTP_HOST="khanyounis.test")
    assert client.get("/livez", HTTP_X_REQUEST_ID="abc-12345678")["X-Request-Id"] == "abc-12345678"
    assert client.get("/livez", HTTP_X_REQUEST_ID="bad id\n")["X-Request-Id"] != "bad id\n"


def test_a_programme_is_told_of_a_suspended_municipality_by_a_problem(town: str) -> None:
    suspend("khanyounis", reason="صيانة")
    answer = Client(HTTP_HOST="khanyounis.test").get("/api/v1/parties")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "suspended"
