"""The stock of cheque books: received from the bank, handed to somebody, leaves that are spoiled."""

from __future__ import annotations

from datetime import date

import structlog
from django.db import DatabaseError, IntegrityError, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.finance.constants import LEAF_NOT_FREE
from modules.finance.errors import ReasonMissing
from modules.finance.errors.suppliers import ChequeBookOverlaps, ChequeBookWrong, LeafNotFree
from modules.finance.models import Account, ChequeBook

log = structlog.get_logger(__name__)
MOST_LEAVES = 1000


def receive_book(
    account: Account, *, first: int, last: int, holder: str, on: date | None = None, by: Viewer
) -> ChequeBook:
    """A book came from the bank and is in somebody's hand. Refuses `ChequeBookWrong`, `ChequeBookOverlaps`."""
    by.require("finance.manage_chequebooks")
    if not holder.strip():
        raise ReasonMissing(field="holder")
    if first < 1 or not first <= last < first + MOST_LEAVES:
        raise ChequeBookWrong()
    with recorded(by=by):
        try:
            with transaction.atomic():
                made = ChequeBook.objects.create(
                    account=account,
                    first=first,
                    last=last,
                    received_on=on or today(),
                    holder=holder.strip(),
                )
        except IntegrityError as error:
            raise ChequeBookOverlaps() from error
    log.info("finance.chequebook_received", book=made.pk, by=by.user_id)
    return made


def hand_book(book: ChequeBook, *, holder: str, by: Viewer) -> ChequeBook:
    """The book goes into another hand; the trail keeps whose it was."""
    by.require("finance.manage_chequebooks")
    if not holder.strip():
        raise ReasonMissing(field="holder")
    with recorded(by=by):
        held = ChequeBook.objects.select_for_update(of=("self",)).get(pk=book.pk)
        held.holder = holder.strip()
        held.save(update_fields=["holder"])
    return held


def spoil_leaf(book: ChequeBook, *, number: int, reason: str, by: Viewer) -> ChequeBook:
    """A leaf is void before it was ever issued; its number stays, with the reason. Refuses `LeafNotFree`, `ReasonMissing`."""
    by.require("finance.manage_chequebooks")
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        held = ChequeBook.objects.select_for_update(of=("self",)).get(pk=book.pk)
        if str(number) in held.void_leaves:
            raise LeafNotFree(number=number)
        held.void_leaves = held.void_leaves | {
            str(number): {"reason": reason.strip(), "by": by.name, "on": today().isoformat()}
        }
        try:
            with transaction.atomic():
                held.save(update_fields=["void_leaves"])
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", "") == LEAF_NOT_FREE:
                raise LeafNotFree(number=number) from error
            raise
    return held


def set_cheque_layout(account: Account, layout: dict[str, int | bool], *, by: Viewer) -> Account:
    """Where on this bank's cheque each thing is printed, in millimetres from the top and the right."""
    by.require("finance.manage_chequebooks")
    with recorded(by=by):
        account.at_bank = account.at_bank | {"cheque": layout}
        account.save(update_fields=["at_bank"])
    return account
