"""Advances to staff are accounted for, by age; deposits are kept by decision, on pages that people find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import Money, money
from kernel.parties.models import Party
from kernel.policies.services import set_value
from modules.finance.constants import PayWay, SpendingKind
from modules.finance.errors.spending import (
    AccountNotOfThisSpending,
    AdvanceTooSmall,
    NotAnOpenAdvance,
)
from modules.finance.models import Account, BudgetLine, Entry, Spending
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.reports import REPORTS
from modules.finance.selectors.spending import balance_of, deposits_held, held_for
from modules.finance.selectors.staff_advances import advance_left
from modules.finance.services.spending.approving import approve_spending, enter_invoice
from modules.finance.services.spending.asking import (
    AskedLine,
    commit_spending,
    request_spending,
)
from modules.finance.services.spending.paying import PaidBy, pay_out
from modules.finance.services.spending.settling import SettledPart, settle_staff_advance
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff
from modules.finance.tests.test_spending import account, line


def _advance(party: Party, amount: str = "400") -> Spending:
    made = request_spending(
        kind=SpendingKind.STAFF_ADVANCE,
        party_id=party.pk,
        purpose="سلفة مهمة",
        lines=[AskedLine(account=account("152"), amount=money(amount))],
        by=HOUSE,
    )
    commit_spending(made, by=HOUSE)
    enter_invoice(made, reference="طلب", by=HOUSE)
    approve_spending(made, by=HOUSE)
    return pay_out(made, PaidBy(way=PayWay.TRANSFER, reference="T-1"), by=HOUSE)


def _part(code: str, amount: str, *, budget: BudgetLine | None = None) -> SettledPart:
    return SettledPart(account=account(code), amount=money(amount), budget_line=budget)


def _settles(
    made: Spending, *parts: SettledPart, returned: Money | None = None, note: str = "فواتير"
) -> Entry:
    return settle_staff_advance(made, parts=parts, returned=returned, note=note, by=HOUSE)


def _left(made: Spending) -> Decimal:
    found = advance_left(made, on=today())
    assert found is not None
    return found.left


def test_an_advance_is_settled_by_what_was_spent_and_what_came_back(town: str) -> None:
    sami, budget = person("سامي"), line()
    made = _advance(sami)
    before = balance_of(account("1121").pk, "ILS")
    _settles(made, _part("52", "300", budget=budget), returned=money("60"))
    budget.refresh_from_db()
    assert budget.spent == 300
    assert balance_of(account("1121").pk, "ILS") == before + 60
    assert (_left(made), held_for(sami.pk, account("152"), "ILS")) == (40, -40)
    with pytest.raises(AdvanceTooSmall):
        _settles(made, _part("52", "40.01"))
    _settles(made, _part("52", "40"))
    assert _left(made) == 0
    assert faults(HOUSE) == []


def test_the_oldest_advance_of_a_person_is_settled_first(
    town: str,
) -> None:
    sami = person("سامي")
    first, second = _advance(sami, "100"), _advance(sami, "200")
    _settles(second, _part("52", "150"))
    assert (_left(first), _left(second)) == (0, 150)
    other = _advance(person("هاني"), "10")
    assert _left(other) == 10


def test_only_a_paid_advance_is_settled_and_on_no_account_of_persons(town: str) -> None:
    sami = person("سامي")
    waiting = request_spending(
        kind=SpendingKind.STAFF_ADVANCE,
        party_id=sami.pk,
        purpose="سلفة",
        lines=[AskedLine(account=account("152"), amount=money("50"))],
        by=HOUSE,
    )
    assert advance_left(waiting, on=today()) is None
    with pytest.raises(NotAnOpenAdvance):
        _settles(waiting, _part("52", "50"))
    with pytest.raises(AccountNotOfThisSpending):
        _settles(_advance(sami), _part("251", "50"))


def test_the_day_by_which_it_is_settled_is_kept_and_the_report_ages_by_it(town: str) -> None:
    set_value("FIN-02.advance_settled_within_days", 10, starts_on=today(), by=HOUSE)
    made = _advance(person("سامي"), "100")
    _settles(made, _part("52", "30"))
    assert (
        made.steps.get(to_state="issued").facts["due_by"]
        == (today() + timedelta(days=10)).isoformat()
    )

    def bands(days: int) -> list[Decimal]:
        (row,) = (
            REPORTS["staff-advances"].table(HOUSE, today(), today() + timedelta(days=days)).rows
        )
        return [row[-5], *row[-4:]]

    assert bands(10) == [70, 70, 0, 0, 0]
    assert bands(11) == [70, 0, 70, 0, 0]
    assert bands(41) == [70, 0, 0, 70, 0]
    assert bands(101) == [70, 0, 0, 0, 70]
    assert REPORTS["staff-advances"].table(HOUSE, today(), today() - timedelta(days=1)).rows == ()


def test_the_page_of_the_advance_posts_and_keeps_what_was_typed(
    town: str, client_for: Callable[..., Client]
) -> None:
    staff("huda", "accountant")
    huda = client_for("huda")
    made = _advance(person("سامي"), "100")
    address = reverse("finance:settle-advance", args=[made.uid])
    assert address in huda.get(reverse("finance:spending", args=[made.uid])).content.decode()
    assert huda.get(address).status_code == 200
    typed = {"note": "فواتير", "account_0": "52", "amount_0": "100.01", "returned": ""}
    refused = huda.post(address, typed)
    assert refused.status_code == 422
    assert "100.01" in refused.content.decode()
    assert huda.post(address, typed | {"amount_0": "80", "returned": "20"}).status_code == 302
    assert _left(made) == 0
    assert address not in huda.get(reverse("finance:spending", args=[made.uid])).content.decode()
    for wanted in ("", "?as=xlsx", "?as=pdf"):
        report = reverse("finance:report", args=["staff-advances"])
        assert huda.get(f"{report}{wanted}").status_code == 200


def test_a_deposit_is_kept_by_decision_on_its_page(
    town: str, client_for: Callable[..., Client]
) -> None:
    staff("fadi", "finance_manager")
    cashier = staff("karim", "cashier")
    session_of(cashier)
    nour, deposits = person(), account("222")
    owes(nour, money("150"), kind="finance.rent_deposit")
    pays(nour, money("150"), by=cashier)
    fadi = client_for("fadi")
    address = f"{reverse('finance:forfeit')}?party={nour.uid}&account=222&currency=ILS"
    listed = fadi.get(reverse("finance:deposits")).content.decode()
    assert address.replace("&", "&amp;") in listed
    assert fadi.get(address).status_code == 200
    assert fadi.get(address.replace("222", "221")).status_code == 404
    typed = {
        "amount": "151",
        "decision_no": "7",
        "decided_on": f"{today():%d/%m/%Y}",
        "ground": "breach",
        "reason": "مخالفة العقد",
    }
    assert fadi.post(address, typed).status_code == 422
    assert fadi.post(address, typed | {"amount": "150", "decision_no": ""}).status_code == 422
    assert fadi.post(address, typed | {"amount": "150"}).status_code == 302
    assert deposits_held(HOUSE, [deposits]) == []
    assert balance_of(Account.objects.get(role="forfeited").pk, "ILS") == -150
