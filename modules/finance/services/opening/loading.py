"""Bring old dues into the books, one entry for every few thousand, and take a whole batch out before its first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import structlog
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.files.models import StoredFile
from kernel.files.services import store_file
from kernel.viewer import Viewer
from modules.finance.constants import BatchState, EntryKind, Journal
from modules.finance.errors import BatchHasErrors, BatchInUse, BatchNotChecked, ReasonMissing
from modules.finance.events import OpeningDuesLoaded
from modules.finance.models import Charge, Entry, OpeningBatch
from modules.finance.services.assessing import NewCharge, write_charges
from modules.finance.services.opening.checking import judge_rows
from modules.finance.services.opening.reconciling import totals_of_sheet
from modules.finance.services.opening.sheet import errors_sheet, read_sheet
from modules.finance.services.posting import reverse_entry

log = structlog.get_logger(__name__)
CHUNK = 2_500
Progress = Callable[[int, int], None]


def check_sheet(
    file: StoredFile,
    *,
    as_of: date,
    by: Viewer,
    columns: Mapping[str, str] | None = None,
    progress: Progress = lambda done, total: None,
) -> OpeningBatch:
    """Judge every row and keep the result; nothing reaches the books. Wrong rows come back as a sheet to correct."""
    by.require("finance.import_opening")
    rows = read_sheet(_content(file), columns)
    judged = judge_rows(rows, as_of=as_of, progress=lambda done: progress(done, len(rows)))
    good = [one.new for one in judged if one.new is not None]
    bad = [one for one in judged if one.new is None]
    with recorded(by=by):
        returned = (
            store_file(
                errors_sheet((one.row, one.errors) for one in bad),
                f"{_('rows to correct')}.xlsx",
                by=by,
            )
            if bad
            else None
        )
        return OpeningBatch.objects.create(
            file=file,
            errors_file=returned,
            as_of=as_of,
            columns=dict(columns or {}),
            rows_good=len(good),
            rows_bad=len(bad),
            totals=_totals(good),
            control={"rows": totals_of_sheet(judged)},
            changed_at=timezone.now(),
            changed_by_id=by.user_id,
        )


def _content(file: StoredFile) -> bytes:
    with file.open() as stream:
        return bytes(stream.read())


def _totals(good: Sequence[NewCharge]) -> dict[str, dict[str, str]]:
    """Kind of due → currency → amount, as text; what the accountant compares with the old system's sheet."""
    added: dict[str, dict[str, Decimal]] = {}
    for new in good:
        of_kind = added.setdefault(new.kind.code, {})
        currency = new.amount.currency.code
        of_kind[currency] = of_kind.get(currency, Decimal(0)) + new.amount.amount
    return {
        kind: {currency: str(sum_) for currency, sum_ in of.items()}
        for kind, of in sorted(added.items())
    }


def begin_loading(batch: OpeningBatch, *, only_good: bool, by: Viewer) -> OpeningBatch:
    """Decide that a checked batch is to be loaded. Refuses `BatchNotChecked`, `BatchHasErrors` (unless only the good rows)."""
    by.require("finance.import_opening")
    with recorded(by=by):
        held = OpeningBatch.objects.select_for_update().get(pk=batch.pk)
        if held.state != BatchState.CHECKED:
            raise BatchNotChecked(state=BatchState(held.state).label)
        if held.rows_bad and not only_good:
            raise BatchHasErrors(rows=held.rows_bad)
        held.only_good = only_good
        _become(held, BatchState.LOADING, by)
    return held


def load_batch(
    batch: OpeningBatch,
    *,
    by: Viewer,
    done: int = 0,
    progress: Progress = lambda done, total: None,
) -> OpeningBatch:
    """Load the rows behind the first `done`, chunk by chunk; each chunk is one entry and one transaction.

    `progress` is called inside each transaction, so that a run that was cut short goes on behind its last chunk.
    """
    by.require("finance.import_opening")
    judged = judge_rows(
        read_sheet(_content(batch.file), batch.columns), as_of=batch.as_of, batch=batch
    )
    good = [one.new for one in judged if one.new is not None]
    if not batch.only_good and len(good) != len(judged):
        raise BatchHasErrors(rows=len(judged) - len(good))
    while done < len(good):
        some = good[done : done + CHUNK]
        with recorded(by=by):
            write_charges(
                some,
                journal=Journal.OPENING,
                kind=EntryKind.OPENING,
                on=batch.as_of,
                description=f"{_('Old dues')} {batch.as_of:%d/%m/%Y}",
                by=by,
                batch=batch,
            )
            done += len(some)
            progress(done, len(good))
    with recorded(by=by):
        held = OpeningBatch.objects.select_for_update().get(pk=batch.pk)
        held.rows_good, held.totals = len(good), _totals(good)
        _become(held, BatchState.COMMITTED, by)
        emit(OpeningDuesLoaded(batch_uid=str(held.uid), charges=len(good)), by=by)
    log.info("finance.opening_loaded", batch=held.pk, charges=len(good), by=by.user_id)
    return held


_CANCEL_CHARGES = """
    INSERT INTO finance_settlement (charge_id, kind, date, amount, base, tendered, entry_id)
    SELECT id, 'cancelled', %s, principal, base_principal, 0, %s
    FROM finance_charge WHERE entry_id = %s AND cancelled = 0 ORDER BY id
"""


def undo_batch(
    batch: OpeningBatch, *, reason: str, by: Viewer, progress: Progress = lambda done, total: None
) -> OpeningBatch:
    """Take the whole batch out of the books again, by reversal; the sheet can then be loaded anew.

    Refuses `BatchInUse` as soon as one of its charges is paid or credited, `BatchNotChecked`, `ReasonMissing`.
    """
    by.require("finance.import_opening")
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        held = OpeningBatch.objects.select_for_update().get(pk=batch.pk)
        if held.state not in (BatchState.COMMITTED, BatchState.LOADING):
            raise BatchNotChecked(state=BatchState(held.state).label)
        charges = Charge.objects.filter(batch=held)
        list(charges.select_for_update().order_by("id").values_list("pk", flat=True))
        used = charges.filter(Q(paid__gt=0) | Q(credited__gt=0)).count()
        if used:
            raise BatchInUse(charges=used)
        entries = list(
            Entry.objects.filter(charges__batch=held, reversal=None).distinct().order_by("id")
        )
        for at, entry in enumerate(entries, start=1):
            mirror = reverse_entry(entry, reason=reason, by=by, on=_day_of_undoing(entry))
            with connection.cursor() as cursor:
                cursor.execute(_CANCEL_CHARGES, [mirror.date, mirror.pk, entry.pk])
            progress(at, len(entries))
        _become(held, BatchState.UNDONE, by)
    log.info("finance.opening_undone", batch=held.pk, by=by.user_id)
    return held


def _day_of_undoing(entry: Entry) -> date:
    return max(entry.date, today())


def _become(batch: OpeningBatch, state: BatchState, by: Viewer) -> None:
    batch.state = state
    batch.changed_at = timezone.now()
    batch.changed_by_id = by.user_id
    batch.save(
        update_fields=["state", "changed_at", "changed_by", "only_good", "rows_good", "totals"]
    )
