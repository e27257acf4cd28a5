"""What a spending is booked on, what nobody books by hand, and how much the petty cash holds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.policies.services import set_value
from modules.finance.constants import EntryKind, SpendingKind
from modules.finance.errors.books import AccountOfARegister
from modules.finance.errors.spending import AccountNotOfThisSpending, PettyCashOverfull
from modules.finance.models import Spending
from modules.finance.selectors.spending import balance_of
from modules.finance.services.posting import About, credit, debit, post_entry
from modules.finance.services.spending.approving import enter_invoice
from modules.finance.services.spending.asking import (
    AskedLine,
    commit_spending,
    request_spending,
)
from modules.finance.services.spending.returning import reject_spending
from modules.finance.services.vouchers import HandLine, post_voucher
from modules.finance.tests.factories import HOUSE, person, staff
from modules.finance.tests.test_guards import refused
from modules.finance.tests.test_spending import People, account


@pytest.fixture
def people(town: str) -> People:
    return People(staff("huda", "accountant"), staff("fadi", "finance_manager"), HOUSE)


def test_two_fillings_that_wait_do_not_exceed_the_float_together(people: People) -> None:
    def filling(amount: str) -> Spending:
        return request_spending(
            kind=SpendingKind.PETTY_CASH,
            party_id=person("أمين السلفة").pk,
            purpose="تغذية السلفة",
            lines=[AskedLine(account=account("151"), amount=money(amount))],
            by=people.huda,
        )

    first = filling("1500")
    with pytest.raises(PettyCashOverfull):
        filling("500.01")
    second = filling("500")
    commit_spending(first, by=people.huda)
    commit_spending(second, by=people.huda)
    enter_invoice(first, reference="1", by=people.huda)
    set_value("FIN-02.petty_cash_float", money("1900"), starts_on=today(), resolution="5", by=HOUSE)
    with pytest.raises(PettyCashOverfull):
        enter_invoice(second, reference="2", by=people.huda)
    reject_spending(second, reason="لا حاجة", by=people.huda)
    assert balance_of(account("151").pk, "ILS") == 1500


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (SpendingKind.PURCHASE, "222"),
        (SpendingKind.PURCHASE, "251"),
        (SpendingKind.PURCHASE, "1203"),
        (SpendingKind.PURCHASE, "152"),
        (SpendingKind.PURCHASE, "11101"),
        (SpendingKind.PURCHASE, "1122"),
        (SpendingKind.PURCHASE, "133"),
        (SpendingKind.PURCHASE, "431"),
        (SpendingKind.PURCHASE, "32"),
        (SpendingKind.PURCHASE, "91"),
        (SpendingKind.DEPOSIT_REFUND, "251"),
        (SpendingKind.DEPOSIT_REFUND, "52"),
        (SpendingKind.DEPOSIT_REFUND, "1203"),
        (SpendingKind.ADVANCE_REFUND, "222"),
        (SpendingKind.PETTY_CASH, "152"),
        (SpendingKind.PETTY_CASH, "52"),
        (SpendingKind.STAFF_ADVANCE, "151"),
    ],
)
def test_each_kind_of_spending_is_booked_where_it_belongs(
    people: People, kind: SpendingKind, code: str
) -> None:
    with pytest.raises(AccountNotOfThisSpending):
        request_spending(
            kind=kind,
            party_id=person().pk,
            purpose="خطأ",
            lines=[AskedLine(account=account(code), amount=money("1"))],
            by=people.huda,
        )


@pytest.mark.parametrize("code", ["52", "7", "14", "17", "23", "24"])
def test_what_is_bought_or_paid_off_is_no_register(people: People, code: str) -> None:
    made = request_spending(
        kind=SpendingKind.PURCHASE,
        party_id=person().pk,
        purpose="شراء",
        lines=[AskedLine(account=account(code), amount=money("1"))],
        by=people.huda,
    )
    assert made.state == "requested"


def test_a_line_on_the_receivable_of_dues_names_its_due(town: str) -> None:
    """Also when somebody writes past every service: the account would never equal its dues again."""
    nour = person()
    amount = money("5")
    with refused("BA033"):
        post_entry(
            journal="JV",
            kind=EntryKind.JOURNAL,
            on=today(),
            description="خطأ",
            sides=[
                debit(
                    account("1203").pk, amount, base=amount.amount, about=About(party_id=nour.pk)
                ),
                credit(account("52").pk, amount, base=amount.amount),
            ],
            by=HOUSE,
        )


@pytest.mark.parametrize("code", ["131", "132", "133", "1291", "211", "11101"])
def test_what_a_register_proves_is_not_posted_by_hand(town: str, code: str) -> None:
    with pytest.raises(AccountOfARegister):
        post_voucher(
            on=today(),
            description="خطأ",
            currency="ILS",
            lines=[
                HandLine(account=account(code), debit=Decimal(5)),
                HandLine(account=account("52"), credit=Decimal(5)),
            ],
            by=HOUSE,
        )
