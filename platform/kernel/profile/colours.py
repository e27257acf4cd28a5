"""Can white text be read on this colour? (WCAG 2.2, 1.4.3: at least 4.5 to 1.)"""

from __future__ import annotations

import re

READABLE = 4.5
_HEX = re.compile(r"^#[0-9a-f]{6}$")


def is_colour(text: str) -> bool:
    return bool(_HEX.match(text))


def contrast(one: str, other: str = "#ffffff") -> float:
    """The contrast of two colours written #rrggbb, from 1 (none) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
