"""Cash lies in the box longer than the policy allows: it goes to the bank with a reason, and the finance manager is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.calendar.selectors import today, zone
from kernel.calendar.services import declare_holiday
from kernel.money import money
from kernel.notifications.models import Notification
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.errors import DepositLate
from modules.finance.models import CashBox, Entry, Line
from modules.finance.selectors.custody import lies_since, working_hours
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.sessions import remit_cash
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff

WHY = "تعذر الوصول إلى البنك"
# Four days hold two working days at least, whatever the day of the week.
LATER = timedelta(days=4)


@pytest.fixture
def muna(town: str) -> Viewer:
    return staff("muna", "finance_manager")


@pytest.fixture
def box(karim: Viewer, muna: Viewer) -> CashBox:
    """100.00 were received just now."""
    nour = person()
    owes(nour, "1000")
    session = session_of(karim)
    pays(nour, "100", by=karim)
    return session.box


def late_rows(days: timedelta = LATER) -> list[tuple[Any, ...]]:
    return list(REPORTS["late-deposits"].table(HOUSE, today() - days, today()).rows)


def test_cash_of_today_goes_to_the_bank_without_a_reason(box: CashBox, muna: Viewer) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=23), tick=True):
        entry = remit_cash(box, amount=money("100"), slip="B-1", reason="لا حاجة", by=muna)
        assert late_rows() == []
    assert set(entry.lines.values_list("description", flat=True)) == {"B-1"}
    assert not Notification.objects.filter(verb="finance.deposit_late").exists()


def test_cash_that_lay_too_long_needs_a_reason_and_is_shown(box: CashBox, muna: Viewer) -> None:
    with time_machine.travel(timezone.now() + LATER, tick=True):
        with pytest.raises(DepositLate, match="FIN-01"):
            remit_cash(box, amount=money("100"), slip="B-1", reason=" ", by=muna)
        assert not Entry.objects.filter(description="B-1").exists()
        entry = remit_cash(box, amount=money("100"), slip="B-1", reason=WHY, by=muna)
        ((on, code, slip, currency, amount, _by, said),) = late_rows()
        assert (on, code, slip, currency, amount) == (today(), "01", "B-1", "ILS", 100)
        assert WHY in said
    # The bank's line carries the slip alone: the statement of the bank is matched by it.
    assert entry.lines.get(debit__gt=0).description == "B-1"
    (bell,) = Notification.objects.filter(verb="finance.deposit_late")
    assert bell.user_id == muna.user_id and WHY in bell.text
    assert entry.posted_by_id == muna.user_id
    assert faults(HOUSE) == []


def test_what_stays_in_the_box_is_the_change(box: CashBox, karim: Viewer) -> None:
    """100.00 of change came first, 60.00 of receipts after it: 60.00 to the bank are the receipts."""
    nour = person()
    owes(nour, "60")
    pays(nour, "60", by=karim)
    first, second = Line.objects.filter(account=box.account, debit__gt=0).order_by("id")
    assert lies_since(box, money("60")) == second.entry.posted_at
    assert lies_since(box, money("60.10")) == first.entry.posted_at
    assert lies_since(box, money("160.10")) is None


def test_the_hours_are_the_policys(box: CashBox, muna: Viewer) -> None:
    set_value("FIN-01.deposit_within_hours", 720, starts_on=today(), resolution="5", by=HOUSE)
    with time_machine.travel(timezone.now() + LATER, tick=True):
        remit_cash(box, amount=money("100"), slip="B-1", by=muna)


def test_a_weekend_and_a_holiday_do_not_count(town: str) -> None:
    """Received on Thursday at 13:00, taken to the bank on Sunday at 9:00: 20 hours, not 68."""
    thursday = datetime(2026, 6, 4, 13, tzinfo=zone())
    sunday = datetime(2026, 6, 7, 9, tzinfo=zone())
    assert working_hours(thursday, sunday) == 20
    declare_holiday(first_day=sunday.date(), name_ar="عطلة", by=HOUSE)
    assert working_hours(thursday, sunday) == 11
    assert working_hours(sunday, thursday) == 0


def test_the_page_asks_for_the_reason_and_keeps_what_was_typed(
    box: CashBox, client_for: Callable[..., Client]
) -> None:
    browser, page = client_for("muna"), reverse("finance:box-remit", args=[box.uid])
    typed = {"amount": "100", "slip": "ق-77"}
    with time_machine.travel(timezone.now() + LATER, tick=True):
        browser = client_for("muna")
        asked = browser.post(page, typed)
        assert asked.status_code == 422
        assert 'value="ق-77"' in asked.content.decode() and "FIN-01" in asked.content.decode()
        assert browser.post(page, {**typed, "reason": WHY}).status_code == 302
        shown = browser.get(reverse("finance:report", args=["late-deposits"]))
        assert WHY in shown.content.decode()
