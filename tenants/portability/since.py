"""What a municipality did between an instant and now: for the accountant, before or after it goes back.

Every table is asked alike: rows that stand now and did not stand then. Numbered papers (receipts, vouchers, requests,
issued documents) are listed row by row, because somebody may hold them in his hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import xlsxwriter
from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import override
from psycopg import sql

from tenants.portability.database import Table, tables_of

# A row is dated when its transaction begins and seen when it ends.
MARGIN = timedelta(hours=1)
_NOT_PAPERS = ("numbering_", "audit_", "events_", "jobs_", "django_")


@dataclass(frozen=True)
class NewRows:
    """The rows of one table that came since. `rows` only for numbered papers."""

    table: str
    title: str
    columns: Sequence[str]
    count: int
    rows: Sequence[Sequence[Any]] = ()

    @property
    def is_paper(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True)
class Counted:
    """A counter that stood lower then."""

    series: str
    year: int
    book: str
    then: int
    now: int


def came_since(
    now: psycopg.Cursor[Any], then: psycopg.Cursor[Any], schema: str, instant: datetime
) -> list[NewRows]:
    """What is there now and was not then, table by table; tables with nothing new are left out."""
    known = {one.name for one in tables_of(then, schema)}
    found = []
    for table in tables_of(now, schema):
        if not {"uid", "created_at"} <= set(table.columns):
            continue
        uids = _new_uids(now, then if table.name in known else None, schema, table, instant)
        if uids:
            found.append(_listed(now, schema, table, uids))
    return found


def _new_uids(
    now: psycopg.Cursor[Any],
    then: psycopg.Cursor[Any] | None,
    schema: str,
    table: Table,
    instant: datetime,
) -> list[Any]:
    place = sql.Identifier(schema, table.name)
    now.execute(
        sql.SQL("SELECT uid FROM {} WHERE created_at > %s").format(place), [instant - MARGIN]
    )
    young = [uid for (uid,) in now]
    if not young or then is None:
        return young
    then.execute(sql.SQL("SELECT uid FROM {} WHERE uid = ANY(%s)").format(place), [young])
    old = {uid for (uid,) in then}
    return [uid for uid in young if uid not in old]


def _listed(now: psycopg.Cursor[Any], schema: str, table: Table, uids: Sequence[Any]) -> NewRows:
    is_paper = any(name in table.columns for name in ("number", "number_text"))
    if not is_paper or table.name.startswith(_NOT_PAPERS):
        return NewRows(table.name, _title(table.name), (), len(uids))
    columns = [
        name
        for name in table.columns
        if not name.startswith("search_") and name not in ("data", "head")
    ]
    now.execute(
        sql.SQL("SELECT {} FROM {} WHERE uid = ANY(%s) ORDER BY id").format(
            sql.SQL(", ").join(sql.Identifier(one) for one in columns),
            sql.Identifier(schema, table.name),
        ),
        [list(uids)],
    )
    rows = now.fetchall()
    return NewRows(table.name, _title(table.name), columns, len(rows), rows)


def counters_behind(
    now: psycopg.Cursor[Any], then: psycopg.Cursor[Any], schema: str
) -> list[Counted]:
    """Series whose counter stood lower then: their numbers were given out and must not be given again."""
    query = sql.SQL("SELECT series, year, book, last FROM {}").format(
        sql.Identifier(schema, "numbering_counter")
    )
    then.execute(query)
    before = {(series, year, book): last for series, year, book, last in then}
    now.execute(query)
    return [
        Counted(series, year, book, before.get((series, year, book), 0), last)
        for series, year, book, last in sorted(now)
        if last > before.get((series, year, book), 0)
    ]


def write_list(
    place: Path,
    came: Sequence[NewRows],
    counters: Sequence[Counted],
    *,
    instant: datetime,
    zone: ZoneInfo,
) -> None:
    """The list as an Arabic workbook: a summary, the numbers, and a sheet for each kind of paper."""
    with override("ar"), xlsxwriter.Workbook(str(place), {"remove_timezone": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#E7EEF0", "border": 1})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        summary = _sheet(book, _("Summary"), [_("Kind"), _("Table"), _("Rows since")], head)
        for line, one in enumerate(came, 1):
            summary.write_row(line, 0, [one.title, one.table, one.count])
        summary.write(len(came) + 2, 0, _("Gone back to"))
        summary.write_datetime(
            len(came) + 2, 1, instant.astimezone(zone).replace(tzinfo=None), moment
        )
        titles = [_("Series"), _("Year"), _("Book"), _("Last number then"), _("Last number now")]
        numbers = _sheet(book, _("Numbers given out since"), titles, head)
        for line, counter in enumerate(counters, 1):
            numbers.write_row(
                line, 0, [counter.series, counter.year, counter.book, counter.then, counter.now]
            )
        taken: set[str] = set()
        for one in came:
            if one.is_paper:
                sheet = _sheet(
                    book,
                    _sheet_name(one, taken),
                    [_column(one.table, c) for c in one.columns],
                    head,
                )
                for line, row in enumerate(one.rows, 1):
                    for column, value in enumerate(row):
                        _write(sheet, line, column, value, moment, zone)


def _sheet(book: Any, name: str, titles: Sequence[str], head: Any) -> Any:
    sheet = book.add_worksheet(name[:31])
    sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(titles) - 1, 0), 18)
    sheet.write_row(0, 0, titles, head)
    return sheet


def _write(sheet: Any, line: int, column: int, value: Any, moment: Any, zone: ZoneInfo) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(line, column, value.astimezone(zone).replace(tzinfo=None), moment)
    elif value is None or isinstance(value, (str, int, float)) or hasattr(value, "as_tuple"):
        # Written as what it is: a text that begins with "=" must not become a formula.
        sheet.write_string(line, column, value) if isinstance(value, str) else sheet.write(
            line, column, value
        )
    else:
        sheet.write_string(line, column, str(value))


def _sheet_name(one: NewRows, taken: set[str]) -> str:
    """The Arabic name where there is one of its own, else the table's. Excel takes 31 letters and each name once."""
    title = "".join(" " if letter in "[]:*?/\\'" else letter for letter in one.title)[:31].strip()
    name = one.table[:31] if title.isascii() or title in taken else title
    taken.add(name)
    return name


def _model(table: str) -> Any:
    return next((one for one in apps.get_models() if one._meta.db_table == table), None)


def _title(table: str) -> str:
    with override("ar"):
        model = _model(table)
        return str(model._meta.verbose_name_plural) if model else table


def _column(table: str, column: str) -> str:
    model = _model(table)
    for field in model._meta.concrete_fields if model else ():
        if field.column == column:
            return str(field.verbose_name)
    return column
