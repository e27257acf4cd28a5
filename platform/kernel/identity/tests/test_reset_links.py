"""A link that sets a password: for one account, in one municipality, once."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from kernel.identity import services
from kernel.identity.adapters import own_hand
from kernel.identity.errors import AccountIsClosed
from kernel.identity.models import User
from kernel.identity.tests.conftest import SignIn
from kernel.identity.tokens import password_reset_tokens
from kernel.tenancy import use
from kernel.viewer import Viewer

GOOD = "olives drying on the roof"


@pytest.fixture
def amal_with_mail(hadi: Viewer) -> User:
    return services.change_details(User.objects.get(username="amal"), email="amal@town.ps", by=hadi)


def ask(client: Client, address: str) -> Any:
    return client.post(reverse("account_reset_password"), {"email": address})


def link_in(text: str) -> str:
    return urlsplit(re.search(r"https?://\S+", text)[0]).path  # type: ignore[index]


def open_link(client: Client, path: str) -> Any:
    return client.get(path, follow=True)


def test_a_link_sets_the_password_once(
    browser: Client, sign_in: SignIn, amal_with_mail: User
) -> None:
    ask(browser, "amal@town.ps")
    path = link_in(str(mail.outbox[0].body))
    page = open_link(browser, path)
    form = page.redirect_chain[-1][0]
    browser.post(form, {"password1": GOOD, "password2": GOOD})
    assert sign_in("amal", GOOD).status_code == 302
    assert open_link(Client(HTTP_HOST="khanyounis.test"), path).context["token_fail"]


def test_the_mail_is_in_the_town_s_name_and_in_arabic(
    browser: Client, amal_with_mail: User
) -> None:
    ask(browser, "amal@town.ps")
    assert mail.outbox[0].subject.startswith("بلدية خان يونس")
    assert "amal" in mail.outbox[0].body


def test_an_unknown_address_is_answered_alike_and_gets_no_mail(
    browser: Client, amal_with_mail: User
) -> None:
    known = ask(browser, "amal@town.ps")
    unknown = ask(Client(HTTP_HOST="khanyounis.test"), "nobody@town.ps")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [letter.to for letter in mail.outbox] == [["amal@town.ps"]]


def test_a_link_of_one_town_is_worthless_in_another(town: str, other_town: str) -> None:
    here = User.objects.get(username="amal")
    token = password_reset_tokens.make_token(here)
    assert password_reset_tokens.check_token(here, token)
    with use(other_town):
        # The worst case: the same row, with the same id, hash and dates, stands in the other town.
        assert not password_reset_tokens.check_token(here, token)
        there = Client(HTTP_HOST="nablus.test")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": token})
        assert open_link(there, path).context["token_fail"]


def test_a_link_dies_when_its_owner_comes_in(sign_in: SignIn, town: str) -> None:
    amal = User.objects.get(username="amal")
    token = password_reset_tokens.make_token(amal)
    sign_in("amal")
    amal.refresh_from_db()
    assert not password_reset_tokens.check_token(amal, token)


def test_a_link_dies_with_the_account(hadi: Viewer) -> None:
    amal = User.objects.get(username="amal")
    token = password_reset_tokens.make_token(amal)
    services.deactivate(amal, by=hadi, reason="استقالة")
    assert not password_reset_tokens.check_token(amal, token)


def test_somebody_without_mail_is_invited_by_a_printed_link(
    browser: Client, sign_in: SignIn, hadi: Viewer
) -> None:
    rana = services.create_user("rana", name_ar="رنا قاسم", by=hadi)
    link = services.invite(rana, by=hadi, base_url="https://khanyounis.test/")
    assert link.startswith("https://khanyounis.test/accounts/")
    page = open_link(browser, urlsplit(link).path)
    browser.post(page.redirect_chain[-1][0], {"password1": GOOD, "password2": GOOD})
    assert sign_in("rana", GOOD).status_code == 302
    rana.refresh_from_db()
    assert not rana.must_change_password


def test_an_invitation_is_mailed_where_there_is_an_address(
    hadi: Viewer, django_capture_on_commit_callbacks: Any
) -> None:
    rana = services.create_user("rana", name_ar="رنا قاسم", email="rana@town.ps", by=hadi)
    with django_capture_on_commit_callbacks(execute=True):
        link = services.invite(rana, by=hadi, base_url="https://khanyounis.test")
    assert link in mail.outbox[0].body
    services.deactivate(rana, by=hadi, reason="خطأ")
    with pytest.raises(AccountIsClosed):
        services.invite(rana, by=hadi, base_url="https://khanyounis.test")


def test_a_weak_password_is_refused_at_the_link_too(browser: Client, amal_with_mail: User) -> None:
    ask(browser, "amal@town.ps")
    page = open_link(browser, link_in(str(mail.outbox[0].body)))
    answer = browser.post(
        page.redirect_chain[-1][0], {"password1": "12345678", "password2": "12345678"}
    )
    assert answer.context["form"].errors["password1"]
    assert own_hand(amal_with_mail, None).permissions == frozenset()
