"""How words, numbers and dates are written on paper: isolation, digits, months, Hijri.

Everything a template prints passes through `on_paper`, so that a phone or a parcel code never
flips inside an Arabic sentence, whatever the caller forgot.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from django.utils.functional import Promise
from hijridate import Gregorian

from kernel.money import Money, format_amount
from kernel.printing.coverage import covered_characters
from kernel.terms import month_name

Digits = Literal["western", "arabic_indic"]
MonthNames = Literal["levantine", "gregorian", "both"]

ISOLATE, POP = "\u2066", "\u2069"
_OVERRIDE, _END_OVERRIDE = "\u202d", "\u202c"
_NO_BREAK = "\u00a0"
_MINUS = "\u2212"
_SIGNS = {"ILS": "₪", "JOD": "د.أ", "USD": "$", "EUR": "€"}

HIJRI = (
    "محرم", "صفر", "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة",
    "رجب", "شعبان", "رمضان", "شوال", "ذو القعدة", "ذو الحجة",
)  # fmt: skip
_ARABIC_INDIC = str.maketrans("0123456789,.%", "٠١٢٣٤٥٦٧٨٩٬٫٪")
_WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")

# A run that must read left to right: a phone with its spaces, or one token that mixes digits or
# Latin letters with signs, with an Arabic letter allowed after a slash (INV#2026-88/ب).
_RUN = re.compile(
    r"\u2066[^\u2069]*\u2069"
    r"|\+?\(?\d{2,4}\)?(?:[ \u00a0-]\d{2,4}){2,4}(?![\d/])"
    r"|[+\-\u2212#$]?[A-Za-z0-9](?:[A-Za-z0-9./:,_@#%&=?+~\-\u2212\u2013]*[A-Za-z0-9%])?"
    r"(?:/[\u0621-\u064a](?![\u0621-\u064a]))?(?:[ \u00a0][₪$€])?"
)
_PLAIN_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER = re.compile(r"\d(?:[\d.,]*\d)?%?")
_ISLAND_OR_NUMBER = re.compile(rf"\u2066[^\u2069]*\u2069|{_NUMBER.pattern}")
_LATIN = re.compile(r"[A-Za-z@]")
_ARABIC_LETTER = re.compile(r"[\u0621-\u064a]")
_LAYOUT = frozenset({"width", "align", "across"})  # said to the template, never printed


def ltr(text: object) -> str:
    """The text as one left-to-right island: an identity number, a parcel code, a plate."""
    return f"{ISOLATE}{str(text).replace(' ', _NO_BREAK)}{POP}"


def printable(text: str) -> str:
    """The text with nothing in it that cannot be drawn: no controls, no emoji, `?` for a
    letter of a script that our fonts lack. Overrides of direction are taken out, so that a name
    cannot reorder the words around it."""
    covered = covered_characters()
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        if character in _ALLOWED or (
            ord(character) in covered and unicodedata.category(character)[0] != "C"
        ):
            kept.append(character)
        elif character in "\t\r":
            kept.append(" ")
        elif unicodedata.category(character)[0] in "LN":
            kept.append("?")
    return "".join(kept)


_ALLOWED = frozenset(f"{ISOLATE}{POP}\n\u200c\u200d")


def isolated(text: str) -> str:
    """The text with its codes, phones, addresses of the net and signed numbers isolated."""
    return _RUN.sub(_isolate, text)


def _isolate(found: re.Match[str]) -> str:
    run = found.group()
    if run.startswith(ISOLATE) or _PLAIN_NUMBER.fullmatch(run) or run.isalpha():
        return run
    return f"{ISOLATE}{run.replace(' ', _NO_BREAK)}{POP}"


def with_digits(text: str, digits: Digits) -> str:
    """The text in the municipality's digits. Addresses and codes with Latin letters keep theirs:
    they are typed back into a keyboard."""
    if digits == "western":
        return text.translate(_WESTERN)
    return _ISLAND_OR_NUMBER.sub(_arabic_indic, text)


def _arabic_indic(found: re.Match[str]) -> str:
    """Signs between Arabic-Indic digits resolve to the right, even in an island: its order is
    then laid down outright, unless an Arabic currency stands in it."""
    run = found.group()
    if not run.startswith(ISOLATE):
        return run.translate(_ARABIC_INDIC)
    if _LATIN.search(run):
        return run
    inner = _NUMBER.sub(lambda number: number.group().translate(_ARABIC_INDIC), run[1:-1])
    if _ARABIC_LETTER.search(inner):
        return f"{ISOLATE}{inner}{POP}"
    return f"{ISOLATE}{_OVERRIDE}{inner}{_END_OVERRIDE}{POP}"


def amount(value: Money | Decimal, *, currency_sign: bool = True) -> str:
    """An amount as vouchers write it: `1,240.50 ₪`, three decimals for the dinar, a true minus."""
    if isinstance(value, Money):
        code = value.currency.code
        number, negative = format_amount(abs(value)), value.amount < 0
        sign = f"{_NO_BREAK}{_SIGNS.get(code, code)}" if currency_sign else ""
    else:
        number, negative, sign = f"{abs(value):,f}", value < 0, ""
    return f"{ISOLATE}{_MINUS if negative else ''}{number}{sign}{POP}"


def short_date(day: date) -> str:
    return f"{ISOLATE}{day:%d/%m/%Y}{POP}"


def moment(at: datetime) -> str:
    return f"{ISOLATE}{at:%d/%m/%Y}{_NO_BREAK}{at:%H:%M}{POP}"


def long_date(day: date, *, months: MonthNames = "levantine", language: str = "ar") -> str:
    """`22 تشرين الثاني 2026م`, with the months' names the municipality writes."""
    written = f"{day.day} {month_name(day.month, months, language)} {day.year}"
    return f"{written}م" if language == "ar" else written


@lru_cache(maxsize=512)
def hijri_date(day: date) -> str:
    """The Umm al-Qura date, `12 جمادى الآخرة 1448هـ`; empty outside the years the table knows."""
    try:
        hijri = Gregorian(day.year, day.month, day.day).to_hijri()
    except OverflowError:
        return ""
    return f"{hijri.day} {HIJRI[hijri.month - 1]} {hijri.year}هـ"


def on_paper(value: Any, *, digits: Digits = "western") -> Any:
    """The value as JSON a template prints: texts made printable, isolated and in the
    municipality's digits; dates, amounts and numbers written out. Floats are refused."""
    match value:
        case None | bool():
            return value
        case str() | Promise():
            return with_digits(isolated(printable(str(value))), digits)
        case Money() | Decimal():
            return with_digits(amount(value), digits)
        case int():
            return with_digits(ltr(f"{_MINUS}{-value}") if value < 0 else str(value), digits)
        case datetime():
            return with_digits(moment(value), digits)
        case date():
            return with_digits(short_date(value), digits)
        case UUID():
            return ltr(value)
        case Mapping():
            return {
                str(key): each if key in _LAYOUT else on_paper(each, digits=digits)
                for key, each in value.items()
            }
        case list() | tuple():
            return [on_paper(each, digits=digits) for each in value]
    raise TypeError(f"{type(value).__name__} cannot be printed; pass text, a date or Money.")
