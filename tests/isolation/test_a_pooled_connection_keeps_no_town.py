"""Leak: a connection that goes back to a pool still stands in the town of its last user."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.utils import OperationalError

from kernel.tenancy import use
from tenants.backend.base import DatabaseWrapper
from tenants.backend.wall import leave
from tests.isolation.conftest import NAMES

Pooled = Callable[..., DatabaseWrapper]


@pytest.fixture
def pooled(lasting_town: str) -> Iterator[Pooled]:
    """Wrappers over one pool with a single connection, as two threads of a web process have them."""
    made: list[DatabaseWrapper] = []

    def make(reset: Any = leave) -> DatabaseWrapper:
        told = connection.settings_dict
        pool = {"min_size": 1, "max_size": 1, "timeout": 5, "reset": reset}
        made.append(
            DatabaseWrapper(
                {**told, "CONN_MAX_AGE": 0, "OPTIONS": {**told["OPTIONS"], "pool": pool}},
                alias="pooled",
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.close()
    if made and "pooled" in DatabaseWrapper._connection_pools:
        made[0].close_pool()


def _ask(wrapper: DatabaseWrapper, text: str) -> Any:
    with wrapper.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchone()[0]


def test_two_towns_take_turns_on_one_connection(pooled: Pooled) -> None:
    first, second = pooled(), pooled()
    backends, names = set(), []
    for wrapper, schema in [(first, "khanyounis"), (second, "nablus")] * 3:
        with use(schema):
            names.append((schema, _ask(wrapper, "SELECT name_ar FROM profile_profile")))
            backends.add(_ask(wrapper, "SELECT pg_backend_pid()"))
            wrapper.close()

    assert len(backends) == 1
    assert names == [(schema, NAMES[schema]) for schema, _name in names]


def test_what_lies_in_the_pool_stands_nowhere_and_may_nothing(pooled: Pooled) -> None:
    wrapper = pooled()
    with use("nablus"):
        _ask(wrapper, "SELECT 1")
        wrapper.close()

    with wrapper.pool.connection() as raw:
        path, who, login = raw.execute(
            "SELECT current_setting('search_path'), current_user, session_user"
        ).fetchone()
        assert path in ("", '""')
        assert who == login
        with pytest.raises(psycopg.errors.UndefinedTable):
            raw.execute("SELECT * FROM profile_profile")


def test_an_unfinished_transaction_goes_back_clean(pooled: Pooled) -> None:
    wrapper = pooled()
    with use("nablus"):
        wrapper.ensure_connection()
        wrapper.connection.execute("BEGIN")
        wrapper.connection.execute("SELECT 1")
        wrapper.close()
    with use("khanyounis"):
        assert _ask(wrapper, "SELECT name_ar FROM profile_profile") == NAMES["khanyounis"]


def test_a_connection_that_was_not_reset_is_noticed_and_destroyed(pooled: Pooled) -> None:
    """What would happen: the reset is switched off once."""
    if connection.pg_version < 180000:
        pytest.skip("the server does not tell its path before PostgreSQL 18")
    wrapper = pooled(reset=None)
    with use("nablus"):
        _ask(wrapper, "SELECT 1")
        wrapper.close()
    with use("khanyounis"):
        with pytest.raises(OperationalError, match="still stood in nablus"):
            _ask(wrapper, "SELECT 1")
        assert _ask(wrapper, "SELECT name_ar FROM profile_profile") == NAMES["khanyounis"]


def test_a_cut_connection_is_replaced(pooled: Pooled) -> None:
    wrapper = pooled()
    with use("nablus"):
        cut = _ask(wrapper, "SELECT pg_backend_pid()")
        wrapper.close()
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE; SELECT pg_terminate_backend(%s)", [cut])
        connection.close()
        assert _ask(wrapper, "SELECT name_ar FROM profile_profile") == NAMES["nablus"]


def test_a_forked_child_has_a_pool_of_its_own(pooled: Pooled) -> None:
    wrapper = pooled()
    with use("nablus"):
        _ask(wrapper, "SELECT 1")
    assert "pooled" in DatabaseWrapper._connection_pools
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"none" if not DatabaseWrapper._connection_pools else b"some")
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(reading, 4) == b"none"
    with use("nablus"):
        assert _ask(wrapper, "SELECT name_ar FROM profile_profile") == NAMES["nablus"]


def test_the_house_pools_unless_it_is_told_not_to() -> None:
    pool = settings.DATABASE_POOL

    assert pool["reset"] is leave
    assert 600 <= int(str(pool["max_lifetime"])) <= 1800
