"""The sheet of old dues: its columns, the empty template, reading what came back, the rows that need correcting.

What must not live here: what is right or wrong in a row (`checking`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from kernel.text import fold_key
from modules.finance.errors import SheetColumnsMissing, SheetEmpty, SheetUnreadable
from modules.finance.selectors.books import kinds_snapshot


@dataclass(frozen=True)
class Column:
    """A column of the sheet. Headings are the paper's words and stay Arabic in every language."""

    name: str
    heading: str
    example: str
    required: bool = False
    width: int = 16


COLUMNS: tuple[Column, ...] = (
    Column("id_number", "رقم الهوية", "900000015", required=True),
    Column("name", "الاسم", "نور محمد علي حسن", width=30),
    Column("kind", "نوع الذمة", "مياه", required=True),
    Column("year", "السنة", "2024", required=True, width=10),
    Column("amount", "المبلغ", "350.50", required=True),
    Column("currency", "العملة", "ILS", width=10),
    Column("due_on", "تاريخ الاستحقاق", "31/12/2024"),
    Column("period_from", "من تاريخ", "01/01/2024"),
    Column("period_to", "إلى تاريخ", "31/12/2024"),
    Column("description", "البيان", "استهلاك مياه 2024", width=36),
    Column("reference", "المرجع في النظام السابق", "W-10233", width=24),
)
ERROR_HEADING = "التصحيح المطلوب"
FIRST_DATA_ROW = 2


@dataclass(frozen=True)
class SheetRow:
    """A row as it was written, with its number in the sheet."""

    number: int
    cells: dict[str, Any]


def template_sheet() -> bytes:
    """The empty sheet with one example, the municipality's kinds of dues, and how to fill it."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = _headed(book, [one.heading for one in COLUMNS])
    faint = book.add_format({"font_color": "#888888", "num_format": "@"})
    for at, one in enumerate(COLUMNS):
        sheet.write_string(1, at, one.example, faint)
    kinds = book.add_worksheet("أنواع الذمم")
    kinds.right_to_left()
    kinds.set_column(0, 1, 28)
    for row, kind in enumerate(sorted(kinds_snapshot.get().values(), key=lambda one: one.position)):
        kinds.write_string(row, 0, kind.title_ar)
        kinds.write_string(row, 1, kind.code)
    guide = book.add_worksheet("تعليمات")
    guide.right_to_left()
    guide.set_column(0, 0, 110)
    for row, line in enumerate(_GUIDE):
        guide.write_string(row, 0, line)
    book.close()
    return buffer.getvalue()


_GUIDE = (
    "سطر واحد لكل ذمة: لا تجمع ديون سنوات مختلفة في سطر واحد حتى لا يضيع عمر الدين.",
    "الأعمدة الإلزامية: رقم الهوية، نوع الذمة، السنة، المبلغ.",
    "نوع الذمة بالاسم أو بالرمز كما في ورقة «أنواع الذمم».",
    "العملة: ILS أو JOD أو USD أو EUR، وإن تركت فارغة فهي الشيكل.",
    "تاريخ الاستحقاق إن ترك فارغاً فهو آخر يوم من السنة.",
    "المرجع في النظام السابق يمنع إدخال الذمة نفسها مرتين.",
    "احذف سطر المثال قبل الرفع، ولا تغيّر السطر الأول.",
)


def read_sheet(content: bytes) -> list[SheetRow]:
    """The rows under the headings, empty ones left out. Refuses `SheetUnreadable`, `SheetColumnsMissing`, `SheetEmpty`."""
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        raw = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError, OSError) as error:
        raise SheetUnreadable() from error
    if not raw:
        raise SheetEmpty()
    places = _places(raw[0])
    rows = [
        SheetRow(
            number, {name: cells[at] if at < len(cells) else "" for name, at in places.items()}
        )
        for number, cells in enumerate(raw[1:], start=FIRST_DATA_ROW)
        if any(str(cell).strip() for cell in cells)
    ]
    if not rows:
        raise SheetEmpty()
    return rows


def _places(headings: Sequence[Any]) -> dict[str, int]:
    """Where each column stands: headings are compared folded, and the English names are known too."""
    written = {
        fold_key(str(heading)): at for at, heading in enumerate(headings) if str(heading).strip()
    }
    places = {}
    for one in COLUMNS:
        for known in (one.heading, one.name):
            if fold_key(known) in written:
                places[one.name] = written[fold_key(known)]
                break
    missing = [one.heading for one in COLUMNS if one.required and one.name not in places]
    if missing:
        raise SheetColumnsMissing(columns="، ".join(missing))
    return places


def errors_sheet(rows: Iterable[tuple[SheetRow, Sequence[str]]]) -> bytes:
    """The rows that need correcting, in the layout of the template, with the reason in a last column."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = _headed(book, [*(one.heading for one in COLUMNS), ERROR_HEADING])
    text = book.add_format({"num_format": "@"})
    red = book.add_format({"font_color": "#9B2C2C", "num_format": "@"})
    for at, (row, sentences) in enumerate(rows, start=1):
        for column, one in enumerate(COLUMNS):
            sheet.write_string(at, column, as_text(row.cells.get(one.name, "")), text)
        sheet.write_string(at, len(COLUMNS), " | ".join(sentences), red)
    book.close()
    return buffer.getvalue()


def _headed(book: Any, headings: Sequence[str]) -> Any:
    sheet = book.add_worksheet("الذمم")
    sheet.right_to_left()
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEE3"})
    for at, heading in enumerate(headings):
        width = COLUMNS[at].width if at < len(COLUMNS) else 60
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, heading, bold)
    sheet.freeze_panes(1, 0)
    return sheet


def as_text(cell: Any) -> str:
    """A cell as a person would have typed it."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        # A sheet has no whole numbers: 900000015.0 was typed as 900000015.
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime | date):
        return f"{cell:%d/%m/%Y}"
    return str(cell).strip()


def result_sentence(good: int, bad: int) -> str:
    return _("%(good)s rows are right, %(bad)s need correcting.") % {"good": good, "bad": bad}
