"""Karim sits down at a box, counts at the end; a second person takes receipts back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.events.models import OutboxEvent
from kernel.money import money
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.constants import Method
from modules.finance.errors import (
    AdvanceAlreadyUsed,
    AmountNotPositive,
    BoxInUse,
    CashIsGone,
    CountMissing,
    ReasonMissing,
    ReceiptAlreadyVoid,
    ReceiptSessionClosed,
    ReceiptSessionStillOpen,
    SecondPersonNeeded,
    SessionIsClosed,
    SessionOfAnotherDay,
    SessionStillOpen,
    VarianceNeedsReason,
)
from modules.finance.errors.campaigns import MoreThanIsThere
from modules.finance.models import CashBox, Line
from modules.finance.selectors.cash import boxes, cash_in, drawers, expected_in, over_limit
from modules.finance.selectors.proofs import faults
from modules.finance.services import voiding
from modules.finance.services.credits import apply_advance
from modules.finance.services.sessions import (
    Count,
    add_box,
    close_session,
    hand_to_box,
    open_session,
    remit_cash,
)
from modules.finance.services.voiding import cancel_receipt, reverse_receipt
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff
from modules.finance.tests.test_guards import refused, sql


@pytest.fixture
def muna(town: str) -> Viewer:
    return staff("muna", "finance_manager")


@pytest.fixture
def nour(town: str):
    return person()


def counted(amount: str, currency: str = "ILS") -> Count:
    return Count(method=Method.CASH, counted=money(amount, currency))


def test_one_session_at_a_time_for_cashier_and_box(karim: Viewer) -> None:
    session_of(karim)
    other = add_box(code="02", name_ar="صندوق الفرع", by=HOUSE)
    with pytest.raises(SessionStillOpen):
        session_of(karim, box=other)
    with pytest.raises(BoxInUse):
        session_of(staff("rami", "cashier"))


def test_the_float_and_the_receipts_are_expected(karim: Viewer, nour) -> None:
    owes(nour, "100")
    session = session_of(karim, ils="200")
    pays(nour, "60", by=karim)
    (holding,) = expected_in(session)
    assert (holding.opening, holding.taken, holding.expected) == (200, 60, 260)


def test_an_exact_count_closes_without_an_entry(karim: Viewer, nour) -> None:
    owes(nour, "100")
    session = session_of(karim, ils="200")
    pays(nour, "60", by=karim)
    close_session(session, counts=[counted("260")], by=karim)
    assert session.counts.get().entry is None
    assert OutboxEvent.objects.filter(name="finance.SessionClosed").count() == 1
    with pytest.raises(SessionIsClosed):
        close_session(session, counts=[counted("260")], by=karim)


def test_what_is_short_is_posted_with_its_reason(karim: Viewer, nour) -> None:
    owes(nour, "100")
    session = session_of(karim)
    pays(nour, "60", by=karim)
    with pytest.raises(VarianceNeedsReason):
        close_session(session, counts=[counted("58")], by=karim)
    close_session(session, counts=[counted("58")], note="نقص شيكلين", by=karim)
    assert Line.objects.get(account__role="over_short").debit == 2
    assert cash_in(session.box) == {"ILS": Decimal("58")}
    assert faults(HOUSE) == []


def test_no_currency_of_cash_goes_uncounted(karim: Viewer, nour) -> None:
    owes(nour, "100")
    session = session_of(karim)
    pays(nour, "60", by=karim)
    with pytest.raises(CountMissing):
        close_session(session, counts=[], by=karim)


def test_yesterdays_session_must_be_closed_first(karim: Viewer, nour) -> None:
    owes(nour, "100")
    session = session_of(karim)
    with (
        time_machine.travel(timezone.now() + timedelta(days=1), tick=True),
        pytest.raises(SessionOfAnotherDay),
    ):
        pays(nour, "60", by=karim)
    assert session.is_open


def test_the_cashier_does_not_cancel_his_own_receipt(karim: Viewer, muna: Viewer, nour) -> None:
    due = owes(nour, "100")
    session_of(karim)
    receipt = pays(nour, "60", by=karim)
    with pytest.raises(NotPermitted):
        cancel_receipt(receipt, reason="خطأ", by=karim)
    with pytest.raises(SecondPersonNeeded):
        cancel_receipt(receipt, reason="خطأ", by=karim.with_permissions("finance.cancel_receipt"))
    with pytest.raises(ReasonMissing):
        cancel_receipt(receipt, reason="  ", by=muna)
    cancel_receipt(receipt, reason="خطأ في المبلغ", by=muna)
    due.refresh_from_db()
    receipt.refresh_from_db()
    assert (due.paid, due.balance) == (0, 100)
    assert (receipt.void_kind, receipt.voided_by_id) == ("cancelled", muna.user_id)
    assert expected_in(receipt.session) == []
    assert pays(nour, "60", by=karim).number == 2
    with pytest.raises(ReceiptAlreadyVoid):
        cancel_receipt(receipt, reason="خطأ", by=muna)
    assert faults(HOUSE) == []


def test_after_the_closing_a_receipt_is_reversed(karim: Viewer, muna: Viewer, nour) -> None:
    due = owes(nour, "100")
    session = session_of(karim)
    receipt = pays(nour, "100", by=karim)
    with pytest.raises(ReceiptSessionStillOpen):
        reverse_receipt(receipt, reason="خطأ", by=muna)
    close_session(session, counts=[counted("100")], by=karim)
    with pytest.raises(ReceiptSessionClosed):
        cancel_receipt(receipt, reason="خطأ", by=muna)
    reverse_receipt(receipt, reason="دفعت عن غيرها", by=muna)
    due.refresh_from_db()
    assert (due.balance, due.status) == (100, "open")
    assert receipt.entry.reversal.journal == "JV"
    names = set(OutboxEvent.objects.values_list("name", flat=True))
    assert {"finance.ReceiptCancelled", "finance.ChargeReopened"} <= names
    assert faults(HOUSE) == []


def test_a_receipt_whose_advance_is_used_is_not_taken_back(
    karim: Viewer, muna: Viewer, nour
) -> None:
    session_of(karim)
    receipt = pays(nour, "50", by=karim, keep_surplus=True)
    due = owes(nour, "100")
    apply_advance(due, amount=money("30"), by=karim)
    with pytest.raises(AdvanceAlreadyUsed):
        cancel_receipt(receipt, reason="خطأ", by=muna)


def test_too_much_cash_warns_by_policy_and_the_bank_takes_it(
    karim: Viewer, muna: Viewer, nour
) -> None:
    """FIN-01: 5,000.00 may lie in the box; with 5,300.00 the warning says 300.00."""
    owes(nour, "6000")
    session = session_of(karim)
    pays(nour, "5300", by=karim)
    over = over_limit(session.box, on=today())
    assert over == money("300")
    remit_cash(session.box, amount=money("5000"), slip="B-77", by=muna)
    assert over_limit(session.box, on=today()) is None
    (holding,) = expected_in(session)
    assert (holding.taken, holding.moved, holding.expected) == (5300, -5000, 300)
    close_session(session, counts=[counted("300")], by=karim)
    (count,) = session.counts.all()
    assert (count.taken, count.moved, count.variance, count.entry) == (300, -5000, 0, None)
    assert cash_in(session.box) == {"ILS": Decimal("300")}
    assert faults(HOUSE) == []


def test_what_another_box_hands_over_is_expected_in_the_count(
    karim: Viewer, muna: Viewer, nour
) -> None:
    owes(nour, "100")
    second = add_box(code="02", name_ar="صندوق الفرع", by=HOUSE)
    rami = staff("rami", "cashier")
    his = open_session(second, opening_float={}, by=rami)
    pays(nour, "40", by=rami)
    close_session(his, counts=[counted("40")], by=rami)
    session = session_of(karim, ils="10")
    hand_to_box(second, session.box, amount=money("40"), slip="9", by=muna)
    (holding,) = expected_in(session)
    assert (holding.opening, holding.moved, holding.expected) == (10, 40, 50)
    with pytest.raises(MoreThanIsThere):
        hand_to_box(second, session.box, amount=money("0.01"), slip="10", by=muna)
    with pytest.raises(AmountNotPositive):
        remit_cash(session.box, amount=money("-5"), slip="11", by=muna)
    close_session(session, counts=[counted("50")], by=karim)
    assert expected_in(session_of(karim, ils="50"))[0].expected == 50
    assert not Line.objects.filter(account__role="over_short").exists()


def test_a_receipt_of_an_earlier_session_that_is_reversed_is_not_there_to_be_counted(
    karim: Viewer, muna: Viewer, nour
) -> None:
    owes(nour, "100")
    session = session_of(karim)
    receipt = pays(nour, "100", by=karim)
    close_session(session, counts=[counted("100")], by=karim)
    later = session_of(karim, ils="100")
    reverse_receipt(receipt, reason="دفعت عن غيرها", by=muna)
    close_session(later, counts=[counted("0")], by=karim)
    assert not Line.objects.filter(account__role="over_short").exists()
    assert cash_in(later.box) == {}


def test_a_receipt_whose_cash_went_to_the_bank_is_not_taken_back(
    karim: Viewer, muna: Viewer, nour
) -> None:
    """Of 100.00 received 80.00 went to the bank: 20.00 are left, and the box never goes below zero."""
    due = owes(nour, "100")
    session = session_of(karim)
    receipt = pays(nour, "100", by=karim)
    remit_cash(session.box, amount=money("80"), slip="B-1", by=muna)
    with pytest.raises(CashIsGone) as caught:
        cancel_receipt(receipt, reason="خطأ", by=muna)
    assert "100.00" in str(caught.value) and "20.00" in str(caught.value)
    close_session(session, counts=[counted("20")], by=karim)
    with pytest.raises(CashIsGone):
        reverse_receipt(receipt, reason="خطأ", by=muna)
    receipt.refresh_from_db()
    due.refresh_from_db()
    assert not receipt.is_void and due.balance == 0
    assert cash_in(session.box) == {"ILS": Decimal("20")}


def test_it_is_taken_back_once_the_cash_is_there_again(karim: Viewer, muna: Viewer, nour) -> None:
    owes(nour, "200")
    session = session_of(karim)
    receipt = pays(nour, "100", by=karim)
    remit_cash(session.box, amount=money("80"), slip="B-1", by=muna)
    pays(nour, "80", by=karim)
    cancel_receipt(receipt, reason="خطأ", by=muna)
    assert cash_in(session.box) == {}
    assert faults(HOUSE) == []


def test_what_lies_in_another_currency_is_not_handed_back(
    karim: Viewer, muna: Viewer, nour
) -> None:
    rate("JOD", "5.2")
    owes(nour, money("10.005", "JOD"))
    owes(nour, "500")
    session = session_of(karim)
    dinars = pays(nour, money("10.005", "JOD"), by=karim, keep_surplus=True)
    pays(nour, "400", by=karim)
    remit_cash(session.box, amount=money("0.001", "JOD"), slip="B-2", by=muna)
    with pytest.raises(CashIsGone, match=r"10\.004"):
        cancel_receipt(dinars, reason="خطأ", by=muna)


def test_the_database_hands_no_cash_back_that_is_not_there(
    karim: Viewer, muna: Viewer, nour, monkeypatch: pytest.MonkeyPatch
) -> None:
    owes(nour, "100")
    session = session_of(karim)
    receipt = pays(nour, "100", by=karim)
    remit_cash(session.box, amount=money("0.10"), slip="B-3", by=muna)
    monkeypatch.setattr(voiding, "_refuse_cash_gone", lambda receipt: None)
    with refused("BA065"), transaction.atomic():
        cancel_receipt(receipt, reason="خطأ", by=muna)


def test_the_desk_and_the_programme_say_that_the_cash_is_gone(
    karim: Viewer, muna: Viewer, nour, client_for, api_for
) -> None:
    owes(nour, "100")
    session = session_of(karim)
    receipt = pays(nour, "100", by=karim)
    remit_cash(session.box, amount=money("80"), slip="B-1", by=muna)
    page = reverse("finance:receipt-cancel", args=[receipt.uid])
    shown = client_for("muna").post(page, {"reason": "قُبض خطأً"})
    words = shown.content.decode()
    assert shown.status_code in (409, 422)
    assert "20.00" in words and "قُبض خطأً" in words
    answer = api_for("muna").post(
        f"/api/v1/receipts/{receipt.uid}/cancellation",
        {"reason": "خطأ"},
        content_type="application/json",
        headers={"Idempotency-Key": "back"},
    )
    assert answer.status_code in (409, 422) and answer.json()["code"] == "cash_is_gone"


def test_what_the_books_said_at_the_beginning_stands(karim: Viewer) -> None:
    session = session_of(karim)
    with refused("BA039"):
        sql(
            'UPDATE finance_cashsession SET opening_books = \'{"ILS": "9"}\' WHERE id = %s',
            session.pk,
        )


def test_the_second_person_is_the_policys(karim: Viewer, nour, hadi: Viewer) -> None:
    """FIN-12: a town of two employees may decide otherwise, by resolution."""
    owes(nour, "100")
    session_of(karim)
    receipt = pays(nour, "60", by=karim)
    set_value("FIN-12.maker_checker", False, starts_on=today(), resolution="5/2026", by=HOUSE)
    cancel_receipt(receipt, reason="خطأ", by=karim.with_permissions("finance.cancel_receipt"))
    receipt.refresh_from_db()
    assert receipt.is_void


def test_boxes_have_their_own_books_and_numbers(karim: Viewer, nour) -> None:
    owes(nour, "100")
    second = add_box(code="02", name_ar="صندوق الفرع", by=HOUSE)
    rami = staff("rami", "cashier")
    session_of(karim)
    open_session(second, opening_float={}, by=rami)
    assert pays(nour, "10", by=karim).number_text == f"01-{today().year}/00001"
    assert pays(nour, "10", by=rami).number_text == f"02-{today().year}/00001"
    assert CashBox.objects.get(code="02").account.code == "11102"


def test_nobody_sits_down_at_the_box_of_payments_from_home(karim: Viewer) -> None:
    """It opens and closes by itself; it is not offered to cashiers, nor to collectors with a book of leaves."""
    made = add_box(code="WEB", name_ar="الدفع الإلكتروني", by=HOUSE)
    assert "WEB" in set(drawers(karim).values_list("code", flat=True))
    with recorded(by=HOUSE):
        CashBox.objects.filter(pk=made.pk).update(gateway={"adapter": "hosted"})
    assert "WEB" not in set(drawers(karim).values_list("code", flat=True))
    assert "WEB" in set(boxes(karim).values_list("code", flat=True))
