"""Rami collects in the street with a book of leaves; every leaf and every shekel comes home."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import LeafState
from modules.finance.errors import ReasonMissing
from modules.finance.errors.campaigns import (
    BooksOverlap,
    BookStillOut,
    BookTooThick,
    CustodyTooMuch,
    CustodyTooOld,
    LeafAccounted,
    LeafInTheFuture,
    LeafNotInBook,
    LeafOfAnotherBox,
    MoreThanIsThere,
)
from modules.finance.models import CashBox, ReceiptBook, ReceiptLeaf
from modules.finance.selectors.cash import cash_in
from modules.finance.selectors.custody import cash_by_age, skipped
from modules.finance.selectors.proofs import faults
from modules.finance.services.leaves import (
    WrittenLeaf,
    account_for,
    add_book,
    allot_book,
    enter_leaf,
    return_book,
    unaccounted,
)
from modules.finance.services.payments import Payment
from modules.finance.services.sessions import add_box, hand_to_box
from modules.finance.tests.factories import HOUSE, cash, owes, person, session_of, staff


@pytest.fixture
def muna(town: str) -> Viewer:
    return staff("muna", "finance_manager")


@pytest.fixture
def rami(town: str) -> Viewer:
    return staff("rami", "collector")


@pytest.fixture
def nour(town: str):
    return person()


@pytest.fixture
def his_box(town: str) -> CashBox:
    return add_box(code="J1", name_ar="جباية رامي", by=HOUSE)


@pytest.fixture
def book(muna: Viewer, rami: Viewer, his_box: CashBox) -> ReceiptBook:
    made = add_book(series="A", first=101, last=105, by=muna)
    return allot_book(made, box=his_box, collector=User.objects.get(pk=rami.user_id), by=muna)


def leaf(number: int, party, amount: str = "40") -> WrittenLeaf:
    payment = Payment(party_id=party.pk, payer_name=party.full_name, tenders=(cash(amount),))
    return WrittenLeaf(number=number, on_date=today(), payment=payment)


def test_a_leaf_becomes_a_receipt_of_the_collectors_box(
    rami: Viewer, book: ReceiptBook, his_box: CashBox, nour
) -> None:
    due = owes(nour, "100")
    session_of(rami, box=his_box)
    receipt = enter_leaf(book, leaf(101, nour), by=rami)
    due.refresh_from_db()
    assert due.paid == 40 and receipt.box == his_box and receipt.leaf.number == 101
    assert cash_in(his_box) == {"ILS": 40}
    with pytest.raises(LeafAccounted):
        enter_leaf(book, leaf(101, nour), by=rami)
    with pytest.raises(LeafNotInBook):
        enter_leaf(book, leaf(106, nour), by=rami)
    with pytest.raises(LeafInTheFuture):
        late = leaf(102, nour)
        enter_leaf(
            book,
            WrittenLeaf(number=102, on_date=today() + timedelta(days=1), payment=late.payment),
            by=rami,
        )
    assert faults(HOUSE) == []


def test_leaves_are_entered_at_the_books_own_box(
    karim: Viewer, rami: Viewer, book: ReceiptBook, nour
) -> None:
    owes(nour, "100")
    session_of(karim)
    with pytest.raises(LeafOfAnotherBox):
        enter_leaf(book, leaf(101, nour), by=karim)


def test_a_book_comes_back_when_every_leaf_is_accounted_for(
    muna: Viewer, rami: Viewer, book: ReceiptBook, his_box: CashBox, nour
) -> None:
    """Of 101 to 105: 101 and 104 written, 102 missing, 103 void; 105 is still out."""
    owes(nour, "100")
    session_of(rami, box=his_box)
    for number in (101, 104):
        enter_leaf(book, leaf(number, nour), by=rami)
    assert list(skipped(book)) == [102, 103]
    with pytest.raises(ReasonMissing):
        account_for(book, [102], state=LeafState.MISSING, note=" ", by=muna)
    account_for(book, [102], state=LeafState.MISSING, note="لم تُسلَّم", by=muna)
    account_for(book, [103], state=LeafState.VOID, note="كتبت خطأ", by=muna)
    assert unaccounted(book) == [105]
    with pytest.raises(BookStillOut):
        return_book(book, by=muna)
    account_for(book, [105], state=LeafState.VOID, note="لم تستعمل", by=muna)
    return_book(book, by=muna)
    account_for_states = dict(ReceiptLeaf.objects.values_list("number", "state"))
    assert account_for_states[102] == LeafState.MISSING


def test_a_missing_leaf_may_turn_up_and_be_entered(
    muna: Viewer, rami: Viewer, book: ReceiptBook, his_box: CashBox, nour
) -> None:
    owes(nour, "100")
    account_for(book, [101], state=LeafState.MISSING, note="لم تُسلَّم", by=muna)
    session_of(rami, box=his_box)
    enter_leaf(book, leaf(101, nour), by=rami)
    assert ReceiptLeaf.objects.get(number=101).state == LeafState.USED


def test_the_database_knows_each_leaf_once(muna: Viewer, book: ReceiptBook) -> None:
    with pytest.raises(BooksOverlap):
        add_book(series="a", first=105, last=150, by=muna)
    add_book(series="B", first=105, last=150, by=muna)
    with (
        pytest.raises(DatabaseError, match="does not lie in an allotted book"),
        transaction.atomic(),
        recorded(by=HOUSE),
    ):
        ReceiptLeaf.objects.create(
            book=book, number=300, state="void", on_date=today(), note="خارج الدفتر"
        )
    account_for(book, [101], state=LeafState.VOID, note="كتبت خطأ", by=muna)
    with pytest.raises(IntegrityError), transaction.atomic(), recorded(by=HOUSE):
        ReceiptLeaf.objects.create(
            book=book, number=101, state="void", on_date=today(), note="مرة ثانية"
        )
    with (
        pytest.raises(DatabaseError, match="accounted for"),
        transaction.atomic(),
        recorded(by=HOUSE),
    ):
        ReceiptLeaf.objects.filter(number=101).update(state="missing")
    with (
        pytest.raises(DatabaseError, match="unaccounted"),
        transaction.atomic(),
        recorded(by=HOUSE),
    ):
        ReceiptBook.objects.filter(pk=book.pk).update(returned_on=today())


def test_no_new_book_while_old_or_much_cash_is_with_the_collector(
    muna: Viewer, rami: Viewer, book: ReceiptBook, his_box: CashBox, nour
) -> None:
    owes(nour, "5000")
    session_of(rami, box=his_box)
    enter_leaf(book, leaf(101, nour, "3100"), by=rami)
    collector = User.objects.get(pk=rami.user_id)
    other = add_book(series="C", first=1, last=50, by=muna)
    with pytest.raises(CustodyTooMuch):
        allot_book(other, box=his_box, collector=collector, by=muna)
    hand_to_box(his_box, CashBox.objects.get(code="01"), amount=money("3000"), slip="5", by=muna)
    (layer,) = cash_by_age([his_box.pk])
    assert (layer.since, layer.amount) == (today(), Decimal(100))
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=True):
        with pytest.raises(CustodyTooOld):
            allot_book(other, box=his_box, collector=collector, by=muna)
        with pytest.raises(MoreThanIsThere):
            hand_to_box(
                his_box, CashBox.objects.get(code="01"), amount=money("101"), slip="6", by=muna
            )
        hand_to_box(his_box, CashBox.objects.get(code="01"), amount=money("100"), slip="6", by=muna)
        allot_book(other, box=his_box, collector=collector, by=muna)
    thick = add_book(series="D", first=1, last=51, by=muna)
    with pytest.raises(BookTooThick):
        allot_book(thick, box=his_box, collector=collector, by=muna)
    assert faults(HOUSE) == []
