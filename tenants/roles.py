"""Database roles: one for each municipality, with rights on its own schema and nothing else.

`grant_municipality` gives a schema its role and the role its rights; whatever makes, migrates, renames or restores a
schema calls it, inside its own transaction. `raise_walls` does it for a whole installation. Where the login may not
make roles, municipalities are kept apart by the path alone, and `role_wall` says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import structlog
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from kernel.tenancy import HUB, SHARED, as_owner, use_shared
from tenants.backend.wall import EXTENSIONS, SPARE_PREFIX, WALLS, role_name, wall_of

log = structlog.get_logger(__name__)

# A guard's own trigger says that a table is append-only: the catalogue is asked, not the code, so that a schema of an
# older release gets what it needs. UPDATE, DELETE and TRUNCATE are then refused before any trigger is.
_GRANT = """
DO $grants$
DECLARE
    place name := {schema};
    role name := {role};
    written_once text;
    others text;
    counters text;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = role) THEN
        EXECUTE format('CREATE ROLE %I {kind} NOINHERIT', role);
    END IF;
    IF session_user <> role AND NOT EXISTS (
        SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles l ON l.oid = m.member
        WHERE r.rolname = role AND l.rolname = session_user AND ({may_set})
    ) THEN
        EXECUTE format('GRANT %I TO %I{options}', role, session_user);
    END IF;
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', place);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', place, role);
    IF NOT has_schema_privilege(role, '{extensions}', 'USAGE') THEN
        -- One right for everybody, given once: one for each role would be one row that all creations fight for.
        PERFORM pg_advisory_xact_lock(7402031);
        GRANT USAGE ON SCHEMA {extensions} TO PUBLIC;
    END IF;
    -- By what leans on the schema: pg_class has no index by schema, and would be read whole, all municipalities' rows
    -- of it (so does GRANT ... ON ALL ... IN SCHEMA).
    SELECT string_agg(format('%I.%I', place, c.relname), ', ') FILTER (WHERE c.relkind <> 'S' AND a.once),
           string_agg(format('%I.%I', place, c.relname), ', ') FILTER (WHERE c.relkind <> 'S' AND NOT a.once),
           string_agg(format('%I.%I', place, c.relname), ', ') FILTER (WHERE c.relkind = 'S')
    INTO written_once, others, counters
    FROM pg_depend d
    JOIN pg_class c ON c.oid = d.objid AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT 1 FROM pg_trigger t
                       WHERE t.tgrelid = c.oid AND t.tgname LIKE 'pgtrigger\\_append\\_only\\_%') AS once
    ) a
    WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = quote_ident(place)::regnamespace
          AND d.classid = 'pg_class'::regclass AND d.deptype = 'n';
    IF written_once IS NOT NULL THEN
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %I', written_once, role);
        EXECUTE format('GRANT SELECT, INSERT ON %s TO %I', written_once, role);
    END IF;
    IF others IS NOT NULL THEN
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', others, role);
    END IF;
    IF counters IS NOT NULL THEN
        EXECUTE format('GRANT USAGE ON SEQUENCE %s TO %I', counters, role);
    END IF;
END
$grants$;
"""


# Who is in the register and ready, and what may become one. What was put aside (a rewind, a drill, a wreck) is nobody's.
_LACKING = """
    SELECT n.nspname FROM pg_namespace n LEFT JOIN pg_roles r ON r.rolname = %s || n.nspname
    WHERE (n.nspname = ANY(%s) OR starts_with(n.nspname, %s)
           OR EXISTS (SELECT 1 FROM "public"."tenants_municipality" m
                      WHERE m.schema_name = n.nspname AND m.stage <> 'provisioning'))
      AND (r.oid IS NULL
           OR NOT pg_has_role(session_user, r.oid, 'MEMBER')
           OR NOT has_schema_privilege(r.oid, n.oid, 'USAGE')
           OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'r'
                      AND NOT has_table_privilege(r.oid, c.oid, 'INSERT')))
    ORDER BY n.nspname <> 'public', n.nspname
"""


@dataclass(frozen=True)
class RoleWall:
    """What stands between municipalities inside the database. `missing` are schemas that have no role yet."""

    state: str
    login: str
    owner: str
    missing: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.state == "standing" and not self.missing

    @property
    def sentence(self) -> str:
        """What an operator should know or do."""
        if self.missing:
            return _(
                "These municipalities have no database role: %(names)s. Run “baladiyat setup”."
            ) % {"names": ", ".join(self.missing)}
        return {
            "standing": _("Every municipality has its own database role."),
            "owner_login": _(
                "Every municipality has its own database role, but the login %(login)s owns the tables itself."
                " Let a role that cannot log in own the database."
            ),
            "absent": _(
                "Municipalities share the rights of the login %(login)s: it may not make database roles."
                " Give it CREATEROLE and run “baladiyat setup”."
            ),
            "off": _("Database roles are switched off (DATABASE_ROLE_WALL)."),
        }[self.state] % {"login": self.login}


def grant_municipality(schema: str) -> bool:
    """Give the schema its role and the role exactly its rights; rerunnable. By the owner's hand, inside the caller's
    transaction. False when there is no wall here (roles may not be made, or are switched off)."""
    if not settings.DATABASE_ROLE_WALL or not _may_make_roles():
        return False
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(_text(schema))
    return True


def drop_role_of(schema: str) -> None:
    """Remove the role of a schema that was dropped or renamed: whoever still asks for it is refused. Rerunnable."""
    role = role_name(connection.settings_dict["NAME"], schema)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is not None and _may_make_roles():
            # Rights can only be taken from a role by a member that has them by itself, even if it was made NOINHERIT.
            by_itself = " WITH INHERIT TRUE" if _since_16() else ""
            cursor.execute(f'GRANT "{role}" TO CURRENT_USER{by_itself}')
            with _inheriting(cursor):
                cursor.execute(f'DROP OWNED BY "{role}"')
            cursor.execute(f'DROP ROLE "{role}"')


@contextmanager
def _inheriting(cursor: Any) -> Iterator[None]:
    """Before 16 no membership says whether its rights are inherited: a hand that inherits nothing does, for a statement."""
    cursor.execute("SELECT rolinherit FROM pg_roles WHERE rolname = current_user")
    if _since_16() or cursor.fetchone()[0]:
        yield
        return
    cursor.execute("ALTER ROLE CURRENT_USER INHERIT")
    yield
    cursor.execute("ALTER ROLE CURRENT_USER NOINHERIT")


def raise_walls() -> RoleWall:
    """Roles and rights for every schema of this database, `public` closed to everybody else. For setup; rerunnable."""
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for schema in _without_rights(cursor):
            if not grant_municipality(schema):
                break
    WALLS.clear()
    with use_shared():
        found = role_wall()
    if not found.is_whole:
        log.warning("roles.wall", state=found.state, missing=list(found.missing))
    return found


def role_wall() -> RoleWall:
    """How the wall stands now. For `baladiyat doctor`, the hub, and the tests."""
    with use_shared(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_user, pg_get_userbyid(datdba) FROM pg_database"
            " WHERE datname = current_database()"
        )
        login, owner = cursor.fetchone()
        missing = tuple(_without_rights(cursor))
    if not settings.DATABASE_ROLE_WALL:
        return RoleWall("off", login, owner)
    if not wall_of(connection).stands:
        return RoleWall("absent", login, owner)
    return RoleWall("owner_login" if login == owner else "standing", login, owner, missing)


def _since_16() -> bool:
    """Whether a membership says by itself if its rights are inherited and if it may be entered."""
    return bool(cast(Any, connection).pg_version >= 160000)


def _may_make_roles() -> bool:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        return bool(cursor.fetchone()[0])


def _without_rights(cursor: Any) -> list[str]:
    """Schemas whose role is missing, is not the login's to enter, or lacks a right: one query for all of them."""
    prefix = role_name(connection.settings_dict["NAME"], "")
    cursor.execute(_LACKING, [prefix, [SHARED, HUB], SPARE_PREFIX])
    return [name for (name,) in cursor.fetchall()]


def _text(schema: str) -> str:
    since_16 = _since_16()
    return _GRANT.format(
        schema=_quoted(schema),
        role=_quoted(role_name(connection.settings_dict["NAME"], schema)),
        # Citus opens connections from node to node as the role in hand.
        kind="LOGIN" if settings.CITUS else "NOLOGIN",
        options=" WITH INHERIT FALSE, SET TRUE" if since_16 else "",
        may_set="m.set_option" if since_16 else "true",
        extensions=EXTENSIONS,
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
