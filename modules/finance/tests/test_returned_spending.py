"""A no after the invoice, and a transfer that the bank sends back: nothing stays in payables that nobody owes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kernel.audit.models import AuditEntry
from kernel.calendar.selectors import today
from kernel.viewer import NotPermitted
from modules.finance.constants import PayWay, SpendingState
from modules.finance.errors import ReasonMissing
from modules.finance.errors.spending import PaidByCheque, SentBackTooEarly, SpendingMoveNotAllowed
from modules.finance.errors.suppliers import InvoiceTwice
from modules.finance.models import Line, Spending
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.suppliers import open_payables
from modules.finance.services.spending.approving import enter_invoice
from modules.finance.services.spending.asking import commit_spending
from modules.finance.services.spending.paying import PaidBy, hand_over, pay_out
from modules.finance.services.spending.returning import reject_spending, send_payment_back
from modules.finance.tests.factories import HOUSE, person, staff
from modules.finance.tests.test_guards import refused, sql
from modules.finance.tests.test_spending import People, approved, asked, line
from modules.finance.tests.test_suppliers import invoiced


@pytest.fixture
def people(town: str) -> People:
    mayor = staff("murad", "auditor").with_permissions("finance.approve_spending_mayor")
    return People(staff("huda", "accountant"), staff("fadi", "finance_manager"), mayor)


def _stands(code: str) -> Decimal:
    lines = Line.objects.filter(account__code=code)
    return sum((one.debit - one.credit for one in lines), Decimal(0))


def _paid(people: People, way: PayWay = PayWay.TRANSFER) -> Spending:
    made = approved(line(), people)
    pay_out(made, PaidBy(way=way, reference="T-77"), by=people.fadi)
    return made


def test_the_approver_rejects_a_wrong_invoice_and_the_budget_has_its_money_again(
    people: People,
) -> None:
    budget = line()
    made = asked(budget, by=people.huda)
    commit_spending(made, by=people.huda)
    enter_invoice(made, reference="F-9", by=people.huda)
    with pytest.raises(ReasonMissing):
        reject_spending(made, reason=" ", by=people.mayor)
    reject_spending(made, reason="الفاتورة ليست لنا", by=people.mayor)
    budget.refresh_from_db()
    assert (budget.committed, budget.spent, budget.available) == (0, 0, 1000)
    assert (_stands("21"), _stands("52"), _stands("91")) == (0, 0, 0)
    assert open_payables(HOUSE, on=today()) == []
    step = made.steps.latest("id")
    assert (step.from_state, step.to_state, step.note) == (
        "invoiced",
        "rejected",
        "الفاتورة ليست لنا",
    )
    assert step.entry is not None
    assert step.entry.reverses is not None
    assert AuditEntry.objects.filter(
        table_name="finance_spending", row_id=str(made.pk), reason="الفاتورة ليست لنا"
    ).exists()
    assert faults(HOUSE) == []


def test_what_was_approved_is_rejected_too_and_what_is_paid_is_not(people: People) -> None:
    made = approved(line(), people)
    reject_spending(made, reason="ألغي العطاء", by=people.fadi)
    made.refresh_from_db()
    assert made.state == SpendingState.REJECTED
    assert _stands("21") == 0
    with pytest.raises(SpendingMoveNotAllowed):
        reject_spending(made, reason="مرة أخرى", by=people.fadi)
    with pytest.raises(SpendingMoveNotAllowed):
        reject_spending(_other_paid(people), reason="دُفعت", by=people.fadi)


def _other_paid(people: People) -> Spending:
    made = approved(line("54"), people, "100")
    pay_out(made, PaidBy(way=PayWay.TRANSFER, reference="T-1"), by=people.fadi)
    return made


def test_who_neither_commits_nor_approves_says_no_to_nothing(people: People) -> None:
    made = asked(line(), by=people.huda)
    with pytest.raises(NotPermitted):
        reject_spending(made, reason="لا", by=staff("karim", "cashier"))


def test_the_number_of_a_rejected_invoice_is_entered_again_once(town: str) -> None:
    sami = person("سامي")
    wrong = invoiced(sami, "F-1", "410")
    reject_spending(wrong, reason="المبلغ خطأ", by=HOUSE)
    right = invoiced(sami, "f-1", "400")
    right.refresh_from_db()
    assert right.invoice == "F-1"
    with pytest.raises(InvoiceTwice):
        invoiced(sami, "F-1", "400")


def test_the_database_refuses_a_no_to_what_is_paid(people: People) -> None:
    made = _paid(people)
    with refused("BA040"):
        sql(
            "INSERT INTO finance_step (uid, created_at, spending_id, from_state, to_state, on_date, holder, note, facts,"
            " taken_by_name) VALUES (gen_random_uuid(), now(), %s, 'issued', 'rejected', current_date, '', '', '{}', '')",
            made.pk,
        )


def test_a_transfer_that_the_bank_sends_back_is_owed_again_and_paid_again(people: People) -> None:
    made = _paid(people)
    hand_over(made, receiver="سامي", id_number="900000001", by=people.fadi)
    assert (_stands("21"), _stands("1121")) == (0, -400)
    send_payment_back(made, on=today(), reason="حساب مغلق", by=people.fadi)
    made.refresh_from_db()
    assert made.state == SpendingState.APPROVED
    assert (_stands("21"), _stands("1121")) == (-400, 0)
    assert [one.spending.pk for one in open_payables(HOUSE, on=today())] == [made.pk]
    pay_out(made, PaidBy(way=PayWay.TRANSFER, reference="T-78"), by=people.fadi)
    vouchers = [one.facts["voucher"] for one in made.steps.filter(to_state="issued").order_by("id")]
    assert len(set(vouchers)) == 2
    assert (_stands("21"), _stands("1121")) == (0, -400)
    assert faults(HOUSE) == []


def test_a_day_before_the_payment_or_after_today_is_refused(people: People) -> None:
    made = _paid(people)
    for day in (today() - timedelta(days=1), today() + timedelta(days=1)):
        with pytest.raises(SentBackTooEarly):
            send_payment_back(made, on=day, reason="حساب مغلق", by=people.fadi)


def test_a_cheque_comes_back_on_its_own_page(people: People) -> None:
    made = _paid(people, PayWay.CHEQUE)
    with pytest.raises(PaidByCheque):
        send_payment_back(made, on=today(), reason="حساب مغلق", by=people.fadi)


def test_the_page_offers_the_no_to_the_approver_and_the_way_back_of_a_transfer(
    people: People, client_for: Callable[..., Client]
) -> None:
    made = approved(line(), people)
    fadi = client_for("fadi")
    page, move = reverse("finance:spending", args=[made.uid]), "finance:spending-move"
    assert reverse(move, args=[made.uid, "rejected"]) in fadi.get(page).content.decode()
    pay_out(made, PaidBy(way=PayWay.TRANSFER, reference="T-77"), by=people.fadi)
    back = reverse(move, args=[made.uid, "sent_back"])
    shown = fadi.get(page).content.decode()
    assert back in shown
    assert reverse(move, args=[made.uid, "rejected"]) not in shown
    empty = fadi.post(back, {"on": f"{today():%d/%m/%Y}", "reason": ""})
    assert empty.status_code == 422
    assert fadi.post(back, {"on": f"{today():%d/%m/%Y}", "reason": "حساب مغلق"}).status_code == 302
    made.refresh_from_db()
    assert made.state == SpendingState.APPROVED
