"""Each leaf of a cheque book is issued once or void once; none is lost unseen."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kernel.viewer import Viewer
from modules.finance.constants import ChequeState, PayWay
from modules.finance.errors.suppliers import ChequeBookOverlaps, ChequeBookWrong, LeafNotFree
from modules.finance.models import Account, BudgetLine, Cheque, ChequeBook
from modules.finance.selectors.chequebooks import leaves, next_leaf
from modules.finance.services.chequebooks import hand_book, receive_book, spoil_leaf
from modules.finance.services.spending.paying import PaidBy, call_back_issued, pay_out
from modules.finance.tests.factories import HOUSE, staff
from modules.finance.tests.test_guards import refused, sql
from modules.finance.tests.test_spending import People, approved, line


@pytest.fixture
def people(town: str) -> People:
    mayor = staff("murad", "auditor").with_permissions("finance.approve_spending_mayor")
    return People(staff("huda", "accountant"), staff("fadi", "finance_manager"), mayor)


def bank() -> Account:
    return Account.objects.get(code="1121")


def book(first: int = 501, last: int = 510, by: Viewer = HOUSE) -> ChequeBook:
    return receive_book(bank(), first=first, last=last, holder="هدى", by=by)


def test_books_of_an_account_do_not_overlap(town: str) -> None:
    book()
    with pytest.raises(ChequeBookOverlaps):
        book(510, 520)
    book(511, 520)
    for first, last in ((10, 9), (1, 1001), (0, 5)):
        with pytest.raises(ChequeBookWrong):
            book(first, last)


def test_a_cheque_is_a_leaf_of_a_book_and_issued_once(people: People) -> None:
    made = book()
    budget = line(amount="5000")
    one = approved(budget, people)
    with pytest.raises(LeafNotFree):
        pay_out(one, PaidBy(way=PayWay.CHEQUE, reference="499"), by=people.fadi)
    with pytest.raises(LeafNotFree):
        pay_out(one, PaidBy(way=PayWay.CHEQUE, reference="A-501"), by=people.fadi)
    pay_out(one, PaidBy(way=PayWay.CHEQUE, reference="000501"), by=people.fadi)
    two = approved(budget, people, "30")
    with pytest.raises(LeafNotFree):
        pay_out(two, PaidBy(way=PayWay.CHEQUE, reference="501"), by=people.fadi)
    spoil_leaf(made, number=502, reason="تمزقت", by=HOUSE)
    with pytest.raises(LeafNotFree):
        pay_out(two, PaidBy(way=PayWay.CHEQUE, reference="502"), by=people.fadi)
    assert next_leaf(bank()) == 503
    pay_out(two, PaidBy(way=PayWay.CHEQUE, reference="504"), by=people.fadi)
    shown = {one.number: one for one in leaves(HOUSE, made)}
    assert shown[503].is_missing and not shown[505].is_missing
    cheque = Cheque.objects.get(number="504")
    call_back_issued(cheque, to=ChequeState.VOID, reason="خطأ في الاسم", by=people.fadi)
    with pytest.raises(LeafNotFree):
        pay_out(two, PaidBy(way=PayWay.CHEQUE, reference="504"), by=people.fadi)
    pay_out(two, PaidBy(way=PayWay.CHEQUE, reference="505"), by=people.fadi)


def test_a_void_leaf_stays_void_and_an_issued_one_is_never_spoiled(people: People) -> None:
    made = book()
    pay_out(
        approved(line(amount="5000"), people),
        PaidBy(way=PayWay.CHEQUE, reference="501"),
        by=people.fadi,
    )
    for number in (501, 511, 500):
        with pytest.raises(LeafNotFree):
            spoil_leaf(made, number=number, reason="تمزقت", by=HOUSE)
    spoil_leaf(made, number=503, reason="تمزقت", by=HOUSE)
    with pytest.raises(LeafNotFree):
        spoil_leaf(made, number=503, reason="تمزقت", by=HOUSE)
    for text in (
        "void_leaves = '{}'",
        "first = 400",
        "void_leaves = void_leaves || '{\"501\": {}}'",
    ):
        with refused("BA047"):
            sql(f"UPDATE finance_chequebook SET {text}")
    with refused("BA047"):
        sql("DELETE FROM finance_chequebook")
    assert hand_book(made, holder="فادي", by=HOUSE).holder == "فادي"


def test_the_pages_of_cheque_books_and_the_leaf_on_paper(
    people: People, client_for, count_queries
) -> None:
    browser = client_for("fadi")
    typed = {
        "account": "1121",
        "first": "501",
        "last": "550",
        "holder": "هدى",
        "received_on": "01/02/2026",
    }
    assert browser.post(reverse("finance:chequebooks"), typed).status_code == 302
    assert browser.post(reverse("finance:chequebooks"), typed).status_code == 422
    made = ChequeBook.objects.get()
    page = reverse("finance:chequebook", args=[made.uid])
    pay_out(
        approved(line(amount="5000"), people),
        PaidBy(way=PayWay.CHEQUE, reference="501"),
        by=people.fadi,
    )
    with count_queries() as seen:
        assert browser.get(page).status_code == 200
    assert len(seen) <= 18, [one["sql"][:90] for one in seen]
    waiting = approved(BudgetLine.objects.get(), people, "20")
    offered = browser.get(reverse("finance:spending", args=[waiting.uid])).content.decode()
    assert 'value="502"' in offered
    move = reverse("finance:chequebook-move", args=[made.uid, "spoil"])
    assert browser.post(move, {"number": "501", "reason": "x"}).status_code == 422
    assert browser.post(move, {"number": "502", "reason": "تمزقت"}).status_code == 302
    cheque = Cheque.objects.get(way="out")
    paper = browser.get(reverse("finance:cheque-leaf", args=[cheque.uid]))
    assert paper.status_code == 200 and paper.content.startswith(b"%PDF")
    layout = reverse("finance:cheque-layout", args=["1121"])
    assert browser.get(layout).status_code == 200
    places = dict.fromkeys(
        ("date_x", "date_y", "payee_x", "payee_y", "words_x", "words_y", "amount_x", "amount_y"),
        "20",
    )
    assert browser.post(layout, places | {"width": "170", "height": "75"}).status_code == 303
    assert bank().at_bank["cheque"]["width"] == 170
