"""A cache that is away locks nobody out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import caches
from django.test import Client

from kernel.caching import ForgivingCache
from kernel.tenancy import cache_key


@pytest.fixture
def away() -> ForgivingCache:
    return ForgivingCache(
        "redis://127.0.0.1:1/0",
        {
            "KEY_FUNCTION": cache_key,
            "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 0.2},
        },
    )


def test_a_lock_can_be_taken_and_nothing_is_remembered(town: str, away: ForgivingCache) -> None:
    assert away.add("lock", 1, 5) is True
    assert away.get("lock") is None


def test_staff_can_sign_in_while_the_cache_is_away(
    town: str,
    client_for: Callable[..., Client],
    away: ForgivingCache,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(caches._connections, "default", away, raising=False)  # type: ignore[attr-defined]
    answer = client_for().post(
        "/accounts/login/", {"login": "amal", "password": "correct horse battery"}
    )
    assert answer.status_code == 302
