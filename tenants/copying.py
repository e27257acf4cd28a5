"""A backup of a municipality asked for by hand, before it is archived, deleted or released."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kernel.jobs.models import OPEN, Job
from kernel.jobs.services import start_job
from kernel.viewer import Viewer


def ask_copy(schema: str, *, prove: bool, by: Viewer) -> Job:
    """The job that makes a backup, or proves the newest one; the one that is open already when there is one."""
    by.require("hub.manage_fleet")
    kind = "portability.prove" if prove else "portability.back_up"
    running = Job.objects.filter(kind=kind, status__in=OPEN, params__schema=schema).first()
    if running is not None:
        return running
    words = _("Proving the newest backup of %(name)s") if prove else _("Backing %(name)s up")
    return start_job(kind, params={"schema": schema}, title=words % {"name": schema}, by=by)
