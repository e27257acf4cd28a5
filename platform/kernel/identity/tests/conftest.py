"""What the tests of the door share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

PASSWORD = "correct horse battery"

SignIn = Callable[..., Any]


@pytest.fixture(autouse=True)
def _no_counts_of_earlier_tries(town: str) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def browser(client_for: Callable[..., Client]) -> Client:
    """A browser at the door of Khan Yunis; nobody has come in yet."""
    return client_for()


@pytest.fixture
def sign_in(browser: Client) -> SignIn:
    """`sign_in("amal")`: fill the form of the door and send it."""

    def fill(login: str, password: str = PASSWORD, *, client: Client | None = None) -> Any:
        facts = {"login": login, "password": password}
        return (client or browser).post(reverse("account_login"), facts)

    return fill
