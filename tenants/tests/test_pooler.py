"""A pooler that answers one connection from several processes mixes municipalities; the doctor sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from tenants.doctor import database
from tenants.owner import owner
from tenants.pooler import Pooler, look


class Mixing:
    """What PgBouncer does in transaction mode: each transaction gets a free process, whoever asks. With `tracks` it tells
    the process the path that was set on the connection."""

    def __init__(self, servers: list[Any], *, tracks: bool) -> None:
        self.free, self.tracks = servers, tracks

    @contextmanager
    def connect(self) -> Iterator[Any]:
        yield _Client(self)


class _Client:
    info = SimpleNamespace(backend_pid=1)

    def __init__(self, pooler: Mixing) -> None:
        self.pooler, self.path, self.held = pooler, "public", None

    def execute(self, text: str) -> Any:
        server = self.held or self.pooler.free.pop(0)
        if text.startswith("SET search_path = "):
            self.path = text.removeprefix("SET search_path = ")
        if self.pooler.tracks:
            server.execute(f"SET search_path = {self.path}")
        answer = server.execute(text)
        in_transaction = text == "BEGIN" or (self.held is not None and text != "ROLLBACK")
        self.held = server if in_transaction else None
        if not in_transaction:
            self.pooler.free.insert(0, server)
        return answer


@pytest.fixture
def mixing(db: None) -> Iterator[Callable[..., Mixing]]:
    with ExitStack() as stack:
        yield lambda *, tracks: Mixing(
            [stack.enter_context(owner()) for _ in range(2)], tracks=tracks
        )


def test_our_own_connections_lead_to_the_database_itself(db: None) -> None:
    assert look(owner) == Pooler(between=False)


def test_a_pooler_that_mixes_is_seen(mixing: Callable[..., Mixing]) -> None:
    assert look(mixing(tracks=False).connect) == Pooler(True, mixes=True, keeps_path=False)


def test_one_that_carries_the_path_along_is_told_from_one_that_does_not(
    mixing: Callable[..., Mixing],
) -> None:
    assert look(mixing(tracks=True).connect) == Pooler(True, mixes=True, keeps_path=True)


@pytest.mark.parametrize(
    ("found", "roles", "grade"),
    [
        (Pooler(False), True, "ok"),
        (Pooler(True), True, "ok"),
        (Pooler(True, True, True), False, "warn"),
        (Pooler(True, True, True), True, "bad"),
        (Pooler(True, True, False), False, "bad"),
    ],
)
def test_the_doctor_says_what_it_is_worth(
    found: Pooler, roles: bool, grade: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.DATABASE_ROLE_WALL = roles
    monkeypatch.setattr(database, "look", lambda connect: found)
    (finding,) = database.pooler()
    assert finding.grade == grade
    assert bool(finding.mend) == (grade != "ok")
