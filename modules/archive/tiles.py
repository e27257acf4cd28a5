"""Figures of the archive on the home page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.calendar.selectors import today
from kernel.manifest import TileContent
from kernel.viewer import Viewer
from modules.archive.selectors import filed_on_day


def filed_today(viewer: Viewer) -> TileContent:
    """Papers filed today that the viewer may see."""
    count = filed_on_day(viewer, today())
    return TileContent(
        value=str(count),
        label=_("filed today"),
        url=f"{reverse('archive:list')}?since={today():%d/%m/%Y}",
        state="ok" if count else "neutral",
    )
