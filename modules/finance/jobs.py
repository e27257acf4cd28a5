"""Long work of finance: what the manifest names as job runners."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from kernel.files.models import StoredFile
from kernel.jobs.running import RunningJob
from modules.finance.constants import BatchKind
from modules.finance.models import OpeningBatch
from modules.finance.selectors.opening import batch_for
from modules.finance.services.opening.balances import (
    check_balances,
    load_balances,
    undo_balances,
)
from modules.finance.services.opening.cheques import check_cheques, load_cheques, undo_cheques
from modules.finance.services.opening.loading import check_sheet, load_batch, undo_batch
from modules.finance.services.opening.sheet import result_sentence
from modules.finance.services.rolling import Roll, paper_from, run_roll

_CHECKS: dict[str, Callable[..., OpeningBatch]] = {
    BatchKind.BALANCES: check_balances,
    BatchKind.CHEQUES: check_cheques,
}
_LOADS: dict[str, Callable[..., object]] = {
    BatchKind.BALANCES: load_balances,
    BatchKind.CHEQUES: load_cheques,
}
_UNDOES: dict[str, Callable[..., object]] = {
    BatchKind.BALANCES: undo_balances,
    BatchKind.CHEQUES: undo_cheques,
}


def check_opening(job: RunningJob) -> None:
    """Judge an uploaded sheet of old dues; the rows to correct are the job's result."""
    file = StoredFile.objects.get(uid=UUID(job.params["file"]))
    if job.params.get("what") in _CHECKS:
        batch = _CHECKS[job.params["what"]](
            file,
            as_of=date.fromisoformat(job.params["as_of"]),
            columns=job.params.get("columns"),
            by=job.by,
        )
        text = result_sentence(batch.rows_good, batch.rows_bad)
        job.finish(result_file=batch.errors_file, text=text)
        return
    batch = check_sheet(
        file,
        as_of=date.fromisoformat(job.params["as_of"]),
        columns=job.params.get("columns"),
        by=job.by,
        progress=job.advance,
    )
    job.finish(result_file=batch.errors_file, text=result_sentence(batch.rows_good, batch.rows_bad))


def load_opening(job: RunningJob) -> None:
    """Load a checked batch, going on where an earlier run was cut short."""
    batch = batch_for(job.by, UUID(job.params["batch"]))
    if batch.what in _LOADS:
        _LOADS[batch.what](batch, by=job.by)
        job.finish(text=_("All rows are in the books."))
        return
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
    batch = batch_for(job.by, UUID(job.params["batch"]))
    undo = _UNDOES.get(batch.what, undo_batch)
    undo(batch, reason=job.params["reason"], by=job.by)
    job.finish(text=_("The batch was taken out of the books."))


def run_assessment(job: RunningJob) -> None:
    """Charge a kind of due to everybody who was charged it the year before; run again, it charges nobody twice."""
    roll = Roll(
        kind=job.params["kind"],
        from_year=int(job.params["from_year"]),
        to_year=int(job.params["to_year"]),
        due_on=date.fromisoformat(job.params["due_on"]),
        percent=Decimal(job.params["percent"]),
        reward=paper_from(job.params.get("reward")),
    )
    charged = run_roll(roll, by=job.by, progress=job.advance)
    job.finish(text=_("Dues assessed: %(count)s.") % {"count": charged})
