"""The database as export and restore see it: whole tables by COPY, on a connection of their own.

Not Django's connection: a copy reads every table of one schema in one snapshot, must pass by any pooler, and must
also speak to another server. Every name is qualified or follows a path that is set here and never holds `public`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
from django.db import connections
from psycopg import sql

from tenants.portability.layout import TOWN, TableEntry

_PLAIN = (
    "SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres';"
    " SET bytea_output = 'hex'; SET extra_float_digits = 1; SET jit = off; SET statement_timeout = 0;"
    " SET idle_in_transaction_session_timeout = 0;"
)

NICENESS = 15
_PROCESS = "SELECT pg_backend_pid(), inet_server_addr() IS NULL OR inet_server_addr() <<= inet '127.0.0.0/8'"


@dataclass(frozen=True)
class Table:
    """A table with the columns that are stored (not computed by the database), and its key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


@contextmanager
def direct(dsn: str | None = None) -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own, in plain dress: to the house's database, or to the one that `dsn` names."""
    settings = connections["default"].settings_dict
    given: dict[str, Any] = {
        "host": settings["HOST"],
        "port": settings["PORT"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "dbname": settings["NAME"],
    }
    options = {name: value for name, value in given.items() if value}
    opened = (
        psycopg.connect(dsn, autocommit=True)
        if dsn
        else psycopg.connect(**options, autocommit=True)
    )
    with opened as connection:
        connection.execute(_PLAIN)
        _become_owner(connection)
        step_back(connection)
        yield connection


def step_back(connection: psycopg.Connection[Any], *, by: int = NICENESS) -> bool:
    """Let the database's process of this connection give way to those that serve the desks; whether it does now.

    Only where that process runs on this computer and is ours to slow (the product's own server is); elsewhere
    nothing changes. It ends with the connection, so this is for connections of their own, never for a pool's.
    """
    (pid, here) = connection.execute(_PROCESS).fetchone() or (0, False)
    # A pooler gives numbers of its own, and another computer's may be somebody else's here.
    if not here or pid != connection.info.backend_pid:
        return False
    try:
        if not Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"postgres: "):
            return False
        os.setpriority(os.PRIO_PROCESS, pid, by)
    except OSError:
        return False
    return True


def _become_owner(connection: psycopg.Connection[Any]) -> None:
    """Where the login does not own the database itself, tables are read and made by the owner's hand."""
    owner = connection.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        " AND pg_get_userbyid(datdba) <> session_user AND pg_has_role(session_user, datdba, 'MEMBER')"
        " AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)"
    ).fetchone()
    if owner is not None:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(owner[0])))


@contextmanager
def snapshot(connection: psycopg.Connection[Any]) -> Iterator[psycopg.Cursor[Any]]:
    """One repeatable-read transaction: everything read in it is of one instant."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        try:
            yield cursor
        finally:
            if not connection.closed:
                cursor.execute("ROLLBACK")


def tables_of(cursor: psycopg.Cursor[Any], schema: str) -> list[Table]:
    """Every table of the schema, by name."""
    cursor.execute(
        """
        SELECT c.relname,
            (SELECT array_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
            (SELECT array_agg(a.attname ORDER BY k.position) FROM pg_index i,
                unnest(i.indkey) WITH ORDINALITY k (attnum, position), pg_attribute a
             WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.attnum)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = %s AND c.relkind = 'r' ORDER BY c.relname COLLATE "C"
        """,
        [schema],
    )
    return [Table(name, tuple(columns), tuple(key or columns)) for name, columns, key in cursor]


def copy_out(
    cursor: psycopg.Cursor[Any], schema: str, table: Table, write: Callable[[bytes], Any]
) -> TableEntry:
    """The table's rows in the order of its key, as CSV with a header; hashed as they pass."""
    digest, size = hashlib.sha256(), 0
    query = sql.SQL(
        "COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT (FORMAT csv, HEADER true)"
    ).format(_names(table.columns), sql.Identifier(schema, table.name), _names(table.key))
    with cursor.copy(query) as copy:
        for block in copy:
            digest.update(block)
            size += len(block)
            write(bytes(block))
    return TableEntry(
        table.name, list(table.columns), max(cursor.rowcount, 0), size, digest.hexdigest()
    )


def copy_in(cursor: psycopg.Cursor[Any], schema: str, entry: TableEntry, rows: BinaryIO) -> None:
    """The rows of the CSV into the (empty) table. Before its triggers stand, so that none of them speaks."""
    query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, HEADER true)").format(
        sql.Identifier(schema, entry.name), _names(entry.columns)
    )
    with cursor.copy(query) as copy:
        while block := rows.read(1 << 18):
            copy.write(block)


def sequences_of(cursor: psycopg.Cursor[Any], schema: str) -> dict[str, list[Any]]:
    """Where each sequence stands. Sequences know no snapshot: read after the rows, never behind them."""
    cursor.execute(
        "SELECT sequencename, COALESCE(last_value, start_value), last_value IS NOT NULL"
        " FROM pg_sequences WHERE schemaname = %s ORDER BY 1",
        [schema],
    )
    return {name: [last, called] for name, last, called in cursor}


def set_sequences(
    cursor: psycopg.Cursor[Any], schema: str, sequences: dict[str, list[Any]]
) -> None:
    for name, (last, called) in sequences.items():
        cursor.execute(
            "SELECT setval(format('%%I.%%I', %s::text, %s::text)::regclass, %s, %s)",
            [schema, name, last, called],
        )


def exists(cursor: psycopg.Cursor[Any], schema: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
    return cursor.fetchone() is not None


def enter(cursor: psycopg.Cursor[Any], schema: str) -> None:
    """Follow the municipality's path, as its own queries do, until the transaction ends."""
    cursor.execute(sql.SQL("SET LOCAL search_path = {}, extensions").format(sql.Identifier(schema)))


def drop(cursor: psycopg.Cursor[Any], schema: str) -> None:
    cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def in_place(text: str, schema: str) -> bytes:
    """The DDL text with the schema's name in its place."""
    return text.replace(TOWN, '"' + schema + '"').encode()


_RULES_BEGIN = re.compile(r"^ALTER TABLE ONLY \S+\s+ADD CONSTRAINT ", re.MULTILINE)


def statements(text: str, *, most: int = 25) -> Iterator[str]:
    """The text of rules in pieces of some statements each; in one piece when it has bodies of its own."""
    if "$" in text:
        yield text
        return
    said = text.split(";\n")
    for at in range(0, len(said), most):
        yield ";\n".join(said[at : at + most])


def split(ddl: str) -> tuple[str, str]:
    """The text that makes empty tables, and the text that lays keys, indexes and triggers on full ones."""
    found = _RULES_BEGIN.search(ddl)
    return (ddl[: found.start()], ddl[found.start() :]) if found else (ddl, "")


_CREATE = re.compile(
    r'^CREATE TABLE (?::"town"\.)"?(?P<name>[a-z0-9_]+)"? \(\n(?P<body>.*?)^\);',
    re.MULTILINE | re.DOTALL,
)
_COLUMN = re.compile(
    r'^    (?!CONSTRAINT )"?([a-z0-9_]+)"? (?!.*GENERATED ALWAYS AS \()', re.MULTILINE
)


def shape_of(ddl: str) -> dict[str, set[str]]:
    """Stored columns by table, as the DDL text makes them."""
    return {found["name"]: set(_COLUMN.findall(found["body"])) for found in _CREATE.finditer(ddl)}


def _names(names: tuple[str, ...] | list[str]) -> sql.Composable:
    return sql.SQL(", ").join(sql.Identifier(one) for one in names)
