"""Start long work, run it with the rights of whoever asked, and pick it up again when its worker died.

What must not live here: what a kind of job does; a manifest names its runner.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings
from django.db.models import F
from django.utils import timezone, translation

from kernel import registry
from kernel.activation.services import is_active
from kernel.audit.recording import recorded
from kernel.errors import Refusal, Sentence, Unavailable
from kernel.identity.models import User
from kernel.jobs.errors import JobBroke, JobGaveUp, JobTakenOver, UnknownJobKind
from kernel.jobs.models import OPEN, Job, Pulse, Status
from kernel.jobs.running import RunningJob
from kernel.organisation.selectors import viewer_for
from kernel.tasks import tenant_task
from kernel.viewer import Viewer

log = structlog.get_logger(__name__)

STUCK_AFTER = timedelta(minutes=3)
MOST_ATTEMPTS = 5


def start_job(
    kind: str, *, params: dict[str, Any] | None = None, title: Sentence = "", by: Viewer
) -> Job:
    """Ask for long work; it starts after this transaction commits, and runs with the rights of `by`.

    Whether `by` may ask for it is the caller's check. Raises `UnknownJobKind` for a kind nobody declared.
    """
    declared = registry.job_kinds().get(kind)
    if declared is None:
        raise UnknownJobKind(f"no manifest declares the job kind {kind!r}")
    with recorded(by=by):
        job = Job.objects.create(
            kind=kind,
            title=str(title or declared.title),
            params=params or {},
            requested_by=by.user_id,
            requested_by_name=by.name,
        )
        Pulse.objects.create(job=job)
        run_job.enqueue(job.pk)
    return job


@tenant_task(name="jobs.run")
def run_job(job_id: int) -> None:
    """Run a job that waits, or whose run fell silent. Safe to be called twice at once: the second does nothing."""
    job = _take(job_id)
    if job is None:
        return
    language, by = _asker(job)
    pulse = job.pulse
    running = RunningJob(job, by=by, place=pulse.place, done=pulse.done, total=pulse.total)
    with translation.override(language):
        try:
            _run(job, running)
        except JobTakenOver:
            log.warning("job.taken_over", job=str(job.uid), attempt=job.attempt)


@tenant_task(name="jobs.revive_stuck")
def revive_stuck_jobs() -> int:
    """Send every open job that shows no life to a worker again; called every minute. Returns how many."""
    now = timezone.now()
    silent = Job.objects.filter(status__in=OPEN, pulse__beat_at__lt=now - STUCK_AFTER)
    ids = list(silent.order_by("id").values_list("id", flat=True)[:100])
    # One that only waits is not sent again before it is silent anew: a long queue must not fill with copies.
    Pulse.objects.filter(job_id__in=ids, job__status=Status.WAITING).update(beat_at=now)
    for job_id in ids:
        run_job.enqueue(job_id)
    return len(ids)


def _take(job_id: int) -> Job | None:
    """Take the job for a new run, unless another run is alive."""
    house = Viewer.system("jobs")
    with recorded(by=house):
        open_jobs = Job.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
            "pulse"
        )
        job = open_jobs.filter(id=job_id, status__in=OPEN).first()
        if job is None:
            return None
        if job.status == Status.RUNNING and job.pulse.beat_at > timezone.now() - STUCK_AFTER:
            return None
        if job.attempt >= MOST_ATTEMPTS:
            _give_up(job)
            return None
        Job.objects.filter(id=job_id).update(status=Status.RUNNING, attempt=F("attempt") + 1)
        Pulse.objects.filter(job_id=job_id).update(attempt=F("attempt") + 1, beat_at=timezone.now())
        job.attempt += 1
    return job


def _give_up(job: Job) -> None:
    Job.objects.filter(id=job.pk).update(
        status=Status.FAILED, finished_at=timezone.now(), error=str(JobGaveUp(times=MOST_ATTEMPTS))
    )
    log.error("job.gave_up", job=str(job.uid), kind=job.kind)


def _asker(job: Job) -> tuple[str, Viewer]:
    """The language and the rights, as of now, of whoever asked; the house asks for itself."""
    if job.requested_by is None:
        return settings.LANGUAGE_CODE, Viewer.system(job.requested_by_name or "jobs")
    user = User.objects.get(id=job.requested_by)
    if not user.is_active:
        return user.language, Viewer(user_id=user.pk, name=job.requested_by_name, channel="task")
    return user.language, viewer_for(user, channel="task", request_id=f"job:{job.uid}")


def _run(job: Job, running: RunningJob) -> None:
    try:
        if not is_active(registry.job_owner(job.kind)):
            raise Unavailable()
        registry.load(registry.job_kinds()[job.kind].runner)(running)
        if not running.ended:
            running.finish()
    except JobTakenOver:
        raise
    except Refusal as refusal:
        running.fail(str(refusal))
    except Exception:  # the fault is ours: the asker gets a sentence, we get the trace
        reference = uuid4().hex[:8]
        log.exception("job.broke", job=str(job.uid), kind=job.kind, reference=reference)
        running.fail(str(JobBroke(reference=reference)))
