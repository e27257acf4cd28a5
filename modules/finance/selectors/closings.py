"""Days that are closed."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from kernel.errors import NotVisible
from kernel.viewer import Viewer
from modules.finance.models import DayClosing


def closings(viewer: Viewer) -> QuerySet[DayClosing]:
    """Closed days, newest first."""
    return DayClosing.objects.order_by("-on_date")


def closing_for(viewer: Viewer, uid: UUID) -> DayClosing:
    """The closing of that uid. Refuses `NotVisible`."""
    found = DayClosing.objects.filter(uid=uid).first()
    if found is None:
        raise NotVisible()
    return found
