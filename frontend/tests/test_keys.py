"""Integrators' keys at the office: made, shown once, withdrawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from api.models import ApiKey
from kernel.audit.models import AuditEntry
from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.organisation.services import define_role
from kernel.testing.people import seat_person
from kernel.viewer import Viewer
from tests.exemplars import seat_mighty

Browser = Callable[..., Client]


@pytest.fixture
def office(town: str, client_for: Browser) -> Client:
    seat_mighty()
    return client_for("mighty")


def asked(**more: object) -> dict[str, object]:
    mighty = User.objects.get(username="mighty")
    given = {"name": "بوابة المدارس", "account": mighty.pk, "scopes": ["parties:read"]}
    return given | more


def text_on(page: str) -> str:
    found = re.search(r'value="(bk_[^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_text_of_a_new_key_is_shown_once_and_opens_what_it_may(office: Client) -> None:
    answer = office.post(reverse("office:keys"), asked())
    assert answer["Cache-Control"] == "no-store"
    text = text_on(answer.content.decode())

    programme = Client(HTTP_HOST=office.defaults["HTTP_HOST"], HTTP_AUTHORIZATION=f"Bearer {text}")
    assert programme.get("/api/v1/parties").status_code == 200
    assert programme.get("/api/v1/land-units").status_code == 403
    listed = office.get(reverse("office:keys")).content.decode()
    assert "بوابة المدارس" in listed
    assert text not in listed
    entry = AuditEntry.objects.filter(table_name="api_apikey").latest("id")
    assert entry.actor_id == User.objects.get(username="mighty").pk


def test_a_withdrawn_key_opens_nothing(office: Client) -> None:
    text = text_on(office.post(reverse("office:keys"), asked()).content.decode())
    key = ApiKey.objects.get()
    office.post(reverse("office:key-withdraw", args=[key.uid]), {"reason": "فُقد"})
    programme = Client(HTTP_HOST=office.defaults["HTTP_HOST"], HTTP_AUTHORIZATION=f"Bearer {text}")
    assert programme.get("/api/v1/parties").status_code == 401
    assert AuditEntry.objects.filter(table_name="api_apikey").latest("id").reason == "فُقد"


def test_a_second_click_makes_no_second_key(office: Client) -> None:
    form = asked(submission_key="0199c0de-0000-7000-8000-000000000001")
    assert office.post(reverse("office:keys"), form).status_code == 200
    assert office.post(reverse("office:keys"), form).status_code == 302
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["everything:write"]},
        {"name": " "},
        {"expires_on": "01/01/2020"},
    ],
)
def test_what_is_not_right_makes_no_key(office: Client, wrong: dict[str, object]) -> None:
    assert office.post(reverse("office:keys"), asked(**wrong)).status_code == 422
    assert not ApiKey.objects.exists()


def test_the_last_day_is_kept(office: Client) -> None:
    last = today() + timedelta(days=30)
    office.post(reverse("office:keys"), asked(expires_on=f"{last:%d/%m/%Y}"))
    assert ApiKey.objects.get().expires_on == last


def test_a_keeper_of_keys_lends_nobody_elses_powers(
    town: str, client_for: Browser, amal: Viewer, system: Viewer
) -> None:
    define_role(
        "keys", name_ar="مفاتيح", name_en="Keys", permissions=["api.manage_clients"], by=system
    )
    seat_person(username="keeper", name_ar="حافظ", name_en="Keeper", role="keys", section="keys")
    keeper = client_for("keeper")
    page = keeper.get(reverse("office:keys")).content.decode()
    assert "(keeper)" in page
    assert "(amal)" not in page
    refused = keeper.post(
        reverse("office:keys"),
        {"name": "بوابة", "account": amal.user_id, "scopes": ["parties:read"]},
    )
    assert refused.status_code == 422
    assert not ApiKey.objects.exists()
