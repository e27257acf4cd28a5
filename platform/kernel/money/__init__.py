"""Amounts with their currency: made, read, shown and written in words.

Everything else in the house that needs money imports it from here.
"""

from moneyed import Money

from kernel.money.amounts import (
    CURRENCIES,
    MAX_DIGITS,
    STORED_DECIMALS,
    CurrencyUnknown,
    currency_name,
    decimals_of,
    money,
    zero,
)
from kernel.money.display import format_amount, format_money
from kernel.money.parsing import AmountNotUnderstood, parse_amount
from kernel.money.words import AmountHasNoWords, in_words

__all__ = [
    "CURRENCIES",
    "MAX_DIGITS",
    "STORED_DECIMALS",
    "AmountHasNoWords",
    "AmountNotUnderstood",
    "CurrencyUnknown",
    "Money",
    "currency_name",
    "decimals_of",
    "format_amount",
    "format_money",
    "in_words",
    "money",
    "parse_amount",
    "zero",
]
