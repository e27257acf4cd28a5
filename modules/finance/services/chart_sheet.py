"""Bring in the municipality's own chart from a sheet: new accounts, own codes for those there are, report lines.

An account that the posting rules use keeps its part when it gets another code: rules find accounts by their role.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from kernel.audit.recording import recorded
from kernel.viewer import Viewer
from modules.finance.constants import MONETARY_KINDS, AccountKind
from modules.finance.errors import SheetColumnsMissing, SheetEmpty, SheetUnreadable
from modules.finance.errors.books import ChartRefused
from modules.finance.models import Account
from modules.finance.selectors.books import roles_snapshot
from modules.finance.services.chart import is_monetary_under

HEADINGS = (
    "رقم الحساب",
    "اسم الحساب",
    "الاسم بالإنجليزية",
    "النوع",
    "يقبل القيود",
    "يرتبط بمكلف",
    "بند نموذج الوزارة",
    "يحل محل رقم",
    "يعاد تقييمه آخر الشهر",
)
KINDS = {
    "موجودات": AccountKind.ASSET,
    "مطلوبات": AccountKind.LIABILITY,
    "صافي الموجودات": AccountKind.NET_ASSETS,
    "إيرادات": AccountKind.REVENUE,
    "نفقات": AccountKind.EXPENSE,
    "حسابات نظامية": AccountKind.MEMORANDUM,
}
YES = "نعم"
MOST_FAULTS = 5


@dataclass(frozen=True)
class ChartRow:
    """One account of the sheet."""

    number: int
    code: str
    name_ar: str
    name_en: str
    kind: str
    is_posting: bool
    needs_party: bool
    report_line: str
    replaces: str
    is_monetary: bool | None = None  # None: the sheet has no such column


@dataclass(frozen=True)
class ChartTaken:
    """What the sheet did: accounts added, accounts that got another code, accounts changed."""

    added: int
    renumbered: int
    changed: int


def chart_template() -> bytes:
    """The present chart as a sheet to be corrected and brought back."""
    names = {kind: label for label, kind in KINDS.items()}
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False})
    sheet = book.add_worksheet("شجرة الحسابات")
    sheet.right_to_left()
    bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEE3"})
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(0, column, heading, bold)
        sheet.set_column(column, column, 36 if column == 1 else 18)
    for row, one in enumerate(Account.objects.order_by("code"), start=1):
        kind = names[AccountKind(one.kind)]
        cells = (
            one.code,
            one.name_ar,
            one.name_en,
            kind,
            _yes(one.is_posting),
            _yes(one.needs_party),
            one.report_line,
            "",
            _yes(one.is_monetary),
        )
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text)
    book.close()
    return buffer.getvalue()


def _yes(value: bool) -> str:
    return YES if value else ""


def read_chart(content: bytes) -> list[ChartRow]:
    """The rows of the sheet. Refuses `SheetUnreadable`, `SheetColumnsMissing`, `SheetEmpty`."""
    try:
        rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, ValueError) as error:
        raise SheetUnreadable() from error
    if not rows:
        raise SheetEmpty()
    at = {str(cell).strip(): place for place, cell in enumerate(rows[0])}
    missing = [one for one in HEADINGS[:2] if one not in at]
    if missing:
        raise SheetColumnsMissing(columns="، ".join(missing))
    found = [_row(number, row, at) for number, row in enumerate(rows[1:], start=2)]
    found = [one for one in found if one.code or one.name_ar]
    if not found:
        raise SheetEmpty()
    return found


def _row(number: int, row: Sequence[object], at: dict[str, int]) -> ChartRow:
    def cell(place: int) -> str:
        heading = HEADINGS[place]
        value = row[at[heading]] if heading in at and at[heading] < len(row) else ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value).strip()

    return ChartRow(
        number=number,
        code=cell(0),
        name_ar=cell(1),
        name_en=cell(2),
        kind=cell(3),
        is_posting=HEADINGS[4] not in at or cell(4) == YES,
        needs_party=cell(5) == YES,
        report_line=cell(6),
        replaces=cell(7),
        is_monetary=cell(8) == YES if HEADINGS[8] in at else None,
    )


def faults_of(rows: list[ChartRow]) -> list[str]:
    """What is wrong with the sheet, row by row, as the accountant reads it."""
    known = set(Account.objects.values_list("code", flat=True))
    leaving = {one.replaces for one in rows if one.replaces}
    seen: set[str] = set()
    found = []
    for one in rows:
        if not (one.code.isdigit() and len(one.code) <= 12):
            found.append(f"سطر {one.number}: رقم الحساب أرقام فقط")
        elif one.code in seen:
            found.append(f"سطر {one.number}: الرقم {one.code} مكرر")
        if not one.name_ar:
            found.append(f"سطر {one.number}: الاسم مطلوب")
        if one.kind and one.kind not in KINDS:
            found.append(f"سطر {one.number}: النوع {one.kind} غير معروف")
        if one.replaces and one.replaces not in known:
            found.append(f"سطر {one.number}: لا حساب برقم {one.replaces}")
        if one.replaces and one.code in known and one.code not in leaving:
            found.append(f"سطر {one.number}: الرقم {one.code} مستخدم")
        seen.add(one.code)
    return found


def take_chart(rows: list[ChartRow], *, by: Viewer) -> ChartTaken:
    """Take the whole sheet over or nothing of it. Refuses `ChartRefused` with the first faults.

    Whether an account takes postings is not changed once something was posted to it.
    """
    by.require("finance.manage_accounts")
    faults = faults_of(rows)
    if faults:
        raise ChartRefused(faults=" · ".join(faults[:MOST_FAULTS]))
    with recorded(by=by, reason="استيراد شجرة الحسابات"):
        known = {one.code: one for one in Account.objects.select_for_update()}
        renumbered = _renumber(rows, known)
        added = changed = 0
        for one in sorted(rows, key=lambda row: (len(row.code), row.code)):
            if one.code in known:
                changed += _change(known[one.code], one)
            else:
                known[one.code] = _add(one, known)
                added += 1
        _hang(known)
        roles_snapshot.changed()
    return ChartTaken(added, renumbered, changed)


def _renumber(rows: list[ChartRow], known: dict[str, Account]) -> int:
    """Two steps, so that codes may be swapped: first out of the way, then to their new place."""
    moves = [
        (known[one.replaces], one.code) for one in rows if one.replaces and one.replaces != one.code
    ]
    for account, _code in moves:
        del known[account.code]
        account.code = f"9{account.pk:011d}"
        account.save(update_fields=["code"])
    for account, code in moves:
        account.code = code
        account.save(update_fields=["code"])
        known[code] = account
    return len(moves)


def _change(account: Account, row: ChartRow) -> bool:
    asked = account.is_monetary if row.is_monetary is None else row.is_monetary
    is_monetary = asked and account.kind in MONETARY_KINDS
    wanted = (row.name_ar, row.name_en or account.name_en, row.report_line, is_monetary)
    if (account.name_ar, account.name_en, account.report_line, account.is_monetary) == wanted:
        return False
    account.name_ar, account.name_en, account.report_line, account.is_monetary = wanted
    account.save(update_fields=["name_ar", "name_en", "report_line", "is_monetary"])
    return True


def _add(row: ChartRow, known: dict[str, Account]) -> Account:
    ids = {code: one.pk for code, one in known.items()}
    above = _nearest_above(row.code, ids)
    heading = next((one for one in known.values() if one.pk == above), None)
    kind = KINDS.get(row.kind) or AccountKind(heading.kind if heading else AccountKind.MEMORANDUM)
    asked = is_monetary_under(heading, kind) if row.is_monetary is None else row.is_monetary
    return Account.objects.create(
        code=row.code,
        name_ar=row.name_ar,
        name_en=row.name_en,
        parent_id=above,
        kind=kind,
        is_posting=row.is_posting,
        needs_party=row.needs_party,
        report_line=row.report_line,
        is_monetary=asked and kind in MONETARY_KINDS,
    )


def _hang(known: dict[str, Account]) -> None:
    """Every account under the longest code that begins its own."""
    ids = {code: one.pk for code, one in known.items()}
    for code, one in known.items():
        above = _nearest_above(code, ids)
        if one.parent_id != above:
            one.parent_id = above
            one.save(update_fields=["parent"])


def _nearest_above(code: str, ids: dict[str, int]) -> int | None:
    lengths = range(len(code) - 1, 0, -1)
    return next((ids[code[:length]] for length in lengths if code[:length] in ids), None)
