"""Several words in one line, with the comma of the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language_bidi

ARABIC_COMMA, COMMA = "\u060c ", ", "


def comma() -> str:
    """What stands between two of a list in the language that is spoken now."""
    return ARABIC_COMMA if get_language_bidi() else COMMA


def listed(words: Iterable[object]) -> str:
    """`one, two, three`; in Arabic with the Arabic comma."""
    return comma().join(str(one) for one in words)
