"""What is typed and not yet sent: kept for its writer, and for nobody else."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from frontend.models import Draft

KEY = "people.new.person"


@pytest.fixture
def desk(client_for: object) -> Client:
    return client_for("amal")  # type: ignore[operator,no-any-return]


def keep(client: Client, payload: object) -> int:
    return client.post(
        f"/drafts/{KEY}", json.dumps(payload), content_type="application/json"
    ).status_code


def test_a_draft_is_kept_and_given_back(desk: Client) -> None:
    assert keep(desk, {"given_name": "نور"}) == 200
    assert keep(desk, {"given_name": "نور", "family_name": "الأسطل"}) == 200
    assert desk.get(f"/drafts/{KEY}").json()["payload"] == {
        "given_name": "نور",
        "family_name": "الأسطل",
    }
    assert Draft.objects.count() == 1


def test_nobody_sees_the_draft_of_another(desk: Client, client_for: object) -> None:
    keep(desk, {"given_name": "نور"})
    assert client_for("karim").get(f"/drafts/{KEY}").status_code == 204  # type: ignore[operator]
    assert client_for().get(f"/drafts/{KEY}").status_code == 302  # type: ignore[operator]


def test_passwords_and_tokens_are_never_kept(desk: Client) -> None:
    keep(desk, {"password1": "x", "csrfmiddlewaretoken": "y", "submission_key": "z", "note": "n"})
    assert Draft.objects.get().payload == {"note": "n"}


def test_an_old_draft_is_forgotten(desk: Client) -> None:
    keep(desk, {"given_name": "نور"})
    Draft.objects.update(saved_at=timezone.now() - timedelta(hours=73))
    assert desk.get(f"/drafts/{KEY}").status_code == 204


def test_a_form_that_was_sent_leaves_no_draft(desk: Client) -> None:
    keep(desk, {"given_name": "نور"})
    desk.post(
        "/people/new",
        {
            "given_name": "نور",
            "family_name": "الأسطل",
            "submission_key": "k1",
            "draft_key": KEY,
            "other_person": "1",
        },
    )
    assert not Draft.objects.exists()


def test_a_refused_form_keeps_its_draft(desk: Client) -> None:
    keep(desk, {"given_name": "نور"})
    desk.post("/people/new", {"given_name": "نور", "submission_key": "k1", "draft_key": KEY})
    assert Draft.objects.exists()


@pytest.mark.parametrize("body", ["", "[1]", "not json", '"text"'])
def test_junk_is_refused(desk: Client, body: str) -> None:
    assert desk.post(f"/drafts/{KEY}", body, content_type="application/json").status_code == 422


def test_a_huge_draft_is_refused(desk: Client) -> None:
    assert keep(desk, {"text": "ن" * 300_000}) == 422


@time_machine.travel("2026-11-22 08:42:00+00:00", tick=False)
def test_the_hour_of_the_draft_is_the_municipalitys(desk: Client) -> None:
    answer = desk.post(f"/drafts/{KEY}", json.dumps({"a": "b"}), content_type="application/json")
    assert answer.json()["clock"] == "10:42"
