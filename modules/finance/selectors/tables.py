"""What a report is: headings, rows, and where each row leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, TypeAlias

from django.db import connection
from django.utils.functional import Promise

from kernel.money import CURRENCIES
from kernel.viewer import Viewer
from modules.finance.models import Account
from modules.finance.models.books import reads_english
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


Told: TypeAlias = Literal["period", "day", "year"]


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
    long to begin with the whole year. `told` of a period, of its last day alone, or of that day's year. `shares` are per
    cents of one column in another (in the sums too); `not_summed` are amounts that would count twice. `note` stands
    beneath the rows.
    """

    title: str | Promise
    table: Callable[[Viewer, date, date], Table]
    chart: Chart | None = None
    narrowed: Callable[[Viewer, date, date, Dimensions, Account | None], Table] | None = None
    of_a_month: bool = False
    told: Told = "period"
    shares: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    not_summed: frozenset[int] = frozenset()
    note: str | Promise = ""


def sums(report: Report, table: Table) -> list[tuple[Any, ...]]:
    """A row of sums for each currency, shaped like the rows; nothing where a row stands alone.

    What was narrowed or cut short is summed as it was found: the sums are of all rows, not of those on the screen.
    """
    by_currency: dict[str, list[tuple[Any, ...]]] = {}
    for row in table.rows:
        own = next((cell for cell in row if isinstance(cell, str) and cell in CURRENCIES), "")
        by_currency.setdefault(own, []).append(row)
    if not any(len(rows) > 1 for rows in by_currency.values()):
        return []
    found = (
        _summed(report, table, currency, rows)
        for currency, rows in sorted(by_currency.items())
        if currency
    )
    return [row for row in found if row]


def _summed(
    report: Report, table: Table, currency: str, rows: Sequence[tuple[Any, ...]]
) -> tuple[Any, ...]:
    found: list[Any] = [None] * len(table.columns)
    for at, heading in enumerate(table.columns):
        amounts = [row[at] for row in rows if isinstance(row[at], Decimal)]
        if amounts and heading != "%" and at not in report.not_summed:
            found[at] = sum(amounts, Decimal(0))
    for at, (part, whole) in report.shares.items():
        if found[part] is not None and found[whole]:
            share = found[part] * 100 / found[whole]
            found[at] = share.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if not any(isinstance(one, Decimal) for one in found):
        return ()
    where = next(at for at, cell in enumerate(rows[0]) if cell == currency)
    found[where] = currency
    return tuple(found)


def named(column: str) -> str:
    """In a query of `sql_table`: the name in the reader's language, the Arabic one where there is no English one."""
    return f"CASE WHEN %(in_english)s AND {column}_en <> '' THEN {column}_en ELSE {column}_ar END"


def sql_table(
    columns: Sequence[str | Promise], query: str, *, leads: str = ""
) -> Callable[[Viewer, date, date], Table]:
    """The rows of a query; with `leads` its first column is the key of what stands behind the row."""

    def table(viewer: Viewer, since: date, until: date) -> Table:
        with connection.cursor() as cursor:
            asked: dict[str, Any] = {
                "since": since,
                "until": until,
                "base": base_currency(until),
                "in_english": reads_english(),
            }
            cursor.execute(query, asked)
            rows = cursor.fetchall()
        if not leads:
            return Table(tuple(columns), tuple(rows))
        keys = tuple(str(row[0]) for row in rows)
        return Table(tuple(columns), tuple(row[1:] for row in rows), leads, keys)

    return table
