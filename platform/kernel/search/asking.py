"""Asking the search sources that the manifests declare."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from kernel import registry
from kernel.activation.services import active_codes
from kernel.errors import Refusal
from kernel.viewer import Viewer

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A record that answers: its name, what tells it apart, its page. `score`: 1 is certain, 0.5 likely."""

    title: str
    subtitle: str = ""
    url: str
    kind: str
    icon: str = "file"
    score: float = 0.5


def search(viewer: Viewer, text: str, *, limit: int = 20) -> list[Hit]:
    """Hits of all sources of active modules that the viewer may ask, the surest first.

    A source that refuses is left out; each source answers only for what the viewer may see.
    """
    if not text.strip():
        return []
    active = active_codes()
    hits: list[Hit] = []
    for module in registry.modules():
        if module.code not in active:
            continue
        for source in module.search_sources:
            if source.permission and not viewer.may(source.permission):
                continue
            try:
                hits += registry.load(source.provider)(viewer, text, limit)
            except Refusal as refusal:
                log.info("search.source_refused", module=module.code, code=refusal.code)
    return sorted(hits, key=lambda hit: -hit.score)[:limit]
