"""Runners that the tests' job kinds name."""

from __future__ import annotations

from uuid import UUID

from kernel.errors import Conflict
from kernel.jobs.running import RunningJob

FILE = UUID("00000000-0000-7000-8000-000000000001")


def count(job: RunningJob) -> None:
    """Counts to `params["to"]` in pieces, from where an earlier run stopped; breaks at `params["break_at"]`."""
    stopped_at = job.place.get("number", 0)
    for number in range(stopped_at + 1, job.params["to"] + 1):
        if number == job.params.get("break_at") and not stopped_at:
            raise SystemExit("the worker was killed")
        job.advance(number, job.params["to"], place={"number": number})
    job.finish(result_file=FILE, text=f"{job.done}")


def refuse(job: RunningJob) -> None:
    raise Conflict()


def break_down(job: RunningJob) -> None:
    raise ZeroDivisionError("secret detail")


def ask_permission(job: RunningJob) -> None:
    job.by.require("policies.set")
