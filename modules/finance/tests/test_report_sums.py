"""Reports add up beneath their rows, a currency at a time, and say of which day or period they tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kernel.calendar.selectors import today
from kernel.money import money
from modules.finance.report_papers import of_when, report_paper
from modules.finance.selectors.reports import REPORTS
from modules.finance.selectors.tables import sums
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff


def _new_year() -> date:
    return date(today().year, 1, 1)


@pytest.fixture
def dues(town: str) -> None:
    """200.00 of water and 50.00 of waste this year, 8.255 JOD of rent; 60.00 of the water are paid."""
    rate("JOD", "5.2")
    cashier = staff("karim", "cashier")
    session_of(cashier)
    nour, sami = person(), person("سامي")
    water = owes(nour, "100")
    owes(sami, "100")
    owes(nour, "50", kind="finance.waste")
    owes(nour, money("8.255", "JOD"), kind="finance.rent")
    pays(nour, "60", by=cashier, charges=[water])


def _sums(code: str) -> list[tuple[object, ...]]:
    report = REPORTS[code]
    return sums(report, report.table(HOUSE, _new_year(), today()))


def _text(content: bytes) -> str:
    paper = pypdfium2.PdfDocument(content)
    return "".join(one.get_textpage().get_text_range() for one in paper)


def test_currencies_are_summed_apart_and_rates_are_of_the_sums(dues: None) -> None:
    """60.00 of 250.00 are 24.0 %, whatever the rates of the kinds (30.0 and 0.0) are."""
    shekels, dinars = _sums("collection")
    assert shekels[1:5] == ("ILS", 250, 60, Decimal("24.0"))
    assert dinars[1:5] == ("JOD", Decimal("8.255"), 0, Decimal("0.0"))


def test_debit_and_credit_of_the_trial_balance_meet_in_its_sums(dues: None) -> None:
    for one in _sums("trial-balance"):
        assert one[3] == one[4] and not one[5]


def test_one_row_needs_no_sum(town: str) -> None:
    owes(person(), "100")
    assert _sums("revenue") == []


def test_the_page_and_the_paper_show_the_sums(
    dues: None, client_for: Callable[..., Client]
) -> None:
    staff("huda", "accountant")
    huda, page = client_for("huda"), reverse("finance:report", args=["collection"])
    text = huda.get(page).content.decode()
    assert "<tfoot>" in text and "250.00" in text and "24.0" in text
    paper = _text(huda.get(f"{page}?as=pdf").content)
    assert "250.00" in paper and "24.0" in paper


def test_a_report_of_a_day_names_no_period(dues: None) -> None:
    """A trial balance headed “1 January to today” looks like the movements of that time, and is not."""
    with translation.override("en"):
        assert of_when(REPORTS["trial-balance"], _new_year(), today())[1] == f"{today():%d/%m/%Y}"
        assert of_when(REPORTS["budget"], _new_year(), today())[1] == f"{today():%Y}"
        assert " - " in of_when(REPORTS["day-book"], _new_year(), today())[1]


def test_who_reads_english_gets_page_and_paper_in_english(dues: None) -> None:
    report = REPORTS["collection"]
    with translation.override("en"):
        table = report.table(HOUSE, _new_year(), today())
        paper = _text(report_paper(report, table, since=_new_year(), until=today()))
    assert [row[0] for row in table.rows][:1] == ["Water"]
    assert "Collection rates" in paper and "Water" in paper and "Period" in paper
    with translation.override("ar"):
        assert report.table(HOUSE, _new_year(), today()).rows[0][0] == "مياه"


def test_the_ageing_by_place_says_that_places_are_those_of_today(
    dues: None, client_for: Callable[..., Client]
) -> None:
    staff("huda", "accountant")
    huda = client_for("huda")
    said = "أما حي الذمة والجابي المسؤول عنه فكما هما اليوم"
    ageing, day = reverse("finance:ageing"), f"{today():%d/%m/%Y}"
    assert said in huda.get(ageing, {"on": day, "by": "zone"}).content.decode()
    assert said not in huda.get(ageing, {"on": day, "by": "kind"}).content.decode()
    for code in ("ageing-by-zone", "ageing-by-collector"):
        assert said in huda.get(reverse("finance:report", args=[code])).content.decode()
        assert REPORTS[code].note
