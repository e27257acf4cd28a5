"""Which characters our printing fonts can draw.

PDF/A refuses a page with a character that has no glyph, and one emoji pasted into a name would
then stop a certificate. So the covered set is read once from the fonts' `cmap` tables and texts
are made printable before they reach the page.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

import fontpkg_amiri  # type: ignore[import-untyped]
import fontpkg_ibm_plex_sans_arabic  # type: ignore[import-untyped]

FONT_FOLDERS: tuple[Path, ...] = tuple(
    Path(str(package.__file__)).parent / "files"
    for package in (fontpkg_ibm_plex_sans_arabic, fontpkg_amiri)
)
_REGULAR = ("IBMPlexSansArabic-Regular.ttf", "Amiri-Regular.ttf")


@cache
def covered_characters() -> frozenset[int]:
    """Every code point that at least one of our fonts draws."""
    found: set[int] = set()
    for folder in FONT_FOLDERS:
        for font in sorted(folder.glob("*.ttf")):
            if font.name in _REGULAR:
                found |= _cmap(font.read_bytes())
    return frozenset(found)


def _cmap(font: bytes) -> set[int]:
    (table_count,) = struct.unpack_from(">H", font, 4)
    tables = {
        font[12 + 16 * i : 16 + 16 * i]: struct.unpack_from(">I", font, 20 + 16 * i)[0]
        for i in range(table_count)
    }
    start = tables[b"cmap"]
    (subtable_count,) = struct.unpack_from(">H", font, start + 2)
    covered: set[int] = set()
    for i in range(subtable_count):
        platform, _, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * i)
        if platform not in (0, 3):
            continue
        subtable = start + offset
        (layout,) = struct.unpack_from(">H", font, subtable)
        if layout == 4:
            covered |= _segments(font, subtable)
        elif layout == 12:
            covered |= _groups(font, subtable)
    return covered


def _segments(font: bytes, start: int) -> set[int]:
    (double_count,) = struct.unpack_from(">H", font, start + 6)
    count = double_count // 2
    ends = struct.unpack_from(f">{count}H", font, start + 14)
    begins = struct.unpack_from(f">{count}H", font, start + 16 + double_count)
    covered: set[int] = set()
    for begin, end in zip(begins, ends, strict=True):
        if begin != 0xFFFF:
            covered.update(range(begin, end + 1))
    return covered


def _groups(font: bytes, start: int) -> set[int]:
    (count,) = struct.unpack_from(">I", font, start + 12)
    covered: set[int] = set()
    for i in range(count):
        begin, end, _ = struct.unpack_from(">III", font, start + 16 + 12 * i)
        covered.update(range(begin, end + 1))
    return covered
