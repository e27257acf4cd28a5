"""Arabic in plain text: numbers that do not turn around, and what a text message costs."""

from __future__ import annotations

import re
from dataclasses import dataclass

LEFT_TO_RIGHT, END = "\u2066", "\u2069"
_ARABIC = re.compile(r"[\u0600-\u06ff]")
# A number with marks inside it (2026/00123, 22/11/2026, +970 59…, 1,250.50) or a Latin code (PS-7/B).
_LEFT_TO_RIGHT_RUN = re.compile(r"(?<!\w)[+#-]?[0-9A-Za-z]+(?:[/.,:\-+_@][0-9A-Za-z]+)*(?!\w)%?")
_LEFT_ALONE = re.compile(r"\w+://\S+|\u2066[^\u2069]*\u2069")

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€\f")


def isolate_numbers(text: str) -> str:
    """Keep dates, receipt numbers, phones and codes in order inside an Arabic line (U+2066 … U+2069).

    Plain digits need no help; a web address gets none, because telephones would take the mark for a part of it.
    Isolating twice changes nothing. A text without Arabic is given back as it is.
    """
    if not _ARABIC.search(text):
        return text
    parts, at = [], 0
    for kept in _LEFT_ALONE.finditer(text):
        parts += [_isolated(text[at : kept.start()]), kept.group()]
        at = kept.end()
    return "".join((*parts, _isolated(text[at:])))


def _isolated(text: str) -> str:
    def mark(found: re.Match[str]) -> str:
        run = found.group()
        return run if run.isdigit() else f"{LEFT_TO_RIGHT}{run}{END}"

    return _LEFT_TO_RIGHT_RUN.sub(mark, text)


@dataclass(frozen=True)
class Segments:
    """How a text travels: its encoding, its length in that encoding, and the messages that are paid for."""

    encoding: str
    units: int
    count: int


def segments(text: str) -> Segments:
    """Count as the networks do: GSM 7-bit 160 (153 when joined), Arabic as UCS-2 70 (67 when joined)."""
    if all(char in _GSM or char in _GSM_TWICE for char in text):
        units = sum(2 if char in _GSM_TWICE else 1 for char in text)
        return Segments("gsm7", units, _count(units, alone=160, joined=153))
    units = len(text.encode("utf-16-be")) // 2
    return Segments("ucs2", units, _count(units, alone=70, joined=67))


def _count(units: int, *, alone: int, joined: int) -> int:
    return 1 if units <= alone else -(-units // joined)
