"""The figures of the home page and of the top bar, as the modules provide them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import structlog
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel import registry
from kernel.activation.services import active_codes
from kernel.errors import Refusal
from kernel.manifest import Tile, TileContent
from kernel.viewer import Viewer

log = structlog.get_logger(__name__)

# A tile whose code ends so is also a small counter in the top bar, on every page, under a short word.
COUNTERS: dict[str, str | Promise] = {
    "mine": _("mine"),
    "overdue": _("late"),
    "waiting": _("waiting"),
}


@dataclass(frozen=True)
class Shown:
    """A tile with its content."""

    code: str
    title: str | Promise
    value: str
    url: str
    state: str
    label: str = ""


def tiles_for(viewer: Viewer) -> list[Shown]:
    """All tiles of the modules that are on here and that the viewer may see."""
    return [shown for tile in _declared(viewer) if (shown := _ask(tile, viewer))]


def counters_for(viewer: Viewer) -> list[Shown]:
    """The few that stand in the top bar, under their short words."""
    found = []
    for tile in _declared(viewer):
        word = next((short for end, short in COUNTERS.items() if tile.code.endswith(end)), None)
        shown = _ask(tile, viewer) if word else None
        if shown is not None:
            found.append(replace(shown, title=word or shown.title))
    return found


def _declared(viewer: Viewer) -> Iterator[Tile]:
    active = active_codes()
    found = [
        tile for module in registry.modules() if module.code in active for tile in module.tiles
    ]
    return (
        tile
        for tile in sorted(found, key=lambda one: one.order)
        if not tile.permission or viewer.may(tile.permission)
    )


def _ask(tile: Tile, viewer: Viewer) -> Shown | None:
    try:
        content: TileContent | None = registry.load(tile.provider)(viewer)
    except Refusal as refusal:
        log.info("tile.refused", tile=tile.code, code=refusal.code)
        return None
    if content is None:
        return None
    return Shown(tile.code, tile.title, content.value, content.url, content.state, content.label)
