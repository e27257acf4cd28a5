"""Tell the database who writes: the door through which every service writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from kernel.viewer import Viewer

_current: ContextVar[str] = ContextVar("audit_act", default="")


def _act(by: Viewer, reason: str) -> str:
    return json.dumps(
        {
            "user": by.user_id,
            "name": by.name,
            "channel": by.channel,
            "for": by.on_behalf_of,
            "reason": reason,
            "request": by.request_id,
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def _tell(act: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('baladiyat.act', %s, true)", [act])


@contextmanager
def recorded(*, by: Viewer, reason: str = "") -> Iterator[None]:
    """A transaction whose every change is written to the trail under this actor and reason.

    Nested blocks speak for themselves and give the word back to the outer one. Writing an audited table
    outside of such a block is refused by the database (BA001).
    """
    act = _act(by, reason)
    outer = _current.get()
    with transaction.atomic():
        token = _current.set(act)
        if act != outer:
            _tell(act)
        try:
            yield
        finally:
            _current.reset(token)
        if act != outer and connection.in_atomic_block and _still_inside():
            _tell(outer)


def _still_inside() -> bool:
    """True when a transaction goes on after this block: then the outer actor (or nobody) must be told again."""
    return len(connection.savepoint_ids) > 0
