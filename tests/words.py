"""Every sentence of the house as its people read it: what the sources say, and what the catalogues answer.

`tests/test_translations.py` compares the two. Sentences are found as Django finds them, by Babel's reader of
Python and Django's reader of templates, so that neither GNU gettext nor a running house is needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("platform", "tenants", "modules", "api", "frontend")
TEMPLATES = {".html", ".txt"}
PASSED_OVER = {"tests", "testing", "migrations", "node_modules", "dist", "sources", "__pycache__"}
CATALOGUE = Path("locale/ar/LC_MESSAGES/django.po")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACES = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")


@dataclass(frozen=True)
class Sentence:
    """One msgid with its context, and the first place where it stands."""

    msgid: str
    context: str | None
    path: Path
    line: int

    @property
    def key(self) -> tuple[str, str | None]:
        return self.msgid, self.context


def sentences() -> Iterator[Sentence]:
    """Every translatable sentence in the sources of the floors, once for each owner."""
    seen: set[tuple[Path, str, str | None]] = set()
    for path in _sources():
        for line, message, _comments, context in extract("python", _as_python(path), KEYWORDS):
            msgid = message[0] if isinstance(message, tuple) else message
            found = Sentence(msgid, context, path.relative_to(ROOT), line)
            if msgid and (owner(found.path), *found.key) not in seen:
                seen.add((owner(found.path), *found.key))
                yield found


def owner(path: Path) -> Path:
    """The app whose catalogue answers for a file: a module, a room of the kernel, or a floor."""
    for place in path.parents:
        if (ROOT / place / CATALOGUE).is_file():
            return place
    return Path(*path.parts[: 2 if path.parts[0] in {"modules", "platform"} else 1])


@dataclass(frozen=True)
class Entry:
    """What a catalogue holds for one sentence: its English forms (one or two) and its Arabic ones (one or six)."""

    english: tuple[str, ...]
    arabic: tuple[str, ...]


@cache
def catalogue(place: Path) -> dict[tuple[str, str | None], Entry]:
    """The Arabic of one app by (msgid, context); fuzzy entries do not count, as they do not at run time."""
    path = ROOT / place / CATALOGUE
    if not path.is_file():
        return {}
    found = {}
    with path.open("rb") as file:
        for one in read_po(file, locale="ar"):
            if one.id and not one.fuzzy:
                english = one.id if isinstance(one.id, tuple) else (one.id,)
                arabic = one.string if isinstance(one.string, tuple) else (one.string,)
                found[english[0], one.context] = Entry(english, arabic)
    return found


def answer(sentence: Sentence) -> tuple[str, ...]:
    """The Arabic forms of a sentence: its own app's, else those of the floors that are always there.

    A module never leans on another module's words: the other may be deleted.
    """
    own = owner(sentence.path)
    for place in (own, *(one for one in catalogues() if one.parts[0] != "modules")):
        entry = catalogue(place).get(sentence.key)
        if entry and all(entry.arabic):
            return entry.arabic
    return ()


@cache
def catalogues() -> tuple[Path, ...]:
    """The places that have an Arabic catalogue."""
    depth = len(CATALOGUE.parts)
    return tuple(
        found.relative_to(ROOT).parents[depth - 1]
        for floor in FLOORS
        for found in sorted((ROOT / floor).rglob(str(CATALOGUE)))
        if not PASSED_OVER & set(found.parts)
    )


def places(forms: tuple[str, ...]) -> set[str]:
    """The facts that a sentence, in any of its forms, has places for."""
    return {one.group() for text in forms for one in PLACES.finditer(text.replace("%%", ""))}


def _sources() -> Iterator[Path]:
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*")):
            wanted = path.suffix == ".py" or path.suffix in TEMPLATES
            if wanted and not PASSED_OVER & set(path.relative_to(ROOT).parts):
                yield path


def _as_python(path: Path) -> BytesIO:
    text = path.read_text()
    if path.suffix in TEMPLATES:
        text = templatize(text, origin=str(path))
    return BytesIO(text.encode())
