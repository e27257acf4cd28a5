"""A cashier's programme opens a session, counts it and closes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

URL = "/api/v1/cash-sessions"


@pytest.fixture
def karims(api_for: Callable[..., Client]) -> Client:
    return api_for("karim")


def _post(client: Client, url: str, body: dict[str, object], key: str) -> object:
    return client.post(url, body, content_type="application/json", headers={"Idempotency-Key": key})


def test_a_session_is_opened_counted_and_closed(karims: Client) -> None:
    code = karims.get(f"{URL}/boxes").json()[0]["code"]
    money = {"amount": "200.00", "currency": "ILS"}
    typed = {"box": code, "opening_float": [money], "reason": "عهدة فكة"}
    opened = _post(karims, URL, typed, "open")
    assert opened.status_code == 201, opened.content  # type: ignore[attr-defined]
    again = _post(karims, URL, typed, "open")
    assert again.json()["id"] == opened.json()["id"]  # type: ignore[attr-defined]
    second = _post(karims, URL, {"box": code}, "other")
    assert second.status_code == 409  # type: ignore[attr-defined]
    short = {"counts": [{"method": "cash", "counted": {"amount": "190.00", "currency": "ILS"}}]}
    where = f"{URL}/{opened.json()['id']}/close"  # type: ignore[attr-defined]
    refused = _post(karims, where, short, "close-1")
    assert refused.status_code in (409, 422)  # type: ignore[attr-defined]
    closed = _post(karims, where, {**short, "note": "فئة عشرة مفقودة"}, "close-2")
    assert closed.status_code == 200, closed.content  # type: ignore[attr-defined]
    assert closed.json()["closed_at"]  # type: ignore[attr-defined]


def test_money_calls_need_a_key_against_doubles(karims: Client) -> None:
    assert karims.post(URL, {"box": "01"}, content_type="application/json").status_code == 400


def test_who_takes_no_money_opens_no_session(api_for: Callable[..., Client]) -> None:
    assert api_for("amal").get(URL).status_code == 403
