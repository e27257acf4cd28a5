"""The mark in every text of a town: every column of every table is found in the catalogue, nothing is listed by hand.

What cannot carry the mark (codes, digests, references) stands in `columns.toml` with its reason; a column that is
in neither is a fault of whoever added it.
"""

from __future__ import annotations

import contextlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.canary.twins import Town

_LISTED = tomllib.loads(Path(__file__).with_name("columns.toml").read_text("utf-8"))
REASONS: dict[str, str] = {
    column: one["because"] for one in _LISTED["unmarked"] for column in one["columns"]
}
"""table.column -> why it carries no mark."""
ROWS: dict[str, dict[str, Any]] = _LISTED["rows"]
"""What the row of an empty table must say where the database holds it to more than a type."""
WORDS: dict[str, Any] = _LISTED["words"]
"""Samples for JSON in which nothing has put words yet."""
_TEXTS = frozenset({"varchar", "text", "bpchar"})
_HUMAN = re.compile(r"[^\x00-\x7f]|\s")
_PLAIN = {
    "int2": 1, "int4": 1, "int8": 1, "numeric": 1, "bool": False, "date": "2026-01-04",
    "timestamptz": "2026-01-04T08:00:00Z", "daterange": "[2026-01-04,2026-01-09)", "inet": "192.0.2.1",
    "jsonb": '{"note": "نص"}',
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    table: str
    name: str
    kind: str
    limit: int | None
    nullable: bool
    given: bool
    """The database fills it itself when nothing is said."""
    generated: bool

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"

    @property
    def is_text(self) -> bool:
        """Whether words can stand in it: texts, lists of texts, JSON, bytes."""
        return self.kind in {
            *_TEXTS,
            "jsonb",
            "json",
            "bytea",
            "xml",
            *(f"_{one}" for one in _TEXTS),
        }


def columns_of(raw: psycopg.Connection, schema: str) -> list[Column]:
    """Every column of every table of the town."""
    rows = raw.execute(
        """SELECT c.table_name, c.column_name, c.udt_name, c.character_maximum_length, c.is_nullable = 'YES',
                  c.column_default IS NOT NULL OR c.is_identity = 'YES', c.is_generated = 'ALWAYS'
           FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
           WHERE c.table_schema = %s AND t.table_type = 'BASE TABLE' ORDER BY 1, c.ordinal_position""",
        [schema],
    )
    return [Column(*row) for row in rows]


def mark(raw: psycopg.Connection, town: Town) -> list[str]:
    """Give every table a row and every text the mark; returns the columns in which it could not be put."""
    columns = columns_of(raw, town.schema)
    by_table: dict[str, list[Column]] = {}
    for column in columns:
        by_table.setdefault(column.table, []).append(column)
    for table, parts in by_table.items():
        if not raw.execute(_sql("SELECT EXISTS (SELECT 1 FROM {t})", town, table)).fetchone()[0]:  # type: ignore[index]
            _give_a_row(raw, town, table, parts)
    bare = []
    for column in columns:
        if column.is_text and not column.generated and str(column) not in REASONS:
            if column.kind in {"jsonb", "json"}:
                _mark_json(raw, town, column)
            else:
                _mark_text(raw, town, column)
            if not _stands(raw, town, column):
                bare.append(str(column))
    return bare


def _give_a_row(raw: psycopg.Connection, town: Town, table: str, parts: list[Column]) -> None:
    """A row made up from the table's own description: nothing in the exemplars fills this table."""
    told = ROWS.get(table, {})
    values: dict[str, Any] = {}
    for number, part in enumerate(parts):
        if part.generated:
            continue
        if part.name in told:
            given = told[part.name]
            values[part.name] = json.dumps(given) if part.kind == "jsonb" else given
        elif part.kind in _TEXTS:
            values[part.name] = "نص"[: part.limit]
        elif part.kind.startswith("_"):
            values[part.name] = []
        elif part.kind == "uuid":
            values[part.name] = f"01890000-0000-7000-8000-{number:012d}"
        elif not part.nullable and not (part.given and part.name == "id"):
            values[part.name] = _PLAIN[part.kind]
    names = list(values)
    raw.execute(
        sql.SQL("INSERT INTO {t} ({names}) VALUES ({places})").format(
            t=sql.Identifier(town.schema, table),
            names=sql.SQL(", ").join(map(sql.Identifier, names)),
            places=sql.SQL(", ").join([sql.Placeholder()] * len(names)),
        ),
        [values[name] for name in names],
    )


def _mark_text(raw: psycopg.Connection, town: Town, column: Column) -> None:
    if column.kind.startswith("_"):
        said = "array_append({c}, %(mark)s)"
    elif column.limit:
        said = f"left({{c}}, {column.limit - len(town.mark) - 1}) || ' ' || %(mark)s"
    else:
        said = "{c} || ' ' || %(mark)s"
    empty = "'{{}}'" if column.kind.startswith("_") else "''"
    _told(raw, town, column, f"UPDATE {{t}} SET {{c}} = {said} WHERE {{c}} <> {empty}")
    if not _stands(raw, town, column):
        filled = "ARRAY[%(mark)s]" if column.kind.startswith("_") else "%(mark)s"
        _told(
            raw,
            town,
            column,
            f"UPDATE {{t}} SET {{c}} = {filled} WHERE id = (SELECT max(id) FROM {{t}})",
        )


def _told(raw: psycopg.Connection, town: Town, column: Column, text: str) -> None:
    """What the database refuses leaves the column bare; the caller's list says so."""
    with contextlib.suppress(
        psycopg.errors.CheckViolation, psycopg.errors.StringDataRightTruncation
    ):
        raw.execute(_sql(text, town, column.table, column.name), {"mark": town.mark})


def _mark_json(raw: psycopg.Connection, town: Town, column: Column) -> None:
    if str(column) in WORDS:
        text = "UPDATE {t} SET {c} = %s WHERE id = (SELECT max(id) FROM {t})"
        sample = json.dumps(WORDS[str(column)])
        raw.execute(_sql(text, town, column.table, column.name), [sample])
    found = raw.execute(
        _sql("SELECT id, {c} FROM {t} WHERE {c} IS NOT NULL", town, column.table, column.name)
    ).fetchall()
    marked = [
        (json.dumps(_marked(value, town.mark), ensure_ascii=False), id_) for id_, value in found
    ]
    with raw.cursor() as cursor:
        cursor.executemany(
            _sql("UPDATE {t} SET {c} = %s WHERE id = %s", town, column.table, column.name), marked
        )


def _marked(value: Any, mark: str) -> Any:
    """The value with the mark behind every string that is made of words (a code has neither blank nor Arabic)."""
    if isinstance(value, str):
        return f"{value} {mark}" if _HUMAN.search(value) else value
    if isinstance(value, list):
        return [_marked(one, mark) for one in value]
    if isinstance(value, dict):
        return {key: _marked(one, mark) for key, one in value.items()}
    return value


def _stands(raw: psycopg.Connection, town: Town, column: Column) -> bool:
    text = "SELECT EXISTS (SELECT 1 FROM {t} WHERE {c}::text LIKE %s)"
    found = raw.execute(_sql(text, town, column.table, column.name), [f"%{town.mark}%"]).fetchone()
    return bool(found and found[0])


def _sql(text: str, town: Town, table: str, column: str = "") -> sql.Composed:
    return sql.SQL(text).format(
        t=sql.Identifier(town.schema, table), c=sql.Identifier(column or table)
    )  # type: ignore[arg-type]
