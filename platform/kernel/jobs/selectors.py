"""One's own jobs. A job is seen by whoever asked for it, and by those who may switch modules (administrators)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from kernel.errors import NotVisible
from kernel.jobs.models import Job
from kernel.viewer import Viewer

SEES_ALL = "activation.switch"


def jobs_of(viewer: Viewer) -> QuerySet[Job]:
    """The jobs the viewer may see, newest first, with their pulse."""
    jobs = Job.objects.select_related("pulse").order_by("-id")
    return (
        jobs
        if viewer.may(SEES_ALL)
        else jobs.filter(requested_by=viewer.user_id, requested_by__isnull=False)
    )


def job_for(viewer: Viewer, uid: UUID) -> Job:
    """The job of that uid; `NotVisible` when there is none or it is somebody else's."""
    job = jobs_of(viewer).filter(uid=uid).first()
    if job is None:
        raise NotVisible()
    return job
