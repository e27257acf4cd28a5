"""Every pair of colours that carries text can be read, by day and by night (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

from frontend.colours import COMFORTABLE, READABLE, band_of, contrast

STYLES = Path(__file__).parents[1] / "sources" / "styles"
TOKENS = (STYLES / "_tokens.scss").read_text()

TEXT_ON = [
    *[
        (ink, ground)
        for ink in ("ink", "ink-soft", "olive", "clay", "danger", "ok", "info", "warn")
        for ground in ("ground", "surface")
    ],
    *[(ink, "surface-sunk") for ink in ("ink", "ink-soft", "olive")],
    *[
        (kind, f"{kind}-tint")
        for kind in ("olive", "clay", "info", "ok", "warn", "danger", "neutral")
    ],
    *[("ink", f"{kind}-tint") for kind in ("olive", "info", "ok", "warn", "danger", "neutral")],
    ("ink-soft", "olive-tint"),
    ("ink-soft", "neutral-tint"),
    ("on-olive", "olive"),
    ("on-olive", "olive-strong"),
    ("on-clay", "clay"),
    ("on-clay", "clay-strong"),
    ("on-danger", "danger"),
    ("band-ink", "band"),
    ("band-ink", "band-field"),
    ("band-soft", "band"),
    ("band-soft", "band-field"),
]
EDGES = [
    ("line-strong", "surface"),
    ("line-strong", "ground"),
    ("focus", "surface"),
    ("focus", "ground"),
]


def tokens(theme: str) -> dict[str, str]:
    """The colours of one theme, #abc written out."""
    body = re.search(rf"@mixin {theme} \{{(.*?)\n\}}", TOKENS, re.S)
    assert body, theme
    found = re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", body.group(1))
    return {
        name: value if len(value) == 7 else "#" + "".join(c * 2 for c in value[1:])
        for name, value in found
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read(theme: str, ink: str, ground: str) -> None:
    colours = tokens(theme)
    assert contrast(colours[ink], colours[ground]) >= READABLE, (colours[ink], colours[ground])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_inputs_and_focus_can_be_seen(theme: str, edge: str, ground: str) -> None:
    colours = tokens(theme)
    assert contrast(colours[edge], colours[ground]) >= 3


@pytest.mark.parametrize(
    "colour", ["#000000", "#ffffff", "#ffd200", "#1f5f4a", "#e91e63", "#00ff00", "#7f7f7f"]
)
def test_the_band_is_readable_whatever_colour_a_municipality_chose(colour: str) -> None:
    band = band_of(colour)
    assert band is not None
    assert contrast(band["band-ink"], band["band"]) >= COMFORTABLE - 0.3
    assert contrast(band["band-ink"], band["band-field"]) >= READABLE
    assert contrast(band["band-soft"], band["band-field"]) >= READABLE


def test_junk_is_no_colour() -> None:
    assert band_of("red;}body{display:none") is None


def test_our_styles_use_no_physical_side() -> None:
    physical = re.compile(
        r"\b(?:margin|padding|border)-(?:left|right)\b|(?<![\w-])(?:left|right)\s*:"
    )
    for path in STYLES.glob("*.scss"):
        if path.name != "_bootstrap.scss":
            assert not physical.search(path.read_text()), path.name
