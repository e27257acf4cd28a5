"""A report as an Excel sheet (right to left, typed cells, no formulas from data) and as a paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils import translation
from django.utils.encoding import force_str
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from frontend.tables.sheets import amount_format
from kernel.money import CURRENCIES, currency_name, format_amount, money
from kernel.printing.services import ltr, render_pdf
from modules.finance.constants import Authority, ChequeState, CreditGround, CreditKind, Method
from modules.finance.models.books import reads_english
from modules.finance.selectors.tables import Report, Table, sums

WORDS: dict[str, Any] = {
    **{one.value: one.label for one in Authority},
    **{one.value: one.label for one in CreditKind},
    **{one.value: one.label for one in Method},
    **{one.value: one.label for one in ChequeState},
    **{one.value: one.label for one in CreditGround if one.value},
    "campaign": _("campaign"),
    "other": _("another reason"),
    "opening": _("the opening"),
    "count": _("the count"),
    "missing": _("missing"),
    "skipped": _("skipped"),
    "with_collector": _("with the collector"),
}
PORTRAIT_COLUMNS = 5
_ARABIC = re.compile("[\u0600-\u06ff]")


def shown(row: tuple[Any, ...], table: Table) -> list[Any]:
    """A row as people read it: amounts in the decimals of their currency, codes as words, shares as they are."""
    return [
        _cell(cell, currency) for cell, currency in zip(row, table.currencies(row), strict=True)
    ]


def _cell(cell: Any, currency: str) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, Decimal) and currency:
        return format_amount(money(cell, currency))
    if isinstance(cell, Decimal):
        return str(cell)
    if isinstance(cell, str) and cell in CURRENCIES:
        return currency_name(cell, translation.get_language() or "ar")
    if isinstance(cell, str) and cell in WORDS:
        return force_str(WORDS[cell])
    if isinstance(cell, int):
        return str(cell)
    return cell


def report_sheet(report: Report, table: Table) -> bytes:
    """The rows as a sheet."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(force_str(report.title)[:31])
    if translation.get_language() != "en":
        sheet.right_to_left()
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEE3"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    amounts = {
        one: book.add_format({"num_format": amount_format(one) if one else "#,##0.00#"})
        for one in ("", *CURRENCIES)
    }
    for at, heading in enumerate(table.columns):
        sheet.write_string(0, at, force_str(heading), bold)
        sheet.set_column(at, at, 18)
    for number, row in enumerate(table.rows, start=1):
        for at, (cell, currency) in enumerate(zip(row, table.currencies(row), strict=True)):
            if isinstance(cell, Decimal):
                sheet.write_number(number, at, float(cell), amounts[currency])
            elif isinstance(cell, int):
                sheet.write_number(number, at, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(number, at, datetime.combine(cell, time.min), day)
            elif cell is not None:
                sheet.write_string(number, at, force_str(WORDS.get(cell, cell)))
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def report_paper(
    report: Report,
    table: Table,
    *,
    since: date,
    until: date,
    filters: Sequence[list[str]] = (),
) -> bytes:
    """The rows on paper in the reader's language, across when they are wide; above them of when they are and what they
    were narrowed to, beneath them the sums of each currency."""
    rows = [[_isolated(cell) for cell in shown(row, table)] for row in table.rows]
    return render_pdf(
        "list",
        {
            "title": force_str(report.title),
            "date": until,
            "language": "en" if reads_english() else "ar",
            "filters": [of_when(report, since, until), *filters],
            "columns": [
                {
                    "label": force_str(one),
                    "align": "number" if is_amount(table, at) else "start",
                }
                for at, one in enumerate(table.columns)
            ],
            "rows": rows,
            "totals": totals(report, table),
            "portrait": len(table.columns) <= PORTRAIT_COLUMNS,
            **({"notes": [force_str(report.note)]} if report.note else {}),
        },
    )


def of_when(report: Report, since: date, until: date) -> list[str]:
    """The period, or the day or the year that a report is told of."""
    if report.told == "day":
        return [_now("As of"), f"{until:%d/%m/%Y}"]
    if report.told == "year":
        return [_now("Year"), f"{until:%Y}"]
    return [_now("Period"), f"{since:%d/%m/%Y} - {until:%d/%m/%Y}"]


def totals(report: Report, table: Table) -> list[list[Any]]:
    """The sums of each currency as people read them, with a word in front."""
    return [
        [_now("Total"), *(_isolated(cell) for cell in shown(row, table)[1:])]
        for row in sums(report, table)
    ]


def _isolated(cell: Any) -> Any:
    """Numbers of vouchers and codes keep their order between Arabic words: JV 2026/00001, not 2026/00001 JV."""
    is_latin = isinstance(cell, str) and cell and not _ARABIC.search(cell)
    return ltr(cell) if is_latin else cell


def is_amount(table: Table, at: int) -> bool:
    return any(isinstance(row[at], Decimal) for row in table.rows)
