"""A municipality comes back to the connection that knows it; one that knows too many is renewed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from kernel.tenancy import SHARED, use
from tenants.backend import pool as pools
from tenants.backend.base import DatabaseWrapper
from tenants.backend.pool import SPREAD_FROM, TownPool
from tenants.backend.wall import leave

Lend = Callable[[str], Any]


@pytest.fixture
def town_pool(db: None) -> Iterator[Callable[..., TownPool]]:
    """Pools as the house opens them, smaller."""
    made: list[TownPool] = []

    def make(**wishes: Any) -> TownPool:
        told = {**connection.get_connection_params(), "autocommit": True}
        made.append(
            # without a reset what comes back is put away at once, not by a thread of the pool
            TownPool(kwargs=told, open=True, **{"min_size": 2, "max_size": 2, **wishes})
        )
        made[-1].wait(10)
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Says which municipality asks; the pool looks at nothing else of it."""
    return lambda schema: monkeypatch.setattr(pools, "current_schema_or_none", lambda: schema)


@contextmanager
def lent(pool: TownPool, standing: Callable[[str | None], None], schema: str) -> Iterator[Any]:
    standing(schema)
    taken = pool.getconn(timeout=5)
    pool.remember(taken, schema)
    yield taken
    pool.putconn(taken)


def test_a_municipality_comes_back_to_the_connection_that_knows_it(
    town_pool: Callable[..., TownPool], standing: Callable[[str | None], None]
) -> None:
    pool = town_pool()
    with lent(pool, standing, "rafah") as one, lent(pool, standing, "gaza") as other:
        assert one is not other
    for _ in range(4):
        with lent(pool, standing, "gaza") as again:
            assert again is other
        with lent(pool, standing, "rafah") as again:
            assert again is one


def test_a_new_municipality_gets_the_one_that_knows_the_fewest(
    town_pool: Callable[..., TownPool], standing: Callable[[str | None], None]
) -> None:
    pool = town_pool()
    for town in ("rafah", "gaza", "jenin", "nablus", "hebron", "salfit"):
        with lent(pool, standing, town):
            pass
    assert sorted(len(known) for known in pool._met.values()) == [3, 3]


def test_while_it_is_busy_another_serves(
    town_pool: Callable[..., TownPool], standing: Callable[[str | None], None]
) -> None:
    pool = town_pool()
    with lent(pool, standing, "rafah") as one, lent(pool, standing, "rafah") as other:
        assert one is not other
        assert pool.known_to(other) == {"rafah"}


def test_one_that_has_met_too_many_is_renewed(
    town_pool: Callable[..., TownPool],
    standing: Callable[[str | None], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    pool = town_pool(min_size=1, max_size=1, most_towns=2)
    with lent(pool, standing, "rafah") as first:
        pass
    with lent(pool, standing, "gaza") as same:
        assert same is first
    with lent(pool, standing, "jenin") as fresh:
        assert fresh is not first
        assert first.closed
        assert pool.known_to(fresh) == {"jenin"}
    assert not [one for one in caplog.records if one.levelname == "WARNING"]


def test_another_is_opened_before_one_knows_all(
    town_pool: Callable[..., TownPool], standing: Callable[[str | None], None]
) -> None:
    pool = town_pool(min_size=1, max_size=2)
    for number in range(SPREAD_FROM):
        with lent(pool, standing, f"town_{number}"):
            pass
    assert pool.get_stats()["pool_size"] == 1
    with lent(pool, standing, "one_more"):
        pass
    assert pool.get_stats()["pool_size"] == 2


def test_the_register_is_nobodys_municipality(
    town_pool: Callable[..., TownPool], standing: Callable[[str | None], None]
) -> None:
    pool = town_pool()
    with lent(pool, standing, SHARED) as one:
        assert pool.known_to(one) == frozenset()


def test_the_connection_layer_says_whom_a_connection_met(lasting_town: str) -> None:
    told = connection.settings_dict
    options = {
        **told["OPTIONS"],
        "pool": {"min_size": 1, "max_size": 1, "timeout": 5, "reset": leave},
    }
    wrapper = DatabaseWrapper({**told, "CONN_MAX_AGE": 0, "OPTIONS": options}, alias="met")
    try:
        for schema in ("khanyounis", "nablus"):
            with use(schema):
                with wrapper.cursor() as cursor:
                    cursor.execute("SELECT 1")
                known = wrapper.pool.known_to(wrapper.connection)
                wrapper.close()
        assert known == {"khanyounis", "nablus"}
    finally:
        wrapper.close_pool()
