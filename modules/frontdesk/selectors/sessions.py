"""Committees' sessions that a viewer may see: those of their own sections, all with `frontdesk.see_all`."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from kernel.viewer import Viewer
from modules.frontdesk.constants import StepKind, StepState
from modules.frontdesk.errors import SessionNotFound
from modules.frontdesk.models import CommitteeSession, RequestStep
from modules.frontdesk.selectors.requests import SEE_ALL


def sessions_of(viewer: Viewer) -> QuerySet[CommitteeSession]:
    """Sessions, the newest first."""
    found = CommitteeSession.objects.select_related("section", "minutes", "signed__blob")
    if not viewer.is_system and not viewer.may(SEE_ALL):
        found = found.filter(section_id__in=viewer.sections)
    return found.order_by("-held_on", "-id")


def session_for(viewer: Viewer, uid: UUID | str) -> CommitteeSession:
    """The session of that uid, or `SessionNotFound`."""
    found = sessions_of(viewer).filter(uid=uid).first()
    if found is None:
        raise SessionNotFound()
    return found


def steps_for(session: CommitteeSession) -> list[RequestStep]:
    """Open committee steps of the section that are not on the agenda yet, those due first in front."""
    listed = [one["step"] for one in session.agenda]
    return list(
        RequestStep.objects.filter(
            section_id=session.section_id, kind=StepKind.COMMITTEE, state=StepState.OPEN
        )
        .exclude(uid__in=listed)
        .select_related("request__service_version", "request__applicant")
        .order_by("due_on", "id")
    )


def gone_from(session: CommitteeSession) -> set[str]:
    """Steps on the agenda that wait for the committee no more: withdrawn, merged, or done another way."""
    listed = {one["step"] for one in session.agenda}
    waiting = RequestStep.objects.filter(uid__in=listed, state=StepState.OPEN)
    return listed - {str(one) for one in waiting.values_list("uid", flat=True)}


def visible_minutes(viewer: Viewer, file_ids: set[int]) -> set[int]:
    """Signed minutes of sessions that the viewer may see (a file guard of the module)."""
    found = sessions_of(viewer).select_related(None).order_by()
    return set(found.filter(signed_id__in=file_ids).values_list("signed_id", flat=True))
