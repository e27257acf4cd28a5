"""Take bank statements in, and out again while nothing hangs on them.

What must not live here: what a file means (`reading`), what a line is in the books (`matching`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

import structlog
from django.db import DatabaseError, IntegrityError, transaction

from kernel.audit.recording import recorded
from kernel.events.services import emit
from kernel.files.kinds import EXCEL, TEXT
from kernel.files.models import StoredFile
from kernel.files.services import store_file
from kernel.money import decimals_of, format_money, money
from kernel.viewer import Viewer
from modules.finance.constants import STATEMENT_STANDS
from modules.finance.errors.bank import (
    BalanceMissing,
    BalancesDoNotChain,
    StatementDoesNotAddUp,
    StatementEmpty,
    StatementLineUnreadable,
    StatementOfAnotherAccount,
    StatementStands,
    StatementTwice,
)
from modules.finance.events import StatementImported
from modules.finance.models import Account, BankLine, BankMatch, BankStatement
from modules.finance.services.bank.reading import ReadLine, ReadStatement, read_statements

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the accountant says beside the file: its number and balances where the file does not, its headings."""

    reference: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    columns: Mapping[str, str] | None = None


NOTHING_TOLD = Told()


def import_statements(
    account: Account,
    *,
    currency: str,
    content: bytes,
    name: str,
    told: Told = NOTHING_TOLD,
    by: Viewer,
) -> list[BankStatement]:
    """Take in the statements of a file, all or none; what is known already is left out.

    Refuses what `read_statements` refuses, `StatementOfAnotherAccount`, `StatementTwice`, `StatementEmpty`,
    `BalanceMissing`, `BalancesDoNotChain`, `StatementDoesNotAddUp`.
    """
    by.require("finance.reconcile")
    columns = told.columns or account.at_bank.get("columns", {})
    found = read_statements(content, currency=currency, columns=columns)
    with recorded(by=by):
        file = _kept(content, name, by)
        digest = hashlib.sha256(content).hexdigest()
        made = [
            _take_in(account, currency, _with_told(one, told, many=len(found) > 1), file, digest)
            for one in found
        ]
        _remember(account, currency, found[-1], told)
        for one in made:
            emit(
                StatementImported(
                    statement_uid=str(one.uid),
                    account=account.code,
                    number=one.reference,
                    until=one.until,
                    closing=one.closing,
                    currency=currency,
                ),
                by=by,
            )
    log.info("finance.statements_imported", account=account.pk, count=len(made), by=by.user_id)
    return made


def _kept(content: bytes, name: str, by: Viewer) -> StoredFile | None:
    """The file as it came. Of XML only its digest is kept: markup is never stored where browsers reach it."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return None
    return store_file(content, name, by, kinds=(EXCEL, TEXT))


def _with_told(read: ReadStatement, told: Told, *, many: bool) -> ReadStatement:
    if many:
        return read
    return replace(
        read,
        reference=read.reference or told.reference.strip(),
        opening=read.opening if read.opening is not None else told.opening,
        closing=read.closing if read.closing is not None else told.closing,
    )


def _take_in(
    account: Account, currency: str, read: ReadStatement, file: StoredFile | None, digest: str
) -> BankStatement:
    _refuse_another(account, currency, read)
    last = (
        BankStatement.objects.filter(account=account, currency=currency)
        .order_by("-position")
        .first()
    )
    lines = [_exact(one, currency, number) for number, one in enumerate(read.lines, start=1)]
    new, known = _unknown(account, currency, lines)
    opening = _opening(read, last, known)
    if not new:
        if lines:
            raise StatementTwice(number=read.reference or f"{lines[0].on_date:%d/%m/%Y}")
        raise StatementEmpty()
    _refuse_gap(last, opening, currency)
    moved = sum((one.amount for _key, one in new), Decimal(0))
    if read.closing is not None and opening + moved != read.closing:
        raise StatementDoesNotAddUp(
            sum=format_money(money(opening + moved, currency)),
            closing=format_money(money(read.closing, currency)),
        )
    days = [one.on_date for _key, one in new]
    position = last.position + 1 if last else 1
    statement = BankStatement(
        account=account,
        currency=currency,
        position=position,
        reference=read.reference or f"{max(days):%Y-%m-%d}/{position}",
        since=min(days),
        until=max(days),
        opening=opening,
        closing=opening + moved,
        file=file,
        sha256=digest,
    )
    _write(statement, new, is_first=last is None)
    return statement


def _refuse_another(account: Account, currency: str, read: ReadStatement) -> None:
    """The file names its account: it must be this one, once the municipality has told its number."""
    ours = _bare(account.at_bank.get("numbers", {}).get(currency, ""))
    theirs = _bare(read.account)
    other_account = ours and theirs and not (ours.endswith(theirs) or theirs.endswith(ours))
    if other_account or (read.currency and read.currency != currency):
        raise StatementOfAnotherAccount(
            account=read.account or "—", currency=read.currency or currency
        )


def _bare(number: str) -> str:
    return "".join(one for one in number if one.isalnum()).upper()


def _exact(line: ReadLine, currency: str, number: int) -> ReadLine:
    try:
        if not line.amount.is_finite():
            raise StatementLineUnreadable(number=number)
        rounded = line.amount.quantize(Decimal(1).scaleb(-decimals_of(currency)))
    except InvalidOperation as error:
        raise StatementLineUnreadable(number=number) from error
    if rounded != line.amount or abs(rounded) >= Decimal(10) ** 14:
        raise StatementLineUnreadable(number=number)
    return replace(line, amount=rounded)


def _unknown(
    account: Account, currency: str, lines: Sequence[ReadLine]
) -> tuple[list[tuple[str, ReadLine]], Decimal]:
    """The lines not in the books of the bank yet with their keys, and what the known ones move."""
    turns: dict[tuple[date, Decimal, str, str], int] = {}
    keyed: list[tuple[str, ReadLine]] = []
    for one in lines:
        same = (one.on_date, one.amount, one.reference, one.text)
        turns[same] = turns.get(same, 0) + 1
        parts = (account.pk, currency, *same, turns[same])
        key = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()
        keyed.append((key, one))
    stored = set(
        BankLine.objects.filter(key__in=[key for key, _line in keyed]).values_list("key", flat=True)
    )
    known = sum((one.amount for key, one in keyed if key in stored), Decimal(0))
    return [(key, one) for key, one in keyed if key not in stored], known


def _opening(read: ReadStatement, last: BankStatement | None, known: Decimal) -> Decimal:
    """What the account held before the first new line."""
    if read.opening is not None:
        return read.opening + known
    if read.closing is not None:
        return read.closing - sum((one.amount for one in read.lines), Decimal(0)) + known
    if last is None:
        raise BalanceMissing()
    held: Decimal = last.closing
    return held


def _refuse_gap(last: BankStatement | None, opening: Decimal, currency: str) -> None:
    if last is not None and last.closing != opening:
        raise BalancesDoNotChain(
            closing=format_money(money(last.closing, currency)),
            date=f"{last.until:%d/%m/%Y}",
            opening=format_money(money(opening, currency)),
        )


def _write(
    statement: BankStatement, new: Sequence[tuple[str, ReadLine]], *, is_first: bool
) -> None:
    try:
        with transaction.atomic():
            statement.save(force_insert=True)
            rows = [
                BankLine(
                    statement=statement,
                    seq=seq,
                    on_date=one.on_date,
                    amount=one.amount,
                    reference=one.reference,
                    text=one.text,
                    key=key,
                )
                for seq, (key, one) in enumerate(new, start=1)
            ]
            if is_first:
                # What the account held before is matched with what the books held before.
                rows.insert(0, _opening_line(statement))
            BankLine.objects.bulk_create(rows)
    except IntegrityError as error:
        raise StatementTwice(number=statement.reference) from error
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == STATEMENT_STANDS:
            raise BalancesDoNotChain(
                closing="—",
                date="—",
                opening=format_money(money(statement.opening, statement.currency)),
            ) from error
        raise


def _opening_line(statement: BankStatement) -> BankLine:
    key = f"opening:{statement.account_id}:{statement.currency}"
    return BankLine(
        statement=statement, seq=0, on_date=statement.since, amount=statement.opening, key=key
    )


def _remember(account: Account, currency: str, read: ReadStatement, told: Told) -> None:
    """The headings and the number that the file has shown are known the next time."""
    known = dict(account.at_bank)
    if told.columns:
        known["columns"] = {name: one.strip() for name, one in told.columns.items() if one.strip()}
    elif read.columns and not known.get("columns"):
        known["columns"] = dict(read.columns)
    if read.account:
        numbers = {currency: read.account, **known.get("numbers", {})}
        known["numbers"] = numbers
    if known != account.at_bank:
        account.at_bank = known
        account.save(update_fields=["at_bank"])


def discard_statement(statement: BankStatement, *, reason: str, by: Viewer) -> None:
    """Take the newest statement of an account out again, to import the right one. Refuses `StatementStands`."""
    by.require("finance.reconcile")
    with recorded(by=by, reason=reason):
        held = BankStatement.objects.select_for_update().get(pk=statement.pk)
        newer = BankStatement.objects.filter(
            account=held.account, currency=held.currency, position__gt=held.position
        )
        matched = BankMatch.objects.filter(bank_line__statement=held)
        if held.prepared_at or newer.exists() or matched.exists():
            raise StatementStands()
        held.lines.all().delete()
        held.delete()
    log.info("finance.statement_discarded", statement=statement.pk, by=by.user_id)
