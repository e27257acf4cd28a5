"""What a runner holds while it works: how to tell progress, where to go on, how to end."""

from __future__ import annotations

from time import monotonic
from typing import Any
from uuid import UUID

from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.errors import Sentence
from kernel.events.services import emit
from kernel.jobs.errors import JobTakenOver
from kernel.jobs.events import JobFinished
from kernel.jobs.models import Job, Pulse, Status
from kernel.viewer import Viewer

SECONDS_BETWEEN_BEATS = 1.0


class RunningJob:
    """One run of a job, given to the runner that its manifest names.

    `by` has the rights of whoever asked; `params` is what they asked for; `place` is what an earlier, broken run
    gave to `advance(place=...)` last (empty at first). A runner works in pieces, each in its own
    `recorded(by=job.by)`, and calls `advance` at least every minute, inside the piece: so a second run goes on
    exactly behind the last piece that was committed.
    """

    def __init__(
        self, job: Job, *, by: Viewer, place: dict[str, Any], done: int, total: int
    ) -> None:
        self.uid, self.kind, self.title, self.params = job.uid, job.kind, job.title, job.params
        self.by, self.place, self.done, self.total = by, place, done, total
        self.ended = False
        self._id, self._attempt = job.pk, job.attempt
        self._last_beat = monotonic()

    def advance(
        self, done: int, total: int | None = None, *, place: dict[str, Any] | None = None
    ) -> None:
        """Tell how far it is. Written at most once a second, but always when a place to go on is given.

        Raises `JobTakenOver` when another run holds the job by now; let it through, so that this one stops.
        """
        self.total = self.total if total is None else total
        self.done = min(done, self.total) if self.total else done
        if place is None and monotonic() - self._last_beat < SECONDS_BETWEEN_BEATS:
            return
        self.place = self.place if place is None else place
        self._beat()

    def finish(self, *, result_file: Any = None, text: Sentence = "") -> None:
        """The work is done; `result_file` is a stored file (or its uid) for whoever asked, `text` what they read."""
        uid = result_file if isinstance(result_file, UUID) else getattr(result_file, "uid", None)
        self._end(Status.DONE, result_file=uid, result_text=str(text))

    def fail(self, sentence: Sentence) -> None:
        """The work cannot be done; the sentence says why, to whoever asked."""
        self._end(Status.FAILED, error=str(sentence))

    def _beat(self) -> None:
        held = Pulse.objects.filter(job_id=self._id, attempt=self._attempt)
        if not held.update(
            done=self.done, total=self.total, place=self.place, beat_at=timezone.now()
        ):
            raise JobTakenOver(f"job {self.uid}, run {self._attempt}")
        self._last_beat = monotonic()

    def _end(self, status: Status, **result: Any) -> None:
        with recorded(by=self.by):
            job = Job.objects.select_for_update().get(id=self._id)
            if job.attempt != self._attempt or not job.is_open:
                raise JobTakenOver(f"job {self.uid}, run {self._attempt}")
            for name, value in result.items():
                setattr(job, name, value)
            job.status = status
            job.finished_at = timezone.now()
            job.save(update_fields=["status", "finished_at", *result])
            self._beat()
            emit(
                JobFinished(
                    job_uid=str(job.uid),
                    kind=job.kind,
                    status=status,
                    requested_by=job.requested_by,
                ),
                by=self.by,
            )
        self.ended = True
