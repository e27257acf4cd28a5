"""FIN-07: a deposit goes back within its days, is kept for its age after years, and dues come first where decided so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.calendar.selectors import today
from kernel.money import Money, money
from kernel.parties.models import Party
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.constants import ForfeitGround, Method, PayWay, SpendingKind
from modules.finance.errors.spending import DepositTooYoung, DuesBeforeRefund
from modules.finance.models import Account, CashBox, CashSession, Entry, Spending
from modules.finance.selectors import deposits as deposits_of
from modules.finance.selectors.deposits import (
    kept_for_age,
    owed_before_refund,
    refund_due_by,
    refund_of,
    refunds_waiting,
    years_before,
)
from modules.finance.selectors.proofs import faults
from modules.finance.services.sessions import Count, close_session, open_session
from modules.finance.services.spending.approving import approve_spending, enter_invoice
from modules.finance.services.spending.asking import AskedLine, commit_spending, request_spending
from modules.finance.services.spending.paying import PaidBy, forfeit_deposit, pay_out
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff

KIND = "finance.rent_deposit"
TRANSFER = PaidBy(way=PayWay.TRANSFER, reference="T1")
WHY = "المستأجر غادر البلاد"
COUNTED = [Count(method=Method.CASH, counted=money("300"))]


@pytest.fixture
def deposits(town: str) -> Account:
    return Account.objects.get(code="222")


@pytest.fixture
def nour(karim: Viewer) -> Party:
    """She paid a deposit of 300.00 today."""
    nour = person()
    due = owes(nour, "300", kind=KIND)
    session_of(karim)
    pays(nour, "300", by=karim, charges=[due])
    return nour


def asks_back(nour: Party, amount: Money | None = None) -> Spending:
    return request_spending(
        kind=SpendingKind.DEPOSIT_REFUND,
        party_id=nour.pk,
        purpose="رد تأمين",
        lines=[AskedLine(account=Account.objects.get(code="222"), amount=amount or money("300"))],
        by=staff("huda", "accountant"),
    )


def approved(made: Spending) -> Spending:
    huda = staff("huda", "accountant")
    commit_spending(made, by=huda)
    enter_invoice(made, reference="طلب 1", by=huda)
    mayor = staff("murad", "auditor").with_permissions("finance.approve_spending_mayor")
    return approve_spending(made, by=mayor)


def keeps(nour: Party, amount: str, ground: ForfeitGround = ForfeitGround.AGE) -> Entry:
    return forfeit_deposit(
        party_id=nour.pk,
        account=Account.objects.get(code="222"),
        amount=money(amount),
        decision_no="7/2026",
        reason="لم يُطالب به",
        ground=ground,
        by=HOUSE,
    )


def test_a_refund_is_due_fourteen_days_after_it_was_asked_for(nour: Party) -> None:
    made = asks_back(nour)
    day = today() + timedelta(days=14)
    assert refund_due_by(made) == day
    assert refund_of(made, on=day).days_late == 0  # type: ignore[union-attr]
    assert refund_of(made, on=day + timedelta(days=1)).days_late == 1  # type: ignore[union-attr]


def test_the_days_are_those_of_the_day_it_was_asked_for(nour: Party) -> None:
    made = asks_back(nour)
    set_value(
        "FIN-07.refund_within_days",
        3,
        starts_on=today() + timedelta(days=1),
        resolution="5",
        by=HOUSE,
    )
    assert refund_due_by(made) == today() + timedelta(days=14)


def test_the_list_has_refunds_that_wait_and_nothing_else(nour: Party) -> None:
    made = asks_back(nour)
    assert [one.spending for one in refunds_waiting(HOUSE, on=today())] == [made]
    approved(made)
    pay_out(made, TRANSFER, by=staff("fadi", "finance_manager"))
    assert refunds_waiting(HOUSE, on=today()) == []
    assert refund_of(Spending.objects.get(pk=made.pk), on=today()) is None


def test_late_refunds_are_shown_as_late(nour: Party, client_for: Callable[..., Client]) -> None:
    made = asks_back(nour)
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=True):
        browser = client_for("huda")
        for page in (
            reverse("finance:deposits"),
            reverse("finance:spending", args=[made.uid]),
        ):
            assert "6" in (words := browser.get(page).content.decode()) and "متأخر" in words


def test_nothing_is_kept_for_its_age_before_the_years_are_over(
    nour: Party, deposits: Account
) -> None:
    assert kept_for_age(nour.pk, deposits, "ILS", years=5) == 0
    with pytest.raises(DepositTooYoung, match="FIN-07"):
        keeps(nour, "0.10")
    entry = keeps(nour, "100", ForfeitGround.BREACH)
    assert "مخالفة" in entry.description
    assert faults(HOUSE) == []


def test_what_was_paid_in_long_ago_is_kept_and_what_came_later_is_not(
    nour: Party, deposits: Account, karim: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 500.00 held 300.00 were paid in before the day that counts: 300.00 may be kept for their age, not 300.01."""
    yesterday = today()
    # The books of a new town have no years back: the day from which it counts is moved instead.
    monkeypatch.setattr(deposits_of, "years_before", lambda day, years: yesterday)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        close_session(CashSession.objects.get(), counts=COUNTED, by=karim)
        open_session(CashBox.objects.get(code="01"), opening_float={"ILS": Decimal(300)}, by=karim)
        later = owes(nour, "200", kind=KIND)
        pays(nour, "200", by=karim, charges=[later])
        assert kept_for_age(nour.pk, deposits, "ILS", years=5) == 300
        with pytest.raises(DepositTooYoung, match=r"300\.00"):
            keeps(nour, "300.01")
        assert "مضي المدة" in keeps(nour, "300").description
        assert kept_for_age(nour.pk, deposits, "ILS", years=5) == 0
        assert faults(HOUSE) == []


@pytest.mark.parametrize(
    ("day", "years", "before"),
    [
        (date(2026, 3, 1), 5, date(2021, 3, 1)),
        (date(2028, 2, 29), 1, date(2027, 2, 28)),
        (date(2028, 2, 29), 4, date(2024, 2, 29)),
    ],
)
def test_years_are_counted_by_the_calendar(day: date, years: int, before: date) -> None:
    assert years_before(day, years) == before


def test_dues_come_first_where_the_municipality_decided_so(nour: Party) -> None:
    made = approved(asks_back(nour))
    owes(nour, "150")
    owes(nour, "70", due_on=today() + timedelta(days=30))
    fadi = staff("fadi", "finance_manager")
    assert owed_before_refund(made, on=today()) is None
    set_value("FIN-07.auto_offset_dues", True, starts_on=today(), resolution="5", by=HOUSE)
    assert owed_before_refund(made, on=today()) == money("150")
    with pytest.raises(DuesBeforeRefund, match=r"150\.00"):
        pay_out(made, TRANSFER, by=fadi)
    paid = pay_out(made, PaidBy(way=PayWay.TRANSFER, reference="T1", despite_dues=WHY), by=fadi)
    assert paid.steps.latest("id").note == WHY


def test_without_the_policy_a_refund_is_paid_out_whole(nour: Party) -> None:
    made = approved(asks_back(nour))
    owes(nour, "150")
    paid = pay_out(
        made,
        PaidBy(way=PayWay.TRANSFER, reference="T1", despite_dues=WHY),
        by=staff("fadi", "finance_manager"),
    )
    assert paid.steps.latest("id").note == ""


def test_only_refunds_wait_for_dues(nour: Party, karim: Viewer) -> None:
    set_value("FIN-07.auto_offset_dues", True, starts_on=today(), resolution="5", by=HOUSE)
    owes(nour, "150")
    huda = staff("huda", "accountant")
    bought = request_spending(
        kind=SpendingKind.PURCHASE,
        party_id=nour.pk,
        purpose="قرطاسية",
        lines=[AskedLine(account=Account.objects.get(code="52"), amount=money("40"))],
        by=huda,
    )
    assert owed_before_refund(approved(bought), on=today()) is None
    assert refund_due_by(bought) is None


def test_the_page_proposes_it_and_asks_why_not(
    nour: Party, client_for: Callable[..., Client]
) -> None:
    set_value("FIN-07.auto_offset_dues", True, starts_on=today(), resolution="5", by=HOUSE)
    made = approved(asks_back(nour))
    owes(nour, "150")
    staff("fadi", "finance_manager")
    browser, page = client_for("fadi"), reverse("finance:spending", args=[made.uid])
    shown = browser.get(page).content.decode()
    assert "150.00" in shown and 'name="despite_dues"' in shown
    door = reverse("finance:spending-move", args=[made.uid, "issued"])
    typed = {"way": "transfer", "bank": "", "reference": "T-9", "dated_on": ""}
    asked = browser.post(door, typed)
    assert asked.status_code == 422 and 'value="T-9"' in asked.content.decode()
    assert browser.post(door, {**typed, "despite_dues": WHY}).status_code == 302
    assert WHY in browser.get(page).content.decode()


def test_the_form_of_keeping_asks_for_the_ground(
    nour: Party, client_for: Callable[..., Client]
) -> None:
    staff("fadi", "finance_manager")
    browser = client_for("fadi")
    page = f"{reverse('finance:forfeit')}?party={nour.uid}&account=222&currency=ILS"
    typed = {
        "amount": "300",
        "ground": "age",
        "decision_no": "7",
        "decided_on": f"{today():%d/%m/%Y}",
        "reason": "لم يُطالب به",
    }
    young = browser.post(page, typed)
    assert young.status_code in (409, 422) and "FIN-07" in young.content.decode()
    assert browser.post(page, {**typed, "ground": "breach"}).status_code == 302
