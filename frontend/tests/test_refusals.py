"""A refusal is a page with a sentence in the reader's language, and the right status."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from frontend import errors
from frontend.refusals import respond, status_of
from kernel.errors import (
    Conflict,
    InvalidInput,
    NotPermitted,
    NotVisible,
    Refusal,
    Stale,
    TooMany,
    Unavailable,
)


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (InvalidInput(), 422),
        (NotPermitted(permission="x"), 403),
        (NotVisible(), 404),
        (Stale(), 412),
        (Conflict(), 409),
        (TooMany(), 429),
        (Unavailable(), 503),
        (Refusal(), 409),
    ],
)
def test_each_kind_has_its_status(refusal: Refusal, status: int) -> None:
    assert status_of(refusal) == status


def answered(refusal: Refusal, **headers: str) -> HttpResponse:
    request: HttpRequest = RequestFactory(headers=headers).get("/people/1")
    request.session = {}  # type: ignore[assignment]
    request.htmx = "HX-Request" in headers  # type: ignore[attr-defined]
    if request.htmx:  # type: ignore[attr-defined]
        from django_htmx.middleware import HtmxDetails

        request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    return respond(request, refusal)


def test_a_part_of_a_page_is_told_in_the_pages_notices(town: str) -> None:
    response = answered(Conflict(), **{"HX-Request": "true"})
    assert response.status_code == 409
    assert response["HX-Retarget"] == "#notices"
    assert "<html" not in response.content.decode()


def test_a_script_is_told_in_json(town: str) -> None:
    response = answered(Conflict(), Accept="application/json")
    assert response["Content-Type"] == "application/json"
    assert b'"code": "conflict"' in response.content


def test_a_reader_gets_a_page(town: str) -> None:
    response = answered(Unavailable())
    assert response.status_code == 503
    assert "<h1>" in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_an_address_that_leads_nowhere_is_told_in_arabic(client_for: object) -> None:
    client: Client = client_for()  # type: ignore[operator]
    answer = client.get("/nothing-here")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert 'lang="ar" dir="rtl"' in page


def test_the_page_of_a_fault_needs_neither_database_nor_municipality() -> None:
    request = RequestFactory().get("/")
    request.request_id = "01a2-fault"  # type: ignore[attr-defined]
    response = errors.server_error(request)
    assert response.status_code == 500
    assert "01a2-fault" in response.content.decode()


def test_a_stranger_cannot_tell_a_hidden_record_from_a_missing_one(client_for: object) -> None:
    client: Client = client_for("amal")  # type: ignore[operator]
    answer = client.get("/people/01a20484-0000-7161-be23-e1fdc06a3007")
    assert answer.status_code == 404
