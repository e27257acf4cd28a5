"""Every pair of spellings that a clerk would call the same, and those she would not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.text import clean, fold, fold_key, normalise_digits, tokens

SAME = [
    ("ابراهيم", "إبراهيم"),
    ("فاطمه", "فاطمة"),
    ("مصطفي", "مصطفى"),
    ("هدي", "هدى"),
    ("رايد", "رائد"),
    ("اسراء", "إسراء"),
    ("عبدالرحمن", "عبدُ الرّحمن"),
    ("عبدالله", "عبد الله"),
    ("ابوعوده", "أبو عودة"),
    ("خانيونس", "خان يونس"),
    ("مومن", "مؤمن"),
    ("محمد", "محمـــد"),
    ("الاغا", "الأغا"),
    ("٤٠١٢٣٤٥٦٢", "401234562"),
    ("۴۰۱۲۳۴۵۶۲", "401234562"),
    ("خان يُونُسْ", "خانيونس"),
    ("علي", "على"),
    ("کریم", "كريم"),
    ("ﻣﺤﻤﺪ", "محمد"),
    ("ﻻﻣﻲ", "لامي"),
    ("\u200fمحمد\u200e", "محمد"),
    ("Al-NOOR", "al-noor"),
]
APART = [("سعد", "سعيد"), ("حسن", "حسين"), ("عمر", "عمرو"), ("يونس", "يوسف")]


@pytest.mark.parametrize(("typed", "stored"), SAME)
def test_spellings_of_one_name_share_a_key(typed: str, stored: str) -> None:
    assert fold_key(typed) == fold_key(stored)


@pytest.mark.parametrize(("one", "other"), APART)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert fold_key(one) != fold_key(other)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("محمد أحمد خليل الأسطل", ["محمد", "احمد", "خليل", "الاسطل"]),
        ("عبد الله محمد أبو عودة", ["عبدالله", "محمد", "ابوعوده"]),
        ("عبدالله محمد ابوعودة", ["عبدالله", "محمد", "ابوعوده"]),
        ("نور الدين", ["نورالدين"]),
        ("أم كلثوم", ["امكلثوم"]),
        ("أبو عبد الله", ["ابوعبدالله"]),
        ("شركة النور (فرع ٢)، غزة", ["شركه", "النور", "فرع", "2", "غزه"]),
        ("عبد", ["عبد"]),
        ("الله", ["الله"]),
        ("  ", []),
    ],
)
def test_compound_names_are_one_word(typed: str, expected: list[str]) -> None:
    assert tokens(typed) == expected


def test_digits_are_read_in_any_script_and_nothing_else_changes() -> None:
    assert normalise_digits("حوض ٦٤٣/۱۵ أ") == "حوض 643/15 أ"


def test_cleaning_keeps_what_the_person_wrote() -> None:
    assert clean("  محمـد\u200f \u00a0 أحمَد\n") == "محمـد أحمَد"


ARABIC = st.text(
    st.characters(min_codepoint=0x0600, max_codepoint=0x06FF, categories=("L", "M", "N", "P", "Zs"))
    | st.sampled_from(" \u200f\u200b"),
    max_size=40,
)


@given(ARABIC)
def test_folding_twice_is_folding_once(value: str) -> None:
    assert fold(fold(value)) == fold(value)


@given(ARABIC)
def test_folded_text_has_single_blanks_only(value: str) -> None:
    folded = fold(value)
    assert folded == " ".join(folded.split(" ")).strip()
    assert "  " not in folded


@given(ARABIC, ARABIC)
def test_spacing_never_matters_to_the_key(one: str, other: str) -> None:
    assert fold_key(f"{one} {other}") == fold_key(fold(one) + fold(other))
