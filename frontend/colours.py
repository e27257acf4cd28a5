"""The municipality's own colour fitted into ours."""

from __future__ import annotations

from kernel.profile.colours import READABLE, contrast, is_colour

__all__ = [
    "BLACK",
    "COMFORTABLE",
    "READABLE",
    "WHITE",
    "band_of",
    "contrast",
    "darkened_until",
    "mix",
]

WHITE = "#ffffff"
BLACK = "#000000"
COMFORTABLE = 7.0


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
    if not is_colour(colour.lower()):
        return None
    band = darkened_until(colour.lower(), WHITE, COMFORTABLE)
    field = mix(band, WHITE, 0.1)
    soft = mix(WHITE, band, 0.22)
    while contrast(soft, field) < READABLE:
        soft = mix(soft, WHITE, 0.25)
    return {"band": band, "band-field": field, "band-soft": soft, "band-ink": "#fdfcf8"}
