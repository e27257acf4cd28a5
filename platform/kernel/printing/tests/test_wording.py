"""How numbers, dates and codes are written on paper."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import money
from kernel.printing.wording import (
    hijri_date,
    isolated,
    long_date,
    on_paper,
    printable,
    with_digits,
)

I, P, NB = "\u2066", "\u2069", "\u00a0"  # noqa: E741


@pytest.mark.parametrize(
    ("typed", "island"),
    [
        ("هاتف +970 59 912 3456 مساء", f"+970{NB}59{NB}912{NB}3456"),
        ("هاتف 059 912 3456", f"059{NB}912{NB}3456"),
        ("قطعة 643/15 من", "643/15"),
        ("قرار 15-3.", "15-3"),
        ("عداد 4990-A،", "4990-A"),
        ("رقم INV#2026-88/ب.", "INV#2026-88/ب"),
        ("بريد info@ramallah.ps", "info@ramallah.ps"),
        ("زر https://ramallah.ps/v/AB?x=1", "https://ramallah.ps/v/AB?x=1"),
        ("فرق -5 درجات", "-5"),
        ("يوم 22/11/2026", "22/11/2026"),
    ],
)
def test_a_code_in_a_sentence_becomes_one_island(typed: str, island: str) -> None:
    assert f"{I}{island}{P}" in isolated(typed)


@pytest.mark.parametrize(
    "plain", ["مادة 5 من قانون 2004", "كلمة عربية فقط", "Ramallah", "1,240.50"]
)
def test_what_cannot_flip_is_left_alone(plain: str) -> None:
    assert isolated(plain) == plain


def test_isolating_twice_changes_nothing() -> None:
    once = isolated("قطعة 643/15 وهاتف +970 59 912 3456")
    assert isolated(once) == once


@given(st.text())
def test_any_text_becomes_printable_and_isolates_stay_paired(text: str) -> None:
    done = on_paper(printable(text).replace(I, "").replace(P, ""))
    assert done.count(I) == done.count(P)
    assert "\u202e" not in done


def test_an_override_of_direction_is_taken_out_of_a_name() -> None:
    assert printable("محمد\u202eدمحم") == "محمددمحم"


def test_amounts_carry_their_sign_and_decimals() -> None:
    assert on_paper(money("1240.5", "ILS")) == f"{I}1,240.50{NB}₪{P}"
    assert on_paper(money("-35.5", "JOD")) == f"{I}\u221235.500{NB}د.أ{P}"
    assert on_paper(Decimal("1240.50")) == f"{I}1,240.50{P}"
    assert (
        on_paper(money("1240.5", "ILS"), digits="arabic_indic")
        == f"{I}\u202d١٬٢٤٠٫٥٠{NB}₪\u202c{P}"
    )


def test_days_and_moments() -> None:
    assert on_paper(date(2026, 2, 1)) == f"{I}01/02/2026{P}"
    assert on_paper(datetime(2026, 2, 1, 9, 5)) == f"{I}01/02/2026{NB}09:05{P}"  # noqa: DTZ001


def test_long_dates_in_each_habit_of_months() -> None:
    day = date(2026, 11, 22)
    assert long_date(day) == "22 تشرين الثاني 2026م"
    assert long_date(day, months="gregorian") == "22 نوفمبر 2026م"
    assert long_date(day, months="both") == "22 تشرين الثاني / نوفمبر 2026م"
    assert long_date(day, language="en") == "22 November 2026"


def test_hijri_dates_follow_umm_al_qura() -> None:
    assert hijri_date(date(2024, 7, 7)) == "1 محرم 1446هـ"
    assert hijri_date(date(1900, 1, 1)) == ""


def test_the_digits_of_an_address_stay_as_typed() -> None:
    assert with_digits(isolated("زر ramallah.ps/v/7K2 قبل 5 أيام"), "arabic_indic") == (
        f"زر {I}ramallah.ps/v/7K2{P} قبل ٥ أيام"
    )
    assert with_digits("رقم ٥", "western") == "رقم 5"


def test_a_float_is_never_printed() -> None:
    with pytest.raises(TypeError, match="float"):
        on_paper({"amount": [1.5]})
