"""Threads that know where they are: the one place that may start one.

A bare thread has no municipality, and every query in it is refused. These carry the whole context (municipality,
request id, bound log keys) and give their database connection back when the work is done.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from django.db import connections

from kernel.tenancy.context import current_schema

P = ParamSpec("P")
T = TypeVar("T")


def spawn(work: Callable[..., Any], /, *args: Any, name: str = "", **kwargs: Any) -> Thread:
    """Start `work` in a thread of this municipality. Raises `NoTenant` when none is active."""
    current_schema()
    thread = Thread(
        target=copy_context().run,
        args=(_and_tidy, work, *args),
        kwargs=kwargs,
        name=name or getattr(work, "__name__", "work"),
    )
    thread.start()
    return thread


class TownExecutor(ThreadPoolExecutor):
    """A pool of threads whose every piece of work runs in the municipality that submitted it."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        current_schema()
        return super().submit(copy_context().run, _and_tidy, fn, *args, **kwargs)  # type: ignore[arg-type]


def _and_tidy(work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    try:
        return work(*args, **kwargs)
    finally:
        connections.close_all()
