"""Leak: a cache whose keys do not carry the town: one town's dues, limits, sessions or pages read in another."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.template import engines
from django.test import Client

from kernel.tenancy import NoTenant, use
from kernel.testing.database import TOWNS

USES: dict[str, Callable[[], Any]] = {
    "get": lambda: cache.get("dues"),
    "set": lambda: cache.set("dues", 1),
    "add": lambda: cache.add("dues", 1),
    "get_many": lambda: cache.get_many(["dues"]),
    "get_or_set": lambda: cache.get_or_set("dues", 1),
    "delete": lambda: cache.delete("dues"),
    "incr": lambda: cache.incr("dues"),
    "touch": lambda: cache.touch("dues"),
}


@pytest.mark.parametrize("how", USES)
def test_no_key_without_a_town(town: str, how: str) -> None:
    with pytest.raises(NoTenant):
        Context().run(USES[how])


def test_the_same_key_is_another_one_in_another_town(town: str, other_town: str) -> None:
    cache.set("dues", "500")
    with use(other_town):
        assert cache.get("dues") is None
        assert cache.add("dues", "none")
    assert cache.get("dues") == "500"


def test_forgetting_everything_forgets_one_towns(town: str, other_town: str) -> None:
    cache.set("dues", "500")
    with use(other_town):
        cache.set("dues", "none")
        cache.clear()
        assert cache.get("dues") is None
    assert cache.get("dues") == "500"


def test_a_piece_of_a_page_is_kept_for_its_town_only(town: str, other_town: str) -> None:
    page = engines["django"].from_string(
        "{% load cache %}{% cache 60 piece %}{{ name }}{% endcache %}"
    )
    assert page.render({"name": "khanyounis"}) == "khanyounis"
    with use(other_town):
        assert page.render({"name": "nablus"}) == "nablus"


def test_tries_in_one_town_do_not_close_the_door_of_another(town: str, other_town: str) -> None:
    def tries(host: str, times: int) -> str:
        client = Client(HTTP_HOST=host)
        answers = [
            client.post("/accounts/login/", {"login": "amal", "password": "wrong"})
            for _try in range(times)
        ]
        return answers[-1].content.decode()

    shut = "انتظر خمس دقائق"
    assert shut in tries(TOWNS[town], 7)
    assert shut not in tries(TOWNS[other_town], 1)


def test_without_the_town_in_the_key_it_would_leak(
    town: str, other_town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would happen: the guard is switched off once."""
    monkeypatch.setattr(
        caches["default"], "key_func", lambda key, prefix, version: f"{prefix}:{version}:{key}"
    )
    cache.set("dues", "500")
    with use(other_town):
        assert cache.get("dues") == "500"
    cache.delete("dues")
