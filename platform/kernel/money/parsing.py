"""Reading an amount that a person typed."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from moneyed import Money

from kernel.errors import InvalidInput
from kernel.money.amounts import LARGEST, decimals_of, money
from kernel.text import clean, normalise_digits

_SEPARATORS = str.maketrans({"٬": ",", "،": ",", "٫": ".", "−": "-", " ": "", "'": "", "’": ""})
_FIGURE = re.compile(r"(?P<sign>-?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)?(?:\.(?P<part>\d+))?")
_SYMBOLS = {"ILS": "₪", "USD": "$", "EUR": "€", "JOD": ""}


class AmountNotUnderstood(InvalidInput):
    """The text is not an amount: letters, a comma out of its place, two points."""

    code = "amount_not_understood"
    sentence = _("“%(typed)s” is not an amount. Write it like 1,250.50.")
    field = "amount"


class AmountTooPrecise(InvalidInput):
    """Half an agora does not exist; nothing is rounded behind the clerk's back."""

    code = "amount_too_precise"
    sentence = _("“%(typed)s” has too many digits after the point; %(currency)s has %(decimals)s.")
    field = "amount"


class AmountTooLarge(InvalidInput):
    """More than the books can hold: surely a slip of the hand."""

    code = "amount_too_large"
    sentence = _("“%(typed)s” is larger than any amount that can be kept.")
    field = "amount"


class AmountNegative(InvalidInput):
    """A minus where only an amount above or equal to zero makes sense."""

    code = "amount_negative"
    sentence = _("The amount cannot be less than zero.")
    field = "amount"


def parse_amount(text: str, currency: str = "ILS", *, negative: bool = False) -> Money:
    """The amount a person typed, in digits of either script, with or without thousands marks.

    Refuses what is not an amount, more decimals than the currency has, an amount too large, and,
    unless `negative` is allowed, an amount below zero.
    """
    decimals = decimals_of(currency)
    figure = normalise_digits(clean(text)).translate(_SEPARATORS)
    figure = figure.removeprefix(_SYMBOLS[currency]).removesuffix(_SYMBOLS[currency])
    found = _FIGURE.fullmatch(figure)
    if found is None or (found["whole"] is None and found["part"] is None):
        raise AmountNotUnderstood(typed=text)
    part = found["part"] or ""
    if len(part) > decimals:
        raise AmountTooPrecise(typed=text, currency=currency, decimals=decimals)
    value = Decimal(f"{found['sign']}{(found['whole'] or '0').replace(',', '')}.{part or '0'}")
    if value < 0 and not negative:
        raise AmountNegative(typed=text)
    if abs(value) > LARGEST:
        raise AmountTooLarge(typed=text)
    return money(value, currency)
