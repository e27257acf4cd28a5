"""The test database: made once per worker, with two towns replayed from the template, reused while nothing moved.

A worker's database is kept between runs when the fingerprint of migrations and seeds is unchanged
(`--create-db` makes it anew). Tests do without the pool of connections, unless BALADIYAT_TEST_POOL is set: a test's
thread that keeps one would make others wait.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from kernel.tenancy import use_shared

TOWNS = {"khanyounis": "khanyounis.test", "nablus": "nablus.test"}


@contextmanager
def _named(suffix: str) -> Iterator[None]:
    settings = connections["default"].settings_dict
    name = settings["TEST"]["NAME"] or f"test_{settings['NAME']}"
    settings["TEST"]["NAME"] = f"{name}_{suffix}" if suffix else name
    try:
        yield
    finally:
        settings["TEST"]["NAME"] = name


def make_test_database(
    make_towns: object, *, suffix: str, fresh: bool, blocker: DjangoDbBlocker
) -> None:
    """Create (or take again) the worker's database and let `make_towns()` fill it."""
    connection = connections["default"]
    with blocker.unblock(), _named(suffix), use_shared():
        creation: Any = connection.creation
        name = creation._get_test_db_name()
        exists = _exists(name)
        if fresh or not exists:
            creation._create_test_db(verbosity=0, autoclobber=True, keepdb=False)
        connection.close()
        if "BALADIYAT_TEST_POOL" not in os.environ:
            connection.settings_dict["OPTIONS"].pop("pool", None)
        elif connection.settings_dict["OPTIONS"].get("pool"):
            connection.close_pool()  # type: ignore[attr-defined]
        connection.settings_dict["NAME"] = name
        make_towns()  # type: ignore[operator]


def _exists(name: str) -> bool:
    connection = connections["default"]
    creation: Any = connection.creation
    with creation._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def worker_suffix(request: pytest.FixtureRequest) -> str:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    return str(worker)
