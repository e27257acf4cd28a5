"""The release as a job of the hub: asked for in the browser, taken up again by another worker when its own died."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from kernel.jobs.models import Job
from kernel.jobs.running import RunningJob
from kernel.jobs.services import start_job
from kernel.tenancy import HUB, use
from kernel.viewer import Viewer
from tenants.staging import found
from tenants.upgrade.rollout import Wishes, roll_out


def ask_release(*, canaries: Sequence[str] = (), by: Viewer) -> Job:
    """Start the release of what is behind. Refuses `NoSuchMunicipality` for a canary that is not there."""
    by.require("hub.manage_fleet")
    for one in canaries:
        found(one)
    return start_job("hub.release", params={"canaries": list(canaries)}, by=by)


def run(job: RunningJob) -> None:
    """The runner. One worker's connections: two municipalities at once, so that the desks keep theirs."""
    job.by.require("hub.manage_fleet")

    def count(done: int, total: int) -> None:
        with use(HUB):
            job.advance(done, total)

    outcome = roll_out(
        Wishes(canaries=tuple(job.params["canaries"]), parallel=1, asked_by=job.by.name),
        count=count,
    )
    said = _("%(done)s brought to the newest release, %(failed)s failed, %(refused)s refused.") % {
        "done": outcome.done,
        "failed": len(outcome.failed),
        "refused": len(outcome.refused),
    }
    if outcome.holds:
        job.finish(text=said)
    else:
        named = ", ".join(sorted(outcome.failed | outcome.refused))
        job.fail(f"{said} {named}")
