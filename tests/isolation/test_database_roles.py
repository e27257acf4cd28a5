"""The second wall: were the path ever wrong, the database itself refuses; what is written once stays by grants too."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from kernel.db import AppendOnly
from kernel.tenancy import TEMPLATE, as_owner, use, use_shared
from tenants import roles
from tenants.backend.wall import WALLS, TownAway, role_name
from tenants.roles import (
    drop_role_of,
    grant_municipality,
    raise_walls,
    role_wall,
)
from tests.isolation.conftest import in_town


def _role(schema: str) -> str:
    return role_name(connection.settings_dict["NAME"], schema)


def _rows(text: str, *given: Any) -> list[Any]:
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute(text, given)
        return list(cursor.fetchall())


def test_every_town_is_entered_by_its_own_role(town: str, other_town: str) -> None:
    seen = set()
    for schema in (town, other_town, "hub", "public"):
        with use(schema), connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            seen.add(cursor.fetchone()[0])

    assert seen == {_role(schema) for schema in (town, other_town, "hub", "public")}


def test_a_role_may_not_log_in_nor_anything_else(town: str) -> None:
    ((login, inherits, makes_roles, makes_databases, above),) = _rows(
        "SELECT rolcanlogin, rolinherit, rolcreaterole, rolcreatedb, rolsuper OR rolbypassrls"
        " FROM pg_roles WHERE rolname = %s",
        _role(town),
    )

    assert not (login or inherits or makes_roles or makes_databases or above)


def test_the_rights_of_a_role_are_these_and_no_others(town: str) -> None:
    rights = _rows(
        """
        SELECT n.nspname, array_agg(DISTINCT p ORDER BY p) FROM pg_namespace n
        CROSS JOIN unnest(ARRAY['USAGE', 'CREATE']) AS p
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND has_schema_privilege(%s, n.oid, p) GROUP BY 1 ORDER BY 1
        """,
        _role(town),
    )

    assert rights == [("extensions", ["USAGE"]), (town, ["USAGE"])]


def _append_only() -> set[str]:
    return {
        model._meta.db_table
        for model in apps.get_models()
        if any(
            isinstance(one, AppendOnly) and one.name == "append_only"
            for one in getattr(model._meta, "triggers", ())
        )
    }


def test_what_is_written_once_may_be_read_and_added_to_and_nothing_else(town: str) -> None:
    found = _rows(
        """
        SELECT c.relname, array_agg(p ORDER BY p) FROM pg_class c
        CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p
        WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' AND has_table_privilege(%s, c.oid, p)
        GROUP BY 1
        """,
        town,
        _role(town),
    )
    once = {table for table, rights in found if rights == ["INSERT", "SELECT"]}
    rest = {table for table, rights in found if rights == ["DELETE", "INSERT", "SELECT", "UPDATE"]}

    assert once | rest == {table for table, _rights in found}
    assert {
        "audit_entry",
        "audit_seal",
        "finance_entry",
        "finance_line",
        "policies_decision",
    } <= once
    assert once >= _append_only() & {table for table, _rights in found}


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit_entry SET actor_name = 'x'",
        "DELETE FROM finance_line",
        "TRUNCATE audit_entry",
        "TRUNCATE identity_user CASCADE",
        "DROP TABLE identity_user",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "CREATE TABLE here (id int)",
        "CREATE TABLE public.there (id int)",
        "CREATE SCHEMA elsewhere",
        "SELECT * FROM nablus.identity_user",
        "SELECT * FROM hub.identity_user",
        "SELECT * FROM public.tenants_municipality",
        f"SELECT * FROM {TEMPLATE}.identity_user",
        "INSERT INTO nablus.django_session VALUES ('x', 'x', now())",
    ],
)
def test_the_town_itself_is_refused(town: str, attack: str) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(attack)


def test_a_wrong_path_alone_shows_nothing(lasting_town: str) -> None:
    """What the wall is for: role of one town, path of another."""
    from kernel.profile.models import Profile

    Profile.objects.count()
    with (
        pytest.raises(psycopg.errors.UndefinedTable),
        transaction.atomic(),
        connection.connection.cursor() as raw,
    ):
        raw.execute("SET LOCAL search_path = nablus, extensions")
        raw.execute("SELECT name_ar FROM profile_profile")


def test_granting_again_changes_nothing(town: str) -> None:
    text = (
        "SELECT c.relname, c.relacl::text FROM pg_class c WHERE c.relnamespace = %s::regnamespace"
        " ORDER BY 1"
    )
    before = _rows(text, town)
    assert grant_municipality(town)

    assert _rows(text, town) == before


def test_a_new_table_is_closed_until_rights_are_given(town: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE brand_new (id int)")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM brand_new")
    assert town in role_wall().missing

    grant_municipality(town)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM brand_new")
    assert town not in role_wall().missing


def test_what_was_put_aside_is_nobodys_and_gets_no_role(town: str) -> None:
    """A rewind keeps the state until now under another name, a drill restores aside: neither is a municipality."""
    with as_owner(), use_shared(), connection.cursor() as cursor:
        for aside in (f"{town}_until_20260101000000", f"drill_{town}"):
            cursor.execute(f'CREATE SCHEMA "{aside}"')
            cursor.execute(f'CREATE TABLE "{aside}".something (id int)')
    assert role_wall().missing == ()
    raise_walls()
    assert _rows("SELECT 1 FROM pg_roles WHERE rolname = %s", _role(f"drill_{town}")) == []


def test_a_renamed_town_gets_the_role_of_its_new_name(breakable: str) -> None:
    moved = f"{breakable}_moved"
    with as_owner(), use_shared(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER SCHEMA "{breakable}" RENAME TO "{moved}"')
        drop_role_of(breakable)
        grant_municipality(moved)

    assert in_town(moved) == "رفح"
    with pytest.raises(TownAway):
        in_town(breakable)
    assert _rows("SELECT 1 FROM pg_roles WHERE rolname = %s", _role(breakable)) == []


def test_whoever_asks_is_told_how_the_wall_stands(town: str) -> None:
    wall = role_wall()

    assert wall.state in ("standing", "owner_login")
    assert wall.missing == ()
    assert wall.sentence


def test_a_login_that_may_not_make_roles_is_told_so(town: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(roles, "_may_make_roles", lambda: False)

    assert grant_municipality("nablus") is False


def test_without_roles_the_path_still_separates(lasting_town: str) -> None:
    """The fallback: switched off, towns are kept apart by the path alone, and the answer says so."""
    try:
        with override_settings(DATABASE_ROLE_WALL=False):
            WALLS.clear()
            connection.close()
            assert role_wall().state == "off"
            assert not grant_municipality("nablus")
            assert in_town("nablus") == "نابلس"
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_user = session_user")
                assert cursor.fetchone()[0] or role_wall().login != role_wall().owner
    finally:
        # After the setting is back: whoever connects next remembers what it finds.
        WALLS.clear()
        connection.close()
