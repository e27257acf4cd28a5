"""Leak: one table missing in a half-migrated town is silently taken from the shared schema or another town."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel.tenancy import SHARED, TEMPLATE, as_owner, use_shared
from tests.doors import TOWN, endpoints, pages
from tests.exemplars import seat_mighty
from tests.isolation.conftest import NAMES


def _tables(schema: str) -> set[str]:
    with use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return {name for (name,) in cursor.fetchall()}


def test_no_table_of_a_town_has_a_namesake_among_the_shared_ones(town: str) -> None:
    assert _tables(TEMPLATE) & _tables(SHARED) == {"django_migrations"}


class _Enough(Exception):
    pass


@pytest.fixture
def doors(
    town: str, client_for: Callable[..., Client], api_for: Callable[..., Client]
) -> list[tuple[Client, str]]:
    """Every page and list that needs no object, with somebody who may see all of them."""
    seat_mighty()
    browser, programme = client_for("mighty"), api_for("mighty")
    for one in (browser, programme):
        one.raise_request_exception = False
    return [
        (programme if door.endpoint else browser, door.address())
        for door in (*pages(TOWN), *endpoints())
        if not door.holes and "logout" not in door.address()
    ]


def test_each_table_renamed_in_turn_gives_an_error_or_this_towns_page_and_never_anothers(
    town: str, doors: list[tuple[Client, str]]
) -> None:
    """Every door misses one of the tables that it reads, and every table is missed by some door."""
    tables = sorted(_tables(town) - {"django_migrations"})
    missing: dict[str, list[tuple[Client, str]]] = dict.fromkeys(tables, doors[:1])
    readers: dict[str, list[tuple[Client, str]]] = {}
    for door in doors:
        read = sorted(_tables_read(*door) & set(tables), key=lambda one: len(missing[one]))
        missing[read[0]] = [*missing[read[0]], door]
        for table in read:
            readers.setdefault(table, []).append(door)

    noticed = set()
    for table in tables:
        with pytest.raises(_Enough), transaction.atomic():
            with as_owner(), connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_away"')
            for client, address in (*missing[table], *readers.get(table, [])[:1]):
                status, page = _read(client, address)
                assert NAMES["nablus"] not in page, (table, address)
                if status >= 500:
                    noticed.add(table)
                    assert status in (500, 503)
            raise _Enough

    assert {"identity_user", "parties_party"} <= noticed
    assert len(noticed) > len(readers) * 0.9, sorted(set(readers) - noticed)


def _read(client: Client, address: str) -> tuple[int, str]:
    """Asked in a savepoint: what one door breaks, the next does not stumble over."""
    answers: list[tuple[int, str]] = []
    with pytest.raises(_Enough), transaction.atomic():
        answer = client.get(address)
        content = b"".join(answer) if answer.streaming else answer.content  # type: ignore[arg-type]
        answers.append((answer.status_code, content.decode(errors="replace")))
        raise _Enough
    return answers[0]


def _tables_read(client: Client, address: str) -> set[str]:
    with CaptureQueriesContext(connection) as seen:
        _read(client, address)
    return {name for one in seen.captured_queries for name in re.findall(r"\w+", one["sql"])}
