"""What an employee accounted for is listed at the advance, is taken back by an entry, and keeps the advance paid."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import money
from modules.finance.constants import SpendingState
from modules.finance.errors.books import OnlyHandEntriesReversed
from modules.finance.errors.spending import AdvanceSettled
from modules.finance.models import Entry, Spending
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.spending import held_for
from modules.finance.selectors.staff_advances import settlements_of
from modules.finance.services.spending.returning import send_payment_back
from modules.finance.services.vouchers import reverse_voucher
from modules.finance.tests.factories import HOUSE, person, staff
from modules.finance.tests.test_settling import _advance, _left, _part, _settles
from modules.finance.tests.test_spending import account, line


@pytest.fixture
def advance(town: str) -> Spending:
    return _advance(person("سامي"))


def test_a_settlement_is_taken_back_and_the_budget_has_its_money_again(advance: Spending) -> None:
    budget = line()
    entry = _settles(advance, _part("52", "300", budget=budget), returned=money("60"))
    assert _left(advance) == 40
    reverse_voucher(entry, reason="فاتورة ليست له", by=HOUSE)
    budget.refresh_from_db()
    assert (_left(advance), budget.spent) == (400, 0)
    ((listed),) = settlements_of(advance)
    assert (listed.amount, bool(listed.reversal)) == (360, True)
    assert faults(HOUSE) == []


def test_the_payment_itself_is_not_taken_back_by_hand(advance: Spending) -> None:
    for step in advance.steps.exclude(entry=None):
        with pytest.raises(OnlyHandEntriesReversed):
            reverse_voucher(Entry.objects.get(pk=step.entry_id), reason="خطأ", by=HOUSE)


def test_money_that_was_accounted_for_never_came_back(advance: Spending) -> None:
    """Sent back and rejected, the employee would be owed the 400.00 that he spent."""
    entry = _settles(advance, _part("52", "400"))
    with pytest.raises(AdvanceSettled, match="400"):
        send_payment_back(advance, on=today(), reason="أعادها البنك", by=HOUSE)
    reverse_voucher(entry, reason="خطأ", by=HOUSE)
    send_payment_back(advance, on=today(), reason="أعادها البنك", by=HOUSE)
    advance.refresh_from_db()
    assert advance.state == SpendingState.APPROVED
    assert held_for(advance.party_id, account("152"), "ILS") == -400
    assert faults(HOUSE) == []


def test_the_page_lists_them_and_a_settled_advance_asks_nothing_more(
    advance: Spending, client_for: Callable[..., Client]
) -> None:
    staff("maha", "accountant")
    maha = client_for("maha")
    _settles(advance, _part("52", "300"), note="فواتير الفندق")
    page = reverse("finance:spending", args=[advance.uid])
    text = maha.get(page).content.decode()
    assert "فواتير الفندق" in text and "300.00" in text
    settle = reverse("finance:settle-advance", args=[advance.uid])
    assert "غير مسوّى" in maha.get(settle).content.decode()
    _settles(advance, returned=money("100"))
    assert maha.get(settle)["Location"] == page


def test_the_entrys_page_offers_to_take_it_back(
    advance: Spending, client_for: Callable[..., Client]
) -> None:
    staff("maha", "accountant")
    entry = _settles(advance, _part("52", "300"))
    maha, page = client_for("maha"), reverse("finance:entry", args=[entry.uid])
    away = reverse("finance:voucher-reverse", args=[entry.uid])
    assert away in maha.get(page).content.decode()
    maha.post(away, {"reason": "خطأ"})
    assert _left(advance) == 400
