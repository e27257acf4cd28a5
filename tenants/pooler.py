"""Whether a pooler stands between us and the database, and whether it mixes: two statements, two servers' processes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

_PROBE = "pg_catalog, extensions"
"""A path that nobody else sets."""


@dataclass(frozen=True)
class Pooler:
    """`between`: somebody answers for the server. `mixes`: statements of one connection go to several processes.
    `keeps_path`: what was set on the connection is told to whichever process comes next."""

    between: bool
    mixes: bool = False
    keeps_path: bool = True


def look(connect: Callable[[], AbstractContextManager[Any]]) -> Pooler:
    """Two connections at once: one sets its path, the other then holds the process that answered in a transaction.

    A pooler that gives out processes by transaction must answer the first from another one now.
    """
    with connect() as one, connect() as other:
        first = _process(one)
        between = first != one.info.backend_pid
        one.execute(f"SET search_path = {_PROBE}")
        first = _process(one)
        other.execute("BEGIN")
        _process(other)
        second = _process(one)
        (path,) = one.execute("SELECT current_setting('search_path')").fetchone()
        other.execute("ROLLBACK")
        return Pooler(between or second != first, second != first, path == _PROBE)


def _process(connection: Any) -> int:
    (number,) = connection.execute("SELECT pg_backend_pid()").fetchone()
    return int(number)
