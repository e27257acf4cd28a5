"""The sheet of old dues: its columns, the empty template, reading what came back, the rows that need correcting.

What must not live here: what is right or wrong in a row (`checking`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from kernel.money import CURRENCIES, currency_name
from kernel.text import fold_key
from modules.finance.constants import BatchKind
from modules.finance.errors import SheetColumnsMissing, SheetEmpty, SheetUnreadable
from modules.finance.models import Account
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
BALANCE_COLUMNS: tuple[Column, ...] = (
    Column("account", "رقم الحساب", "1121", required=True),
    Column("id_number", "رقم الهوية", "900000015"),
    Column("name", "الاسم", "نور محمد علي حسن", width=30),
    Column("currency", "العملة", "ILS", width=10),
    Column("debit", "مدين", "12500.00"),
    Column("credit", "دائن", ""),
    Column("description", "البيان", "رصيد افتتاحي", width=36),
)
CHEQUE_COLUMNS: tuple[Column, ...] = (
    Column("id_number", "رقم الهوية", "900000015", required=True),
    Column("name", "الاسم", "نور محمد علي حسن", width=30),
    Column("number", "رقم الشيك", "100233", required=True),
    Column("bank", "البنك", "بنك فلسطين", required=True),
    Column("branch", "الفرع", "خان يونس"),
    Column("drawer_account", "حساب الساحب", "5512"),
    Column("drawer", "الساحب", "نور محمد علي حسن", width=30),
    Column("dated_on", "تاريخ الشيك", "31/12/2027", required=True),
    Column("amount", "المبلغ", "350.00", required=True),
    Column("currency", "العملة", "ILS", width=10),
)
SHEETS: dict[str, tuple[Column, ...]] = {
    BatchKind.DUES: COLUMNS,
    BatchKind.BALANCES: BALANCE_COLUMNS,
    BatchKind.CHEQUES: CHEQUE_COLUMNS,
}
ERROR_HEADING = "التصحيح المطلوب"
FIRST_DATA_ROW = 2


@dataclass(frozen=True)
class SheetRow:
    """A row as it was written, with its number in the sheet."""

    number: int
    cells: dict[str, Any]


def template_sheet(what: str = BatchKind.DUES) -> bytes:
    """The empty sheet with one example, what may stand in its columns, and how to fill it."""
    columns = SHEETS[what]
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = _headed(book, [one.heading for one in columns], columns)
    faint = book.add_format({"font_color": "#888888", "num_format": "@"})
    for at, one in enumerate(columns):
        sheet.write_string(1, at, one.example, faint)
    known = book.add_worksheet(_TITLES[what])
    known.right_to_left()
    known.set_column(0, 1, 28)
    for row, (title, code) in enumerate(_known(what)):
        known.write_string(row, 0, title)
        known.write_string(row, 1, code)
    guide = book.add_worksheet("تعليمات")
    guide.right_to_left()
    guide.set_column(0, 0, 110)
    for row, line in enumerate(_GUIDES[what]):
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


_BALANCE_GUIDE = (
    "سطر واحد لكل حساب وعملة؛ والحساب الذي يلزمه شخص (كالتأمينات 221 و222) سطر لكل شخص برقم هويته.",
    "الأعمدة الإلزامية: رقم الحساب، وأحد المبلغين مدين أو دائن.",
    "حسابات الذمم لا تُدخل هنا: لها ملف الذمم المدورة حتى يبقى عمر كل دين ومصدره.",
    "الفرق بين المدين والدائن يقيد على حساب الأرصدة الافتتاحية.",
    "احذف سطر المثال قبل الرفع، ولا تغيّر السطر الأول.",
)


_CHEQUE_GUIDE = (
    "سطر واحد لكل شيك مؤجل موجود في الصندوق؛ وشيك اليوم أو قبله يُقبض في الشباك بسند.",
    "الأعمدة الإلزامية: رقم الهوية، رقم الشيك، البنك، تاريخ الشيك، المبلغ.",
    "يغطي الشيك ذمم صاحبه المستحقة، الأقدم أولاً: أدخل الذمم المدورة قبل الشيكات.",
    "احذف سطر المثال قبل الرفع، ولا تغيّر السطر الأول.",
)
_GUIDES: dict[str, tuple[str, ...]] = {
    BatchKind.DUES: _GUIDE,
    BatchKind.BALANCES: _BALANCE_GUIDE,
    BatchKind.CHEQUES: _CHEQUE_GUIDE,
}
_TITLES: dict[str, str] = {
    BatchKind.DUES: "أنواع الذمم",
    BatchKind.BALANCES: "الحسابات",
    BatchKind.CHEQUES: "العملات",
}


def _known(what: str) -> list[tuple[str, str]]:
    """What may stand in the column of kinds, or of accounts, with its code."""
    if what == BatchKind.DUES:
        kinds = sorted(kinds_snapshot.get().values(), key=lambda one: one.position)
        return [(kind.title_ar, kind.code) for kind in kinds]
    if what == BatchKind.CHEQUES:
        return [(str(currency_name(code)), code) for code in CURRENCIES]
    accounts = Account.objects.filter(is_posting=True, is_active=True).order_by("code")
    return [(one.name_ar, one.code) for one in accounts]


def read_sheet(
    content: bytes, own: Mapping[str, str] | None = None, what: str = BatchKind.DUES
) -> list[SheetRow]:
    """The rows under the headings, empty ones left out. `own` are the old system's headings by column.

    Refuses `SheetUnreadable`, `SheetColumnsMissing`, `SheetEmpty`.
    """
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        raw = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError, OSError) as error:
        raise SheetUnreadable() from error
    if not raw:
        raise SheetEmpty()
    places = _places(raw[0], own or {}, SHEETS[what])
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


def _places(
    headings: Sequence[Any], own: Mapping[str, str], columns: Sequence[Column]
) -> dict[str, int]:
    """Where each column stands: headings are compared folded, the municipality's own first, the English ones too."""
    written = {
        fold_key(str(heading)): at for at, heading in enumerate(headings) if str(heading).strip()
    }
    places = {}
    for one in columns:
        for known in (own.get(one.name, ""), one.heading, one.name):
            if fold_key(known) in written:
                places[one.name] = written[fold_key(known)]
                break
    missing = [one.heading for one in columns if one.required and one.name not in places]
    if missing:
        raise SheetColumnsMissing(columns="، ".join(missing))
    return places


def errors_sheet(
    rows: Iterable[tuple[SheetRow, Sequence[str]]], what: str = BatchKind.DUES
) -> bytes:
    """The rows that need correcting, in the layout of the template, with the reason in a last column."""
    columns = SHEETS[what]
    buffer = BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = _headed(book, [*(one.heading for one in columns), ERROR_HEADING], columns)
    text = book.add_format({"num_format": "@"})
    red = book.add_format({"font_color": "#9B2C2C", "num_format": "@"})
    for at, (row, sentences) in enumerate(rows, start=1):
        for column, one in enumerate(columns):
            sheet.write_string(at, column, as_text(row.cells.get(one.name, "")), text)
        sheet.write_string(at, len(columns), " | ".join(sentences), red)
    book.close()
    return buffer.getvalue()


def _headed(book: Any, headings: Sequence[str], columns: Sequence[Column]) -> Any:
    sheet = book.add_worksheet("الذمم")
    sheet.right_to_left()
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEE3"})
    for at, heading in enumerate(headings):
        width = columns[at].width if at < len(columns) else 60
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
