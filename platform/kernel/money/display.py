"""Amounts as people read them on a screen or a paper."""

from __future__ import annotations

from django.utils.translation import get_language
from moneyed import Money

from kernel.money.amounts import currency_name, decimals_of

# An amount is a left-to-right island in a right-to-left line, or its sign ends up behind it.
ISOLATE, END_ISOLATE = "\u2066", "\u2069"
_ARABIC_INDIC = str.maketrans("0123456789,.", "٠١٢٣٤٥٦٧٨٩٬٫")


def format_amount(amount: Money, *, digits: str = "western") -> str:
    """The bare figure with all its decimals: `-1,215.75`. `digits="arabic_indic"` gives `-١٬٢١٥٫٧٥`."""
    figure = f"{amount.amount:,.{decimals_of(amount.currency.code)}f}"
    return figure.translate(_ARABIC_INDIC) if digits == "arabic_indic" else figure


def format_money(amount: Money, lang: str | None = None, *, digits: str = "western") -> str:
    """The figure with its currency's name, safe inside a line of either direction."""
    figure = f"{ISOLATE}{format_amount(amount, digits=digits)}{END_ISOLATE}"
    return f"{figure} {currency_name(amount.currency.code, lang or get_language() or 'ar')}"
