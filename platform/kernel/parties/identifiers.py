"""ID numbers and phones: how they are read, kept and doubted. Pure rules; no tables here.

Nine digits, the last a check digit (weights 1, 2, 1, 2 … from the left; a product above nine loses
nine; the sum is a multiple of ten). A wrong check digit warns and never blocks: old registers hold
such numbers, and their owners still need their municipality.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from django.utils.translation import gettext_lazy as _

from kernel.errors import InvalidInput
from kernel.parties.constants import IdKind
from kernel.text import clean, normalise_digits

ID_DIGITS = 9
_BETWEEN = re.compile(r"[\s\-./\\()]+")
_DOCUMENT_NUMBER = re.compile(r"[0-9A-Z]{1,30}")
_PALESTINIAN_MOBILE_ABROAD = re.compile(r"\+972(5[69]\d{7})")


class IdNumberNotUnderstood(InvalidInput):
    """Not a number of one to nine digits."""

    code = "id_number_not_understood"
    sentence = _("“%(typed)s” is not an ID number. It has nine digits.")
    field = "id_number"


class DocumentNumberNotUnderstood(InvalidInput):
    """A passport or registration number has letters A-Z and digits only."""

    code = "document_number_not_understood"
    sentence = _("“%(typed)s” is not the number of a document. Use the letters A-Z and digits.")
    field = "id_number"


class PhoneNotUnderstood(InvalidInput):
    """No telephone in the country or abroad has such a number."""

    code = "phone_not_understood"
    sentence = _("“%(typed)s” is not a phone number. Write it like 0599123456 or +970599123456.")
    field = "phones"


@dataclass(frozen=True)
class Identifier:
    """A number as it is kept, and whether anything speaks against it."""

    kind: str
    number: str
    is_plausible: bool


@dataclass(frozen=True)
class Phone:
    """A phone as it is compared (E.164) and as it was typed. `e164` is empty when it was not understood."""

    e164: str
    as_typed: str


def read_identifier(typed: str, kind: str = IdKind.NATIONAL) -> Identifier:
    """The identifier a person typed. Refuses what cannot be a number of that kind, never a wrong check digit."""
    if kind == IdKind.NATIONAL:
        number = normalise_id_number(typed)
        return Identifier(kind, number, has_valid_check_digit(number))
    number = _BETWEEN.sub("", normalise_digits(clean(typed))).upper()
    if not _DOCUMENT_NUMBER.fullmatch(number):
        raise DocumentNumberNotUnderstood(typed=typed)
    return Identifier(kind, number, True)


def normalise_id_number(typed: str) -> str:
    """Nine ASCII digits; leading zeros that a spreadsheet dropped are given back.

    Refuses letters, an empty text and more than nine digits.
    """
    digits = _BETWEEN.sub("", normalise_digits(clean(typed)))
    if not (digits.isascii() and digits.isdigit() and len(digits) <= ID_DIGITS) or not int(digits):
        raise IdNumberNotUnderstood(typed=typed)
    return digits.zfill(ID_DIGITS)


def has_valid_check_digit(number: str) -> bool:
    """True when the ninth digit follows from the first eight. It cannot see 09 typed as 90."""
    return number[-1] == check_digit(number[:-1])


def check_digit(first_eight: str) -> str:
    total = 0
    for place, digit in enumerate(first_eight):
        product = int(digit) * (1 + place % 2)
        total += product - 9 if product > 9 else product
    return str(-total % 10)


def read_phone(typed: str) -> Phone:
    """A Palestinian, Israeli or foreign phone. Refuses `PhoneNotUnderstood`.

    059 and 056 are the two Palestinian networks, also when dialled through +972; 02, 04, 08 and 09
    are landlines; another 05x is an Israeli network.
    """
    as_typed = clean(typed)
    dialled = re.sub(r"[^\d+]", "", normalise_digits(as_typed))
    if dialled.startswith("00"):
        dialled = "+" + dialled[2:]
    for region in ("PS", "IL"):
        e164 = _understood(dialled, region)
        if e164:
            return Phone(_PALESTINIAN_MOBILE_ABROAD.sub(r"+970\1", e164), as_typed)
    raise PhoneNotUnderstood(typed=typed)


def keep_phone(typed: str) -> Phone:
    """The phone for a legacy record: kept as typed even when nobody can understand it."""
    try:
        return read_phone(typed)
    except PhoneNotUnderstood:
        return Phone("", clean(typed))


def _understood(dialled: str, region: str) -> str:
    try:
        number = phonenumbers.parse(dialled, region)
    except phonenumbers.NumberParseException:
        return ""
    israeli_mobile = region == "IL" and re.fullmatch(r"0?5\d{8}", dialled)
    if phonenumbers.is_valid_number(number) or israeli_mobile:
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return ""


def national_form(e164: str) -> str:
    """The number as it is dialled at home (`0599 123 456`); abroad with its country code."""
    if not e164:
        return ""
    number = phonenumbers.parse(e164)
    home = number.country_code in (970, 972)
    form = phonenumbers.PhoneNumberFormat
    style = form.NATIONAL if home else form.INTERNATIONAL
    return str(phonenumbers.format_number(number, style))
