"""The two reports a council asks for first, with the numbers of the README: budget execution and collection rates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import time_machine

from kernel.calendar.selectors import today, zone
from kernel.money import money
from modules.finance.selectors.reports import REPORTS
from modules.finance.selectors.tables import sums
from modules.finance.services.budgeting import supplement, transfer
from modules.finance.services.spending.approving import enter_invoice
from modules.finance.services.spending.asking import commit_spending
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff
from modules.finance.tests.test_spending import asked, line, paper


def test_what_is_free_of_a_line_is_what_it_holds_less_what_is_bound_and_spent(town: str) -> None:
    """1,000.00 + 200.00 - 150.00 = 1,050.00; 300.00 committed and 250.00 spent leave 500.00."""
    works, fuel = line("52", "1000"), line("54", "400")
    supplement(works, amount=Decimal(200), paper=paper(), by=HOUSE)
    transfer(works, fuel, amount=Decimal(150), paper=paper(), by=HOUSE)
    spent = asked(works, "250")
    for one in (spent, asked(works, "300")):
        commit_spending(one, by=HOUSE)
    enter_invoice(spent, reference="F-1", by=HOUSE)
    report = REPORTS["budget"]
    table = report.table(HOUSE, date(today().year, 1, 1), today())
    assert table.rows[0][2:] == (1000, 200, -150, 1050, 300, 250, 500)
    assert table.rows[1][2:] == (400, 0, 150, 550, 0, 0, 550)
    assert sums(report, table)[0][2:] == (1400, 200, 0, 1600, 300, 250, 1050)


def test_what_is_collected_of_this_years_dues_and_of_those_from_before(town: str) -> None:
    """Of 250.00 of this year 60.00 are paid, 24.0 %; of 400.00 from before 100.00, 25.0 %."""
    nour = person()
    before = owes(nour, "400")
    february = datetime(today().year + 1, 2, 1, 10, tzinfo=zone())
    with time_machine.travel(february, tick=True):
        karim = staff("karim", "cashier")
        session_of(karim)
        now = owes(nour, "250")
        pays(nour, "60", by=karim, charges=[now])
        pays(nour, "100", by=karim, charges=[before])
        ((_kind, currency, *figures),) = (
            REPORTS["collection"].table(HOUSE, date(today().year, 1, 1), today()).rows
        )
    assert (currency, money(figures[0])) == ("ILS", money("250"))
    assert figures == [250, 60, Decimal("24.0"), 400, 100, Decimal("25.0")]
