"""The database folds exactly as Python does."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.text import fold, fold_key, tokens
from kernel.text.folding import split_words
from kernel.text.tests.test_folding import APART, SAME

# Characters of every script that both Unicode versions know; the database cannot hold NUL and halves.
ANY = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cn", "Co", "Cs")),
    max_size=30,
)
ARABIC = st.text(
    st.characters(min_codepoint=0x0600, max_codepoint=0x06FF)
    | st.characters(min_codepoint=0xFB50, max_codepoint=0xFEFC, exclude_categories=("Cn",))
    | st.sampled_from(" \t\u200f\u200b\u00a0،.-/عبدالله ابو"),
    max_size=40,
)
house = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def in_sql(function: str, value: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT extensions.{function}(%s)", [value])
        return cursor.fetchone()[0]


@pytest.mark.parametrize("value", sorted({one for pair in SAME + APART for one in pair}))
def test_every_pair_of_spellings_folds_alike_in_both(town: str, value: str) -> None:
    assert in_sql("fold_arabic", value) == fold(value)
    assert in_sql("fold_arabic_key", value) == fold_key(value)


@house
@given(value=ARABIC)
def test_arabic_text_folds_alike_in_both(town: str, value: str) -> None:
    assert in_sql("fold_arabic", value) == fold(value)
    assert in_sql("fold_arabic_key", value) == fold_key(value)


@house
@given(value=ANY)
def test_any_text_folds_alike_in_both(town: str, value: str) -> None:
    assert in_sql("fold_arabic", value) == fold(value)


@house
@given(value=ARABIC)
def test_the_database_holds_every_word_that_a_search_asks_for(town: str, value: str) -> None:
    held = set(in_sql("fold_arabic_words", value))  # type: ignore[call-overload]
    assert set(tokens(value)) <= held
    assert set(split_words(value)) <= held


@pytest.mark.parametrize(
    ("one", "other"),
    [("محمد", "محمود"), ("خليل", "خلل"), ("سعيد", "سعد"), ("يوسف", "يسوف"), ("عمر", "عمرو")],
)
def test_words_one_letter_apart_share_a_shortened_form(town: str, one: str, other: str) -> None:
    assert set(in_sql("near_words", one)) & set(in_sql("near_words", other))  # type: ignore[call-overload]
