"""The cash forecast: each due is told once, by its plan, by its cheque, or at the pace of the last year."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.months import month_later
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.cheques.taking import take_cheques
from modules.finance.services.planning import Terms, agree_plan
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of
from modules.finance.tests.test_cheques import paper


def forecast() -> list[tuple[object, ...]]:
    until = today() + timedelta(days=100)
    return list(REPORTS["forecast"].table(HOUSE, today(), until).rows)


def test_a_due_under_a_plan_or_a_cheque_is_not_told_at_the_pace_too(karim: Viewer) -> None:
    """The worked example of the README: of 560.00 owed only 100.00 follow the pace of 100.00 in twelve months."""
    nour, salma = person(), person("سلمى")
    session_of(karim)
    rent = owes(nour, "500", kind="finance.rent")
    pays(nour, "100", by=karim, charges=[rent])
    terms = Terms(count=4, first_on=month_later(today(), 1))
    agree_plan(party_id=nour.pk, charge_ids=[rent.pk], terms=terms, by=HOUSE)
    covered = owes(salma, "60")
    take_cheques(
        party_id=salma.pk, drawer="سلمى", cheques=[paper("9", "60", days=20)], charge_ids=[covered.pk], by=HOUSE,
    )  # fmt: skip
    owes(nour, "100")
    rows = forecast()
    assert sum(row[2] for row in rows) == 60
    assert sum(row[3] for row in rows) == 300  # the fourth comes later
    # 100.00 / 12 months / 560.00 owed = 1.488 % a month of what has neither plan nor cheque.
    assert round(rows[0][4], 2) == Decimal("1.49")
    assert all(row[6] == row[2] + row[3] + row[4] - row[5] for row in rows)


def test_the_pace_of_dinars_keeps_the_fils(karim: Viewer) -> None:
    rate("JOD", "5.2")
    nour = person()
    session_of(karim)
    rent = owes(nour, money("100", "JOD"), kind="finance.rent")
    pays(nour, money("10", "JOD"), by=karim, charges=[rent])
    first = next(row for row in forecast() if row[1] == "JOD")
    # 10.000 / 12 / 90.000 of 90.000
    assert first[4] == Decimal("0.833")
