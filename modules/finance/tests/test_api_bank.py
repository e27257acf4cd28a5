"""`/bank-statements` and `/suppliers`: read by who may, in a known number of statements."""

from __future__ import annotations

from modules.finance.services.supplying import PayingFacts, add_supplier
from modules.finance.tests.factories import HOUSE, person, staff
from modules.finance.tests.test_bank_statements import CSV, take


def test_a_statement_is_read_with_its_lines_and_its_reconciliation(
    town: str, api_for, count_queries
) -> None:
    staff("huda", "accountant")
    (made,) = take(CSV)
    browser = api_for("huda")
    (one,) = browser.get("/api/v1/bank-statements").json()["data"]
    assert (one["number"], one["closing"]["amount"]) == (made.reference, "1150.50")
    found = browser.get(f"/api/v1/bank-statements/{made.uid}").json()
    assert found["reconciliation"]["difference"]["amount"] == "0.00"
    with count_queries() as seen:
        lines = browser.get(f"/api/v1/bank-statements/{made.uid}/lines").json()["data"]
    assert [one["amount"]["amount"] for one in lines] == ["200.50", "-50.00", "1000.00"]
    assert len(seen) <= 16, [one["sql"][:90] for one in seen]


def test_suppliers_are_read_by_who_sees_spending(town: str, api_for) -> None:
    staff("huda", "accountant")
    staff("karim", "cashier")
    made = add_supplier(person("سامي"), PayingFacts(tax_file="562"), by=HOUSE)
    browser = api_for("huda")
    (one,) = browser.get("/api/v1/suppliers").json()["data"]
    assert (one["id"], one["tax_file"], one["is_blocked"]) == (str(made.uid), "562", False)
    assert browser.get(f"/api/v1/suppliers/{made.uid}").json()["name"] == made.party.full_name
    assert api_for("karim").get("/api/v1/suppliers").status_code == 403
