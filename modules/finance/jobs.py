"""Long work of finance: what the manifest names as job runners."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from kernel.files.models import StoredFile
from kernel.jobs.running import RunningJob
from modules.finance.selectors.opening import batch_for
from modules.finance.services.opening.loading import check_sheet, load_batch, undo_batch
from modules.finance.services.opening.sheet import result_sentence
from modules.finance.services.rolling import Roll, run_roll


def check_opening(job: RunningJob) -> None:
    """Judge an uploaded sheet of old dues; the rows to correct are the job's result."""
    file = StoredFile.objects.get(uid=UUID(job.params["file"]))
    batch = check_sheet(
        file, as_of=date.fromisoformat(job.params["as_of"]), by=job.by, progress=job.advance
    )
    job.finish(result_file=batch.errors_file, text=result_sentence(batch.rows_good, batch.rows_bad))


def load_opening(job: RunningJob) -> None:
    """Load a checked batch, going on where an earlier run was cut short."""
    batch = batch_for(job.by, UUID(job.params["batch"]))
    done = int(job.place.get("done", 0))
    load_batch(
        batch,
        by=job.by,
        done=done,
        progress=lambda at, total: job.advance(at, total, place={"done": at}),
    )
    job.finish(text=_("All rows are in the books."))


def undo_opening(job: RunningJob) -> None:
    """Take a batch out of the books again."""
    undo_batch(batch_for(job.by, UUID(job.params["batch"])), reason=job.params["reason"], by=job.by)
    job.finish(text=_("The batch was taken out of the books."))


def run_assessment(job: RunningJob) -> None:
    """Charge a kind of due to everybody who was charged it the year before; run again, it charges nobody twice."""
    roll = Roll(
        kind=job.params["kind"],
        from_year=int(job.params["from_year"]),
        to_year=int(job.params["to_year"]),
        due_on=date.fromisoformat(job.params["due_on"]),
        percent=Decimal(job.params["percent"]),
    )
    charged = run_roll(roll, by=job.by, progress=job.advance)
    job.finish(text=_("Dues assessed: %(count)s.") % {"count": charged})
