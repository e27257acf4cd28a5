"""A donor pays for a street: what is spent on it is known line by line, beside the bank account kept apart for it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, EntryKind, Fund, SpendingKind
from modules.finance.models import Account, Line
from modules.finance.selectors.books import account_of
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.budgeting import BudgetPaper, Project, add_line
from modules.finance.services.posting import credit, debit, post_entry
from modules.finance.services.spending.approving import enter_invoice
from modules.finance.services.spending.asking import (
    AskedLine,
    commit_spending,
    request_spending,
)
from modules.finance.tests.factories import HOUSE, person, staff


@pytest.fixture
def muna(town: str) -> Viewer:
    return staff("muna", "finance_manager")


def test_what_is_spent_on_a_project_is_told_beside_its_bank_account(muna: Viewer) -> None:
    """Of 1,000.00 for the street 400.00 are invoiced; 900.00 lie on its own account."""
    donor, builder = person("صندوق"), person("مقاول")
    expense = Account.objects.get(code="52")
    bank = Account.objects.get(pk=account_of(AccountRole.PETTY_CASH))
    line = add_line(
        year=today().year,
        account=expense,
        amount=Decimal(1000),
        fund=Fund.DEVELOPMENT,
        paper=BudgetPaper(number="1", decided_on=today()),
        project=Project(name="شارع 41", donor_id=donor.pk, bank_account_id=bank.pk),
        by=muna,
    )
    sides = [
        debit(bank.pk, money("900"), base=Decimal(900)),
        credit(account_of(AccountRole.BANK), money("900"), base=Decimal(900)),
    ]
    post_entry(
        journal="JV", kind=EntryKind.JOURNAL, on=today(), description="", sides=sides, by=HOUSE
    )
    asked = AskedLine(account=expense, amount=money("400"), budget_line=line, text="رصف")
    spending = request_spending(
        kind=SpendingKind.PURCHASE,
        party_id=builder.pk,
        purpose="رصف شارع 41",
        lines=[asked],
        by=HOUSE,
    )
    commit_spending(spending, by=HOUSE)
    enter_invoice(spending, reference="F-1", by=HOUSE)
    booked = Line.objects.get(budget_line=line)
    assert (booked.account, booked.fund, booked.debit) == (expense, Fund.DEVELOPMENT, 400)
    table = REPORTS["projects"].table(HOUSE, today().replace(month=1, day=1), today())
    assert [row[:4] + row[4:] for row in table.rows] == [
        ("شارع 41", donor.full_name, bank.code, "ILS", 1000, 0, 400, 600, 900)
    ]
    assert table.keys == (str(line.uid),)
    assert faults(HOUSE) == []
