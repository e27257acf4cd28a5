"""Say what a line of the bank is: an entry that stands in the books, cheques, money on its way, or a new entry.

What must not live here: what is offered (`selectors.bank_offers`), what is approved (`reconciling`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import structlog
from django.db import DatabaseError, IntegrityError, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import Money, format_money, money
from kernel.viewer import Viewer
from modules.finance.constants import (
    MATCH_TOO_LARGE,
    RECONCILIATION_APPROVED,
    REGISTERS,
    AccountRole,
    EntryKind,
    Fund,
    Journal,
    MatchKind,
    PeriodState,
)
from modules.finance.errors import AccountNotPostable
from modules.finance.errors.bank import (
    AlreadyMatched,
    LinesDoNotMatch,
    ReconciliationLocked,
)
from modules.finance.errors.books import AccountOfARegister, AccountOfCharges
from modules.finance.errors.cheques import NothingChosen
from modules.finance.models import (
    Account,
    BankLine,
    BankMatch,
    BudgetLine,
    CashBox,
    Cheque,
    DuesKind,
    Entry,
    Line,
    Period,
)
from modules.finance.selectors.bank import (
    bank_lines,
    ledger_lines,
    left_of,
    locked_until,
    on_the_way,
    open_ledger_lines,
)
from modules.finance.selectors.books import account_of, in_base, rate_on
from modules.finance.services.budgeting import refuse_another_year, spend_by_entry
from modules.finance.services.cheques.moving import clear_cheques
from modules.finance.services.posting import (
    About,
    Side,
    base_difference,
    credit,
    debit,
    in_base_excess,
    post_entry,
    reverse_entry,
)
from modules.finance.services.spending.paying import clear_issued

log = structlog.get_logger(__name__)
SOURCE = "bank:"
PAYER = "bank-payer:"


def match_with_books(line: BankLine, ledger_ids: Sequence[int], *, by: Viewer) -> list[BankMatch]:
    """This line of the bank is these lines of the books, or a part of one that is larger.

    Refuses `NothingChosen`, `LinesDoNotMatch`, `AlreadyMatched`, `ReconciliationLocked`.
    """
    by.require("finance.reconcile")
    if not ledger_ids:
        raise NothingChosen()
    with recorded(by=by), judged(line):
        held = held_line(line)
        account, currency = _seat(held)
        chosen = list(ledger_lines([account.pk], currency).filter(pk__in=ledger_ids))
        if len(chosen) != len(set(ledger_ids)):
            raise AlreadyMatched()
        return _match(held, chosen)


def _match(held: BankLine, chosen: Sequence[Line]) -> list[BankMatch]:
    left = left_of(held)
    parts = [left_of(one) for one in chosen]
    if len(parts) == 1 and parts[0] * left > 0 and abs(parts[0]) > abs(left):
        parts = [left]
    whole = sum(parts, Decimal(0))
    if not left or any(one * left <= 0 for one in parts) or abs(whole) > abs(left):
        currency = held.statement.currency
        raise LinesDoNotMatch(
            chosen=format_money(money(whole, currency)), open=format_money(money(left, currency))
        )
    return [
        BankMatch.objects.create(bank_line=held, ledger_line=one, amount=part)
        for one, part in zip(chosen, parts, strict=True)
    ]


def match_before(line: BankLine, *, by: Viewer) -> list[BankMatch]:
    """The balance before the first statement is everything the books have on the account before it.

    What the two differ by stays open on the line. Refuses `NothingChosen` for another line or when nothing is there.
    """
    by.require("finance.reconcile")
    with recorded(by=by), judged(line):
        held = held_line(line)
        account, currency = _seat(held)
        before = [
            one
            for one in open_ledger_lines([account.pk], currency)
            if one.date < held.statement.since
        ]
        if held.seq or not before:
            raise NothingChosen()
        return [
            BankMatch.objects.create(bank_line=held, ledger_line=one, amount=left_of(one))
            for one in before
        ]


def held_line(line: BankLine) -> BankLine:
    """The line as it stands, with what is matched; the database holds it while a match is written."""
    BankLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    statement = line.statement
    return bank_lines(statement.account, statement.currency).get(pk=line.pk)


def _seat(line: BankLine) -> tuple[Account, str]:
    return line.statement.account, line.statement.currency


@contextmanager
def judged(line: BankLine) -> Iterator[None]:
    """What the database refuses about a match, as a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise AlreadyMatched() from error
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", "")
        if state == MATCH_TOO_LARGE:
            raise AlreadyMatched() from error
        if state == RECONCILIATION_APPROVED:
            until = locked_until(*_seat(line))
            raise ReconciliationLocked(date=f"{until:%d/%m/%Y}" if until else "") from error
        raise


def unmatch(line: BankLine, *, reason: str, by: Viewer) -> None:
    """Take the matches of a line back; an entry that was made from it is reversed.

    Refuses `ReconciliationLocked`, `PeriodClosed`, `ReasonMissing` when an entry is reversed.
    """
    by.require("finance.reconcile")
    with recorded(by=by, reason=reason), judged(line):
        held = held_line(line)
        matches = list(held.matches.select_related("ledger_line__entry").order_by("id"))
        if not matches:
            raise NothingChosen()
        if Entry.objects.filter(source=f"{PAYER}{held.uid}", reversal=None).exists():
            # Its payer has the money as an advance by now.
            raise AlreadyMatched()
        own = {
            one.ledger_line.entry_id: one.ledger_line.entry
            for one in matches
            if one.ledger_line.entry.source.startswith(f"{SOURCE}{held.uid}:")
        }
        for one in matches:
            one.delete()
        for entry in own.values():
            spend_by_entry(reverse_entry(entry, reason=reason, by=by), by=by)


def post_from_line(
    line: BankLine,
    account: Account,
    *,
    party_id: int | None = None,
    note: str = "",
    project: BudgetLine | None = None,
    by: Viewer,
) -> Entry:
    """Post what only the bank knew, a fee, interest or a grant, against the account chosen; what is left goes there.

    With a project the account's line names it. Refuses `NothingChosen` when nothing is left, `AccountNotPostable`,
    `AccountOfCharges`, `AccountOfARegister`, `AlreadyMatched`, and what the project's budget line refuses.
    """
    by.require("finance.reconcile")
    if not account.is_posting or not account.is_active or (account.needs_party and not party_id):
        raise AccountNotPostable(account=account.code)
    if DuesKind.objects.filter(receivable=account).exists():
        raise AccountOfCharges(account=account.code)
    if account.role in REGISTERS or CashBox.objects.filter(account=account).exists():
        raise AccountOfARegister(account=account.code)
    with recorded(by=by, reason=note), judged(line):
        held = held_line(line)
        against = [(account.pk, left_of(held), party_id)]
        entry = _post(held, against, note=note, project=project, by=by)
        if project is not None:
            refuse_another_year(project, entry.date)
            spend_by_entry(entry, by=by)
        _match(held, _bank_side(entry, held))
    log.info("finance.posted_from_bank_line", line=line.pk, entry=entry.pk, by=by.user_id)
    return entry


def _post(
    line: BankLine,
    against: Sequence[tuple[int, Decimal, int | None]],
    *,
    note: str,
    project: BudgetLine | None = None,
    by: Viewer,
) -> Entry:
    """One entry of the bank against accounts: each amount with the sign of what the bank did."""
    account, currency = _seat(line)
    left = left_of(line)
    if not left:
        raise NothingChosen()
    on = posting_day(line)
    rate = rate_on(currency, on)
    text = " ".join(f"{note or line.text} {line.reference}".split())[:300]
    sides = [_side(account.pk, left, currency, rate, on, About(description=text))]
    for account_id, amount, party_id in against:
        if amount:
            about = About(
                party_id=party_id,
                description=text,
                budget_line_id=project.pk if project else None,
                fund=project.fund if project else Fund.CURRENT.value,
            )
            sides.append(_side(account_id, -amount, currency, rate, on, about))
    rounding = base_difference(
        account_of(AccountRole.EXCHANGE_DIFFERENCE), in_base_excess(sides), currency=currency
    )
    turn = Entry.objects.filter(source__startswith=f"{SOURCE}{line.uid}:").count() + 1
    return post_entry(
        journal=Journal.GENERAL.value,
        kind=EntryKind.JOURNAL,
        on=on,
        description=text,
        sides=[*sides, rounding] if rounding else sides,
        source=f"{SOURCE}{line.uid}:{turn}",
        by=by,
    )


def _side(
    account_id: int, amount: Decimal, currency: str, rate: Decimal, on: date, about: About
) -> Side:
    whole: Money = money(abs(amount), currency)
    make = debit if amount > 0 else credit
    return make(account_id, whole, base=in_base(whole, rate, on), rate=rate, about=about)


def posting_day(line: BankLine) -> date:
    """The bank's own day, unless it lies in a closed month or an approved reconciliation."""
    locked = locked_until(*_seat(line))
    day = line.on_date
    is_open = Period.objects.filter(year=day.year, month=day.month, state=PeriodState.OPEN).exists()
    return day if is_open and not (locked and day <= locked) and day <= today() else today()


def _bank_side(entry: Entry, line: BankLine) -> list[Line]:
    account, currency = _seat(line)
    return list(ledger_lines([account.pk], currency).filter(entry=entry))


def collect(
    line: BankLine, ledger_ids: Sequence[int], *, commission: bool = False, by: Viewer
) -> Entry:
    """Cards, wallets or transfers on their way have arrived: bank against the accounts they waited on.

    When the bank kept a part and `commission` is confirmed, that part is a bank charge. Refuses `NothingChosen`,
    `LinesDoNotMatch`, `AlreadyMatched`.
    """
    by.require("finance.reconcile")
    if not ledger_ids:
        raise NothingChosen()
    with recorded(by=by), judged(line):
        held = held_line(line)
        currency = held.statement.currency
        chosen = [one for one in on_the_way(currency) if one.pk in set(ledger_ids)]
        if len(chosen) != len(set(ledger_ids)):
            raise AlreadyMatched()
        left, whole = left_of(held), sum((left_of(one) for one in chosen), Decimal(0))
        if left <= 0 or whole < left or (whole > left and not commission):
            raise LinesDoNotMatch(
                chosen=format_money(money(whole, currency)),
                open=format_money(money(left, currency)),
            )
        by_account: dict[int, Decimal] = {}
        for one in chosen:
            by_account[one.account_id] = by_account.get(one.account_id, Decimal(0)) + left_of(one)
        against: list[tuple[int, Decimal, int | None]] = [
            (account_id, amount, None) for account_id, amount in sorted(by_account.items())
        ]
        if whole > left:
            against.append((account_of(AccountRole.BANK_CHARGES), left - whole, None))
        entry = _post(held, against, note="", by=by)
        _match(held, _bank_side(entry, held))
        for one in chosen:
            BankMatch.objects.create(
                bank_line=held, ledger_line=one, kind=MatchKind.SOURCE, amount=left_of(one)
            )
    return entry


def clear_received(line: BankLine, cheques: Sequence[Cheque], *, by: Viewer) -> list[BankMatch]:
    """The bank paid cheques that were deposited: they take their step, and their entries are this line.

    Refuses `LinesDoNotMatch` and what `clear_cheques` refuses.
    """
    by.require("finance.reconcile")
    with recorded(by=by), judged(line):
        held = held_line(line)
        account, currency = _seat(held)
        refuse_unequal(held, sum((one.amount for one in cheques), Decimal(0)), cheques)
        moved = clear_cheques(cheques, bank=account, on=posting_day(held), by=by)
        entries = _last_entries(moved)
        return _match(held, list(ledger_lines([account.pk], currency).filter(entry_id__in=entries)))


def clear_ours(line: BankLine, cheque: Cheque, *, by: Viewer) -> list[BankMatch]:
    """The bank paid a cheque of ours. Refuses `LinesDoNotMatch` and what `clear_issued` refuses."""
    by.require("finance.reconcile")
    with recorded(by=by), judged(line):
        held = held_line(line)
        account, currency = _seat(held)
        refuse_unequal(held, -cheque.amount, [cheque])
        moved = clear_issued(cheque, bank=account, on=posting_day(held), by=by)
        entries = _last_entries([moved])
        return _match(held, list(ledger_lines([account.pk], currency).filter(entry_id__in=entries)))


def refuse_unequal(line: BankLine, whole: Decimal, cheques: Sequence[Cheque]) -> None:
    currency = line.statement.currency
    if whole != left_of(line) or {one.currency for one in cheques} - {currency}:
        raise LinesDoNotMatch(
            chosen=format_money(money(whole, currency)),
            open=format_money(money(left_of(line), currency)),
        )


def _last_entries(cheques: Sequence[Cheque]) -> list[int]:
    return [
        entry
        for one in cheques
        if (entry := one.steps.order_by("-id").values_list("entry_id", flat=True)[0]) is not None
    ]
