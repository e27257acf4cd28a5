"""A list as an Excel sheet: right to left in Arabic, typed cells, frozen heading, and never a formula from data."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils.encoding import force_str
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from frontend.tables.columns import AmountColumn
from frontend.tables.table import DeskTable
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.money import CURRENCIES, decimals_of

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 100_000
_WIDEST = 60


class SheetTooLong(Refusal):
    code = "sheet_too_long"
    sentence = _("The list is longer than %(most)s rows. Filter it first.")


def sheet_response(table: DeskTable, *, title: str) -> HttpResponse:
    """The table's rows, as filtered and sorted, as a download. Refuses `SheetTooLong`."""
    response = HttpResponse(sheet_of(table, title=title), content_type=MEDIA_TYPE)
    name = f"{title} {today():%Y-%m-%d}.xlsx"
    response["Content-Disposition"] = (
        f"attachment; filename=\"list.xlsx\"; filename*=UTF-8''{quote(name)}"
    )
    response["Cache-Control"] = "private, no-store"
    return response


def sheet_of(table: DeskTable, *, title: str) -> bytes:
    """The sheet's bytes. Texts are written as texts, so that nothing typed by a citizen is a formula."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_sheet_name(title))
    if (get_language() or "ar").startswith("ar"):
        sheet.right_to_left()
    heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEE3"})
    formats = {
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "instant": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        "amount": book.add_format({"num_format": "#,##0.00#"}),
        **{code: book.add_format({"num_format": amount_format(code)}) for code in CURRENCIES},
        "text": book.add_format({"num_format": "@"}),
    }
    columns = [column for column in table.columns if not column.column.attrs.get("no_export")]
    of_amounts = _mixed(columns)
    if of_amounts is not None:
        sheet.set_column(len(columns), len(columns), 10)
        sheet.write_string(0, len(columns), force_str(_("Currency")), heading)
    for at, column in enumerate(columns):
        header = force_str(column.header)
        sheet.set_column(at, at, min(max(len(header) + 4, 14), _WIDEST))
        sheet.write_string(0, at, header, heading)
    sheet.freeze_panes(1, 0)
    row_number = 0
    for row_number, row in enumerate(table.rows, start=1):
        if row_number > MOST_ROWS:
            raise SheetTooLong(most=f"{MOST_ROWS:,}")
        for at, column in enumerate(columns):
            value = row.get_cell_value(column.name)
            if isinstance(column.column, AmountColumn) and isinstance(value, Decimal):
                of = column.column.currency_of(row.record)
                sheet.write_number(row_number, at, float(value), formats.get(of, formats["amount"]))
            else:
                _write(sheet, row_number, at, value, formats)
        if of_amounts is not None:
            currency = of_amounts.currency_of(row.record)
            sheet.write_string(row_number, len(columns), currency, formats["text"])
    if row_number:
        last = len(columns) - (of_amounts is None)
        sheet.autofilter(0, 0, row_number, last)
    book.close()
    return buffer.getvalue()


def amount_format(currency: str) -> str:
    """How a sheet shows an amount: in the decimals of its currency, three for the dinar."""
    return f"#,##0.{'0' * decimals_of(currency)}"


def _mixed(columns: list[Any]) -> AmountColumn | None:
    """A column whose amounts are each in the currency of their row: the sheet says which in a column of its own."""
    amounts = (one.column for one in columns if isinstance(one.column, AmountColumn))
    return next((one for one in amounts if not one.currency), None)


def _write(sheet: Any, row: int, at: int, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, at, value)
    elif isinstance(value, Decimal):
        sheet.write_number(row, at, float(value), formats["amount"])  # a sheet has no other number
    elif isinstance(value, (int, float)):
        sheet.write_number(row, at, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, at, value.replace(tzinfo=None), formats["instant"])
    elif isinstance(value, date):
        sheet.write_datetime(row, at, datetime.combine(value, time.min), formats["date"])
    else:
        sheet.write_string(row, at, strip_tags(force_str(value))[:32_000], formats["text"])


def _sheet_name(title: str) -> str:
    return "".join(" " if char in "[]:*?/\\'" else char for char in title).strip()[:31] or "1"
