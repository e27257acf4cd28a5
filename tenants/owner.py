"""Connections of a release: the owner's own, apart from those that serve people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection
from psycopg import sql


@contextmanager
def owner() -> Iterator[psycopg.Connection]:
    """A connection with the rights of the tables' owner, in no municipality, committing what is said."""
    database = connection.settings_dict
    given = {
        "host": database["HOST"],
        "port": database["PORT"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "dbname": database["NAME"],
        **{key: text for key, text in database["OPTIONS"].items() if key.startswith("ssl")},
    }
    with psycopg.connect(
        **{name: text for name, text in given.items() if text},
        autocommit=True,
        application_name="baladiyat release",
        options="-c jit=off -c timezone=UTC",
    ) as made:
        (role,) = made.execute(_OWNER).fetchone() or ("",)
        if role:
            made.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        yield made


_OWNER = """
    SELECT CASE WHEN pg_get_userbyid(datdba) <> session_user
                 AND pg_has_role(session_user, datdba, 'MEMBER')
                THEN pg_get_userbyid(datdba) ELSE '' END
    FROM pg_database WHERE datname = current_database()
"""
