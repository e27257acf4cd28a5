"""The books by section, fund, project, donor and budget line: the lines that carry them, and no others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.organisation.models import Section
from kernel.organisation.selectors import section_by_code
from kernel.parties.models import Party
from kernel.ports.charges import ChargeSource
from modules.finance.constants import Fund, SpendingKind
from modules.finance.models import Account, BudgetLine
from modules.finance.selectors import reports
from modules.finance.selectors.books import trial_balance
from modules.finance.selectors.dimensions import (
    EVERYTHING,
    Dimensions,
    journal_lines,
    trial_balance_of,
)
from modules.finance.services.budgeting import BudgetPaper, Project, add_line
from modules.finance.services.charging import assess_charge
from modules.finance.services.spending.approving import enter_invoice
from modules.finance.services.spending.asking import AskedLine, commit_spending, request_spending
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff

STATEMENTS_OF_THE_BALANCE = 14
STATEMENTS_OF_THE_LEDGER = 15


@dataclass
class Books:
    section: Section
    street: BudgetLine
    donor: Party


@pytest.fixture
def books(town: str) -> Books:
    """The worked example of the README: 400.00 of a donor's street, 90.00 of the planning section's fees, 60.00 of water."""
    section, donor, nour = section_by_code("planning"), person("مانح"), person()
    street = add_line(
        year=today().year,
        account=Account.objects.get(code="52"),
        amount=Decimal(1000),
        fund=Fund.DEVELOPMENT,
        section_id=section.pk,
        paper=BudgetPaper(number="1", decided_on=today()),
        project=Project(name="شارع 41", donor_id=donor.pk),
        by=HOUSE,
    )
    asked = AskedLine(account=street.account, amount=money("400"), budget_line=street, text="رصف")
    spending = request_spending(
        kind=SpendingKind.PURCHASE,
        party_id=person("مقاول").pk,
        purpose="رصف",
        lines=[asked],
        by=HOUSE,
    )
    commit_spending(spending, by=HOUSE)
    enter_invoice(spending, reference="ف-1", by=HOUSE)
    assess_charge(
        source=ChargeSource(module="planning", record="1", code="fee"),
        party_id=nour.pk,
        kind="finance.water",
        amount=money("90"),
        due_on=today(),
        description="رسم",
        section_id=section.pk,
        by=HOUSE,
    )
    owes(nour, "60")
    return Books(section, street, donor)


def balances(dimensions: Dimensions) -> dict[str, Decimal]:
    found = trial_balance_of(HOUSE, on=today(), dimensions=dimensions)
    return {one.code: one.balance for one in found if one.balance}


def test_the_trial_balance_of_a_project_a_donor_and_a_fund_is_what_was_spent_on_it(
    books: Books,
) -> None:
    for asked in (
        Dimensions(project="شارع 41"),
        Dimensions(donor=books.donor),
        Dimensions(budget_line=books.street),
    ):
        assert balances(asked)["52"] == 400, asked
        assert not {"41", "121"} & set(balances(asked))
    assert balances(Dimensions(fund=Fund.DEVELOPMENT))["52"] == 400
    assert balances(Dimensions(project="شارع آخر")) == {}


def test_a_section_has_its_fees_and_what_was_spent_on_its_budget_lines(books: Books) -> None:
    of_section = balances(Dimensions(section=books.section))
    assert of_section["52"] == 400
    assert sorted(of_section.values())[0] == -90, of_section
    above = Section.objects.get(pk=books.section.lineage[0])
    assert balances(Dimensions(section=above))["52"] == 400
    assert balances(Dimensions(section=section_by_code("finance"))) == {}


def test_without_a_dimension_the_lines_say_what_the_kept_balances_say(books: Books) -> None:
    rate("JOD", "5.2")
    karim = staff("karim2", "cashier")
    session_of(karim)
    rent = owes(person("خالد"), money("8.255", "JOD"), kind="finance.rent")
    pays(rent.party, money("8.255", "JOD"), by=karim, charges=[rent])
    assert trial_balance_of(HOUSE, on=today(), dimensions=EVERYTHING) == trial_balance(
        HOUSE, on=today()
    )
    by_currency = [
        one
        for code in ("ILS", "JOD")
        for one in trial_balance_of(HOUSE, on=today(), dimensions=Dimensions(currency=code))
    ]
    assert sorted(by_currency, key=lambda one: (one.code, one.currency)) == trial_balance(
        HOUSE, on=today()
    )


def test_the_journal_line_by_line_adds_up_to_the_trial_balance(books: Books) -> None:
    asked = Dimensions(section=books.section)
    lines = journal_lines(HOUSE, since=today(), until=today(), dimensions=asked)
    sums: dict[str, Decimal] = {}
    for one in lines:
        sums[one.account.code] = sums.get(one.account.code, Decimal(0)) + one.debit - one.credit
    assert {code: amount for code, amount in sums.items() if amount} == balances(asked)
    account = Account.objects.get(code="5")
    beneath = journal_lines(HOUSE, since=today(), until=today(), account=account)
    assert {one.account.code for one in beneath} == {"52"}


def test_pages_sheets_and_papers_tell_the_same_lines(
    books: Books, client_for: Callable[..., Client], count_queries: Callable[..., Any]
) -> None:
    staff("huda", "accountant")
    huda, day = client_for("huda"), f"{today():%d/%m/%Y}"
    chosen = f"project=شارع 41&section={books.section.uid}"
    balance = f"{reverse('finance:trial-balance')}?on={day}&{chosen}"
    huda.get(balance)
    with count_queries() as seen:
        page = huda.get(balance).content.decode()
    assert len(seen) == STATEMENTS_OF_THE_BALANCE
    assert "400.00" in page
    assert "90.00" not in page
    assert "قد لا يتساوى" in page
    ledger = f"{reverse('finance:ledger', args=['52'])}?since={day}&until={day}&{chosen}"
    with count_queries() as seen:
        page = huda.get(ledger).content.decode()
    assert len(seen) == STATEMENTS_OF_THE_LEDGER
    assert "400.00" in page
    journal = reverse("finance:journal")
    assert huda.get(f"{journal}?project=شارع 41").content.decode().count("row-link") == 1
    assert huda.get(f"{journal}?budget_line={books.street.uid}").status_code == 200
    for code in ("trial-balance", "journal"):
        where = f"{reverse('finance:report', args=[code])}?since={day}&until={day}&{chosen}"
        assert "400.00" in huda.get(where).content.decode()
        sheet = CalamineWorkbook.from_filelike(BytesIO(huda.get(f"{where}&as=xlsx").content))
        cells = [cell for row in sheet.get_sheet_by_index(0).to_python() for cell in row]
        assert 400.0 in cells
        assert 90.0 not in cells
        assert huda.get(f"{where}&as=pdf").content.startswith(b"%PDF")


def test_the_api_tells_the_same_and_refuses_what_cannot_be_narrowed(
    books: Books, api_for: Callable[..., Client]
) -> None:
    staff("maha", "accountant")
    maha, day = api_for("maha"), today().isoformat()
    asked = {"since": day, "until": day, "project": "شارع 41"}
    (row,) = [
        one
        for one in maha.get("/api/v1/reports/trial-balance", asked).json()["rows"]
        if one["of"] == "52"
    ]
    assert row["cells"][5] == "400.00"
    lines = maha.get("/api/v1/reports/journal", {**asked, "account": "52"}).json()["rows"]
    assert [one["cells"][8] for one in lines] == ["400.00"]
    of_section = {"since": day, "until": day, "section": str(books.section.uid)}
    codes = {
        one["of"] for one in maha.get("/api/v1/reports/trial-balance", of_section).json()["rows"]
    }
    assert "52" in codes
    entries = maha.get("/api/v1/entries", {"project": "شارع 41"}).json()["data"]
    assert len(entries) == 1
    assert maha.get("/api/v1/entries", {"section": str(books.donor.uid)}).json()["data"] == []
    refused = maha.get("/api/v1/reports/day-book", asked)
    assert refused.status_code == 422
    assert refused.json()["code"] == "not_by_dimension"
    for strange in ({"fund": "moon"}, {"section": "x"}):
        assert maha.get("/api/v1/reports/journal", {**asked, **strange}).status_code == 422
    nobody = {"section": str(books.donor.uid)}
    assert maha.get("/api/v1/reports/journal", {**asked, **nobody}).status_code == 404


def test_a_journal_too_long_to_read_is_refused_with_a_sentence(
    books: Books, client_for: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MOST_LINES", 3)
    staff("huda", "accountant")
    page = reverse("finance:report", args=["journal"])
    for where in (page, f"{page}?as=xlsx"):
        answer = client_for("huda").get(where)
        assert answer.status_code == 422
        assert "السطور أكثر من 3" in answer.content.decode()


def test_a_strange_dimension_is_refused_and_what_was_chosen_stays(
    books: Books, client_for: Callable[..., Client]
) -> None:
    staff("huda", "accountant")
    huda, day = client_for("huda"), f"{today():%d/%m/%Y}"
    for where in (
        f"{reverse('finance:trial-balance')}?on={day}&section=x&fund=development",
        f"{reverse('finance:report', args=['journal'])}?since={day}&until={day}&fund=moon",
    ):
        assert huda.get(where).status_code == 422, where
    kept = huda.get(f"{reverse('finance:trial-balance')}?on={day}&section=x&fund=development")
    assert 'value="development" selected' in kept.content.decode()


def test_books_in_dinars_keep_the_fils_of_what_was_paid_in_shekels(town: str) -> None:
    """The column in base is told in the currency of the books, whatever the row's currency is."""
    table = reports.REPORTS["trial-balance"].table(HOUSE, today(), today())
    row = ("1121", "البنك", "ILS", money("1").amount, 0, money("1").amount, Decimal("0.192"))
    in_dinars = type(table)(table.columns, (row,), in_base=table.in_base, base="JOD")
    assert in_dinars.currencies(row) == ["ILS", "ILS", "ILS", "ILS", "ILS", "ILS", "JOD"]
