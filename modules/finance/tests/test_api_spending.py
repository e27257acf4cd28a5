"""`/spending` and the page that picks a payee."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from modules.finance.services.spending.asking import commit_spending
from modules.finance.services.supplying import PayingFacts, add_supplier, block_supplier
from modules.finance.tests.factories import HOUSE, person, staff
from modules.finance.tests.test_spending import asked, line

URL = "/api/v1/spending"


def test_spendings_are_listed_with_their_state_in_a_known_number_of_statements(
    town: str, api_for: Callable[..., Client], count_queries
) -> None:
    huda = staff("huda", "accountant")
    budget = line()
    for _ in range(3):
        asked(budget, "100", by=huda)
    browser = api_for("huda")
    with count_queries() as seen:
        rows = browser.get(URL).json()["data"]
    assert [(one["state"], one["amount"]["amount"]) for one in rows] == [
        ("requested", "100.00")
    ] * 3
    assert len(seen) <= 12, [one["sql"][:90] for one in seen]
    assert browser.get(f"{URL}?state=approved").json()["data"] == []


def test_one_spending_tells_its_lines_and_steps_and_a_dinar_keeps_its_fils(
    town: str, api_for: Callable[..., Client]
) -> None:
    huda = staff("huda", "accountant")
    made = asked(line(), "250", by=huda)
    commit_spending(made, by=huda)
    found = api_for("huda").get(f"{URL}/{made.uid}").json()
    assert [one["state"] for one in found["steps"]] == ["requested", "committed"]
    assert found["lines"][0]["account"] == "52"
    assert found["lines"][0]["amount"] == {"amount": "250.00", "currency": "ILS"}
    assert found["cheques"] == []


def test_spending_is_read_by_who_may(town: str, api_for: Callable[..., Client]) -> None:
    staff("karim", "cashier")
    assert api_for("karim").get(URL).status_code == 403


def test_a_payee_is_found_by_the_beginning_of_a_name_and_fills_the_request(
    town: str, client_for: Callable[..., Client]
) -> None:
    staff("huda", "accountant")
    sami, rami = person("سامي"), person("رامي")
    add_supplier(sami, PayingFacts(bank="بنك فلسطين"), by=HOUSE)
    blocked = add_supplier(rami, PayingFacts(), by=HOUSE)
    block_supplier(blocked, reason="لم يورّد", by=HOUSE)
    browser = client_for("huda")
    where = f"{reverse('finance:spending-new')}?party={sami.uid}"
    page = browser.get(reverse("finance:payees"), {"q": "سا"}).content.decode()
    assert where in page
    assert str(rami.uid) not in browser.get(reverse("finance:payees")).content.decode()
    assert where not in browser.get(reverse("finance:payees"), {"q": "را"}).content.decode()
    form = browser.get(where).content.decode()
    assert sami.full_name in form
    assert f'value="{sami.uid}"' in form
