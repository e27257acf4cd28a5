"""Contrast sums (WCAG 2.2), and the municipality's own colour fitted into ours."""

from __future__ import annotations

import re

_HEX = re.compile(r"^#[0-9a-f]{6}$", re.IGNORECASE)
WHITE = "#ffffff"
BLACK = "#000000"
READABLE = 4.5
COMFORTABLE = 7.0


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio 1 to 21 between two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` (0 to 1) of `other` in it."""
    parts = []
    for at in (1, 3, 5):
        mine, theirs = int(one[at : at + 2], 16), int(other[at : at + 2], 16)
        parts.append(round(mine + (theirs - mine) * share))
    return "#" + "".join(f"{part:02x}" for part in parts)


def darkened_until(colour: str, against: str, wanted: float) -> str:
    """The colour, made darker step by step until the ratio with `against` is reached."""
    for step in range(0, 100, 4):
        candidate = mix(colour, BLACK, step / 100)
        if contrast(candidate, against) >= wanted:
            return candidate
    return BLACK


def band_of(colour: str) -> dict[str, str] | None:
    """The band's colours made of the municipality's colour, readable whatever it chose; None for junk."""
    if not _HEX.match(colour):
        return None
    band = darkened_until(colour.lower(), WHITE, COMFORTABLE)
    field = mix(band, WHITE, 0.1)
    soft = mix(WHITE, band, 0.22)
    while contrast(soft, field) < READABLE:
        soft = mix(soft, WHITE, 0.25)
    return {"band": band, "band-field": field, "band-soft": soft, "band-ink": "#fdfcf8"}
