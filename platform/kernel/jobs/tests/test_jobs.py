from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from kernel import registry
from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.errors import NotVisible
from kernel.events.models import OutboxEvent
from kernel.identity.models import User
from kernel.jobs.errors import JobTakenOver, UnknownJobKind
from kernel.jobs.models import Job, Pulse, Status
from kernel.jobs.running import RunningJob
from kernel.jobs.selectors import job_for, jobs_of
from kernel.jobs.services import MOST_ATTEMPTS, STUCK_AFTER, revive_stuck_jobs, run_job, start_job
from kernel.jobs.tests import runners
from kernel.manifest import JobKind
from kernel.viewer import Viewer

pytestmark = pytest.mark.usefixtures("town")


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("count", "refuse", "break_down", "ask_permission")
    kinds = {
        f"test.{one}": JobKind(
            code=f"test.{one}", title=one, runner=f"kernel.jobs.tests.runners.{one}"
        )
        for one in names
    }
    monkeypatch.setattr(registry, "job_kinds", lambda: kinds)
    monkeypatch.setattr(registry, "job_owner", lambda kind: "kernel")


def _after(job: Job) -> Job:
    return Job.objects.select_related("pulse").get(id=job.pk)


def _fall_silent(job: Job) -> None:
    Pulse.objects.filter(job=job).update(
        beat_at=timezone.now() - STUCK_AFTER - timedelta(seconds=1)
    )


def test_a_job_runs_to_its_end_with_progress_and_a_result(amal: Viewer) -> None:
    job = start_job("test.count", params={"to": 3}, title="عد", by=amal)
    assert (job.status, job.title, job.requested_by) == (Status.WAITING, "عد", amal.user_id)
    run_job(job.pk)
    done = _after(job)
    assert (done.status, done.result_file, done.result_text, done.error) == (
        Status.DONE,
        runners.FILE,
        "3",
        "",
    )
    assert (done.pulse.done, done.pulse.total, done.pulse.percent) == (3, 3, 100)
    told = OutboxEvent.objects.latest("id")
    assert (told.name, told.payload["status"]) == ("jobs.JobFinished", "done")


def test_progress_leaves_no_trail(amal: Viewer) -> None:
    job = start_job("test.count", params={"to": 50}, by=amal)
    before = AuditEntry.objects.count()
    run_job(job.pk)
    assert AuditEntry.objects.count() - before == 2  # taken, finished


def test_a_killed_worker_s_job_goes_on_where_it_stopped(amal: Viewer) -> None:
    job = start_job("test.count", params={"to": 5, "break_at": 3}, by=amal)
    with pytest.raises(SystemExit):
        run_job(job.pk)
    assert _after(job).pulse.place == {"number": 2}
    run_job(job.pk)
    assert _after(job).status == Status.RUNNING  # another run may still be alive
    _fall_silent(job)
    assert revive_stuck_jobs() == 1
    run_job(job.pk)
    assert (_after(job).status, _after(job).attempt, _after(job).result_text) == (
        Status.DONE,
        2,
        "5",
    )


def test_a_job_whose_message_was_lost_is_sent_again(amal: Viewer) -> None:
    job = start_job("test.count", params={"to": 1}, by=amal)
    assert revive_stuck_jobs() == 0
    _fall_silent(job)
    assert [revive_stuck_jobs(), revive_stuck_jobs()] == [1, 0]


def test_a_run_believed_dead_is_fenced_off(amal: Viewer) -> None:
    job = start_job("test.count", params={"to": 1}, by=amal)
    late = RunningJob(job, by=amal, place={}, done=0, total=0)
    run_job(job.pk)
    with pytest.raises(JobTakenOver):
        late.advance(1, 1, place={"number": 1})
    with pytest.raises(JobTakenOver):
        late.finish()


def test_after_too_many_broken_runs_the_job_fails_with_a_sentence(
    amal: Viewer, system: Viewer
) -> None:
    job = start_job("test.count", params={"to": 1}, by=amal)
    with recorded(by=system):
        Job.objects.filter(id=job.pk).update(attempt=MOST_ATTEMPTS, status=Status.RUNNING)
    _fall_silent(job)
    run_job(job.pk)
    assert _after(job).status == Status.FAILED
    assert str(MOST_ATTEMPTS) in _after(job).error


def test_a_refusal_is_told_and_a_fault_is_not_shown(amal: Viewer) -> None:
    refused = start_job("test.refuse", by=amal)
    broken = start_job("test.break_down", by=amal)
    run_job(refused.pk)
    run_job(broken.pk)
    assert _after(refused).status == _after(broken).status == Status.FAILED
    assert _after(refused).error
    assert "secret" not in _after(broken).error


def test_a_job_has_the_rights_of_whoever_asked_as_of_when_it_runs(
    hadi: Viewer, amal: Viewer, system: Viewer
) -> None:
    allowed, refused = (
        start_job("test.ask_permission", by=hadi),
        start_job("test.ask_permission", by=amal),
    )
    closed = start_job("test.ask_permission", by=hadi)
    run_job(allowed.pk)
    run_job(refused.pk)
    with recorded(by=system):
        User.objects.filter(id=hadi.user_id).update(is_active=False)
    run_job(closed.pk)
    assert [_after(one).status for one in (allowed, refused, closed)] == [
        Status.DONE,
        Status.FAILED,
        Status.FAILED,
    ]


def test_one_sees_own_jobs_and_an_administrator_all(
    amal: Viewer, basel: Viewer, hadi: Viewer
) -> None:
    job = start_job("test.count", params={"to": 1}, by=amal)
    assert job_for(amal, job.uid) == job == job_for(hadi, job.uid)
    assert job not in jobs_of(basel)
    for viewer, uid in ((basel, job.uid), (amal, uuid4()), (Viewer.citizen(), job.uid)):
        with pytest.raises(NotVisible):
            job_for(viewer, uid)


def test_an_undeclared_kind_is_a_fault(amal: Viewer) -> None:
    with pytest.raises(UnknownJobKind):
        start_job("test.nobody", by=amal)
