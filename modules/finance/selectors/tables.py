"""What a report is: headings, rows, and where each row leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.functional import Promise

from kernel.money import CURRENCIES
from kernel.viewer import Viewer
from modules.finance.models import Account
from modules.finance.selectors.books import base_currency
from modules.finance.selectors.dimensions import Dimensions


@dataclass(frozen=True)
class Table:
    """A report: its headings and its rows; amounts are decimals, days are dates.

    `leads` names what stands behind a row ("receipt", "charge" …), `keys` which one, row by row. Amounts are in the
    currency that stands in their row; those of the columns `in_base` are in the currency `base`.
    """

    columns: tuple[str | Promise, ...]
    rows: tuple[tuple[Any, ...], ...]
    leads: str = ""
    keys: tuple[str, ...] = ()
    in_base: frozenset[int] = frozenset()
    base: str = ""

    def currencies(self, row: tuple[Any, ...]) -> list[str]:
        """In which currency each cell of a row is, when it is an amount; empty for shares and counts."""
        own = next((cell for cell in row if isinstance(cell, str) and cell in CURRENCIES), "")
        return [
            "" if heading == "%" else self.base if at in self.in_base else own
            for at, heading in enumerate(self.columns)
        ]


@dataclass(frozen=True)
class Chart:
    """Which columns of a report are drawn: labels from one, a bar for each of the others; a currency at a time."""

    label: int
    values: tuple[int, ...]
    currency: int


@dataclass(frozen=True)
class Report:
    """What a report is called, how its rows are found for a period, and what is drawn beside them.

    `narrowed` finds them for the lines of some dimensions, of an account and of what is beneath it. `of_a_month`: too
    long to begin with the whole year.
    """

    title: str | Promise
    table: Callable[[Viewer, date, date], Table]
    chart: Chart | None = None
    narrowed: Callable[[Viewer, date, date, Dimensions, Account | None], Table] | None = None
    of_a_month: bool = False


def sql_table(
    columns: Sequence[str | Promise], query: str, *, leads: str = ""
) -> Callable[[Viewer, date, date], Table]:
    """The rows of a query; with `leads` its first column is the key of what stands behind the row."""

    def table(viewer: Viewer, since: date, until: date) -> Table:
        with connection.cursor() as cursor:
            cursor.execute(query, {"since": since, "until": until, "base": base_currency(until)})
            rows = cursor.fetchall()
        if not leads:
            return Table(tuple(columns), tuple(rows))
        keys = tuple(str(row[0]) for row in rows)
        return Table(tuple(columns), tuple(row[1:] for row in rows), leads, keys)

    return table
