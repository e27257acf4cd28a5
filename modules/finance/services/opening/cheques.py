"""Post-dated cheques that lie in the safe when a municipality begins: each taken as at the desk, undone by handing them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import structlog
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.files.models import StoredFile
from kernel.files.services import store_file
from kernel.money import parse_amount
from kernel.parties.models import Party
from kernel.parties.selectors import ids_of
from kernel.viewer import Viewer
from modules.finance.constants import BatchKind, BatchState, ChequeState
from modules.finance.errors import BatchHasErrors, BatchInUse, BatchNotChecked, ReasonMissing
from modules.finance.models import Charge, Cheque, OpeningBatch
from modules.finance.selectors.books import base_currency
from modules.finance.services.cheques.moving import hand_back_cheque
from modules.finance.services.cheques.taking import NewCheque, take_cheques
from modules.finance.services.opening.checking import id_number_of, read_day
from modules.finance.services.opening.sheet import SheetRow, as_text, errors_sheet, read_sheet

log = structlog.get_logger(__name__)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class JudgedCheque:
    """A row with the cheque that stands in it, or with what is to be corrected."""

    row: SheetRow
    party: Party | None
    cheque: NewCheque | None
    errors: tuple[str, ...] = ()


def judge_cheques(rows: Sequence[SheetRow]) -> list[JudgedCheque]:
    """Every row judged; nothing is written."""
    numbers = {id_number_of(one.cells.get("id_number")) for one in rows}
    persons = {
        one.id_number: one for one in Party.objects.filter(id_number__in=numbers, alias_of=None)
    }
    seen: set[tuple[str, str, str]] = set()
    return [_judge(one, persons, seen) for one in rows]


def _judge(
    row: SheetRow, persons: dict[str, Party], seen: set[tuple[str, str, str]]
) -> JudgedCheque:
    cells = {name: as_text(cell if cell is not None else "") for name, cell in row.cells.items()}
    errors: list[str] = []
    number = id_number_of(row.cells.get("id_number"))
    party = persons.get(number)
    if party is None:
        errors.append(_("Nobody with the ID number %(number)s is registered.") % {"number": number})
    elif not Charge.objects.filter(party_id__in=ids_of(party.pk), balance__gt=0).exists():
        errors.append(_("This person owes nothing that the cheque could cover."))
    if not cells.get("number") or not cells.get("bank"):
        errors.append(_("A cheque has a number and a bank."))
    key = (cells.get("number", ""), cells.get("bank", ""), cells.get("drawer_account", ""))
    if key in seen:
        errors.append(_("The same cheque stands in the sheet twice."))
    seen.add(key)
    dated_on = read_day(row.cells.get("dated_on"))
    if dated_on is None or dated_on <= today():
        errors.append(_("The cheque must be dated after today; others are received at the desk."))
    try:
        amount = parse_amount(
            cells.get("amount", ""), cells.get("currency", "").upper() or base_currency(today())
        )
    except Refusal as refusal:
        return JudgedCheque(row, party, None, (*errors, str(refusal)))
    if amount.amount <= 0:
        errors.append(_("The amount must be greater than zero."))
    if errors or dated_on is None:
        return JudgedCheque(row, party, None, tuple(errors))
    cheque = NewCheque(
        number=cells["number"],
        bank=cells["bank"],
        amount=amount,
        dated_on=dated_on,
        branch=cells.get("branch", ""),
        drawer_account=cells.get("drawer_account", ""),
        drawer=cells.get("drawer", ""),
    )
    return JudgedCheque(row, party, cheque)


def check_cheques(
    file: StoredFile, *, as_of: date, by: Viewer, columns: dict[str, str] | None = None
) -> OpeningBatch:
    """Judge a sheet of cheques and keep the result; wrong rows come back to be corrected."""
    by.require("finance.import_opening")
    judged = judge_cheques(_rows(file, columns or {}))
    bad = [one for one in judged if one.cheque is None]
    with recorded(by=by):
        returned = (
            store_file(
                errors_sheet([(one.row, one.errors) for one in bad], BatchKind.CHEQUES),
                f"{_('rows to correct')}.xlsx",
                by=by,
            )
            if bad
            else None
        )
        return OpeningBatch.objects.create(
            what=BatchKind.CHEQUES,
            file=file,
            errors_file=returned,
            as_of=as_of,
            columns=dict(columns or {}),
            rows_good=len(judged) - len(bad),
            rows_bad=len(bad),
            changed_at=timezone.now(),
            changed_by_id=by.user_id,
        )


def _rows(file: StoredFile, columns: dict[str, str]) -> list[SheetRow]:
    with file.open() as stream:
        return read_sheet(bytes(stream.read()), columns, BatchKind.CHEQUES)


def load_cheques(
    batch: OpeningBatch, *, by: Viewer, progress: Progress = lambda done, total: None
) -> list[int]:
    """Take every cheque, all or none; each covers its person's open dues, the oldest first. The ids of the cheques.

    How far ahead a cheque may lie (FIN-06) is not asked: it was taken before. Refuses `BatchNotChecked`,
    `BatchHasErrors` (unless only the good rows), `ChequeTaken`, `ChequesBarred`.
    """
    by.require("finance.import_opening")
    judged = judge_cheques(_rows(batch.file, batch.columns))
    good = [one for one in judged if one.cheque is not None and one.party is not None]
    if not good or (len(good) != len(judged) and not batch.only_good):
        raise BatchHasErrors(rows=len(judged) - len(good))
    taken: list[int] = []
    with recorded(by=by):
        held = OpeningBatch.objects.select_for_update().get(pk=batch.pk)
        if held.state != BatchState.LOADING:
            raise BatchNotChecked(state=BatchState(held.state).label)
        for at, one in enumerate(good, start=1):
            taken += _take(one, by)
            progress(at, len(good))
        held.state, held.rows_good = BatchState.COMMITTED, len(good)
        held.control = {"cheques": taken}
        held.changed_at, held.changed_by_id = timezone.now(), by.user_id
        held.save(update_fields=["state", "rows_good", "control", "changed_at", "changed_by"])
    log.info("finance.cheques_brought_in", batch=held.pk, cheques=len(taken), by=by.user_id)
    return taken


def _take(one: JudgedCheque, by: Viewer) -> list[int]:
    if one.party is None or one.cheque is None:
        return []
    owed = Charge.objects.filter(party_id__in=ids_of(one.party.pk), balance__gt=0)
    found = take_cheques(
        party_id=one.party.pk,
        drawer=one.cheque.drawer or one.party.full_name,
        cheques=[one.cheque],
        charge_ids=list(owed.order_by("due_on", "id").values_list("pk", flat=True)),
        for_plan=True,
        by=by,
    )
    return [cheque.pk for cheque in found.cheques]


def undo_cheques(batch: OpeningBatch, *, reason: str, by: Viewer) -> int:
    """Hand every cheque of the batch back; how many. Refuses `ReasonMissing`, `BatchNotChecked`, `BatchInUse` once one moved."""
    by.require("finance.import_opening")
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        held = OpeningBatch.objects.select_for_update().get(pk=batch.pk)
        if held.state != BatchState.COMMITTED:
            raise BatchNotChecked(state=BatchState(held.state).label)
        cheques = list(Cheque.objects.filter(pk__in=held.control["cheques"]).order_by("id"))
        moved = [one for one in cheques if one.state != ChequeState.IN_SAFE]
        if moved:
            raise BatchInUse(charges=len(moved))
        for one in cheques:
            hand_back_cheque(one, reason=reason, by=by)
        held.state = BatchState.UNDONE
        held.changed_at, held.changed_by_id = timezone.now(), by.user_id
        held.save(update_fields=["state", "changed_at", "changed_by"])
    return len(cheques)
