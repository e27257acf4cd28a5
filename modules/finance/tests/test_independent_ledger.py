"""Beancount, which knows nothing of us, reads the journal and agrees that it balances."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core.data import Transaction
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import money
from modules.finance.constants import CreditKind
from modules.finance.models import Campaign, Entry
from modules.finance.selectors.plain_journal import kept_balances, plain_journal
from modules.finance.services.campaigning import open_campaign
from modules.finance.services.credits import DecisionPaper, credit_charge
from modules.finance.services.moving import Moving, Part, move_dues
from modules.finance.services.sessions import remit_cash
from modules.finance.services.voiding import cancel_receipt
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff


def the_independent_ledger_agrees() -> None:
    """The whole journal is read without an error, every entry of ours is in it, and the kept balances are met."""
    since, until = date(2000, 1, 1), today().replace(month=12, day=31)
    text = "\n".join(
        [*plain_journal(HOUSE, since=since, until=until), "", *kept_balances(HOUSE, on=until)]
    )
    found, errors, _options = loader.load_string(text)
    assert errors == [], [str(one.message) for one in errors[:3]]
    assert sum(isinstance(one, Transaction) for one in found) == Entry.objects.count()


@pytest.fixture
def a_year(town: str) -> None:
    """Dues in two currencies, receipts across them, a campaign, a division, an exemption, a receipt taken back."""
    rate("JOD", "5.213")
    cashier, muna = staff("karim", "cashier"), staff("muna", "finance_manager")
    session_of(cashier)
    nour = person()
    rent = owes(nour, money("8.255", "JOD"), kind="finance.rent")
    water, waste = owes(nour, "100"), owes(nour, "85.55", kind="finance.waste")
    pays(nour, "43.10", by=cashier, charges=[rent], keep_surplus=True)
    open_campaign(
        Campaign(
            title="حملة",
            kind=CreditKind.DISCOUNT,
            percent=Decimal(10),
            since=today(),
            until=today() + timedelta(days=1),
            decision_no="1",
            decided_on=today(),
            authority="council",
        ),
        by=muna,
    )
    pays(nour, "90", by=cashier, charges=[water])
    wrong = pays(nour, "10", by=cashier, charges=[waste])
    cancel_receipt(wrong, reason="خطأ", by=muna)
    paper = DecisionPaper(number="12", decided_on=today(), authority="council")
    parts = tuple(Part(party_id=person().pk, share=Decimal(1)) for _heir in range(3))
    heirs = Moving(cause="heirs", parts=parts, paper=paper, reason="حصر إرث", signed=True)  # type: ignore[arg-type]
    (first, *_others) = move_dues([waste], heirs, by=muna)
    first.refresh_from_db()
    credit_charge(
        first, kind=CreditKind.EXEMPTION, amount=money("5"), reason="قرار", paper=paper, by=HOUSE
    )
    remit_cash(wrong.box, amount=money("50"), slip="7", by=muna)


def test_an_independent_ledger_agrees(a_year: None) -> None:
    the_independent_ledger_agrees()


def test_the_accountant_takes_the_journal_along(
    a_year: None, client_for: Callable[..., Client]
) -> None:
    staff("huda", "accountant")
    page = client_for("huda").get(reverse("finance:journal-plain"))
    text = b"".join(page.streaming_content).decode()  # type: ignore[attr-defined]
    assert page.status_code == 200 and " JOD" in text and "RV.01" in text
    _found, errors, _options = loader.load_string(text)
    assert errors == []
