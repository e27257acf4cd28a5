"""Leak: a schema that does not exist (dropped, renamed) falls through to the shared tables."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError, ProgrammingError
from django.test import Client

from kernel.tenancy import NoTenant, as_owner, spawn, use, use_shared
from tenants.backend import base
from tenants.backend.wall import TownAway
from tenants.roles import drop_role_of
from tests.isolation.conftest import NAMES, in_town

Visitor = Callable[[str], Client]
HEALTHY = {401}


def _removals(schema: str) -> dict[str, str]:
    return {
        "dropped": f'DROP SCHEMA "{schema}" CASCADE',
        "renamed": f'ALTER SCHEMA "{schema}" RENAME TO "{schema}_moved"',
    }


@pytest.mark.parametrize("role_goes_too", [True, False], ids=["with role", "schema only"])
@pytest.mark.parametrize("how", ["dropped", "renamed"])
def test_a_town_that_goes_away_under_load_answers_503_and_nothing_else(
    breakable: str, visitor: Visitor, how: str, role_goes_too: bool
) -> None:
    host = f"{breakable.replace('_', '-')}.test"
    seen: list[tuple[int, str]] = []
    gone, enough = Event(), Event()

    def visit() -> None:
        client = visitor(host)
        after = 0
        while after < 6 and not enough.is_set():
            answer = client.get("/api/v1/parties", HTTP_AUTHORIZATION="Bearer bk_nobody")
            seen.append((answer.status_code, answer.content.decode()))
            after += gone.is_set()

    thread = spawn(visit)
    try:
        with as_owner(), use_shared(), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_removals(breakable)[how])
            if role_goes_too:
                drop_role_of(breakable)
        gone.set()
        thread.join(60)
    finally:
        enough.set()
        thread.join()

    statuses = {status for status, _page in seen}
    assert statuses <= HEALTHY | {503}
    assert seen[-1][0] == 503
    assert not [page for _status, page in seen if any(name in page for name in NAMES.values())]


def test_a_schema_that_never_was_is_refused_at_the_door(lasting_town: str) -> None:
    with pytest.raises((TownAway, ProgrammingError)):
        in_town("ghost")


@pytest.mark.parametrize(
    "name", ["", "Nablus", 'nablus"; RESET ROLE; --', "public, nablus", "نابلس"]
)
def test_a_hostile_name_of_a_schema_is_refused_before_any_message(town: str, name: str) -> None:
    with pytest.raises(NoTenant), use(name):
        pass


def test_with_the_shared_schema_in_the_path_it_would_leak(
    lasting_town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would happen: the guard is switched off once."""

    def lax(_wrapper: object, place: base.Place) -> str:
        return f'SET ROLE NONE; SET search_path = "{place.schema}", public'

    def registered() -> int:
        with use("ghost"), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM tenants_municipality")
            return int(cursor.fetchone()[0])

    with pytest.raises((OperationalError, ProgrammingError)):
        registered()
    connection.close()
    monkeypatch.setattr(base, "entering", lax)

    assert registered() >= 2
    connection.close()
