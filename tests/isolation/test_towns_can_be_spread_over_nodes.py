"""What PostgreSQL with Citus needs to spread towns by schema over several nodes, kept so by the catalogue's own word."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction

from kernel.tenancy import TEMPLATE, WrongTenant, as_owner, use, use_shared
from tests.isolation.conftest import name_here


def _rows(text: str) -> list[Any]:
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute(text, [TEMPLATE])
        return list(cursor.fetchall())


def test_no_foreign_key_leaves_a_towns_schema(town: str) -> None:
    assert (
        _rows(
            """
            SELECT c.conname FROM pg_constraint c
            JOIN pg_class one ON one.oid = c.conrelid JOIN pg_class other ON other.oid = c.confrelid
            WHERE c.contype = 'f' AND one.relnamespace <> other.relnamespace
              AND %s IS NOT NULL
            """
        )
        == []
    )


def test_every_number_a_table_gives_itself_is_a_bigint(town: str) -> None:
    assert (
        _rows(
            """
            SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND a.attidentity <> ''
              AND a.atttypid <> 'bigint'::regtype AND c.relname <> 'django_migrations'
            """
        )
        == []
    )


def test_no_function_of_a_town_reads_or_sets_the_path(town: str) -> None:
    assert (
        _rows(
            """
            SELECT proname FROM pg_proc WHERE pronamespace = %s::regnamespace
              AND (prosrc ~* 'search_path|current_schema' OR proconfig::text ~ 'search_path')
            """
        )
        == []
    )


def test_no_view_or_inherited_table_ties_towns_together(town: str) -> None:
    assert (
        _rows(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind NOT IN ('r', 'i', 'S')"
        )
        == []
    )


def test_one_schema_for_each_transaction(lasting_town: str) -> None:
    with transaction.atomic():
        name_here()
        with pytest.raises(WrongTenant), use("nablus"):
            name_here()
