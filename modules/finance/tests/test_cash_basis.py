"""Receipts and payments on the cash basis: each by its nature, and together what the boxes and the bank moved."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import Method, PayWay, SpendingKind
from modules.finance.models import Account, CashBox
from modules.finance.selectors.books import bank_accounts
from modules.finance.selectors.desk_reports import DESK_REPORTS
from modules.finance.selectors.spending import balance_of
from modules.finance.services.cheques.moving import clear_cheques, deposit_cheques
from modules.finance.services.payments import Tender
from modules.finance.services.sessions import remit_cash
from modules.finance.services.spending.approving import approve_spending, enter_invoice
from modules.finance.services.spending.asking import AskedLine, commit_spending, request_spending
from modules.finance.services.spending.paying import PaidBy, pay_out
from modules.finance.services.voiding import cancel_receipt
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff
from modules.finance.tests.test_cheques import covers, matured, tendered


def told() -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """What the report says of each account and currency: received and paid. It adds up to what money moved."""
    table = DESK_REPORTS["receipts-payments"].table(HOUSE, today(), today())
    found = {(row[1], row[2]): (row[3], row[4]) for row in table.rows}
    accounts = [*bank_accounts(HOUSE), *(one.account for one in CashBox.objects.all())]
    accounts += Account.objects.filter(role__in=["petty_cash", "cards", "wallets", "transfers"])
    for currency in {currency for _code, currency in found}:
        moved = sum((balance_of(one.pk, currency) for one in accounts), Decimal(0))
        net = sum((r - p for (_code, one), (r, p) in found.items() if one == currency), Decimal(0))
        assert net == moved, (currency, net, moved)
    return found


def test_a_post_dated_cheque_is_received_once_and_as_its_due(karim: Viewer) -> None:
    nour = person()
    due = owes(nour, "100")
    (cheque,) = covers(nour, due).cheques
    deposit_cheques([matured(cheque)], by=HOUSE)
    assert told() == {}
    clear_cheques([cheque], by=HOUSE)
    assert told() == {("431", "ILS"): (100, 0)}


def test_a_cheque_of_a_receipt_is_received_when_the_bank_pays_it(karim: Viewer) -> None:
    """40.00 in cash now and a cheque of 100.00: water 100.00 and an advance of 40.00, in proportion."""
    nour = person()
    owes(nour, "100")
    session_of(karim)
    cheque = tendered(nour, "100", karim, Tender(method=Method.CASH, amount=money("40")))
    assert told() == {
        ("431", "ILS"): (Decimal("28.571"), 0),
        ("251", "ILS"): (Decimal("11.429"), 0),
    }
    deposit_cheques([cheque], by=HOUSE)
    clear_cheques([cheque], by=HOUSE)
    assert told() == {("431", "ILS"): (100, 0), ("251", "ILS"): (40, 0)}


def test_a_due_in_dinars_paid_in_shekels_moved_shekels_alone(karim: Viewer) -> None:
    rate("JOD", "5.213")
    nour = person()
    owes(nour, money("8.255", "JOD"), kind="finance.rent")
    owes(nour, "20")
    session_of(karim)
    pays(nour, "63.10", by=karim, keep_surplus=True)
    found = told()
    assert found == {
        ("441", "ILS"): (Decimal("43.04"), 0),
        ("431", "ILS"): (20, 0),
        ("251", "ILS"): (Decimal("0.06"), 0),
    }


@pytest.mark.parametrize("way", [PayWay.TRANSFER, PayWay.PETTY_CASH])
def test_a_payment_is_told_by_what_was_bought(karim: Viewer, way: PayWay) -> None:
    huda, fadi = staff("huda", "accountant"), staff("fadi", "finance_manager")
    session_of(karim)
    pays(person(), "1000", by=karim, keep_surplus=True)
    remit_cash(CashBox.objects.get(code="01"), amount=money("900"), slip="1", by=fadi)
    paid = request_spending(
        kind=SpendingKind.PURCHASE,
        party_id=person("مورد").pk,
        purpose="قرطاسية وصيانة",
        lines=[
            AskedLine(account=Account.objects.get(code="52"), amount=money("60")),
            AskedLine(account=Account.objects.get(code="53"), amount=money("40")),
        ],
        by=huda,
    )
    fill = request_spending(
        kind=SpendingKind.PETTY_CASH,
        party_id=person("أمين السلفة").pk,
        purpose="تغذية",
        lines=[AskedLine(account=Account.objects.get(code="151"), amount=money("300"))],
        by=huda,
    )
    mayor = staff("murad", "auditor").with_permissions("finance.approve_spending_mayor")
    for one, how in ((fill, PayWay.TRANSFER), (paid, way)):
        commit_spending(one, by=huda)
        enter_invoice(one, reference="F", by=huda)
        approve_spending(one, by=mayor)
        pay_out(one, PaidBy(way=how, reference="T"), by=fadi)
    assert told() == {
        ("251", "ILS"): (1000, 0),
        ("52", "ILS"): (0, 60),
        ("53", "ILS"): (0, 40),
        ("151", "ILS"): (300, 300),
    }


def test_a_receipt_that_was_taken_back_was_not_received(karim: Viewer) -> None:
    nour = person()
    owes(nour, "100")
    session_of(karim)
    wrong = pays(nour, "60", by=karim)
    cancel_receipt(wrong, reason="خطأ", by=staff("muna", "finance_manager"))
    assert told() == {}
