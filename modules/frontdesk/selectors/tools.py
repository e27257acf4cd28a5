"""Saved views and macros that a viewer may use: one's own, and those of one's sections."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from kernel.viewer import Viewer
from modules.frontdesk.constants import PERSONAL_TOOLS, ToolKind
from modules.frontdesk.errors import ToolNotFound
from modules.frontdesk.models import DeskTool


def tools_of(viewer: Viewer) -> QuerySet[DeskTool]:
    """Views and macros, one's own first, by name."""
    mine = Q(owner_id=viewer.user_id, owner__isnull=False) | Q(section_id__in=viewer.sections)
    return DeskTool.objects.filter(mine, kind__in=PERSONAL_TOOLS).order_by(
        "kind", "section_id", "name", "id"
    )


def saved_views(viewer: Viewer) -> list[DeskTool]:
    return list(tools_of(viewer).filter(kind=ToolKind.VIEW))


def macros_of(viewer: Viewer) -> list[DeskTool]:
    return list(tools_of(viewer).filter(kind=ToolKind.MACRO))


def tool_for(viewer: Viewer, uid: UUID | str) -> DeskTool:
    """The view or macro of that uid, or `ToolNotFound`."""
    found = tools_of(viewer).filter(uid=uid).first()
    if found is None:
        raise ToolNotFound()
    return found
