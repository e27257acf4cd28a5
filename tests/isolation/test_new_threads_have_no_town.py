"""Leak: a new thread, an executor or asynchronous code starts in the shared schema without a word."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.cache import cache
from django.db import connection

from kernel.tenancy import NoTenant, TownExecutor, spawn
from tests.isolation.conftest import NAMES, name_here


def _attempt(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except NoTenant as refused:
        return refused
    finally:
        connection.close()


@pytest.mark.parametrize("work", [name_here, lambda: cache.get("dues")], ids=["rows", "cache"])
def test_a_bare_thread_is_refused_every_row_and_every_key(
    lasting_town: str, work: Callable[[], Any]
) -> None:
    found: list[Any] = []
    thread = Thread(target=lambda: found.append(_attempt(work)))
    thread.start()
    thread.join()

    assert isinstance(found[0], NoTenant)


def test_a_bare_executor_is_refused(lasting_town: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        assert isinstance(pool.submit(_attempt, name_here).result(), NoTenant)


def test_our_own_threads_stay_where_they_were_started(lasting_town: str) -> None:
    found: list[str] = []
    spawn(lambda: found.append(name_here())).join()
    with TownExecutor(2) as pool:
        found += pool.map(lambda _: name_here(), range(4))

    assert set(found) == {NAMES[lasting_town]}


def test_our_own_threads_are_not_started_from_nowhere() -> None:
    from contextvars import Context

    with pytest.raises(NoTenant):
        Context().run(spawn, name_here)
    with TownExecutor(1) as pool, pytest.raises(NoTenant):
        Context().run(pool.submit, name_here)


@pytest.mark.parametrize("together", [True, False])
def test_asynchronous_code_reads_the_town_it_was_called_in(
    lasting_town: str, together: bool
) -> None:
    async def read() -> Any:
        return await sync_to_async(_attempt, thread_sensitive=together)(name_here)

    assert async_to_sync(read)() == NAMES[lasting_town]
