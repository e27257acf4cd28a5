"""The accountant's reports over the API: the rows of the screen, a text for each cell."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kernel.calendar.selectors import today
from kernel.files.services import store_file
from modules.finance.constants import CreditGround
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.credits import DecisionPaper
from modules.finance.services.exempting import exempt_by_category
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff
from tests.exemplars import picture

URL = "/api/v1/reports"
STATEMENTS = 4


@pytest.fixture
def maha(town: str, api_for: Callable[..., Client]) -> Client:
    staff("maha", "accountant")
    return api_for("maha")


def _year() -> dict[str, str]:
    return {"since": f"{today():%Y}-01-01", "until": today().isoformat()}


def test_every_report_is_named_and_answers(maha: Client) -> None:
    named = maha.get(URL).json()
    assert [one["code"] for one in named] == list(REPORTS)
    assert all(one["title"] for one in named)
    for one in named:
        answer = maha.get(f"{URL}/{one['code']}", _year())
        assert answer.status_code == 200, answer.content
        told = answer.json()
        assert all(len(row["cells"]) == len(told["columns"]) for row in told["rows"]), one


def test_the_day_book_gives_the_receipt_with_its_amount_as_text(
    maha: Client, count_queries: Callable[..., object]
) -> None:
    nour, karim = person(), staff("nabil", "cashier")
    session_of(karim)
    owes(nour, "1200")
    receipt = pays(nour, "1200", by=karim)
    maha.get(f"{URL}/day-book", _year())
    with count_queries() as seen:  # type: ignore[attr-defined]
        told = maha.get(f"{URL}/day-book", _year()).json()
    assert len(seen) == STATEMENTS
    (row,) = told["rows"]
    assert (row["of"], told["leads"]) == (str(receipt.uid), "receipt")
    assert {today().isoformat(), receipt.number_text, "ILS", "1200.00"} <= set(row["cells"])


def test_rates_reliefs_and_late_cash_are_read_in_a_known_number_of_statements(
    maha: Client, count_queries: Callable[..., object]
) -> None:
    """60.00 of 200.00 are collected; 50.00 are given to the family of a martyr; nothing lies in the box too long."""
    nour, karim = person(), staff("nabil", "cashier")
    session_of(karim)
    water = owes(nour, "100")
    owes(nour, "100", kind="finance.waste")
    exempt_by_category(
        water,
        category=CreditGround.MARTYR_FAMILY,
        proof=[store_file(picture(40), "بطاقة.png", HOUSE)],
        paper=DecisionPaper(number="3", decided_on=today(), authority="council"),
        by=HOUSE,
    )
    pays(nour, "60", by=karim)
    told = {}
    for code in ("collection", "by-ground", "late-cash", "late-deposits"):
        maha.get(f"{URL}/{code}", _year())
        with count_queries() as seen:  # type: ignore[attr-defined]
            told[code] = maha.get(f"{URL}/{code}", _year()).json()
        assert len(seen) == STATEMENTS, code
    ((_word, currency, *figures),) = told["collection"]["sums"]
    assert (currency, *figures[:3]) == ("ILS", "200.00", "60.00", "30.0")
    ((ground, _kind, *given),) = [row["cells"] for row in told["by-ground"]["rows"]]
    assert (ground, given[0], given[-1]) == ("martyr_family", "ILS", "50.00")
    assert told["late-cash"]["rows"] == told["late-deposits"]["rows"] == []


def test_a_report_that_is_none_a_period_that_is_none_and_a_stranger_are_refused(
    maha: Client, api_for: Callable[..., Client]
) -> None:
    assert maha.get(f"{URL}/nothing", _year()).status_code == 404
    assert maha.get(f"{URL}/day-book").status_code == 422
    backwards = {"since": "2026-02-01", "until": "2026-01-01"}
    assert maha.get(f"{URL}/day-book", backwards).status_code == 422
    assert api_for("amal").get(URL).status_code == 403
