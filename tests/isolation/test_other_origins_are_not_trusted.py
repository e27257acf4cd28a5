"""Leak: a page of one town that reads or writes in another with the reader's cookies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from kernel.testing.database import TOWNS
from tests.doors import TOWN as URLS
from tests.doors import doors

ORIGINS = ["http://nablus.test", "https://khanyounis.test", "http://evil.khanyounis.test", "null"]


def _posts(host: str, origin: str, client: Client) -> int:
    client.get("/accounts/login/", HTTP_HOST=host)
    token = client.cookies["csrf"].value
    answer = client.post(
        "/accounts/login/",
        {"login": "amal", "password": "wrong", "csrfmiddlewaretoken": token},
        HTTP_HOST=host,
        HTTP_ORIGIN=origin,
    )
    return int(answer.status_code)


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_form_from_another_origin_is_refused(town: str, origin: str) -> None:
    assert _posts(TOWNS[town], origin, Client(enforce_csrf_checks=True)) == 403


def test_a_form_of_our_own_is_taken(town: str) -> None:
    assert _posts(TOWNS[town], f"http://{TOWNS[town]}", Client(enforce_csrf_checks=True)) == 200


def test_no_door_lets_a_page_of_another_origin_read(
    town: str, client_for: Callable[..., Client], api_for: Callable[..., Client]
) -> None:
    for client in (client_for("salma"), api_for("amal")):
        client.raise_request_exception = False
        for door in doors(URLS):
            if door.objects:
                continue
            answer = client.options(door.address(), HTTP_ORIGIN=ORIGINS[0])
            assert not [name for name in answer.headers if name.startswith("Access-Control")], door


def test_no_origin_but_the_own_host_is_trusted() -> None:
    assert settings.CSRF_TRUSTED_ORIGINS == []
    assert settings.USE_X_FORWARDED_HOST is False
