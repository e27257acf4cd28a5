"""The link of a new municipality's first administrator: as often as it is looked at, it sets a password once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from kernel.identity.models import User
from kernel.tenancy import use
from kernel.viewer import Viewer
from tenants.provisioning import Administrator, _invite

GOOD = "olives drying on the roof"
BETTER = "lemons in the yard"
PERSON = Administrator(username="suad", name_ar="سعاد أبو طه", email="suad@rafah.ps")


@pytest.fixture
def link(town: str) -> str:
    return _invite(PERSON, base_url="https://khanyounis.test", by=Viewer.system("tests"))


def _open(link: str, host: str = "khanyounis.test") -> Any:
    return Client(HTTP_HOST=host).get(urlsplit(link).path, follow=True)


def _set(page: Any, password: str) -> Any:
    return page.client.post(
        page.redirect_chain[-1][0], {"password1": password, "password2": password}
    )


def _password_is(password: str) -> bool:
    return User.objects.get(username="suad").check_password(password)


def test_before_the_password_is_set_the_link_may_be_opened_again(link: str) -> None:
    for _visit in range(2):
        page = _open(link)
        assert page.status_code == 200
        assert not page.context.get("token_fail")
    assert _set(page, GOOD).status_code == 302
    assert _password_is(GOOD)


def test_after_the_password_is_set_the_link_is_refused(link: str) -> None:
    _set(_open(link), GOOD)
    assert _open(link).context["token_fail"]


def test_of_two_who_have_it_open_only_the_first_sets_the_password(link: str) -> None:
    first, second = _open(link), _open(link)
    _set(first, GOOD)
    answer = _set(second, BETTER)
    assert answer.context["token_fail"]
    assert _password_is(GOOD)


def test_in_another_municipality_the_link_is_worth_nothing(link: str, other_town: str) -> None:
    with use(other_town):
        assert _open(link, "nablus.test").context["token_fail"]
