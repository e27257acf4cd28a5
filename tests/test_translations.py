"""Arabic is the first language: every sentence in the sources has its Arabic, with places for the same facts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.words import Sentence, answer, catalogue, catalogues, owner, places, sentences

ARABIC_FORMS = 6
SENTENCES = list(sentences())
OWNERS = sorted({owner(one.path) for one in SENTENCES})


@pytest.mark.parametrize("place", OWNERS, ids=str)
def test_every_sentence_has_its_arabic(place: Path) -> None:
    missing = [
        f"{one.path}:{one.line}: {one.msgid!r}"
        for one in SENTENCES
        if owner(one.path) == place and not answer(one)
    ]

    assert missing == [], "no Arabic for:\n" + "\n".join(missing)


@pytest.mark.parametrize("place", catalogues(), ids=str)
def test_a_translation_names_no_fact_that_the_sentence_does_not_give(place: Path) -> None:
    strangers = [
        f"{msgid!r}: {', '.join(sorted(unknown))}"
        for (msgid, _context), entry in catalogue(place).items()
        if (unknown := places(entry.arabic) - places(entry.english))
    ]

    assert strangers == []


@pytest.mark.parametrize("place", catalogues(), ids=str)
def test_a_translation_leaves_no_fact_out(place: Path) -> None:
    """A form of number may leave the number out (دفعتان for two instalments); a plain sentence may not."""
    silent = [
        f"{msgid!r}: {', '.join(sorted(left_out))}"
        for (msgid, _context), entry in catalogue(place).items()
        if len(entry.arabic) == 1 and (left_out := places(entry.english) - places(entry.arabic))
    ]

    assert silent == []


@pytest.mark.parametrize("place", catalogues(), ids=str)
def test_a_counted_thing_has_all_six_arabic_forms(place: Path) -> None:
    unfinished = [
        msgid
        for (msgid, _context), entry in catalogue(place).items()
        if len(entry.english) > 1 and (len(entry.arabic) != ARABIC_FORMS or not all(entry.arabic))
    ]

    assert unfinished == []


def test_a_sentence_without_arabic_would_be_found() -> None:
    lost = Sentence("No catalogue holds this sentence.", None, Path("tenants/models.py"), 1)

    assert answer(lost) == ()
    assert answer(_first_of("tenants/")) != ()


def test_no_module_leans_on_the_words_of_another() -> None:
    foreign = Sentence("Receipt", None, Path("modules/nobody/models.py"), 1)

    assert owner(foreign.path) == Path("modules/nobody")
    assert all(owner(one.path).parts[0] == "modules" for one in _of_modules())


def _first_of(floor: str) -> Sentence:
    return next(one for one in SENTENCES if str(one.path).startswith(floor))


def _of_modules() -> Iterator[Sentence]:
    return (one for one in SENTENCES if one.path.parts[0] == "modules")
