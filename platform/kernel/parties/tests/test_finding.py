"""Amal types what she heard; the right person stands first."""

import pytest

from kernel.errors import NotPermitted
from kernel.parties.finding import found_parties, is_one_letter_away
from kernel.parties.models import Party
from kernel.parties.selectors import search_parties
from kernel.parties.services import merge_parties, register_organisation
from kernel.parties.tests.factories import CLERK, a_person
from kernel.tenancy import use
from kernel.text.tests.test_folding import APART, SAME
from kernel.viewer import Viewer

NAMES = [pair for pair in SAME if not any(letter.isdigit() for letter in pair[1])]


def names(text: str, limit: int = 20) -> list[str]:
    return [party.full_name for party in search_parties(CLERK, text, limit)]


@pytest.fixture
def khalil(town: str) -> Party:
    a_person("سامي يوسف حسن الفرا")
    return a_person("محمد أحمد خليل الأسطل", phones=["0599123456"], known_as="أبو العبد")


@pytest.mark.parametrize(("typed", "stored"), NAMES)
def test_every_pair_of_spellings_is_found(town: str, typed: str, stored: str) -> None:
    person = a_person(f"{stored.replace(' ', '_')} زياد طارق شراب")
    assert person in search_parties(CLERK, typed)
    assert person in search_parties(CLERK, f"{typed} شراب")


@pytest.mark.parametrize(
    ("one", "other"), [pair for pair in APART if not pair[1].startswith(pair[0])]
)
def test_names_that_differ_do_not_answer_as_the_same(town: str, one: str, other: str) -> None:
    a_person(f"{other} زياد طارق شراب")
    assert [found.score for found in found_parties(CLERK, f"{one} زياد طارق شراب")] in ([], [1])


@pytest.mark.parametrize(
    "typed",
    [
        "محمد أحمد خليل الأسطل",
        "محمد الأسطل",
        "محمد خليل",
        "احمد خليل الاسطل",
        "محمد احمد",
        "محمداحمدخليل",
        "محمد الاسط",
        "محمد اسطل",
        "محمد ابو العبد",
        "محمـد أحمَد",
    ],
)
def test_any_of_the_names_in_their_order_finds_the_person(khalil: Party, typed: str) -> None:
    assert search_parties(CLERK, typed)[0] == khalil


def test_names_in_another_order_are_another_person(khalil: Party) -> None:
    a_person("خليل محمد أحمد الأسطل")
    assert names("خليل محمد") == ["خليل محمد أحمد الأسطل"]


def test_who_bears_the_first_name_stands_before_whose_father_does(khalil: Party) -> None:
    a_person("خليل محمد أحمد الأسطل")
    for typed in ("محمد الأسطل", "محمد الاسط", "محمد اسطل"):
        assert names(typed) == ["محمد أحمد خليل الأسطل", "خليل محمد أحمد الأسطل"]


def test_a_whole_word_stands_above_a_begun_one(town: str) -> None:
    a_person("عمرو زياد طارق شراب")
    a_person("عمر زياد طارق شراب")
    assert names("عمر") == ["عمر زياد طارق شراب", "عمرو زياد طارق شراب"]


@pytest.mark.parametrize(
    "typed", ["محمد الاسطن", "محمود خليل", "محد احمد خليل الاسطل", "محمد حليل", "حممد الأسطل"]
)
def test_one_wrong_letter_is_forgiven_and_told_apart(khalil: Party, typed: str) -> None:
    found = found_parties(CLERK, typed)
    assert [(one.party, one.score) for one in found] == [(khalil, 1)]


def test_two_wrong_words_are_not_guessed(khalil: Party) -> None:
    assert names("محمود الاسطن") == []


def test_the_exact_spelling_stands_above_the_folded_one(town: str) -> None:
    folded = a_person("هدي سامي علي القدرة")
    exact = a_person("هدى سامي علي القدرة")
    assert search_parties(CLERK, "هدى القدرة") == [exact, folded]
    assert search_parties(CLERK, "هدي القدرة") == [folded, exact]
    assert search_parties(CLERK, "هدى سامي") == [exact, folded]


def test_whole_and_begun_id_numbers_are_found_in_either_script(town: str) -> None:
    person = a_person(id_number="401234562")
    zero = a_person("سامي يوسف حسن الفرا", id_number="33445560")
    assert search_parties(CLERK, "401234562") == [person]
    assert search_parties(CLERK, "٤٠١٢٣") == [person]
    assert search_parties(CLERK, "33445560") == [zero]
    assert search_parties(CLERK, "999999999") == []


@pytest.mark.parametrize(
    "typed", ["0599123456", "٠٥٩٩١٢٣٤٥٦", "+970 599-123456", "00972599123456", "599123456"]
)
def test_a_phone_is_found_however_it_is_typed(khalil: Party, typed: str) -> None:
    assert search_parties(CLERK, typed) == [khalil]


def test_a_passport_is_found_by_its_beginning(town: str) -> None:
    person = a_person(id_number="N1234567", id_kind="passport")
    assert search_parties(CLERK, "n1234") == [person]


def test_an_organisation_is_found_by_any_part_and_spacing(town: str) -> None:
    body = register_organisation(
        registered_name="جمعية خان يونس الخيرية", trade_name="مطبخ الخير", by=CLERK
    )
    for typed in ("خانيونس الخيريه", "الخيرية", "جمعية خان", "مطبخ", "نيونسالخ"):
        assert search_parties(CLERK, typed) == [body], typed


def test_a_father_named_abd_is_no_compound(town: str) -> None:
    person = a_person("محمد عبد زياد الأسطل")
    assert search_parties(CLERK, "محمد عبد الأسطل") == [person]
    assert search_parties(CLERK, "محمد عبد زياد") == [person]


def test_a_merged_record_answers_as_the_one_that_was_kept(town: str) -> None:
    kept = a_person("محمد أحمد خليل الأسطل")
    alias = a_person("محمود احمد خليل الاسطل", phones=["0567000111"])
    merge_parties(keep=kept.uid, alias=alias.uid, reason="same card", by=CLERK)
    for typed in ("محمود احمد", "0567000111", alias.id_number, "خليل الاسطل"):
        assert search_parties(CLERK, typed) == [kept], typed


@pytest.mark.parametrize(
    "typed", ["", "  ", "\u200f", "%", "_", "\\", "'", "(", "a|b", "م", "٭", ".*", "محمد )"]
)
def test_odd_texts_are_answered_without_a_fault(khalil: Party, typed: str) -> None:
    assert len(search_parties(CLERK, typed)) <= 3


@pytest.mark.parametrize("typed", ["%%%", "م%د", "محمد_", "_حمد"])
def test_a_percent_sign_or_a_dash_stands_for_nothing(khalil: Party, typed: str) -> None:
    assert all(found.score < 60 for found in found_parties(CLERK, typed))


def test_whoever_may_not_see_persons_finds_none(khalil: Party) -> None:
    with pytest.raises(NotPermitted):
        search_parties(Viewer(user_id=9, name="Hadi"), "محمد")


def test_nablus_never_finds_khan_yunis(khalil: Party, other_town: str) -> None:
    with use(other_town):
        assert search_parties(CLERK, "محمد الأسطل") == []
        assert search_parties(CLERK, khalil.id_number) == []


def test_a_name_costs_few_queries(khalil: Party, count_queries) -> None:  # type: ignore[no-untyped-def]
    with count_queries() as by_name:
        search_parties(CLERK, "محمد الأسطل")
    with count_queries() as by_number:
        search_parties(CLERK, khalil.id_number)
    # Inside a transaction: a savepoint and two settings of the planner stand around the questions.
    assert len(by_name) == 11
    assert len(by_number) == 7


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("محمد", "محمود", True),
        ("محمد", "محد", True),
        ("محمد", "مخمد", True),
        ("محمد", "ممحد", True),
        ("محمد", "محمد", True),
        ("محمد", "احمدد", False),
        ("سعيد", "سدعي", False),
        ("", "م", True),
    ],
)
def test_one_letter_is_one_letter(one: str, other: str, near: bool) -> None:
    assert is_one_letter_away(one, other) is near
    assert is_one_letter_away(other, one) is near
