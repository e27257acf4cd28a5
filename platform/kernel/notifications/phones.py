"""Telephones that can receive a text message."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from kernel.text import normalise_digits

# Palestinian numbers first; many people in the West Bank carry an Israeli one.
REGIONS = ("PS", "IL")
RECEIVES_TEXT = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def mobile_number(typed: str) -> str | None:
    """The number as +9705…, from any way of writing it; None for landlines and for what is no number."""
    digits = normalise_digits(typed)
    for region in REGIONS:
        try:
            number = phonenumbers.parse(digits, region)
        except NumberParseException:
            continue
        if (
            phonenumbers.is_valid_number(number)
            and phonenumbers.number_type(number) in RECEIVES_TEXT
        ):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None
