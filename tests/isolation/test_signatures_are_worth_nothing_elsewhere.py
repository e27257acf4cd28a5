"""Leak: a signed value, reset link, key or sealed secret of one town that another town takes for its own."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.test import Client

from api.keys import digest_of
from kernel.identity.keys import CannotOpen, lock, open_locked
from kernel.identity.models import User
from kernel.identity.tokens import password_reset_tokens
from kernel.tenancy import NoTenant, town_key, use
from kernel.tenancy.signing import bind_signatures, unbind_signatures
from kernel.testing.database import TOWNS


def _cookie(value: str) -> HttpRequest:
    response, request = HttpResponse(), HttpRequest()
    response.set_signed_cookie("chosen", value)
    request.COOKIES["chosen"] = response.cookies["chosen"].value
    return request


KINDS: dict[str, Callable[[], Callable[[], Any]]] = {
    "dumps": lambda: (lambda text: lambda: signing.loads(text))(signing.dumps({"party": 7})),
    "signer": lambda: (lambda text: lambda: signing.Signer().unsign(text))(signing.Signer().sign("7")),
    "timed": lambda: (lambda text: lambda: signing.TimestampSigner().unsign(text))(
        signing.TimestampSigner().sign("7")
    ),
    "own key": lambda: (lambda text: lambda: signing.Signer(key="k").unsign(text))(
        signing.Signer(key="k").sign("7")
    ),
    "cookie": lambda: (lambda request: lambda: request.get_signed_cookie("chosen"))(_cookie("7")),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_value_of_here_is_a_bad_signature_there(
    town: str, other_town: str, kind: str
) -> None:
    read = KINDS[kind]()

    assert read()
    with use(other_town), pytest.raises(signing.BadSignature):
        read()


def test_nothing_is_signed_nowhere() -> None:
    with pytest.raises(NoTenant):
        Context().run(signing.dumps, {"party": 7})


def test_a_link_that_sets_a_password_works_for_the_namesake_of_no_other_town(
    town: str, other_town: str
) -> None:
    amal = User.objects.get(username="amal")
    token = password_reset_tokens.make_token(amal)
    with use(other_town):
        namesake = User.objects.get(username="amal")
        assert not password_reset_tokens.check_token(namesake, token)
    assert password_reset_tokens.check_token(amal, token)


def test_a_key_of_a_programme_opens_nothing_where_even_its_row_was_copied(
    town: str, other_town: str, api_for: Callable[..., Client]
) -> None:
    programme = api_for("amal")
    assert programme.get("/api/v1/parties").status_code == 200
    assert programme.get("/api/v1/parties", HTTP_HOST=TOWNS[other_town]).status_code == 401
    here = digest_of("bk_the-same-text")
    with use(other_town):
        assert digest_of("bk_the-same-text") != here


def test_a_sealed_secret_is_opened_nowhere_else(town: str, other_town: str) -> None:
    sealed = lock("JBSWY3DPEHPK3PXP", purpose="second-factor")
    with use(other_town), pytest.raises(CannotOpen):
        open_locked(sealed, purpose="second-factor")


def test_every_town_and_purpose_has_a_key_of_its_own(town: str, other_town: str) -> None:
    keys = {town_key(purpose) for purpose in ("task", "signature", "session")}
    with use(other_town):
        keys |= {town_key(purpose) for purpose in ("task", "signature", "session")}

    assert len(keys) == 6


def test_signatures_outlive_an_exchange_of_the_installations_secret(
    town: str, settings: Any
) -> None:
    amal = User.objects.get(username="amal")
    text, token = signing.dumps("7"), password_reset_tokens.make_token(amal)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-another-secret-another-secret"

    assert signing.loads(text) == "7"
    assert password_reset_tokens.check_token(amal, token)


def test_without_the_binding_it_would_be_taken(town: str, other_town: str) -> None:
    """What would happen: the guard is switched off once."""
    unbind_signatures()
    try:
        text = signing.dumps({"party": 7})
        with use(other_town):
            assert signing.loads(text) == {"party": 7}
    finally:
        bind_signatures()
