"""What does a typed text look like? A hint for the one box; sources still answer for themselves."""

from __future__ import annotations

import re
from enum import StrEnum

from kernel.errors import InvalidInput
from kernel.parties.identifiers import ID_DIGITS, read_phone
from kernel.places.codes import looks_like_code
from kernel.text import clean, fold, normalise_digits

_YEAR_NUMBER = re.compile(r"#?\s*(?:19|20)\d\d\s*[/\-]\s*\d{1,7}")
_NUMBER = re.compile(r"#?\s*\d+")


class Look(StrEnum):
    """The kinds of things that people type into the one box."""

    NOTHING = "nothing"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    PARCEL = "parcel"
    NUMBERED_RECORD = "numbered_record"
    NUMBER = "number"
    NAME = "name"


def looks_like(text: str) -> Look:
    """What the text most likely is: `401234562` an ID number, `0599123456` a phone, `643/15` a parcel,
    `2026/00417` the number of a request or voucher, anything with letters a name.
    """
    typed = normalise_digits(clean(text))
    if not fold(typed):
        return Look.NOTHING
    if _YEAR_NUMBER.fullmatch(typed):
        return Look.NUMBERED_RECORD
    digits = re.sub(r"[\s\-.()]", "", typed)
    if re.fullmatch(r"\+?\d{9,15}", digits):
        if len(digits) == ID_DIGITS and not digits.startswith(("0", "5")):
            return Look.ID_NUMBER
        return (
            Look.PHONE
            if _is_phone(typed)
            else Look.ID_NUMBER
            if len(digits) == ID_DIGITS
            else Look.NUMBER
        )
    if looks_like_code(typed):
        return Look.PARCEL
    return Look.NUMBER if _NUMBER.fullmatch(typed) else Look.NAME


def _is_phone(typed: str) -> bool:
    try:
        read_phone(typed)
    except InvalidInput:
        return False
    return True
