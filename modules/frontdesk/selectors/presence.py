"""Who looks at a request now. Kept in the cache alone: it is a courtesy, not a record."""

from __future__ import annotations

from django.core.cache import cache

from kernel.viewer import Viewer
from modules.frontdesk.models import Request

SECONDS = 120


def look_at(viewer: Viewer, request: Request) -> list[str]:
    """Say that the viewer looks at it, and learn the names of the others who do."""
    if viewer.user_id is None:
        return []
    key = f"frontdesk:looks:{request.pk}"
    seen: dict[int, str] = cache.get(key) or {}
    names: dict[int, str] = {}
    for user_id, name in seen.items():
        if user_id != viewer.user_id and cache.get(_mark(request, user_id)):
            names[user_id] = name
    cache.set(_mark(request, viewer.user_id), 1, SECONDS)
    cache.set(key, {**names, viewer.user_id: viewer.name}, SECONDS)
    return sorted(names.values())


def _mark(request: Request, user_id: int) -> str:
    return f"frontdesk:looks:{request.pk}:{user_id}"
