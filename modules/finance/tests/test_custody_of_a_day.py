"""Cash that was not handed over, as of any day: what was taken to the bank later lay in the box until then."""

from __future__ import annotations

from datetime import date, timedelta

import time_machine
from django.utils import timezone

from kernel.calendar.selectors import today
from kernel.money import money
from modules.finance.models import CashBox
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.sessions import remit_cash
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff


def _held(until: date) -> list[tuple[object, ...]]:
    rows = REPORTS["custody"].table(HOUSE, until, until).rows
    return [(row[2], *row[4:]) for row in rows]


def test_the_report_of_a_past_day_knows_nothing_of_later_ones(town: str) -> None:
    karim, nour = staff("karim", "cashier"), person()
    session_of(karim)
    owes(nour, "100")
    pays(nour, "40", by=karim)
    received = today()
    assert _held(received - timedelta(days=1)) == []
    assert _held(received) == [("ILS", 40, 40, 0, 0)]
    with time_machine.travel(timezone.now() + timedelta(days=9), tick=True):
        assert _held(today()) == [("ILS", 40, 0, 0, 40)]
        remit_cash(
            CashBox.objects.get(code="01"), amount=money("30"), slip="ق-1", reason="تأخر", by=HOUSE
        )
        assert _held(today()) == [("ILS", 10, 0, 0, 10)]
        assert _held(received) == [("ILS", 40, 40, 0, 0)]
