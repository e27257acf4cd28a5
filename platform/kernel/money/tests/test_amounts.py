"""Making, reading and showing amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import (
    CURRENCIES,
    AmountNotUnderstood,
    CurrencyUnknown,
    decimals_of,
    format_amount,
    format_money,
    money,
    parse_amount,
)
from kernel.money.parsing import AmountNegative, AmountTooLarge, AmountTooPrecise


@pytest.mark.parametrize("amount", [1.5, True, None])
def test_a_float_never_becomes_money(amount: object) -> None:
    with pytest.raises(TypeError):
        money(amount)  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "twelve", 10**16])
def test_what_cannot_be_kept_is_not_money(amount: str | int) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        money(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1.005", "ILS", "1.01"),
        ("1.0005", "JOD", "1.001"),
        ("-2.675", "USD", "-2.68"),
        (7, "EUR", "7.00"),
    ],
)
def test_an_amount_has_its_currencys_decimals(amount: str, currency: str, expected: str) -> None:
    assert str(money(amount, currency).amount) == expected


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(CurrencyUnknown):
        money(1, "XAU")


@pytest.mark.parametrize(
    ("typed", "currency", "expected"),
    [
        ("1,215.75", "ILS", "1215.75"),
        ("١٬٢١٥٫٧٥", "ILS", "1215.75"),
        ("١٢٠", "JOD", "120"),
        ("  ₪ 12 ", "ILS", "12"),
        ("1 250", "ILS", "1250"),
        (".5", "JOD", "0.5"),
        ("\u20661,000\u2069", "USD", "1000"),
        ("1.500", "JOD", "1.5"),
    ],
)
def test_amounts_are_read_as_people_type_them(typed: str, currency: str, expected: str) -> None:
    assert parse_amount(typed, currency) == money(expected, currency)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", AmountNotUnderstood),
        (".", AmountNotUnderstood),
        ("1,5", AmountNotUnderstood),
        ("12,34.5", AmountNotUnderstood),
        ("1.2.3", AmountNotUnderstood),
        ("اثنا عشر", AmountNotUnderstood),
        ("1.500", AmountTooPrecise),
        ("-3", AmountNegative),
        ("9" * 16, AmountTooLarge),
    ],
)
def test_what_is_not_an_amount_is_refused(typed: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        parse_amount(typed, "ILS")


def test_a_correction_may_be_negative() -> None:
    assert parse_amount("-3.5", "ILS", negative=True) == money("-3.5")


def test_amounts_are_shown_with_all_their_decimals() -> None:
    assert format_amount(money("1215.5")) == "1,215.50"
    assert format_amount(money("-8.25", "JOD"), digits="arabic_indic") == "-٨٫٢٥٠"
    assert format_money(money(3), "en") == "\u20663.00\u2069 shekel"


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from(sorted(CURRENCIES)),
    st.sampled_from(["western", "arabic_indic"]),
)
def test_what_is_shown_can_be_typed_back(smallest: int, currency: str, digits: str) -> None:
    amount = money(Decimal(smallest).scaleb(-decimals_of(currency)), currency)
    assert parse_amount(format_amount(amount, digits=digits), currency, negative=True) == amount
