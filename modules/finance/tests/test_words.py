"""What finance says in Arabic is what people read, whatever other modules call by the same English word."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest
from django.utils import translation

from modules.finance import apps

# Said otherwise elsewhere, and right here too.
ALIKE = {
    "As of",
    "Approve",
    "Section",
    "active",
    "“%(currency)s” is not a currency that is used here.",
}


def _own() -> dict[str, str]:
    folder = Path(apps.__file__).parent / "locale"
    catalogue = gettext.translation("django", str(folder), ["ar"])
    return {
        key: text
        for key, text in catalogue._catalog.items()  # type: ignore[attr-defined]
        if isinstance(key, str) and key and text
    }


def test_no_other_module_puts_its_word_in_the_place_of_ours() -> None:
    """“Enter” was «دخول» on the button that enters a budget line, as on the door of the house."""
    own = _own()
    with translation.override("ar"):
        others = {
            key: translation.gettext(key)
            for key, text in own.items()
            if key not in ALIKE and translation.gettext(key) != text
        }
    assert others == {}


@pytest.mark.parametrize(
    ("english", "arabic"),
    [
        ("Enter it", "إدخال"),
        ("Held for the person", "المحتجز"),
        ("Text of the bank", "بيان البنك"),
    ],
)
def test_words_that_mean_something_else_elsewhere(english: str, arabic: str) -> None:
    with translation.override("ar"):
        assert translation.gettext(english) == arabic
