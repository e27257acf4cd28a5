"""Every report opens on the screen, as a sheet and on paper, and its figures are those of the books."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kernel.calendar.selectors import today
from kernel.money import money
from modules.finance.constants import CreditKind
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.credits import DecisionPaper, credit_charge
from modules.finance.services.voiding import cancel_receipt
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff


@pytest.fixture
def a_day(town: str) -> None:
    """Two dues, one in dinars; a payment, an exemption, a receipt that was taken back."""
    rate("JOD", "5.2")
    cashier = staff("karim", "cashier")
    session_of(cashier)
    nour = person()
    water = owes(nour, "100")
    owes(nour, money("8.255", "JOD"), kind="finance.rent")
    pays(nour, "60", by=cashier, charges=[water])
    wrong = pays(nour, "10", by=cashier, charges=[water])
    cancel_receipt(wrong, reason="خطأ", by=staff("muna", "finance_manager"))
    paper = DecisionPaper(number="12", decided_on=today(), authority="council")
    credit_charge(
        water, kind=CreditKind.EXEMPTION, amount=money("15"), reason="قرار", paper=paper, by=HOUSE
    )


def rows(code: str) -> list[tuple[object, ...]]:
    return list(REPORTS[code].table(HOUSE, today().replace(day=1), today()).rows)


def test_the_figures_are_those_of_the_books(a_day: None) -> None:
    assert [(row[1], row[2]) for row in rows("revenue")] == [
        ("ILS", Decimal("100.000")),
        ("JOD", Decimal("8.255")),
    ]
    water = rows("collection")[0]
    assert (water[2], water[3], water[4]) == (100, 60, Decimal("60.0"))
    assert [(row[4], row[8]) for row in rows("forgone")] == [("council", Decimal("15.000"))]
    assert [row[7] for row in rows("voids")] == [Decimal("10.000")]
    assert [row[5] for row in rows("day-book")] == [Decimal("60.000")]
    assert {row[1]: row[-1] for row in rows("ageing")} == {"ILS": 25, "JOD": Decimal("8.255")}


@pytest.mark.parametrize("code", sorted(REPORTS))
def test_a_report_opens_in_three_ways(
    a_day: None, code: str, client_for: Callable[..., Client]
) -> None:
    staff("huda", "accountant")
    huda, page = client_for("huda"), reverse("finance:report", args=[code])
    assert huda.get(page).status_code == 200
    sheet = huda.get(page + "?as=xlsx")
    assert CalamineWorkbook.from_filelike(BytesIO(sheet.content)).sheet_names
    assert huda.get(page + "?as=pdf").content.startswith(b"%PDF")


def test_an_unknown_report_is_not_there(a_day: None, client_for: Callable[..., Client]) -> None:
    staff("huda", "accountant")
    assert client_for("huda").get(reverse("finance:reports")).status_code == 200
    assert client_for("huda").get(reverse("finance:report", args=["x"])).status_code == 404
