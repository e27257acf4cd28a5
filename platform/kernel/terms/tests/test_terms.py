"""Each town reads its own words."""

import pytest

from kernel.terms import WORDS, UnknownTerm, month_name, month_names, term


@pytest.mark.parametrize(
    ("key", "gaza", "west_bank"),
    [
        ("clearance_certificate", "خلو طرف", "براءة ذمة"),
        ("deposit", "أمانات", "تأمينات"),
        ("land_block", "قطعة", "حوض"),
        ("land_parcel", "قسيمة", "قطعة"),
        ("front_desk", "قلم الجمهور", "مركز خدمات الجمهور"),
    ],
)
def test_khan_yunis_and_nablus_read_their_own_words(key: str, gaza: str, west_bank: str) -> None:
    assert term(key, dialect="gaza", lang="ar") == gaza
    assert term(key, dialect="west_bank", lang="ar") == west_bank
    assert term(key, dialect="gaza", lang="en") == term(key, dialect="west_bank", lang="en")


def test_a_word_nobody_declared_is_a_fault() -> None:
    with pytest.raises(UnknownTerm):
        term("clearance_cerificate", dialect="gaza", lang="ar")


def test_a_dialect_that_does_not_exist_is_a_fault() -> None:
    with pytest.raises(ValueError, match="unknown dialect"):
        term("deposit", dialect="WB", lang="ar")


def test_every_word_is_said_in_both_dialects_and_languages() -> None:
    for key, word in WORDS.items():
        assert all((word.gaza, word.west_bank, word.english)), key


def test_months_carry_the_names_the_town_uses() -> None:
    assert month_names("levantine", "ar")[0] == "كانون الثاني"
    assert month_name(5, "gregorian", "ar") == "مايو"
    assert month_name(2, "both", "ar") == "شباط / فبراير"
    assert month_name(10, "both", "en") == "October"
