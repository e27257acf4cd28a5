"""The one place where an amount is made. No float ever becomes money."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _
from moneyed import Money

from kernel.errors import InvalidInput

# How the database keeps every amount, whatever its currency.
MAX_DIGITS = 18
STORED_DECIMALS = 3
LARGEST = Decimal(10) ** (MAX_DIGITS - STORED_DECIMALS) - 1

CURRENCIES: dict[str, int] = {"ILS": 2, "JOD": 3, "USD": 2, "EUR": 2}
# Words of the domain, not of the screen: they stand beside figures in either language.
_NAMES = {
    "ILS": {"ar": "شيكل", "en": "shekel"},
    "JOD": {"ar": "دينار أردني", "en": "Jordanian dinar"},
    "USD": {"ar": "دولار أمريكي", "en": "US dollar"},
    "EUR": {"ar": "يورو", "en": "euro"},
}


class CurrencyUnknown(InvalidInput):
    """Municipalities keep accounts in shekels, dinars, dollars and euros."""

    code = "currency_unknown"
    sentence = _("“%(currency)s” is not a currency that is used here.")
    field = "currency"


def money(
    amount: Decimal | int | str, currency: str = "ILS", *, rounding: str = ROUND_HALF_UP
) -> Money:
    """An amount rounded to its currency's decimals (ILS 2, JOD 3, USD 2, EUR 2).

    Refuses an unknown currency. A float, a bool or a number without end is a fault of the caller and
    raises TypeError or ValueError.
    """
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int | str):
        raise TypeError(f"money is made of Decimal, int or str, never of {type(amount).__name__}")
    try:
        exact = Decimal(amount)
    except InvalidOperation as error:
        raise ValueError(f"not an amount: {amount!r}") from error
    if not exact.is_finite() or abs(exact) > LARGEST:
        raise ValueError(f"not an amount that can be kept: {amount!r}")
    return Money(exact.quantize(Decimal(1).scaleb(-decimals_of(currency)), rounding), currency)


def zero(currency: str = "ILS") -> Money:
    """Nothing, in a currency."""
    return money(0, currency)


def decimals_of(currency: str) -> int:
    """How many decimals a currency has. Refuses an unknown currency."""
    try:
        return CURRENCIES[currency]
    except KeyError:
        raise CurrencyUnknown(currency=currency) from None


def currency_name(currency: str, lang: str = "ar") -> str:
    """The currency's name for people. Refuses an unknown currency."""
    decimals_of(currency)
    names = _NAMES[currency]
    return names.get(lang[:2], names["en"])
