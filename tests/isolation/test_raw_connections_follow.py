"""Leak: the driver's own cursor, below Django's, still stands in the town that was entered before."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.tenancy import use, use_shared
from tests.isolation.conftest import NAMES, name_here


def _where() -> tuple[str, str]:
    with connection.connection.cursor() as raw:
        raw.execute("SELECT current_schema(), current_user")
        return raw.fetchone()


def test_after_each_switch_the_drivers_cursor_is_where_we_are(lasting_town: str) -> None:
    name_here()
    for schema in ("nablus", "khanyounis", "nablus", "hub"):
        with use(schema):
            where, who = _where()
            assert where == schema
            assert who.endswith(f"_{schema}")
        assert _where()[0] == lasting_town
    with use_shared():
        assert _where()[0] == "public"


@pytest.mark.parametrize("foreign", ["nablus.profile_profile", "public.tenants_municipality"])
def test_a_name_with_another_schema_in_it_is_refused_by_the_database(
    town: str, foreign: str
) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM {foreign}")


def test_a_path_that_was_set_by_hand_is_noticed_and_put_right(lasting_town: str) -> None:
    if connection.pg_version < 180000:
        pytest.skip("the server does not tell its path before PostgreSQL 18")
    name_here()
    connection.connection.execute("SET search_path = nablus, extensions")

    assert name_here() == NAMES[lasting_town]
