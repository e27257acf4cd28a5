"""Manual receipt books: into the store, out to a collector, and every leaf accounted for (policy REV-10).

A leaf that was written out in the street is entered later and becomes a receipt of the collector's box. What must
not live here: how a payment settles dues (`services.receiving`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.money import Money, format_money
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import LeafState
from modules.finance.errors import ReasonMissing
from modules.finance.errors.campaigns import (
    BookNotInStore,
    BooksOverlap,
    BookStillOut,
    BookTooThick,
    BookUnknown,
    CustodyTooMuch,
    CustodyTooOld,
    LeafAccounted,
    LeafInTheFuture,
    LeafNotInBook,
    LeafOfAnotherBox,
)
from modules.finance.models import CashBox, Receipt, ReceiptBook, ReceiptLeaf
from modules.finance.selectors.cash import cash_in, own_session
from modules.finance.selectors.custody import oldest_cash_in
from modules.finance.services.payments import Payment
from modules.finance.services.receiving import receive

log = structlog.get_logger(__name__)


def add_book(*, series: str, first: int, last: int, by: Viewer) -> ReceiptBook:
    """A printed book into the store. Refuses `LeafNotInBook` for a range that ends before it begins, `BooksOverlap`."""
    by.require("finance.keep_books")
    if first < 1 or last < first:
        raise LeafNotInBook(leaf=last)
    with recorded(by=by):
        try:
            with transaction.atomic():
                return ReceiptBook.objects.create(
                    series=series.strip().upper(), first=first, last=last
                )
        except IntegrityError as error:
            raise BooksOverlap(series=series) from error


def allot_book(book: ReceiptBook, *, box: CashBox, collector: User, by: Viewer) -> ReceiptBook:
    """Hand a book to a collector, whose box its receipts will stand in.

    Refuses `BookNotInStore`, `BookTooThick`, and while old cash lies in his box `CustodyTooOld` and `CustodyTooMuch`.
    """
    by.require("finance.keep_books")
    on = today()
    most = int(value("REV-10.offline_receipt_block", on=on).value)
    if book.leaves > most:
        raise BookTooThick(most=most, leaves=book.leaves)
    _refuse_unremitted(box, on)
    with recorded(by=by):
        held = ReceiptBook.objects.select_for_update().get(pk=book.pk)
        if held.allotted_on is not None:
            raise BookNotInStore(book=held)
        held.box, held.collector, held.allotted_on = box, collector, on
        held.save(update_fields=["box", "collector", "allotted_on"])
    log.info("finance.book_allotted", book=held.pk, collector=collector.pk, by=by.user_id)
    return held


def _refuse_unremitted(box: CashBox, on: date) -> None:
    hours = int(value("REV-10.remit_within_hours", on=on).value)
    oldest = oldest_cash_in(box)
    if oldest is not None and oldest < (timezone.localtime() - timedelta(hours=hours)).date():
        raise CustodyTooOld(box=box, since=f"{oldest:%d/%m/%Y}")
    most: Money = value("REV-10.max_custody", on=on).value
    held = cash_in(box).get(most.currency.code)
    if most.amount and held is not None and held > most.amount:
        over = type(most)(held - most.amount, most.currency)
        raise CustodyTooMuch(box=box, amount=format_money(over))


@dataclass(frozen=True, kw_only=True)
class WrittenLeaf:
    """A leaf as it was written out: its number, the day on it, and the payment."""

    number: int
    on_date: date
    payment: Payment


def enter_leaf(book: ReceiptBook, leaf: WrittenLeaf, *, by: Viewer) -> Receipt:
    """The receipt of a leaf, posted today in the collector's box; the leaf keeps its own number and day.

    Refuses `LeafOfAnotherBox`, `LeafNotInBook`, `LeafInTheFuture`, `LeafAccounted` and all that a receipt refuses.
    """
    with recorded(by=by):
        held = _held(book, leaf.number)
        session = own_session(by)
        if session is None or session.box_id != held.box_id:
            raise LeafOfAnotherBox(box=held.box)
        if not (held.allotted_on or leaf.on_date) <= leaf.on_date <= today():
            raise LeafInTheFuture()
        standing = ReceiptLeaf.objects.filter(book=held, number=leaf.number).first()
        if standing is not None and standing.state != LeafState.MISSING:
            raise LeafAccounted(leaf=leaf.number)
        receipt = receive(leaf.payment, by=by)
        row = standing or ReceiptLeaf(book=held, number=leaf.number)
        row.state, row.on_date, row.receipt, row.note = (
            LeafState.USED, leaf.on_date, receipt, ""
        )  # fmt: skip
        row.save()
    log.info("finance.leaf_entered", book=held.pk, leaf=leaf.number, receipt=receipt.pk)
    return receipt


def account_for(
    book: ReceiptBook, numbers: Sequence[int], *, state: LeafState, note: str, by: Viewer
) -> int:
    """Leaves that came back void, or that nobody can show; how many. One that was missing may turn up as void.

    Refuses `ReasonMissing`, `LeafNotInBook`, `LeafAccounted`.
    """
    by.require("finance.keep_books")
    if not note.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=note):
        for number in numbers:
            held = _held(book, number)
            standing = ReceiptLeaf.objects.filter(book=held, number=number).first()
            if standing is not None and (standing.state, state) != (
                LeafState.MISSING,
                LeafState.VOID,
            ):
                raise LeafAccounted(leaf=number)
            row = standing or ReceiptLeaf(book=held, number=number)
            row.state, row.on_date, row.note = state, today(), note.strip()
            row.save()
    return len(numbers)


def _held(book: ReceiptBook, number: int) -> ReceiptBook:
    held = ReceiptBook.objects.select_for_update(of=("self",)).select_related("box").get(pk=book.pk)
    if held.allotted_on is None or held.returned_on or not held.first <= number <= held.last:
        raise LeafNotInBook(leaf=number)
    return held


def return_book(book: ReceiptBook, *, by: Viewer) -> ReceiptBook:
    """A book comes back once every leaf is used, void or known to be missing. Refuses `BookStillOut`, `BookUnknown`."""
    by.require("finance.keep_books")
    with recorded(by=by):
        held = ReceiptBook.objects.select_for_update().get(pk=book.pk)
        if held.allotted_on is None or held.returned_on is not None:
            raise BookUnknown()
        left = held.leaves - ReceiptLeaf.objects.filter(book=held).count()
        if left:
            raise BookStillOut(leaves=left, book=held)
        held.returned_on = today()
        held.save(update_fields=["returned_on"])
    return held


def unaccounted(book: ReceiptBook) -> list[int]:
    """Leaves of a book that nobody has accounted for yet, the first of them first."""
    known = set(ReceiptLeaf.objects.filter(book=book).values_list(F("number"), flat=True))
    return [one for one in range(book.first, book.last + 1) if one not in known]
