from dataclasses import dataclass

from kernel.events.declaring import event


@event("jobs.JobFinished")
@dataclass(frozen=True)
class JobFinished:
    """A job ended; `status` is "done" or "failed"."""

    job_uid: str
    kind: str
    status: str
    requested_by: int | None
