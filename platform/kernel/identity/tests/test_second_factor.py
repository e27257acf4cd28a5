"""The second step: a code from an app, once; its secret locked for this municipality."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from kernel.identity import selectors
from kernel.identity.keys import CannotOpen, lock, open_locked
from kernel.identity.models import User
from kernel.identity.tests.conftest import PASSWORD, SignIn
from kernel.tenancy import use

SECRET = "JBSWY3DPEHPK3PXP"
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def code_now(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def enter(client: Client, code: str) -> Any:
    return client.post(reverse("mfa_authenticate"), {"code": code})


def prove_again(client: Client) -> None:
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


@pytest.fixture
def amal_with_app(town: str) -> User:
    amal = User.objects.get(username="amal")
    TOTP.activate(amal, SECRET)
    return amal


def another_browser() -> Client:
    return Client(HTTP_HOST="khanyounis.test")


def test_the_password_alone_no_longer_opens(
    browser: Client, sign_in: SignIn, amal_with_app: User
) -> None:
    assert sign_in("amal").url == reverse("mfa_authenticate")
    assert SESSION_KEY not in browser.session
    assert browser.get(reverse("mfa_authenticate")).status_code == 200
    assert enter(browser, code_now()).status_code == 302
    assert SESSION_KEY in browser.session
    assert selectors.has_second_factor(amal_with_app)


def test_a_code_works_once(browser: Client, sign_in: SignIn, amal_with_app: User) -> None:
    code = code_now()
    sign_in("amal")
    enter(browser, code)
    overheard = another_browser()
    sign_in("amal", client=overheard)
    answer = enter(overheard, code)
    assert answer.status_code == 200
    assert SESSION_KEY not in overheard.session


def test_a_wrong_code_is_refused_and_tries_are_counted(
    browser: Client, sign_in: SignIn, amal_with_app: User
) -> None:
    sign_in("amal")
    wrong = "000000" if code_now() != "000000" else "111111"
    for _try in range(5):
        enter(browser, wrong)
    enter(browser, code_now())
    assert SESSION_KEY not in browser.session


def test_a_code_may_be_typed_in_arabic_digits_with_a_space(
    browser: Client, sign_in: SignIn, amal_with_app: User
) -> None:
    sign_in("amal")
    code = code_now().translate(ARABIC_INDIC)
    assert enter(browser, f"{code[:3]} {code[3:]}").status_code == 302
    assert SESSION_KEY in browser.session


def test_a_recovery_code_opens_once(browser: Client, sign_in: SignIn, amal_with_app: User) -> None:
    codes = RecoveryCodes.activate(amal_with_app)
    code = codes.get_unused_codes()[0]
    sign_in("amal")
    assert enter(browser, code).status_code == 302
    again = another_browser()
    sign_in("amal", client=again)
    enter(again, code)
    assert SESSION_KEY not in again.session


def test_amal_switches_the_app_on_by_its_picture(browser: Client, sign_in: SignIn) -> None:
    sign_in("amal")
    prove_again(browser)
    page = browser.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    assert "<svg" in page.content.decode()
    secret = page.context["form"].secret
    answer = browser.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    for name in ("mfa_view_recovery_codes", "mfa_index", "mfa_deactivate_totp"):
        assert browser.get(reverse(name)).status_code == 200


def test_the_secret_does_not_lie_open_in_the_table(amal_with_app: User) -> None:
    stored = Authenticator.objects.get(user=amal_with_app).data["secret"]
    assert SECRET not in stored
    assert open_locked(stored, purpose="second-factor") == SECRET


def test_what_one_town_locked_another_cannot_open(town: str, other_town: str) -> None:
    locked = lock(SECRET, purpose="second-factor")
    with use(other_town), pytest.raises(CannotOpen):
        open_locked(locked, purpose="second-factor")
    with pytest.raises(CannotOpen):
        open_locked(locked, purpose="webhooks")


def test_a_retired_key_still_opens_what_it_locked(town: str, settings: Any) -> None:
    locked = lock(SECRET, purpose="second-factor")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the next one"
    assert open_locked(locked, purpose="second-factor") == SECRET


def test_changing_the_second_step_asks_once_more_who_one_is(
    browser: Client, sign_in: SignIn
) -> None:
    sign_in("amal")
    answer = browser.get(reverse("mfa_activate_totp"))
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert browser.get(answer.url).status_code == 200
    browser.post(answer.url, {"password": "not her password"})
    assert browser.get(reverse("mfa_activate_totp")).status_code == 302
    assert browser.post(answer.url, {"password": PASSWORD}).status_code == 302
    assert browser.get(reverse("mfa_activate_totp")).status_code == 200


def test_the_pages_of_keys_stand(browser: Client, sign_in: SignIn) -> None:
    sign_in("amal")
    prove_again(browser)
    for name in ("mfa_list_webauthn", "mfa_add_webauthn"):
        assert browser.get(reverse(name)).status_code == 200
    options = browser.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert options.status_code in {200, 302}
