"""Finding a word for the reader: which dialect, which language."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import lazy
from django.utils.translation import get_language

from kernel.terms.dictionary import DIALECTS, MONTHS, WORDS, UnknownTerm

_dialect_of_the_municipality: Callable[[], str] | None = None


def set_dialect_provider(provider: Callable[[], str]) -> None:
    """Given once at start by the municipality's profile, a higher room that this one may not import."""
    global _dialect_of_the_municipality
    _dialect_of_the_municipality = provider


def term(key: str, dialect: str | None = None, lang: str | None = None) -> str:
    """The word for `key` in the dialect (the municipality's) and language (the reader's).

    A key that nobody declared, or a dialect that does not exist, is a fault of the caller.
    """
    try:
        word = WORDS[key]
    except KeyError:
        raise UnknownTerm(key) from None
    spoken = dialect or _municipal_dialect()
    if spoken not in DIALECTS:
        raise ValueError(f"unknown dialect: {spoken!r}")
    return word.said(spoken, _language(lang))


def _term_now(key: str, dialect: str | None = None, lang: str | None = None) -> str:
    return term(key, dialect, lang)


term_lazy = lazy(_term_now, str)


def has_term(key: str) -> bool:
    return key in WORDS


def month_name(month: int, system: str = "levantine", lang: str | None = None) -> str:
    """The month's name: `levantine` (كانون الثاني), `gregorian` (يناير) or `both` (كانون الثاني / يناير)."""
    levantine, gregorian, english = MONTHS[month - 1]
    if _language(lang) != "ar":
        return english
    match system:
        case "levantine":
            return levantine
        case "gregorian":
            return gregorian
        case "both":
            return f"{levantine} / {gregorian}"
    raise ValueError(f"unknown system of month names: {system!r}")


def month_names(system: str = "levantine", lang: str | None = None) -> list[str]:
    """The twelve names, January first."""
    return [month_name(month, system, lang) for month in range(1, 13)]


def _language(lang: str | None) -> str:
    return "en" if (lang or get_language() or "ar").startswith("en") else "ar"


def _municipal_dialect() -> str:
    if _dialect_of_the_municipality is None:
        raise RuntimeError("no dialect provider: kernel.profile gives one when it is ready")
    return _dialect_of_the_municipality()
