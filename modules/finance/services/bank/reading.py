"""Read what a bank gave: CSV, Excel, MT940 or CAMT.053. Everything in it is a stranger's until it adds up.

What must not live here: whether a statement follows the one before it (`importing`).
"""

from __future__ import annotations

import csv
import io
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import mt940
from lxml import etree  # type: ignore[import-untyped]
from pycamt.parser import (  # type: ignore[import-untyped]
    Camt053ParseError,
    Camt053Parser,
)
from python_calamine import CalamineError, CalamineWorkbook

from kernel.errors import Refusal
from kernel.money import decimals_of, parse_amount
from kernel.text import fold_key
from modules.finance.errors.bank import (
    StatementColumnsMissing,
    StatementEmpty,
    StatementLineUnreadable,
    StatementTooLong,
    StatementUnreadable,
)

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
MOST_TEXT = 400
HEADING_ROWS = 40
# The parser of MT940 writes the statement's own text to the log when it does not understand it.
logging.getLogger("mt940").setLevel(logging.CRITICAL)

# What banks write above their columns, beside what the municipality has told of its own bank.
KNOWN: dict[str, tuple[str, ...]] = {
    "date": ("التاريخ", "تاريخ الحركة", "تاريخ القيد", "date", "booking date", "transaction date"),
    "amount": ("المبلغ", "قيمة الحركة", "amount"),
    "debit": ("مدين", "سحب", "السحوبات", "debit", "withdrawal", "withdrawals"),
    "credit": ("دائن", "إيداع", "الإيداعات", "credit", "deposit", "deposits"),
    "reference": ("المرجع", "رقم المرجع", "رقم الشيك", "reference", "ref", "cheque no"),
    "text": ("البيان", "التفاصيل", "الوصف", "description", "details", "narrative", "text"),
    "balance": ("الرصيد", "balance"),
}
_DAY_FORMATS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y/%m/%d")


@dataclass(frozen=True)
class ReadLine:
    """One movement: in above zero, out below."""

    on_date: date
    amount: Decimal
    reference: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadStatement:
    """A statement as it stands in the file; what the file does not say is None."""

    lines: tuple[ReadLine, ...]
    reference: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    currency: str = ""
    account: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


def read_statements(
    content: bytes, *, currency: str, columns: Mapping[str, str]
) -> list[ReadStatement]:
    """The statements of a file, by what it is and not by its name.

    `columns` are the headings of this bank's sheets. Refuses `StatementUnreadable`, `StatementTooLong`,
    `StatementEmpty`, `StatementColumnsMissing`, `StatementLineUnreadable`.
    """
    if len(content) > MOST_BYTES:
        raise StatementTooLong(most=MOST_BYTES // 1024 // 1024)
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:400]
    if content.startswith(b"PK\x03\x04"):
        return [_of_rows(_rows_of_workbook(content), currency, columns)]
    if head.startswith(b"<"):
        return _of_camt(content)
    text = _decoded(content)
    if re.search(r"^:20:", text, re.MULTILINE) and re.search(r"^:60[FM]:", text, re.MULTILINE):
        return _of_mt940(text)
    return [_of_rows(_rows_of_csv(text), currency, columns)]


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise StatementUnreadable()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1256", errors="replace")


def _rows_of_csv(text: str) -> list[list[Any]]:
    sample = text[:8192]
    separator = max(",;\t|", key=sample.count)
    try:
        rows: list[list[Any]] = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append([cell[:MOST_TEXT] for cell in row[:60]])
            if len(rows) > MOST_LINES + HEADING_ROWS:
                raise StatementTooLong(most=MOST_LINES)
    except csv.Error as error:
        raise StatementUnreadable() from error
    return rows


def _rows_of_workbook(content: bytes) -> list[list[Any]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        if sheet.total_height > MOST_LINES + HEADING_ROWS:
            raise StatementTooLong(most=MOST_LINES)
        return [list(row[:60]) for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, ValueError, IndexError, OSError) as error:
        raise StatementUnreadable() from error


def _of_rows(
    rows: Sequence[Sequence[Any]], currency: str, columns: Mapping[str, str]
) -> ReadStatement:
    at, places = _headings(rows, columns)
    lines: list[ReadLine] = []
    balances: list[Decimal] = []
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        cells = {name: row[place] if place < len(row) else "" for name, place in places.items()}
        # A sum beneath the movements, a note of the bank: a row without a day is no movement.
        day = _day(cells["date"])
        if day is None:
            continue
        amount = _amount_of(cells, currency, number)
        if "balance" in cells and str(cells["balance"]).strip():
            balances.append(_number(cells["balance"], currency, number))
        if amount:
            lines.append(ReadLine(day, amount, _text(cells.get("reference")), _text(cells["text"])))
    if not lines:
        raise StatementEmpty()
    whole = len(balances) == len(lines)
    if lines[0].on_date > lines[-1].on_date or (
        whole and not _runs(lines, balances) and _runs(lines[::-1], balances[::-1])
    ):
        lines.reverse()
        balances.reverse()
    return ReadStatement(
        lines=tuple(lines),
        opening=balances[0] - lines[0].amount if whole else None,
        closing=balances[-1] if whole else None,
        columns={name: _text(rows[at][place]) for name, place in places.items()},
    )


def _runs(lines: Sequence[ReadLine], balances: Sequence[Decimal]) -> bool:
    """Whether each balance follows from the one before it."""
    return all(
        balances[at] + lines[at + 1].amount == balances[at + 1] for at in range(len(lines) - 1)
    )


def _headings(
    rows: Sequence[Sequence[Any]], columns: Mapping[str, str]
) -> tuple[int, dict[str, int]]:
    """The row of headings and where each column stands: what was told of this bank goes before what banks write."""
    best: dict[str, int] = {}
    seen: list[str] = []
    for at, row in enumerate(rows[:HEADING_ROWS]):
        written = {
            fold_key(_text(cell)): place for place, cell in enumerate(row) if _text(cell).strip()
        }
        places: dict[str, int] = {}
        for name, known in KNOWN.items():
            told = columns.get(name, "").strip()
            for heading in (*([told] if told else []), *known):
                if fold_key(heading) in written:
                    places[name] = written[fold_key(heading)]
                    break
        if {"date", "text"} <= places.keys() and (
            "amount" in places or {"debit", "credit"} <= places.keys()
        ):
            return at, places
        if len(places) > len(best) or not seen:
            best, seen = places, [_text(cell) for cell in row if _text(cell).strip()]
    raise StatementColumnsMissing(found="، ".join(seen[:20])[:MOST_TEXT])


def _amount_of(cells: Mapping[str, Any], currency: str, number: int) -> Decimal:
    if "amount" in cells:
        return _number(cells["amount"], currency, number)
    out = _number(cells.get("debit"), currency, number)
    come = _number(cells.get("credit"), currency, number)
    if out and come:
        raise StatementLineUnreadable(number=number)
    return come - abs(out)


def _number(cell: Any, currency: str, number: int) -> Decimal:
    """An amount as sheets and people write it. Refuses `StatementLineUnreadable`."""
    if cell is None or (isinstance(cell, str) and cell.strip() in {"", "-", "—"}):
        return Decimal(0)
    try:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            exact = Decimal(repr(cell))
        else:
            written = _text(cell).replace("+", "")
            taken = re.fullmatch(r"\((.+)\)|(.+?)\s*[-−]", written)
            if taken:
                written = "-" + (taken[1] or taken[2])
            if "." in written:
                # Banks print three decimals for every currency.
                written = written.rstrip("0").rstrip(".")
            exact = parse_amount(written, currency, negative=True).amount
        step = Decimal(1).scaleb(-decimals_of(currency))
        rounded = exact.quantize(step)
    except (Refusal, InvalidOperation, ValueError) as error:
        raise StatementLineUnreadable(number=number) from error
    # A sheet keeps 0.1 + 0.2 as 0.30000000000000004; a third decimal of a shekel is another thing.
    if abs(rounded - exact) > Decimal("0.0000001") or abs(rounded) >= Decimal(10) ** 14:
        raise StatementLineUnreadable(number=number)
    return rounded


def _day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    written = _text(cell).strip().split(" ")[0].split("T")[0]
    written = written.translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789"))
    for known in _DAY_FORMATS:
        try:
            return datetime.strptime(written, known).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


def _text(cell: Any) -> str:
    """A cell as a person would have typed it, cut, without characters that no screen shows."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    shown = "".join(one if one.isprintable() else " " for one in str(cell or ""))
    return " ".join(shown.split())[:MOST_TEXT]


def _of_mt940(text: str) -> list[ReadStatement]:
    parts = [one for one in re.split(r"(?m)^(?=:20:)", text) if one.startswith(":20:")]
    return [_of_one_mt940(one) for one in parts]


def _of_one_mt940(text: str) -> ReadStatement:
    try:
        found = mt940.parse(text)
        facts = found.data
        opening = facts.get("final_opening_balance") or facts["intermediate_opening_balance"]
        closing = facts.get("final_closing_balance") or facts["intermediate_closing_balance"]
        lines = [_of_transaction(one.data) for one in found if one.data.get("amount") is not None]
    except Exception as error:
        # The library raises whatever its patterns meet: RuntimeError, KeyError, ValueError, AssertionError.
        raise StatementUnreadable() from error
    if len(lines) > MOST_LINES:
        raise StatementTooLong(most=MOST_LINES)
    number = "/".join(
        str(facts[one]) for one in ("statement_number", "sequence_number") if facts.get(one)
    )
    return ReadStatement(
        lines=tuple(lines),
        reference=_text(number or facts.get("transaction_reference")),
        opening=opening.amount.amount,
        closing=closing.amount.amount,
        currency=str(opening.amount.currency),
        account=_text(facts.get("account_identification")),
    )


def _of_transaction(facts: Mapping[str, Any]) -> ReadLine:
    reference = facts.get("customer_reference") or facts.get("bank_reference")
    texts = (facts.get("transaction_details"), facts.get("extra_details"))
    day = facts.get("entry_date") or facts["date"]
    return ReadLine(
        date(day.year, day.month, day.day),
        facts["amount"].amount,
        _text("" if str(reference).upper() == "NONREF" else reference),
        _text(" ".join(str(one) for one in texts if one)),
    )


def _of_camt(content: bytes) -> list[ReadStatement]:
    # Neither entities nor a document type belong into a statement; other encodings would hide them.
    lowered = content.lower()
    if b"\0" in content or b"<!doctype" in lowered or b"<!entity" in lowered:
        raise StatementUnreadable()
    try:
        parser = Camt053Parser(content)
        root, names = parser.tree, parser.namespaces
        found = root.findall(".//Stmt", names)
        infos = parser.get_statement_info()
        made = [
            _of_one_camt(parser, one, info) for one, info in zip(found, infos, strict=True) if infos
        ]
    except (
        etree.XMLSyntaxError,
        Camt053ParseError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        raise StatementUnreadable() from error
    except InvalidOperation as error:
        raise StatementUnreadable() from error
    if not made:
        raise StatementEmpty()
    return made


def _of_one_camt(parser: Any, statement: Any, info: Mapping[str, Any]) -> ReadStatement:
    names = parser.namespaces
    entries = statement.findall("Ntry", names)
    if len(entries) > MOST_LINES:
        raise StatementTooLong(most=MOST_LINES)
    number = statement.findtext("ElctrncSeqNb", None, names) or statement.findtext("Id", "", names)
    currency = info["Currency"] or next(
        (one.attrib.get("Ccy", "") for one in statement.findall(".//Amt", names)), ""
    )
    return ReadStatement(
        lines=tuple(_of_entries(parser, statement, entries)),
        reference=_text(number),
        opening=Decimal(info["OpeningBalance"]) if info["OpeningBalance"] else None,
        closing=Decimal(info["ClosingBalance"]) if info["ClosingBalance"] else None,
        currency=_text(currency),
        account=_text(info["IBAN"]),
    )


def _of_entries(parser: Any, statement: Any, entries: Sequence[Any]) -> Iterator[ReadLine]:
    for entry in entries:
        for one in parser._extract_transaction(entry, statement):
            if (one.get("Status") or "BOOK") != "BOOK":
                continue
            amount = Decimal(one["Amount"])
            outward = one["CreditDebitIndicator"] == "DBIT"
            texts = (
                one.get("RemittanceInformationFull") or one.get("RemittanceInformation"),
                one.get("AdditionalEntryInformation"),
                one.get("CreditorName") if outward else one.get("DebtorName"),
            )
            reference = one.get("EndToEndId") or one.get("TransactionID") or ""
            yield ReadLine(
                date.fromisoformat(one["BookingDate"][:10]),
                -amount if outward else amount,
                _text("" if reference == "NOTPROVIDED" else reference),
                _text(" ".join(dict.fromkeys(part for part in texts if part))),
            )
