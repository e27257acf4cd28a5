"""Rows of several tables in one message to the database, for the few writes that many people wait for.

Everything the database promises stays: triggers, constraints, the audit trail. What the ORM would add is time: one
statement per table, each compiled anew, each a journey to the database with other people's locks in hand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.utils.functional import Promise

from kernel.tenancy import WrongTenant, current_schema


def reserve_ids(*wanted: tuple[type[Model], int]) -> list[list[int]]:
    """Ids for rows that are not written yet, so many for each model, in one query.

    With them rows can point at one another before any of them is written (foreign keys are checked at commit).
    """
    asked = [(model, count) for model, count in wanted if count]
    if not asked:
        return [[] for _ in wanted]
    parts: list[str] = []
    given: list[Any] = []
    for number, (model, count) in enumerate(asked):
        parts.append(
            f"SELECT {number}, nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        )
        given += [f'"{model._meta.db_table}"', count]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), given)
        ids: dict[int, list[int]] = {}
        for number, one in cursor.fetchall():
            ids.setdefault(number, []).append(one)
    held = iter(sorted(ids[number]) for number in range(len(asked)))
    return [next(held) if count else [] for _model, count in wanted]


def write_rows(*groups: Sequence[Model]) -> None:
    """Insert the rows, group after group, each group of one model, all in one message.

    Ids that were not reserved are the database's, and stay unknown here. The rows travel as JSON, so columns of bytes
    are not written this way.
    """
    texts: list[str] = []
    given: list[str] = []
    for rows in groups:
        if not rows:
            continue
        text, fields = _shape(type(rows[0]), rows[0].pk is not None)
        texts.append(text)
        given.append(json.dumps([_told(row, fields) for row in rows], default=_plain))
    if not texts:
        return
    with connection.cursor() as cursor:
        cursor.execute("; ".join(texts), given)
    for rows in groups:
        for row in rows:
            row._state.adding = False
            row._state.db = connection.alias


@cache
def _shape(model: type[Model], with_id: bool) -> tuple[str, tuple[Any, ...]]:
    """The text of the insertion, the same for any number of rows, and the fields that it writes."""
    fields: tuple[Any, ...] = tuple(
        field
        for field in model._meta.concrete_fields
        if not getattr(field, "generated", False) and (with_id or not field.primary_key)
    )
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    table = quote(model._meta.db_table)
    return (
        f"INSERT INTO {table} ({columns})"
        f" SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)",
        fields,
    )


def _told(row: Model, fields: tuple[Any, ...]) -> dict[str, Any]:
    if getattr(row._state, "town", None) not in (None, current_schema()):
        raise WrongTenant(f"a {row._meta.label} of another municipality was to be written here")
    row._prepare_related_fields_for_save("write_rows")  # type: ignore[attr-defined]
    return {field.column: field.pre_save(row, True) for field in fields}


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal | Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not written by write_rows")
