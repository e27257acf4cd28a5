"""Judge every row of a sheet of old dues: what it means, or what must be corrected. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.money import CURRENCIES, Money, parse_amount
from kernel.parties.models import Party
from kernel.ports.charges import ChargeSource
from kernel.text import fold_key, normalise_digits
from modules.finance.models import Charge, OpeningBatch
from modules.finance.selectors.books import KindFacts, base_currency, kinds_snapshot, rate_on
from modules.finance.services.assessing import NewCharge
from modules.finance.services.opening.sheet import SheetRow, as_text

SOURCE = "opening"
EARLIEST_YEAR = 1950
_LOOKED_UP_AT_ONCE = 5_000
# Translated when they are told, not for each of the rows.
_DUE, _FROM, _TO = gettext_lazy("due date"), gettext_lazy("from"), gettext_lazy("to")
_DATE = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$")
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})")
_CURRENCY_WORDS = {
    "شيكل": "ILS", "شيقل": "ILS", "₪": "ILS", "NIS": "ILS", "دينار": "JOD", "ديناراردني": "JOD", "دولار": "USD",
    "يورو": "EUR", "$": "USD", "€": "EUR",
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A row with the due it stands for, or with the sentences that say what to correct."""

    row: SheetRow
    new: NewCharge | None
    errors: tuple[str, ...] = ()


class _Wrong(Exception):
    """A cell that cannot be read; the sentence is for the person who fills the sheet."""


def judge_rows(
    rows: Sequence[SheetRow],
    *,
    as_of: date,
    batch: OpeningBatch | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Judged]:
    """Every row judged. `batch` is the one being loaded: its own charges are not doubles of themselves."""
    known = _Known(rows, as_of=as_of, batch=batch)
    seen: dict[ChargeSource, int] = {}
    judged = []
    for at, row in enumerate(rows, start=1):
        judged.append(_judge(row, known, seen))
        if at % 1_000 == 0:
            progress(at)
    return judged


class _Known:
    """What rows are compared with, read once: persons, kinds, rates, dues loaded before."""

    def __init__(
        self, rows: Sequence[SheetRow], *, as_of: date, batch: OpeningBatch | None
    ) -> None:
        self.today = today()
        self.base = base_currency(self.today)  # asked once: 60,000 rows may leave the currency out
        self.kinds = _kinds_by_word()
        self.parties = _parties({_id_number(row.cells.get("id_number")) for row in rows} - {""})
        self.loaded = _loaded({_record(row) for row in rows}, batch)
        self.currencies = {one: _has_rate(one, as_of) for one in CURRENCIES}


def _judge(row: SheetRow, known: _Known, seen: dict[ChargeSource, int]) -> Judged:
    errors: list[str] = []

    def read(reader: Callable[[], Any]) -> Any:
        try:
            return reader()
        except _Wrong as wrong:
            errors.append(str(wrong))
        except Refusal as refusal:
            errors.append(str(refusal))
        return None

    cells = row.cells
    party_id = read(lambda: _party(cells.get("id_number"), known.parties))
    kind = read(lambda: _kind(cells.get("kind"), known.kinds))
    year = read(lambda: _year(cells.get("year"), known.today))
    currency = read(lambda: _currency(cells.get("currency"), known))
    amount = read(lambda: _amount(cells.get("amount"), currency or "ILS"))
    due_on = read(lambda: _day(cells.get("due_on"), _DUE)) or (date(year, 12, 31) if year else None)
    since = read(lambda: _day(cells.get("period_from"), _FROM))
    until = read(lambda: _day(cells.get("period_to"), _TO))
    if since and until and until < since:
        errors.append(_("The period ends before it begins."))
    if errors or kind is None or amount is None or due_on is None:
        return Judged(row, None, tuple(errors))
    source = ChargeSource(module=SOURCE, record=_record(row), code=kind.code, period=str(year))
    double = _double(source, known, seen, row.number)
    if double:
        return Judged(row, None, (double,))
    return Judged(
        row,
        NewCharge(
            source=source,
            party_id=party_id,
            kind=kind,
            amount=amount,
            due_on=due_on,
            year=year,
            description=as_text(cells.get("description", "")),
            period_from=since,
            period_to=until,
        ),
    )


def _double(source: ChargeSource, known: _Known, seen: dict[ChargeSource, int], number: int) -> str:
    first = seen.setdefault(source, number)
    if first != number:
        return _("The same due stands in row %(row)s.") % {"row": first}
    if (source.record, source.code, source.period) in known.loaded:
        return _("This due was brought in before.")
    return ""


def _record(row: SheetRow) -> str:
    """What tells this due from others: the old system's reference, else the person."""
    return as_text(row.cells.get("reference", "")) or _id_number(row.cells.get("id_number"))


def _id_number(cell: Any) -> str:
    digits = re.sub(r"[\s\-]", "", normalise_digits(as_text(cell if cell is not None else "")))
    return digits.zfill(9) if digits.isdigit() and len(digits) <= 9 else digits


def _party(cell: Any, parties: Mapping[str, int]) -> int:
    number = _id_number(cell)
    if not number:
        raise _Wrong(_("The ID number is missing."))
    try:
        return parties[number]
    except KeyError:
        raise _Wrong(
            _("Nobody with the ID number %(number)s is registered.") % {"number": number}
        ) from None


def _kind(cell: Any, kinds: Mapping[str, KindFacts]) -> KindFacts:
    word = fold_key(as_text(cell if cell is not None else ""))
    if word not in kinds:
        raise _Wrong(
            _("“%(kind)s” is not one of the kinds of dues.") % {"kind": as_text(cell or "")}
        )
    return kinds[word]


def id_number_of(cell: Any) -> str:
    """An ID number as the register keeps it, from whatever stands in a cell."""
    return _id_number(cell)


def read_day(cell: Any) -> date | None:
    """The day in a cell; None when there is none that can be read."""
    try:
        return _day(cell, "")
    except _Wrong:
        return None


def _year(cell: Any, now: date) -> int:
    text = normalise_digits(as_text(cell if cell is not None else ""))
    if not (text.isdecimal() and len(text) == 4) or not EARLIEST_YEAR <= int(text) <= now.year:
        raise _Wrong(_("“%(year)s” is not a year between %(first)s and %(last)s.") % {
            "year": text, "first": EARLIEST_YEAR, "last": now.year,
        })  # fmt: skip
    return int(text)


def _currency(cell: Any, known: _Known) -> str:
    text = as_text(cell if cell is not None else "")
    code = (
        _CURRENCY_WORDS.get(fold_key(text), _CURRENCY_WORDS.get(text, text.upper()))
        if text
        else known.base
    )
    if code not in known.currencies:
        raise _Wrong(_("“%(currency)s” is not a currency that is used here.") % {"currency": text})
    if not known.currencies[code]:
        raise _Wrong(_("Enter an exchange rate of %(currency)s first.") % {"currency": code})
    return code


def _amount(cell: Any, currency: str) -> Money:
    amount = parse_amount(as_text(cell if cell is not None else ""), currency)
    if amount.amount <= Decimal(0):
        raise _Wrong(_("The amount must be greater than zero."))
    return amount


def _day(cell: Any, what: Promise | str) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = normalise_digits(as_text(cell if cell is not None else ""))
    if not text:
        return None
    found = _DATE.match(text)
    parts = found.groups()[::-1] if found else (iso.groups() if (iso := _ISO.match(text)) else None)
    try:
        return date(*(int(part) for part in parts or ()))
    except (TypeError, ValueError):
        raise _Wrong(
            _("“%(typed)s” is not a date (%(what)s).") % {"typed": text, "what": what}
        ) from None


def _kinds_by_word() -> dict[str, KindFacts]:
    words: dict[str, KindFacts] = {}
    for kind in kinds_snapshot.get().values():
        if kind.is_active:
            for word in (kind.code, kind.code.rpartition(".")[2], kind.title_ar, kind.title_en):
                if word:
                    words.setdefault(fold_key(word), kind)
    return words


def _parties(numbers: set[str]) -> dict[str, int]:
    """The standing person of each number; a merged record leads to the one that stands for it."""
    found: dict[str, int] = {}
    for some in _pieces(sorted(numbers)):
        rows = (
            Party.objects.filter(id_number__in=some)
            .order_by("-alias_of")
            .values_list("id_number", "id", "alias_of_id")
        )
        for number, party_id, alias_of in rows:
            found[number] = alias_of or party_id
    return found


def _loaded(records: set[str], batch: OpeningBatch | None) -> set[tuple[str, str, str]]:
    found: set[tuple[str, str, str]] = set()
    for some in _pieces(sorted(records)):
        charges = Charge.objects.filter(source_module=SOURCE, source_record__in=some, cancelled=0)
        if batch is not None:
            charges = charges.exclude(batch=batch)
        found.update(charges.values_list("source_record", "source_code", "source_period"))
    return found


def _pieces(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _LOOKED_UP_AT_ONCE):
        yield values[start : start + _LOOKED_UP_AT_ONCE]


def _has_rate(currency: str, on: date) -> bool:
    try:
        rate_on(currency, on)
    except Refusal:
        return False
    return True
