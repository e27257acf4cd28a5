"""The connections that the threads of a process share, and which municipalities each of them knows.

PostgreSQL's process behind a connection looks up every table that it meets, keeps that, and never forgets it. Handed
out in turn, each connection comes to know all municipalities: hundreds of megabytes, and with many municipalities most
requests meet a process that must look everything up first. So a municipality gets one that knows it, if one is idle.
"""

from __future__ import annotations

from time import monotonic
from typing import Any, Final
from weakref import WeakKeyDictionary

from psycopg_pool import ConnectionPool

from kernel.tenancy import SHARED, current_schema_or_none

SPREAD_FROM: Final = 25
"""Municipalities that one connection may know before another is opened for new ones."""


class TownPool(ConnectionPool[Any]):
    """Gives an idle connection that has served the municipality before, else the one that knows the fewest.

    Who has met `most_towns` is renewed when it comes back: what it keeps in memory goes with it. Waiting, growing and
    all else is the library's; `test_pool.py` says what is relied on in it.
    """

    def __init__(self, *args: Any, most_towns: int = 100, **kwargs: Any) -> None:
        self._most_towns = most_towns
        self._met: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
        super().__init__(*args, **kwargs)

    def remember(self, connection: Any, schema: str) -> None:
        """The connection has entered the municipality. The register is everybody's and does not count."""
        if schema != SHARED:
            self._met.setdefault(connection, set()).add(schema)

    def known_to(self, connection: Any) -> frozenset[str]:
        """The municipalities that the connection has entered."""
        return frozenset(self._met.get(connection, ()))

    def putconn(self, conn: Any) -> None:
        """Take the connection back; it is renewed when it has met too many."""
        if len(self._met.get(conn, ())) >= self._most_towns:
            conn._expire_at = monotonic()
        super().putconn(conn)

    def _get_ready_connection(self, timeout: float | None) -> Any:
        """Called while the pool is locked: whoever comes first out of it is chosen here."""
        schema = current_schema_or_none()
        if self._pool and schema not in (None, SHARED):
            self._bring_to_front(str(schema))
        return super()._get_ready_connection(timeout)

    def _bring_to_front(self, schema: str) -> None:
        idle = self._pool
        known = [self._met.get(one, set()) for one in idle]
        best = min(range(len(idle)), key=lambda n: (schema not in known[n], len(known[n])))
        if schema not in known[best] and len(known[best]) >= SPREAD_FROM:
            self._maybe_grow_pool()
        chosen = idle[best]
        del idle[best]
        idle.appendleft(chosen)
