"""ID numbers warn, phones meet whatever way they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.parties.identifiers import (
    DocumentNumberNotUnderstood,
    IdNumberNotUnderstood,
    PhoneNotUnderstood,
    check_digit,
    has_valid_check_digit,
    keep_phone,
    normalise_id_number,
    read_identifier,
    read_phone,
)


@pytest.mark.parametrize(
    ("first_eight", "digit"),
    [
        ("40123456", "2"),
        ("90000001", "9"),
        ("80507314", "5"),
        ("12345678", "2"),
        ("03344556", "0"),
        ("41000009", "5"),
    ],
)
def test_the_check_digit_follows_from_the_first_eight(first_eight: str, digit: str) -> None:
    assert check_digit(first_eight) == digit
    assert has_valid_check_digit(first_eight + digit)


@pytest.mark.parametrize("number", ["401234563", "123456789", "900000010"])
def test_a_wrong_check_digit_warns_and_never_blocks(number: str) -> None:
    identifier = read_identifier(number)
    assert identifier.number == number
    assert not identifier.is_plausible


def test_the_rule_cannot_see_zero_nine_swapped() -> None:
    assert has_valid_check_digit("409123452")
    assert has_valid_check_digit("490123452")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("33445560", "033445560"),
        ("٤٠١٢٣٤٥٦٢", "401234562"),
        (" 4 0123456-2 ", "401234562"),
        ("\u200f401234562", "401234562"),
    ],
)
def test_an_id_number_is_nine_digits_however_it_was_typed(typed: str, number: str) -> None:
    assert normalise_id_number(typed) == number


@pytest.mark.parametrize("typed", ["", "4012345621", "40123456A", "000000000", "²٣", "هوية"])
def test_what_has_no_nine_digits_is_no_id_number(typed: str) -> None:
    with pytest.raises(IdNumberNotUnderstood):
        normalise_id_number(typed)


def test_a_passport_is_letters_and_digits() -> None:
    assert read_identifier("n 12-345٦", "passport").number == "N123456"
    with pytest.raises(DocumentNumberNotUnderstood):
        read_identifier("جواز", "passport")


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("0599123456", "+970599123456"),
        ("٠٥٩٩١٢٣٤٥٦", "+970599123456"),
        ("0567-123 456", "+970567123456"),
        ("599123456", "+970599123456"),
        ("+970 599 123456", "+970599123456"),
        ("+972599123456", "+970599123456"),
        ("00972599123456", "+970599123456"),
        ("08 212 3456", "+97082123456"),
        ("022951234", "+97022951234"),
        ("092381234", "+97092381234"),
        ("042501234", "+97042501234"),
        ("0521234567", "+972521234567"),
        ("0541234567", "+972541234567"),
        ("026271234", "+97226271234"),
        ("+962791234567", "+962791234567"),
    ],
)
def test_a_phone_is_the_same_however_it_was_typed(typed: str, e164: str) -> None:
    phone = read_phone(typed)
    assert phone.e164 == e164
    assert phone.as_typed


@pytest.mark.parametrize("typed", ["", "0599", "123456", "لا يوجد", "05991234567890"])
def test_what_nobody_can_dial_is_no_phone(typed: str) -> None:
    with pytest.raises(PhoneNotUnderstood):
        read_phone(typed)
    assert keep_phone(typed).e164 == ""


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        number = normalise_id_number(typed)
    except IdNumberNotUnderstood:
        return
    assert len(number) == 9
    assert number.isdigit()


@given(st.integers(1, 99_999_999))
def test_one_wrong_digit_is_noticed(first_eight: int) -> None:
    number = f"{first_eight:08d}"
    number += check_digit(number)
    for place in range(9):
        wrong = str((int(number[place]) + 1) % 10)
        assert not has_valid_check_digit(number[:place] + wrong + number[place + 1 :])
