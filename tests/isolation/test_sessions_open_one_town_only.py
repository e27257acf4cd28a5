"""Leak: a session cookie, or a copied row of sessions, with which somebody is signed in to another town."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client

from kernel.identity.models import User
from kernel.identity.sessions import TOWN, SessionStore
from kernel.tenancy import as_owner, use
from kernel.testing.database import TOWNS

Browser = Callable[..., Client]


def _is_signed_in(client: Client, host: str) -> bool:
    """Whether the cookie, as a thief would send it, opens a page of staff."""
    thief = Client(HTTP_HOST=host)
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return thief.get("/me/").status_code == 200


def test_a_cookie_that_is_carried_to_another_host_is_nobodys(
    town: str, other_town: str, client_for: Browser
) -> None:
    client = client_for("amal")

    assert _is_signed_in(client, TOWNS[town])
    assert not _is_signed_in(client, TOWNS[other_town])
    assert _is_signed_in(client, TOWNS[town])


@pytest.mark.parametrize("way", ["row", "cache"])
def test_nor_where_the_session_itself_and_the_whole_account_were_copied(
    town: str, other_town: str, client_for: Browser, way: str
) -> None:
    client = client_for("amal")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    amal = User.objects.get(username="amal")
    content = SessionStore(key).load()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            f"INSERT INTO {other_town}.django_session SELECT * FROM {town}.django_session"
            " WHERE session_key = %s",
            [key],
        )
        cursor.execute(f"ALTER TABLE {other_town}.identity_user DISABLE TRIGGER USER")
        cursor.execute(
            f"UPDATE {other_town}.identity_user SET password = %s WHERE username = 'amal'",
            [amal.password],
        )
        cursor.execute(f"ALTER TABLE {other_town}.identity_user ENABLE TRIGGER USER")
    if way == "cache":
        with use(other_town):
            cache.set(SessionStore.cache_key_prefix + key, content)

    assert not _is_signed_in(client, TOWNS[other_town])
    assert _is_signed_in(client, TOWNS[town])


def test_the_name_of_the_town_is_inside_and_is_the_last_check(town: str, other_town: str) -> None:
    """Everything else is set aside: readable content that says another town loads as nothing."""
    mine = SessionStore()
    mine["basket"] = ["7"]
    mine.save()
    kept = cache.get(mine.cache_key)
    assert kept[TOWN] == town
    with use(other_town):
        cache.set(mine.cache_key, kept)
        carried = SessionStore(mine.session_key)
        assert carried.load() == {}
        assert carried.session_key is None
        cache.set(mine.cache_key, {**kept, TOWN: other_town})
        assert SessionStore(mine.session_key).load()["basket"] == ["7"]


def test_signing_out_ends_the_session_here(town: str, client_for: Browser) -> None:
    client = client_for("amal")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/accounts/logout/")

    assert not Session.objects.filter(session_key=key).exists()
    assert SessionStore(key).load() == {}


def _settings_of(**environment: str) -> dict[str, Any]:
    import json
    import os

    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import json; from django.conf import settings as s; print(json.dumps({n: getattr(s, n) for n in dir(s)"
            " if 'COOKIE' in n}))",
        ],
        env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return dict(json.loads(told))


@pytest.mark.parametrize("behind_tls", ["true", "false"])
def test_cookies_are_for_the_one_host_that_set_them(behind_tls: str) -> None:
    told = _settings_of(BEHIND_TLS=behind_tls)

    for cookie in ("SESSION", "CSRF"):
        assert told[f"{cookie}_COOKIE_DOMAIN"] is None
        assert told[f"{cookie}_COOKIE_PATH"] == "/"
        assert told[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
        # A browser takes a `__Host-` cookie only with Secure, Path=/ and without Domain: with TLS.
        assert told[f"{cookie}_COOKIE_NAME"].startswith("__Host-") is (behind_tls == "true")
        assert told[f"{cookie}_COOKIE_SECURE"] is (behind_tls == "true")
