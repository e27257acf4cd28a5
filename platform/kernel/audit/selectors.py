"""Reads of the trail."""

from __future__ import annotations

from django.db.models import QuerySet

from kernel.audit.models import AuditEntry
from kernel.viewer import Viewer


def trail(
    viewer: Viewer, *, table_name: str = "", row_id: str = "", actor_id: int | None = None
) -> QuerySet[AuditEntry]:
    """The trail, newest first, narrowed by what is given. Refuses `NotPermitted` without `audit.read`."""
    viewer.require("audit.read")
    entries = AuditEntry.objects.order_by("-id")
    if table_name:
        entries = entries.filter(table_name=table_name)
    if row_id:
        entries = entries.filter(row_id=row_id)
    if actor_id is not None:
        entries = entries.filter(actor_id=actor_id)
    return entries
