"""Opening balances of accounts from a sheet, deposits held for persons among them: one entry against the opening account.

Accounts of dues are refused: old dues come one by one, so that age and source stay (`loading`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import structlog
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.files.models import StoredFile
from kernel.files.services import store_file
from kernel.money import Money, money, parse_amount
from kernel.parties.models import Party
from kernel.text import normalise_digits
from kernel.viewer import Viewer
from modules.finance.constants import (
    AccountKind,
    AccountRole,
    BatchKind,
    BatchState,
    EntryKind,
    Journal,
)
from modules.finance.errors import BatchHasErrors, BatchNotChecked, ReasonMissing
from modules.finance.models import Account, DuesKind, Entry, OpeningBatch
from modules.finance.selectors.books import account_of, base_currency, in_base, rate_on
from modules.finance.services.opening.sheet import SheetRow, as_text, errors_sheet, read_sheet
from modules.finance.services.posting import (
    About,
    Side,
    credit,
    debit,
    in_base_excess,
    post_entry,
    reverse_entry,
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class JudgedBalance:
    """A row with the side it stands for, or with what is to be corrected."""

    row: SheetRow
    account: Account | None
    party_id: int | None
    amount: Money | None
    is_debit: bool
    errors: tuple[str, ...] = ()


def judge_balances(rows: Sequence[SheetRow], *, as_of: date) -> list[JudgedBalance]:
    """Every row judged; nothing is written."""
    accounts = {one.code: one for one in Account.objects.filter(is_posting=True, is_active=True)}
    dues = set(DuesKind.objects.values_list("receivable_id", flat=True))
    numbers = {as_text(one.cells.get("id_number", "")) for one in rows} - {""}
    persons = dict(
        Party.objects.filter(id_number__in=numbers, alias_of=None).values_list("id_number", "pk")
    )
    return [_judge(one, accounts, dues, persons, as_of) for one in rows]


def _judge(
    row: SheetRow,
    accounts: dict[str, Account],
    dues: set[int],
    persons: dict[str, int],
    as_of: date,
) -> JudgedBalance:
    cells = {name: as_text(cell if cell is not None else "") for name, cell in row.cells.items()}
    errors: list[str] = []
    account = accounts.get(normalise_digits(cells.get("account", "")))
    number = normalise_digits(cells.get("id_number", ""))
    party_id = persons.get(number)
    if account is None:
        errors.append(_("No account for posting has this code."))
    elif account.pk in dues:
        errors.append(_("Dues are brought in by the sheet of old dues, one by one."))
    elif account.kind in (AccountKind.REVENUE, AccountKind.EXPENSE):
        errors.append(_("Revenue and expenditure begin a year without a balance."))
    elif account.needs_party and party_id is None:
        errors.append(_("This account is kept by person: give an ID number that is registered."))
    if number and party_id is None:
        errors.append(_("Nobody with the ID number %(number)s is registered.") % {"number": number})
    amount, is_debit = None, bool(cells.get("debit"))
    try:
        amount = parse_amount(
            cells.get("debit") or cells.get("credit") or "0",
            cells.get("currency", "").upper() or base_currency(today()),
        )
        rate_on(amount.currency.code, as_of)
    except Refusal as refusal:
        errors.append(str(refusal))
    if amount is not None and (
        amount.amount <= 0 or bool(cells.get("debit")) == bool(cells.get("credit"))
    ):
        errors.append(_("Give one amount, debit or credit, greater than zero."))
    return JudgedBalance(row, account, party_id, amount, is_debit, tuple(errors))


def check_balances(
    file: StoredFile, *, as_of: date, by: Viewer, columns: dict[str, str] | None = None
) -> OpeningBatch:
    """Judge a sheet of balances and keep the result; wrong rows come back to be corrected."""
    by.require("finance.import_opening")
    with file.open() as stream:
        rows = read_sheet(bytes(stream.read()), columns, BatchKind.BALANCES)
    judged = judge_balances(rows, as_of=as_of)
    bad = [one for one in judged if one.errors]
    with recorded(by=by):
        returned = (
            store_file(
                errors_sheet([(one.row, one.errors) for one in bad], BatchKind.BALANCES),
                f"{_('rows to correct')}.xlsx",
                by=by,
            )
            if bad
            else None
        )
        return OpeningBatch.objects.create(
            what=BatchKind.BALANCES,
            file=file,
            errors_file=returned,
            as_of=as_of,
            columns=dict(columns or {}),
            rows_good=len(judged) - len(bad),
            rows_bad=len(bad),
            changed_at=timezone.now(),
            changed_by_id=by.user_id,
        )


def load_balances(batch: OpeningBatch, *, by: Viewer) -> Entry:
    """Post them in one entry; what debit and credit differ by goes to the opening account, a currency at a time.

    Refuses `BatchNotChecked`, `BatchHasErrors` (unless only the good rows), `PeriodClosed`.
    """
    by.require("finance.import_opening")
    with batch.file.open() as stream:
        rows = read_sheet(bytes(stream.read()), batch.columns, BatchKind.BALANCES)
    judged = judge_balances(rows, as_of=batch.as_of)
    good = [one for one in judged if not one.errors]
    if not good or (len(good) != len(judged) and not batch.only_good):
        raise BatchHasErrors(rows=len(judged) - len(good))
    with recorded(by=by):
        held = OpeningBatch.objects.select_for_update().get(pk=batch.pk)
        if held.state != BatchState.LOADING:
            raise BatchNotChecked(state=BatchState(held.state).label)
        entry = post_entry(
            journal=Journal.OPENING.value,
            kind=EntryKind.OPENING,
            on=held.as_of,
            description=f"{_('Opening balances')} {held.as_of:%d/%m/%Y}",
            sides=_sides(good, held.as_of),
            by=by,
            source=_source(held),
        )
        held.state, held.rows_good = BatchState.COMMITTED, len(good)
        held.changed_at, held.changed_by_id = timezone.now(), by.user_id
        held.save(update_fields=["state", "rows_good", "changed_at", "changed_by"])
    log.info("finance.balances_loaded", batch=held.pk, rows=len(good), by=by.user_id)
    return entry


def _source(batch: OpeningBatch) -> str:
    return f"opening-balances:{batch.uid}"


def _sides(good: Sequence[JudgedBalance], on: date) -> list[Side]:
    sides: list[Side] = []
    left: dict[str, Decimal] = {}
    for one in good:
        if one.account is None or one.amount is None:
            continue
        code = one.amount.currency.code
        rate = rate_on(code, on)
        text = as_text(one.row.cells.get("description", ""))
        side = debit if one.is_debit else credit
        about = About(party_id=one.party_id, description=text)
        sides.append(
            side(
                one.account.pk,
                one.amount,
                base=in_base(one.amount, rate, on),
                rate=rate,
                about=about,
            )
        )
        left[code] = left.get(code, Decimal(0)) + (
            one.amount.amount if one.is_debit else -one.amount.amount
        )
    opening = account_of(AccountRole.OPENING)
    for code, over in sorted(left.items()):
        own = [one for one in sides if one.currency == code]
        if over:
            side = credit if over > 0 else debit
            base = abs(in_base_excess(own))
            sides.append(side(opening, money(abs(over), code), base=base, rate=rate_on(code, on)))
    return sides


def undo_balances(batch: OpeningBatch, *, reason: str, by: Viewer) -> Entry:
    """Take the balances out again by reversal. Refuses `ReasonMissing`, `BatchNotChecked`, `EntryAlreadyReversed`."""
    by.require("finance.import_opening")
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        held = OpeningBatch.objects.select_for_update().get(pk=batch.pk)
        if held.state != BatchState.COMMITTED:
            raise BatchNotChecked(state=BatchState(held.state).label)
        entry = Entry.objects.get(source=_source(held))
        mirror = reverse_entry(entry, reason=reason, by=by, on=max(entry.date, today()))
        held.state = BatchState.UNDONE
        held.changed_at, held.changed_by_id = timezone.now(), by.user_id
        held.save(update_fields=["state", "changed_at", "changed_by"])
    return mirror
