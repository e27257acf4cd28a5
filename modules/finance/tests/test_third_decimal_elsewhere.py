"""The third decimal of the dinar where money waits: at the bank, as a deposit, under a plan, with a supplier, in a warning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import BounceReason, Method, SpendingKind
from modules.finance.models import Account, BankLine, BankStatement, Cheque, Spending
from modules.finance.services.bank.importing import Told, import_statements
from modules.finance.services.bank.matching import post_from_line
from modules.finance.services.bank.unknown import keep_unidentified
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import deposit_cheques
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.planning import Terms, agree_plan
from modules.finance.services.receiving import receive
from modules.finance.services.spending.approving import enter_invoice
from modules.finance.services.spending.asking import AskedLine, commit_spending, request_spending
from modules.finance.services.supplying import PayingFacts, add_supplier
from modules.finance.services.warning import write_warning
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff
from modules.finance.tests.test_bank_statements import bank
from modules.finance.tests.test_third_decimal import body_of, tells_fils, text_of

OWED, PAID = "12.345", "7.345"


def jod(amount: str):  # type: ignore[no-untyped-def]
    return money(amount, "JOD")


@pytest.fixture
def browser(karim: Viewer, client_for: Callable[..., Client]) -> Client:
    """Muna, who may see everything of the books; dinars have a rate, Karim sits at the box."""
    rate("JOD", "5.2137", on=date(today().year, 1, 1))
    rate("JOD", "5.2137")
    session_of(karim)
    staff("muna", "finance_manager")
    return client_for("muna")


def pages_tell(browser: Client, *pages: str) -> None:
    for where in pages:
        answer = browser.get(where)
        assert answer.status_code == 200, where
        tells_fils(body_of(answer).decode(), where)


def papers_tell(browser: Client, *papers: str) -> None:
    for where in papers:
        answer = browser.get(where)
        assert answer.status_code == 200, where
        tells_fils(text_of(body_of(answer)), where)


def at_the_bank() -> BankStatement:
    """12.345 dinars came in, 7.345 went out."""
    day = f"{today():%d/%m/%Y}"
    text = f"date,text,amount\n{day},إيداع,{OWED}\n{day},عمولة,-{PAID}\n"
    (made,) = import_statements(
        bank(),
        currency="JOD",
        content=text.encode(),
        name="كشف.csv",
        told=Told(opening=Decimal("0")),
        by=HOUSE,
    )
    return made


def test_the_bank(browser: Client, api_for: Callable[..., Client]) -> None:
    made = at_the_bank()
    lines: list[BankLine] = list(made.lines.select_related("statement__account").order_by("seq"))
    came, went = (one for one in lines if one.seq > 0)
    pages_tell(
        browser,
        reverse("finance:bank-statement", args=[made.uid]),
        reverse("finance:bank-lines", args=[made.uid]),
        reverse("finance:bank-line", args=[came.uid]),
        reverse("finance:bank-line", args=[went.uid]),
    )
    keep_unidentified(came, by=HOUSE)
    post_from_line(went, Account.objects.get(code="56"), by=HOUSE)
    pages_tell(
        browser,
        reverse("finance:bank-unknown"),
        reverse("finance:bank-statement", args=[made.uid]),
        reverse("finance:bank-line", args=[came.uid]),
        f"{reverse('finance:ledger', args=['1121'])}?since={today()}&until={today()}",
    )
    papers_tell(browser, reverse("finance:bank-paper", args=[made.uid]))
    told = api_for("muna").get(f"/api/v1/bank-statements/{made.uid}/lines").content.decode()
    tells_fils(told, "bank lines at the edge")


def test_a_deposit_held_and_a_plan(browser: Client, karim: Viewer) -> None:
    nour = person()
    deposit = owes(nour, jod(OWED), kind="finance.building_deposit")
    pays(nour, jod(OWED), by=karim, charges=[deposit])
    pages_tell(browser, reverse("finance:deposits"))
    due = owes(nour, jod(OWED), kind="finance.rent")
    pays(nour, jod(PAID), by=karim, charges=[due])
    terms = Terms(count=1, first_on=today() + timedelta(days=30))
    plan = agree_plan(party_id=nour.pk, charge_ids=[due.pk], terms=terms, by=HOUSE)
    pages_tell(
        browser,
        reverse("finance:plans"),
        reverse("finance:plan", args=[plan.uid]),
        reverse("finance:charge", args=[due.uid]),
    )
    papers_tell(browser, reverse("finance:plan-paper", args=[plan.uid]))


def test_a_supplier(browser: Client) -> None:
    sami = person("سامي")
    supplier = add_supplier(sami, PayingFacts(), by=HOUSE)
    asked: Spending = request_spending(
        kind=SpendingKind.PURCHASE,
        party_id=sami.pk,
        purpose="قطع",
        lines=[AskedLine(account=Account.objects.get(code="52"), amount=jod(OWED))],
        by=HOUSE,
    )
    commit_spending(asked, by=HOUSE)
    enter_invoice(asked, reference="F-1", by=HOUSE)
    pages_tell(
        browser,
        reverse("finance:supplier", args=[supplier.uid]),
        reverse("finance:payables"),
        reverse("finance:spending", args=[asked.uid]),
    )
    papers_tell(browser, reverse("finance:supplier-paper", args=[supplier.uid]))


def test_cheques_at_the_bank_their_slip_and_their_letter(browser: Client, karim: Viewer) -> None:
    nour = person()
    due = owes(nour, jod(OWED), kind="finance.rent")
    tender = Tender(
        method=Method.CHEQUE, amount=jod(OWED), reference="77", bank="البنك", dated_on=today()
    )
    paid = Payment(party_id=nour.pk, payer_name="نور", tenders=(tender,), charge_ids=(due.pk,))
    receive(paid, by=karim)
    cheque = Cheque.objects.get(number="77")
    taken = deposit_cheques([cheque], by=HOUSE)
    pages_tell(browser, reverse("finance:cheques-deposited"))
    papers_tell(browser, reverse("finance:deposit-slip", args=[taken.slip]))
    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=HOUSE)
    pages_tell(
        browser,
        reverse("finance:cheque", args=[cheque.uid]),
        reverse("finance:statement", args=[nour.uid]),
    )
    papers_tell(browser, reverse("finance:cheque-paper", args=[cheque.uid, "letter"]))


def test_a_warning(browser: Client) -> None:
    nour = person()
    owes(nour, jod(OWED), kind="finance.rent", due_on=today() - timedelta(days=60))
    pages_tell(browser, reverse("finance:warning-new"))
    made = write_warning(nour.pk, by=HOUSE)
    pages_tell(browser, reverse("finance:warning", args=[made.uid]))
    papers_tell(browser, reverse("finance:warning-paper", args=[made.uid]))
