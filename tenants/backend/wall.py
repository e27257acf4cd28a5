"""The second wall: the database's own roles. One NOLOGIN role for each municipality, entered together with its path.

Names are derived from the database and the schema, because roles belong to the whole server and a copy of the database
beside it must not share them. Making roles and grants: `tenants.roles`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.utils import OperationalError, ProgrammingError

from kernel.tenancy import SHARED, TEMPLATE
from kernel.tenancy.context import Place

SPARE_PREFIX = "spare_"
EXTENSIONS = "extensions"


class TownAway(OperationalError):
    """The municipality's role is gone: it was dropped, renamed, or is being moved. Answered with 503."""


class TownBroken(ProgrammingError, OperationalError):
    """A table that should be there is not: the municipality is away or half migrated. Answered with 503."""


class TownForbids(ProgrammingError, OperationalError):
    """The role lacks the right: for what is written once, or because the role is being taken away this moment.

    The second cannot be told from the first inside the failed transaction, so that both are answered with 503.
    """


@dataclass(frozen=True)
class Wall:
    """Whether municipalities are entered by roles of their own, and by whose hand tables are made.

    `owner` is empty when the login of the connection owns the database itself.
    """

    stands: bool
    owner: str = ""


WALLS: dict[str, Wall] = {}
"""Database -> what was found, once in each process; cleared when walls are raised and in forked children."""

_LOOK = """
    SELECT EXISTS (SELECT 1 FROM pg_roles
                   WHERE rolname = %s AND pg_has_role(session_user, oid, 'MEMBER')),
           CASE WHEN pg_get_userbyid(datdba) <> session_user
                 AND pg_has_role(session_user, datdba, 'MEMBER')
                THEN pg_get_userbyid(datdba) ELSE '' END
    FROM pg_database WHERE datname = current_database()
"""


@lru_cache(maxsize=4096)
def role_name(database: str | None, schema: str) -> str:
    """The role of a schema in a database: at most 63 letters, the same on every machine."""
    mark = hashlib.sha256((database or "").encode()).hexdigest()[:6]
    return f"t_{mark}_{schema}"


def wall_of(wrapper: Any) -> Wall:
    """The wall of the database this wrapper is connected to."""
    database = wrapper.settings_dict["NAME"]
    known = WALLS.get(database)
    if known is None:
        with wrapper.connection.cursor() as raw:
            stands, owner = raw.execute(_LOOK, [role_name(database, SHARED)]).fetchone()
        known = WALLS[database] = Wall(stands and settings.DATABASE_ROLE_WALL, owner)
    return known


def entering(wrapper: Any, place: Place) -> str:
    """The one message that enters a municipality: its role, its schema and the extensions, nothing else.

    The template belongs to the owner: it is only ever read to make others of it.
    """
    wall = wall_of(wrapper)
    if wall.stands and not place.by_owner and place.schema != TEMPLATE:
        role = f'"{role_name(wrapper.settings_dict["NAME"], str(place.schema))}"'
    else:
        role = f'"{wall.owner}"' if wall.owner else "NONE"
    return f'SET ROLE {role}; SET search_path = "{place.schema}", {EXTENSIONS}'


def leave(connection: Any) -> None:
    """The pool's reset: a connection that nobody uses stands nowhere and may nothing."""
    connection.execute("RESET ROLE; SET search_path = ''")
    connection.commit()
