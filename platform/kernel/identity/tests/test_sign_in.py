"""Coming in by the door, and being kept out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from kernel.audit.models import AuditEntry
from kernel.identity import services
from kernel.identity.models import User
from kernel.identity.tests.conftest import PASSWORD, SignIn
from kernel.tenancy import use
from kernel.viewer import Viewer

GOOD = "olives drying on the roof"


def is_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def test_amal_comes_in_by_her_name_in_any_letters(browser: Client, sign_in: SignIn) -> None:
    answer = sign_in("Amal")
    assert answer.status_code == 302
    assert is_in(browser)
    user = User.objects.get(username="amal")
    entry = AuditEntry.objects.get(
        table_name="identity_user", row_id=str(user.pk), reason="sign-in"
    )
    assert (entry.actor_id, list(entry.after)) == (user.pk, ["signed_in_at"])


def test_she_comes_in_by_her_address(browser: Client, sign_in: SignIn, hadi: Viewer) -> None:
    services.change_details(User.objects.get(username="amal"), email="amal@town.ps", by=hadi)
    assert sign_in("AMAL@town.ps").status_code == 302
    assert is_in(browser)


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(
    browser: Client, sign_in: SignIn
) -> None:
    answers = [sign_in("amal", "not her password"), sign_in("nobody", "not her password")]
    errors = [answer.context["form"].non_field_errors() for answer in answers]
    assert errors[0] == errors[1]
    assert errors[0]
    assert not is_in(browser)


def test_five_wrong_tries_close_the_door_even_to_the_right_password(
    browser: Client, sign_in: SignIn
) -> None:
    for _try in range(5):
        sign_in("amal", "not her password")
    sign_in("amal")
    assert not is_in(browser)
    assert sign_in("basel").status_code == 302
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6), tick=True):
        assert sign_in("amal", client=Client(HTTP_HOST="khanyounis.test")).status_code == 302


def test_tries_in_one_town_close_no_door_in_another(
    browser: Client, sign_in: SignIn, other_town: str
) -> None:
    for _try in range(5):
        sign_in("amal", "not her password")
    there = Client(HTTP_HOST="nablus.test")
    assert sign_in("amal", client=there).status_code == 302


def test_a_closed_account_stays_outside(browser: Client, sign_in: SignIn, hadi: Viewer) -> None:
    services.deactivate(User.objects.get(username="amal"), by=hadi, reason="استقالة")
    assert sign_in("amal").url == reverse("account_inactive")
    assert not is_in(browser)
    assert browser.get(reverse("account_inactive")).status_code == 200


def test_nobody_signs_up(browser: Client) -> None:
    assert browser.get(reverse("account_signup")).status_code == 404
    assert browser.post(reverse("account_signup"), {"username": "x"}).status_code == 404


def test_the_door_speaks_arabic_whatever_the_browser_wishes(browser: Client) -> None:
    page = browser.get(reverse("account_login"), headers={"accept-language": "en"})
    assert page.headers["Content-Language"] == "ar"
    assert "تسجيل الدخول" in page.content.decode()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = browser.get(reverse("account_login"))
    assert "Log in" in page.content.decode()


def test_inside_the_account_s_language_is_spoken(browser: Client, sign_in: SignIn) -> None:
    amal = User.objects.get(username="amal")
    services.change_details(amal, language="en", by=Viewer(user_id=amal.pk, name=amal.name_ar))
    sign_in("amal")
    page = browser.get(reverse("account_change_password"))
    assert page.headers["Content-Language"] == "en"


def test_the_door_leads_nowhere_else(browser: Client) -> None:
    for elsewhere in ("https://evil.example/", "//nablus.test/", "http://nablus.test/", "/\\evil"):
        facts = {"login": "amal", "password": PASSWORD, "next": elsewhere}
        answer = Client(HTTP_HOST="khanyounis.test").post(reverse("account_login"), facts)
        assert answer.url == "/"
    facts = {"login": "amal", "password": PASSWORD, "next": "/people/"}
    assert browser.post(reverse("account_login"), facts).url == "/people/"


def test_a_password_set_by_another_opens_only_its_own_change(
    browser: Client, sign_in: SignIn, hadi: Viewer
) -> None:
    services.set_password(User.objects.get(username="amal"), password=GOOD, by=hadi)
    sign_in("amal", GOOD)
    change = reverse("account_change_password")
    assert browser.get(reverse("usersessions_list")).url == change
    quiet = browser.get(reverse("usersessions_list"), headers={"hx-request": "true"})
    assert quiet.headers["HX-Redirect"] == change
    mine = "figs before the sunrise"
    answer = browser.post(change, {"oldpassword": GOOD, "password1": mine, "password2": mine})
    assert answer.status_code == 302
    assert browser.get(reverse("usersessions_list")).status_code == 200


def test_an_idle_session_ends_and_the_door_says_why(browser: Client, sign_in: SignIn) -> None:
    sign_in("amal")
    browser.get(reverse("usersessions_list"))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=59), tick=True):
        assert browser.get(reverse("usersessions_list")).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=121), tick=True):
        page = browser.get(reverse("account_login"))
    assert page.wsgi_request.session_ended == "idle"  # type: ignore[attr-defined]
    assert not is_in(browser)


def test_no_session_outlasts_a_day_s_work(browser: Client, sign_in: SignIn) -> None:
    sign_in("amal")
    start = datetime.now(UTC)
    browser.get(reverse("usersessions_list"))
    for half_hours in range(1, 24):
        with time_machine.travel(start + timedelta(minutes=30 * half_hours), tick=True):
            assert browser.get(reverse("usersessions_list")).status_code == 200
    with time_machine.travel(start + timedelta(hours=12, minutes=1), tick=True):
        page = browser.get(reverse("account_login"))
    assert page.wsgi_request.session_ended == "age"  # type: ignore[attr-defined]


def test_a_cookie_of_one_town_opens_nothing_in_another(
    browser: Client, sign_in: SignIn, other_town: str
) -> None:
    sign_in("amal")
    key = browser.session.session_key
    copied: dict[str, Any] = dict(browser.session.items())
    with use(other_town):
        # The worst case: the very same row of the session exists there too.
        store = type(browser.session)(key)
        store.update(copied)
        store.save(must_create=True)
    there = Client(HTTP_HOST="nablus.test")
    there.cookies[settings.SESSION_COOKIE_NAME] = key
    answer = there.get(reverse("usersessions_list"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_reset_password", "account_reset_password_done",
     "account_reset_password_from_key_done", "account_inactive"],
)  # fmt: skip
def test_every_page_before_the_door_stands(browser: Client, name: str) -> None:
    page = browser.get(reverse(name))
    assert page.status_code == 200
    assert 'dir="rtl"' in page.content.decode()


@pytest.mark.parametrize(
    "name", ["account_change_password", "account_logout", "mfa_index", "usersessions_list"]
)
def test_every_page_of_one_s_own_account_stands(
    browser: Client, sign_in: SignIn, name: str
) -> None:
    sign_in("amal")
    page = browser.get(reverse(name))
    assert page.status_code == 200
    assert 'dir="rtl"' in page.content.decode()
