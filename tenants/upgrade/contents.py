"""What a release brings beside tables: rights that role templates gained, new roles, and what modules' seeds add.

A municipality carries the mark of what was planted in its own profile, so that a copy of it that is restored
elsewhere, or goes back in time, gets what it lacks with the next release.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from kernel.audit.recording import recorded
from kernel.notifications.services import notify
from kernel.organisation.services.templates import Gift, bring_roles, gifts
from kernel.profile.models import ONLY_ID, Profile
from kernel.profile.planting import plant_all, seeds_mark
from kernel.tenancy import as_owner, use, use_shared
from kernel.viewer import Viewer
from tenants.support import administrators

# What the house writes down about its own work is nothing that a municipality was brought.
_OWN = ("profile_profile", "organisation_role", "notifications_notification")


def lacking(schemas: Sequence[str]) -> list[str]:
    """Those in which not all that this release has to plant was planted, by one query over all of them."""
    return _whose_mark("<>", schemas)


def having_all(schemas: Sequence[str]) -> list[str]:
    """Those in which all that this release has to plant was planted already, by one query over all of them."""
    return _whose_mark("=", schemas)


def _whose_mark(compares: LiteralString, schemas: Sequence[str]) -> list[str]:
    if not schemas:
        return []
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'seeds_mark' AND NOT a.attisdropped"
            " WHERE c.relname = 'profile_profile' AND n.nspname = ANY(%s)",
            [list(schemas)],
        )
        there = [name for (name,) in cursor.fetchall()]
        if not there:
            return []
        one = sql.SQL(
            "SELECT {name} FROM {schema}.profile_profile WHERE seeds_mark {compares} {mark}"
        )
        text = sql.SQL(" UNION ALL ").join(
            one.format(
                name=sql.Literal(name),
                schema=sql.Identifier(name),
                compares=sql.SQL(compares),
                mark=sql.Literal(seeds_mark()),
            )
            for name in there
        )
        cursor.execute(text.as_string(None))
        return sorted(name for (name,) in cursor.fetchall())


def foreseen(schema: str) -> dict[str, Any]:
    """The rights and roles that `bring` would give. Writes nothing; what seeds would add is not known before."""
    with use(schema):
        return _told(gifts(), {})


def bring(schema: str, *, release: str) -> dict[str, Any]:
    """Give one municipality what is new, in one transaction, in the release's name. {} when there is nothing.

    Told are the rights by role, the new roles, and how many rows of which tables came or changed.
    """
    by = Viewer.system("release", channel="command", request_id=f"release-{release[:12]}")
    with use(schema), recorded(by=by, reason=f"release {release[:12]}"):
        here = Profile.objects.select_for_update().filter(id=ONLY_ID).first()
        if here is None or here.seeds_mark == seeds_mark():
            return {}
        roles = bring_roles(by=by, reason=f"release {release[:12]}")
        if roles:
            notify(
                administrators(),
                verb="release.brought",
                text=_("An update of the system brought new rights: look at the marked roles."),
                url="/settings/roles",
                by=by,
            )
        plant_all(by=by)
        return _told(roles, _written())


def _told(roles: Sequence[Gift], rows: dict[str, int]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rights": {one.code: list(one.permissions) for one in roles if not one.is_new},
        "roles": [one.code for one in roles if one.is_new],
        "rows": rows,
    }
    return {name: value for name, value in told.items() if value}


def _written() -> dict[str, int]:
    """Rows that this transaction has written so far, by table: the trail knows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, count(DISTINCT row_id) FROM audit_entry"
            " WHERE transaction_id = txid_current() AND table_name <> ALL(%s) GROUP BY 1 ORDER BY 1",
            [list(_OWN)],
        )
        return dict(cursor.fetchall())


def in_words(brought: dict[str, Any]) -> str:
    """One line for the terminal and the list of a release."""
    parts = [
        f"{code} +{', '.join(permissions)}"
        for code, permissions in brought.get("rights", {}).items()
    ]
    parts += [f"new role {code}" for code in brought.get("roles", ())]
    parts += [f"{count} rows of {table}" for table, count in brought.get("rows", {}).items()]
    return "; ".join(parts)
