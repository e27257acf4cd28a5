"""A donor pays for a street: what is spent on it is known line by line, beside the bank account kept apart for it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.finance.constants import (
    AccountRole,
    BounceReason,
    EntryKind,
    Fund,
    Method,
    SpendingKind,
)
from modules.finance.errors.spending import (
    BudgetBelowUse,
    BudgetExceeded,
    BudgetLineOfAnotherYear,
)
from modules.finance.models import Account, BudgetLine, Cheque, Entry, Line, Receipt
from modules.finance.selectors.books import account_of
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.bank.matching import unmatch
from modules.finance.services.budgeting import BudgetPaper, Project, add_line
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import deposit_cheques
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.posting import credit, debit, post_entry
from modules.finance.services.receiving import receive
from modules.finance.services.spending.approving import enter_invoice
from modules.finance.services.spending.asking import (
    AskedLine,
    commit_spending,
    request_spending,
)
from modules.finance.services.voiding import cancel_receipt
from modules.finance.services.vouchers import HandLine, post_voucher, reverse_voucher
from modules.finance.tests.factories import HOUSE, owes, person, session_of, staff
from modules.finance.tests.test_bank_matching import line_of, statement


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
        ("شارع 41", donor.full_name, bank.code, "ILS", 1000, 0, 0, 400, 600, 900)
    ]
    assert table.keys == (str(line.uid),)
    assert faults(HOUSE) == []


# --- What comes in for a project ----------------------------------------------------------------------


@pytest.fixture
def street(muna: Viewer) -> BudgetLine:
    """1,000.00 for the street, paid for by the fund, with a bank account kept apart."""
    return add_line(
        year=today().year,
        account=Account.objects.get(code="52"),
        amount=Decimal(1000),
        fund=Fund.DEVELOPMENT,
        paper=BudgetPaper(number="1", decided_on=today()),
        project=Project(
            name="شارع 41",
            donor_id=person("صندوق").pk,
            bank_account_id=Account.objects.get(code="1122").pk,
        ),
        by=muna,
    )


def hand(street: BudgetLine, debited: str, credited: str, amount: str, *, named: str) -> Entry:
    """An entry by hand of which the line on account `named` names the project."""
    return post_voucher(
        on=today(),
        description="قيد",
        currency="ILS",
        lines=[
            HandLine(
                account=Account.objects.get(code=code),
                budget_line=street if code == named else None,
                **{side: Decimal(amount)},  # type: ignore[arg-type]
            )
            for code, side in ((debited, "debit"), (credited, "credit"))
        ],
        by=HOUSE,
    )


def told(street: BudgetLine) -> tuple[Decimal, ...]:
    """Revised, received, committed, spent, left, on the bank account."""
    table = REPORTS["projects"].table(HOUSE, today().replace(month=1, day=1), today())
    (row,) = table.rows
    assert table.keys == (str(street.uid),)
    return row[4:]


def test_a_grant_entered_by_hand_is_received_and_a_cost_is_spent_of_the_line(
    street: BudgetLine,
) -> None:
    """700.00 come to the project's bank account, 250.00 are spent from it: 750.00 of the budget are left."""
    hand(street, "1122", "46", "700", named="46")
    cost = hand(street, "52", "1122", "250", named="52")
    assert told(street) == (1000, 700, 0, 250, 750, 450)
    booked = Line.objects.get(entry=cost, budget_line=street)
    assert (booked.account.code, booked.fund) == ("52", Fund.DEVELOPMENT)
    move = street.moves.get(kind="spent")
    assert (move.decision_no, move.amount) == (cost.number_text, 250)
    reverse_voucher(cost, reason="خطأ", by=HOUSE)
    assert told(street) == (1000, 700, 0, 0, 1000, 700)
    street.refresh_from_db()
    assert street.spent == 0
    assert faults(HOUSE) == []


def test_a_project_named_on_both_sides_counts_once(street: BudgetLine) -> None:
    post_voucher(
        on=today(),
        description="منحة",
        currency="ILS",
        lines=[
            HandLine(
                account=Account.objects.get(code="1122"), debit=Decimal(300), budget_line=street
            ),
            HandLine(
                account=Account.objects.get(code="46"), credit=Decimal(300), budget_line=street
            ),
        ],
        by=HOUSE,
    )
    assert told(street) == (1000, 300, 0, 0, 1000, 300)


def test_a_cost_by_hand_beyond_a_line_that_blocks_is_refused_whole(street: BudgetLine) -> None:
    before = Entry.objects.count()
    with pytest.raises(BudgetExceeded), transaction.atomic():
        hand(street, "52", "1121", "1000.01", named="52")
    with pytest.raises(BudgetBelowUse), transaction.atomic():
        hand(street, "1121", "52", "1", named="52")
    assert Entry.objects.count() == before


def test_an_entry_names_a_budget_line_of_its_own_year(muna: Viewer) -> None:
    old = add_line(
        year=today().year - 1,
        account=Account.objects.get(code="52"),
        amount=Decimal(10),
        paper=BudgetPaper(number="1", decided_on=today()),
        by=muna,
    )
    with pytest.raises(BudgetLineOfAnotherYear):
        hand(old, "52", "1121", "1", named="52")


def test_what_the_donor_pays_at_the_desk_is_received_and_goes_back_with_the_receipt(
    street: BudgetLine, karim: Viewer, client_for: Callable[..., Client]
) -> None:
    """The fund owes 400.00 and pays 500.00 for the street: 400.00 settle the due, 100.00 are kept, 500.00 are received."""
    donor = street.donor
    assert donor is not None
    due = owes(donor, "400", kind="finance.other")
    session_of(karim)
    browser = client_for("karim")
    where = reverse("finance:receive", args=[donor.uid])
    assert street.project in browser.get(where).content.decode()
    typed = {
        "payer_name": "الصندوق", "currency": "ILS", "method": "cash", "amount": "500",
        "charges": [str(due.uid)], "keep_surplus": "on", "project": str(street.uid),
    }  # fmt: skip
    assert browser.post(where, typed).status_code == 302
    assert told(street) == (1000, 500, 0, 0, 1000, 0)
    receipt = Receipt.objects.get()
    manager = HOUSE.with_permissions("finance.cancel_receipt")
    cancel_receipt(receipt, reason="خطأ", by=manager)
    assert told(street) == (1000, 0, 0, 0, 1000, 0)


def test_another_persons_receipt_offers_no_project(
    street: BudgetLine, karim: Viewer, client_for: Callable[..., Client]
) -> None:
    nour = person()
    due = owes(nour, "10")
    session_of(karim)
    browser = client_for("karim")
    where = reverse("finance:receive", args=[nour.uid])
    assert street.project not in browser.get(where).content.decode()
    typed = {
        "payer_name": "نور", "currency": "ILS", "method": "cash", "amount": "10",
        "charges": [str(due.uid)], "project": str(street.uid),
    }  # fmt: skip
    assert browser.post(where, typed).status_code == 302
    assert not Line.objects.filter(budget_line=street).exists()


def test_a_programme_receives_for_a_project_of_the_payer_only(
    street: BudgetLine, karim: Viewer, api_for: Callable[..., Client]
) -> None:
    donor, other = street.donor, person()
    assert donor is not None
    session_of(karim)

    def receives(party: Party) -> int:
        asked = {
            "party": str(party.uid),
            "instruments": [{"method": "cash", "amount": {"amount": "50.00", "currency": "ILS"}}],
            "keep_surplus": True,
            "project": str(street.uid),
        }
        headers = {"Idempotency-Key": f"for-the-street-{party.pk}"}
        return (
            api_for("karim")
            .post("/api/v1/receipts", asked, content_type="application/json", headers=headers)
            .status_code
        )

    assert receives(other) == 422
    assert receives(donor) == 201
    assert told(street)[1] == 50


def test_the_bank_tells_of_a_grant_and_taking_it_back_takes_it_from_the_project(
    street: BudgetLine, client_for: Callable[..., Client]
) -> None:
    line = line_of(statement(("منحة", "900.00")))
    browser = client_for("muna")
    where = reverse("finance:bank-line", args=[line.uid])
    assert street.project in browser.get(where).content.decode()
    move = reverse("finance:bank-line-move", args=[line.uid, "post"])
    typed = {"account": "46", "note": "منحة", "project": str(street.uid)}
    assert browser.post(move, typed).status_code == 302
    assert told(street) == (1000, 900, 0, 0, 1000, 0)
    unmatch(line, reason="خطأ", by=HOUSE)
    assert told(street) == (1000, 0, 0, 0, 1000, 0)


def test_a_donors_cheque_that_bounces_is_received_no_longer(
    street: BudgetLine, karim: Viewer
) -> None:
    donor = street.donor
    assert donor is not None
    due = owes(donor, "400", kind="finance.other")
    session_of(karim)
    tender = Tender(
        method=Method.CHEQUE, amount=money("400"), reference="77", bank="البنك", dated_on=today()
    )
    receive(
        Payment(
            party_id=donor.pk,
            payer_name="الصندوق",
            tenders=(tender,),
            charge_ids=(due.pk,),
            project=street,
        ),
        by=karim,
    )
    assert told(street)[1] == 400
    cheque = Cheque.objects.get(number="77")
    deposit_cheques([cheque], by=HOUSE)
    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=HOUSE)
    assert told(street)[1] == 0


def test_the_hand_voucher_takes_a_budget_line_and_its_page_leads_back(
    street: BudgetLine, client_for: Callable[..., Client], count_queries
) -> None:
    browser, where = client_for("muna"), reverse("finance:voucher-new")
    assert f'value="52 {street.project}"' in browser.get(where).content.decode()
    typed = {
        "on": today().isoformat(), "currency": "ILS", "description": "منحة",
        "account_0": "1122", "debit_0": "700", "account_1": "46", "credit_1": "700",
        "budget_1": "52 شارع 99",
    }  # fmt: skip
    refused = browser.post(where, typed)
    assert refused.status_code == 422
    assert "52 شارع 99" in refused.content.decode()
    assert browser.post(where, {**typed, "budget_1": f"52 {street.project}"}).status_code == 302
    entry = Entry.objects.get(description="منحة")
    with count_queries() as seen:
        page = browser.get(reverse("finance:budget-line", args=[street.uid])).content.decode()
    assert len(seen) <= 22, [one["sql"][:90] for one in seen]
    assert entry.number_text in page
    assert reverse("finance:entry", args=[entry.uid]) in page
    assert "700.00" in page
    # A code alone is enough while one line only has it.
    assert (
        browser.post(where, {**typed, "description": "ثانية", "budget_1": "52"}).status_code == 302
    )
    assert told(street)[1] == 1400
