"""Money that came in and nobody knows whose it is; its payer, once found; a cheque that the bank took back.

What must not live here: what a movement is otherwise (`matching`).
"""

from __future__ import annotations

from django.db import IntegrityError, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, BounceReason, EntryKind, Journal
from modules.finance.errors.bank import AlreadyMatched
from modules.finance.errors.cheques import NothingChosen
from modules.finance.models import Account, BankLine, Cheque, Entry, Line
from modules.finance.selectors.books import account_of
from modules.finance.services.bank.matching import (
    PAYER,
    SOURCE,
    held_line,
    judged,
    post_from_line,
    posting_day,
    refuse_unequal,
)
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.credits import hold_advance
from modules.finance.services.posting import About, credit, debit, post_entry


def bounce_from_line(
    line: BankLine, cheque: Cheque, *, reason: BounceReason, by: Viewer
) -> Entry | None:
    """The bank returned a cheque: it takes its step, and the two movements of the bank meet on one account.

    A bank that credits on deposit and debits on return shows the amount twice; in the books the cheque never was
    money. Both lines go to the account of unknown deposits and leave nothing there. Refuses `LinesDoNotMatch` when
    the line is not the cheque's amount, and what `bounce_cheque` refuses.
    """
    by.require("finance.reconcile")
    with recorded(by=by), judged(line):
        held = held_line(line)
        refuse_unequal(held, -cheque.amount, [cheque])
        bounce_cheque(cheque, reason=reason, on=posting_day(held), by=by)
        middle = Account.objects.get(pk=account_of(AccountRole.UNIDENTIFIED))
        return post_from_line(held, middle, note=cheque.number, by=by)


def keep_unidentified(line: BankLine, *, by: Viewer) -> Entry:
    """Money came in and nobody knows whose: it waits on its own account until the payer is found."""
    middle = Account.objects.get(pk=account_of(AccountRole.UNIDENTIFIED))
    return post_from_line(line, middle, by=by)


def name_payer(line: BankLine, *, party_id: int, note: str = "", by: Viewer) -> Entry:
    """The payer of an unknown deposit is found: it is an advance of his, to settle his dues with.

    Refuses `NothingChosen` unless the deposit waits on the account of unknown payers, and `AlreadyMatched` twice.
    """
    by.require("finance.reconcile")
    middle = account_of(AccountRole.UNIDENTIFIED)
    currency = line.statement.currency
    with recorded(by=by, reason=note):
        waiting = Line.objects.filter(
            account_id=middle,
            credit__gt=0,
            entry__source__startswith=f"{SOURCE}{line.uid}:",
            entry__reversal=None,
        ).first()
        if waiting is None:
            raise NothingChosen()
        hold_advance(party_id)
        amount = money(waiting.credit, currency)
        about = About(party_id=party_id, description=note or waiting.description)
        given = {"base": waiting.base_credit, "rate": waiting.rate}
        try:
            with transaction.atomic():
                return post_entry(
                    journal=Journal.GENERAL.value,
                    kind=EntryKind.JOURNAL,
                    on=today(),
                    description=note or waiting.description,
                    sides=[
                        debit(
                            middle, amount, about=About(description=waiting.description), **given
                        ),
                        credit(account_of(AccountRole.ADVANCES), amount, about=about, **given),
                    ],
                    source=f"{PAYER}{line.uid}",
                    by=by,
                )
        except IntegrityError as error:
            raise AlreadyMatched() from error
