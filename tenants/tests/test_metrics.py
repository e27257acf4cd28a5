"""Numbers of the fleet, for a collector that has the token, at the hub alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tenants.metrics import MEANINGS

TOKEN = "tests-tests-tests"


@pytest.fixture
def asks(town: str, settings: Any) -> Any:
    settings.METRICS_TOKEN = TOKEN

    def ask(host: str = "hub.test", token: str = TOKEN) -> Any:
        return Client(HTTP_HOST=host).get("/metrics", HTTP_AUTHORIZATION=f"Bearer {token}")

    return ask


def test_every_number_names_its_municipality_and_nothing_else(asks: Any) -> None:
    answer = asks()
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    shape = re.compile(r'baladiyat_municipality_(\w+)\{municipality="([a-z][a-z0-9_]*)"\} \d+')
    found = [shape.fullmatch(line) for line in lines]
    assert all(found)
    assert {one[2] for one in found if one} >= {"khanyounis", "nablus"}
    assert {one[1] for one in found if one} >= {*MEANINGS} - {"backup_age_seconds"}


@pytest.mark.parametrize(
    ("host", "token"), [("hub.test", "another"), ("hub.test", ""), ("khanyounis.test", TOKEN)]
)
def test_without_the_token_or_elsewhere_there_is_no_such_page(
    asks: Any, host: str, token: str
) -> None:
    assert asks(host, token).status_code == 404


def test_without_a_token_of_the_installation_nobody_is_let_in(asks: Any, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert asks(token="").status_code == 404
