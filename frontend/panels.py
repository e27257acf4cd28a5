"""The panels that modules put on a person's, a place's or a request's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from django.utils.functional import Promise

from kernel import registry
from kernel.activation.services import active_codes
from kernel.errors import Refusal
from kernel.manifest import PanelContent
from kernel.viewer import Viewer

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ShownPanel:
    """A panel with what its module put in it."""

    code: str
    title: str | Promise
    content: PanelContent

    @property
    def actions(self) -> list[dict[str, Any]]:
        """Links for the side of the page: `context["actions"]` is a list of {title, url, icon}."""
        return list(self.content.context.get("actions", ()))


def panels_for(viewer: Viewer, subject: str, subject_id: Any) -> list[ShownPanel]:
    """Panels on this subject, of the modules that are on here, that the viewer may see; in their order.

    A panel whose module refuses is left out: the page of a person never fails because of one module.
    """
    active = active_codes()
    declared = [
        panel
        for module in registry.modules()
        if module.code in active
        for panel in module.panels
        if panel.subject == subject and (not panel.permission or viewer.may(panel.permission))
    ]
    shown = []
    for panel in sorted(declared, key=lambda one: one.order):
        try:
            content = registry.load(panel.provider)(viewer, subject_id)
        except Refusal as refusal:
            log.info("panel.refused", panel=panel.code, code=refusal.code)
            continue
        if content is not None:
            shown.append(ShownPanel(panel.code, panel.title, content))
    return shown
