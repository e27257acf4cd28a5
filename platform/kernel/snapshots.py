"""A small, often read and seldom written part of a municipality's data, kept by each process until it changes.

The shared cache holds only a stamp. A process that holds the snapshot of the current stamp answers from memory; a
writer unsettles the stamp at once and sets a new one at commit. While it is unsettled everybody reads the tables
and keeps nothing, so neither an uncommitted nor an outdated value can stay anywhere, and a rollback needs no help.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Generic, TypeVar
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction

from kernel.tenancy import current_schema, use

T = TypeVar("T")
_UNSETTLED = "unsettled"
_UNSETTLED_SECONDS = 900  # longer than any transaction of ours may last
_STAMP_SECONDS = 300  # the longest a change can stay unseen when the cache was away as it was made
_MOST_TOWNS = 256
_names: set[str] = set()
_looked: ContextVar[dict[tuple[str, str], str] | None] = ContextVar(
    "snapshots_looked", default=None
)


@contextmanager
def one_look() -> Iterator[None]:
    """Inside, the shared cache is asked once for all stamps: one act is judged by one state of the town's settings.

    For a single answer to a caller, never for work that goes on for long. What is changed inside is seen inside.
    """
    token = _looked.set({})
    try:
        yield
    finally:
        _looked.reset(token)


class Snapshot(Generic[T]):
    """`get()` gives what `load` read; `changed()` is called by whoever writes what `load` reads."""

    def __init__(self, name: str, load: Callable[[], T]) -> None:
        self._key = f"snapshot:{name}"
        _names.add(self._key)
        self._load = load
        self._kept: OrderedDict[str, tuple[str, T]] = OrderedDict()
        self._lock = Lock()

    def get(self) -> T:
        """The snapshot of the active municipality; no query while nothing changed."""
        schema, stamp = current_schema(), self._stamp()
        if stamp == _UNSETTLED:
            return self._load()
        with self._lock:
            held = self._kept.get(schema)
        if held and held[0] == stamp:
            return held[1]
        loaded = self._load()
        with self._lock:
            self._kept[schema] = (stamp, loaded)
            self._kept.move_to_end(schema)
            if len(self._kept) > _MOST_TOWNS:
                self._kept.popitem(last=False)
        return loaded

    def changed(self) -> None:
        """Tell every process that the tables change with this transaction."""
        cache.set(self._key, _UNSETTLED, _UNSETTLED_SECONDS)
        schema = current_schema()
        self._see(schema, _UNSETTLED)
        transaction.on_commit(lambda: self._settle(schema))

    def _settle(self, schema: str) -> None:
        with use(schema):
            stamp = uuid4().hex
            cache.set(self._key, stamp, _STAMP_SECONDS)
        self._see(schema, stamp)

    def _see(self, schema: str, stamp: str) -> None:
        seen = _looked.get()
        if seen is not None:
            seen[schema, self._key] = stamp

    def _stamp(self) -> str:
        seen = _looked.get()
        if seen is None:
            return self._ask(cache.get(self._key))
        schema = current_schema()
        if not any(town == schema for town, _key in seen):
            for key, stamp in cache.get_many(_names).items():
                seen.setdefault((schema, key), str(stamp))
        if (schema, self._key) not in seen:
            seen[schema, self._key] = self._ask(None)
        return seen[schema, self._key]

    def _ask(self, stamp: str | None) -> str:
        if stamp is None:
            cache.add(self._key, uuid4().hex, _STAMP_SECONDS)
            stamp = cache.get(self._key, _UNSETTLED)
        return str(stamp)
