"""The database goes away under a page or a programme: a sentence, a way to send again, and no 500."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.utils import translation

from frontend.refusals import TOLD

LOST = [
    OperationalError("terminating connection due to administrator command"),
    InterfaceError("connection already closed"),
]


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
    """The next page finds its connection gone when it asks who is there."""

    def cut(failure: Exception) -> None:
        def gone(*_given: Any, **_named: Any) -> None:
            raise failure

        monkeypatch.setattr("kernel.identity.middleware._end_if_over", gone)

    return cut


@pytest.mark.parametrize("failure", LOST, ids=["operational", "interface"])
def test_a_page_says_it_comes_back_in_a_moment(
    failure: Exception, town: str, client_for: Callable[[str], Client], cut_off: Any
) -> None:
    client = client_for("amal")
    client.raise_request_exception = False
    cut_off(failure)

    response = client.get("/people/")

    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    with translation.override("ar"):
        advice = str(TOLD[503].advice)
    assert advice in response.content.decode()


def test_what_was_typed_can_be_sent_again_and_secrets_are_not_repeated(
    town: str, client_for: Callable[[str], Client], cut_off: Any
) -> None:
    client = client_for("amal")
    client.raise_request_exception = False
    cut_off(LOST[0])

    page = client.post(
        "/people/new?kind=person",
        {"given_name": 'محمد "أبو العبد"', "submission_key": "k-1", "password": "hidden-word"},
    ).content.decode()

    assert 'action="/people/new?kind=person"' in page
    assert 'value="محمد &quot;أبو العبد&quot;"' in page
    assert 'value="k-1"' in page
    assert "hidden-word" not in page


def test_a_programme_is_told_to_come_again(
    town: str, client_for: Callable[[str], Client], cut_off: Any
) -> None:
    client = client_for("amal")
    client.raise_request_exception = False
    cut_off(LOST[0])

    response = client.get("/api/v1/parties")

    assert response.status_code == 503
    assert response["Content-Type"].startswith("application/problem+json")
    assert response["Retry-After"] == "5"
