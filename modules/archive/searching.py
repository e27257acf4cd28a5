"""Records in the one box: by number, or by words of the title."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.search import Hit
from kernel.text import fold_key
from kernel.viewer import Viewer
from modules.archive.selectors import matching, records, type_title

SHORTEST = 3


def find_records(viewer: Viewer, text: str, limit: int) -> list[Hit]:
    """Records of which this is the number, or whose title has all these words."""
    if len(fold_key(text)) < SHORTEST:
        return []
    return [
        Hit(
            title=one.title,
            subtitle=f"{one.number} · {type_title(one.type_code)}",
            url=reverse("archive:record", args=[one.uid]),
            kind=_("Archived paper"),
            icon="archive",
            score=0.8 if one.number == text.strip() else 0.4,
        )
        for one in matching(records(viewer), text)[:limit]
    ]
