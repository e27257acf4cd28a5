"""Cash that lies in a box longer than the policy allows is told while it lies there, on the page and over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.models import CashBox
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.sessions import remit_cash
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff

# Four days hold two working days at least, whatever the day of the week.
LATER = timedelta(days=4)
STATEMENTS = 4


@pytest.fixture
def box(karim: Viewer) -> CashBox:
    """100.00 were received just now."""
    owes(nour := person(), "1000")
    session = session_of(karim)
    pays(nour, "100", by=karim)
    return session.box


def _late(until: Any = None) -> list[tuple[object, ...]]:
    until = until or today()
    rows = REPORTS["late-cash"].table(HOUSE, until, until).rows
    return [(row[0], row[2], row[3], *row[5:]) for row in rows]


def test_what_came_today_is_not_late_and_what_came_four_days_ago_is(box: CashBox) -> None:
    came = today()
    assert _late() == []
    with time_machine.travel(timezone.now() + LATER, tick=True):
        assert _late() == [("01", "ILS", came, 100, 100)]


def test_what_stays_is_the_change_so_the_newest_leaves_first(box: CashBox) -> None:
    came = today()
    with time_machine.travel(timezone.now() + LATER, tick=True):
        remit_cash(box, amount=money("30"), slip="ق-1", reason="تأخر", by=HOUSE)
        assert _late() == [("01", "ILS", came, 70, 70)]
        assert _late(came) == []


def test_the_hours_are_the_policys(box: CashBox) -> None:
    set_value("FIN-01.deposit_within_hours", 720, starts_on=today(), resolution="5", by=HOUSE)
    with time_machine.travel(timezone.now() + LATER, tick=True):
        assert _late() == []


def test_a_programme_reads_it_in_a_known_number_of_statements(
    box: CashBox, api_for: Callable[..., Client], count_queries: Callable[..., Any]
) -> None:
    came = today()
    staff("maha", "accountant")
    with time_machine.travel(timezone.now() + LATER, tick=True):
        maha = api_for("maha")
        asked = {"since": came.isoformat(), "until": today().isoformat()}
        maha.get("/api/v1/reports/late-cash", asked)
        with count_queries() as seen:
            told = maha.get("/api/v1/reports/late-cash", asked).json()
    assert len(seen) == STATEMENTS
    (row,) = told["rows"]
    assert told["leads"] == "ledger" and row["of"] == box.account.code
    assert {"01", "ILS", came.isoformat(), "100.00"} <= set(row["cells"])


def test_the_page_says_on_which_day_and_leads_to_the_box(
    box: CashBox, client_for: Callable[..., Client]
) -> None:
    staff("maha", "accountant")
    with time_machine.travel(timezone.now() + LATER, tick=True):
        text = (
            client_for("maha").get(reverse("finance:report", args=["late-cash"])).content.decode()
        )
    assert reverse("finance:ledger", args=[box.account.code]) in text
    assert 'type="hidden" name="since"' in text
