"""Leak: one table missing in a half-migrated town is silently taken from the shared schema or another town."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client

from kernel.tenancy import SHARED, TEMPLATE, as_owner, use_shared
from tests.isolation.conftest import NAMES


def _tables(schema: str) -> set[str]:
    with use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return {name for (name,) in cursor.fetchall()}


def test_no_table_of_a_town_has_a_namesake_among_the_shared_ones(town: str) -> None:
    assert _tables(TEMPLATE) & _tables(SHARED) == {"django_migrations"}


class _Enough(Exception):
    pass


def test_each_table_renamed_in_turn_gives_an_error_or_this_towns_page_and_never_anothers(
    town: str, client_for: Callable[..., Client], api_for: Callable[..., Client]
) -> None:
    browser, programme = client_for("salma"), api_for("amal")
    for client in (browser, programme):
        client.raise_request_exception = False
    broken = set()

    for table in sorted(_tables(town) - {"django_migrations"}):
        with pytest.raises(_Enough), transaction.atomic():
            with as_owner(), connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_away"')
            for answer in (browser.get("/"), programme.get("/api/v1/parties")):
                page = b"".join(answer) if answer.streaming else answer.content
                assert NAMES["nablus"] not in page.decode(), table
                if answer.status_code >= 500:
                    broken.add(table)
                    assert answer.status_code in (500, 503)
            raise _Enough

    assert {"identity_user", "parties_party"} <= broken
