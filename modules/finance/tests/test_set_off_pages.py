"""Setting off on the cashier's page, over the API, by two at once; what the pages tell of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import format_money, money
from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.finance.models import Charge, Receipt
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.suppliers import statement_of
from modules.finance.services.sessions import add_box, open_session
from modules.finance.services.spending.paying import pay_out
from modules.finance.services.supplying import add_supplier
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff
from modules.finance.tests.test_at_once import at_once
from modules.finance.tests.test_guards import sql
from modules.finance.tests.test_set_offs import TRANSFER, owed_to, sets_off, stands, takes_back

Door = Callable[..., Client]


def page_of(party: Party) -> str:
    return reverse("finance:receive", args=[party.uid])


def typed(party: Party, **changes: str) -> dict[str, str]:
    return {
        "amount": "150",
        "currency": "ILS",
        "method": "set_off",
        "payer_name": party.full_name,
        "charges": str(party_charge(party)),
        **changes,
    }


def party_charge(party: Party) -> Any:
    return Charge.objects.get(party=party).uid


def test_the_cashier_chooses_what_we_owe_on_the_page(
    karim: Viewer, client_for: Door, count_queries: Any
) -> None:
    supplier = person("مورد")
    made = owed_to(supplier, "400")
    owes(supplier, "150")
    session_of(karim)
    browser = client_for("karim")
    browser.get(page_of(supplier))
    with count_queries() as seen:
        shown = browser.get(page_of(supplier)).content.decode()
    assert len(seen) == 12, [one["sql"][:90] for one in seen]
    assert shown.count(f'<option value="{made.uid}">') == 4
    assert f"{made.number_text} · قرطاسية · {format_money(money('400'))}" in shown
    nothing = browser.post(page_of(supplier), typed(supplier))
    assert nothing.status_code == 422
    assert "اختر ما للدافع" in nothing.content.decode()
    assert 'value="150"' in nothing.content.decode()
    kept = browser.post(
        page_of(supplier), typed(supplier, amount="500", payable=str(made.uid), keep_surplus="on")
    )
    assert kept.status_code == 422 and "400.00" in kept.content.decode()
    assert f'<option value="{made.uid}" selected>' in kept.content.decode()
    in_cash = browser.post(page_of(supplier), typed(supplier, payable=str(made.uid), method="cash"))
    assert in_cash.status_code == 422 and "اختر المقاصة" in in_cash.content.decode()
    posted = browser.post(page_of(supplier), typed(supplier, payable=str(made.uid)))
    assert posted.status_code == 302, posted.content.decode()
    receipt = Receipt.objects.get()
    assert made.number_text in browser.get(posted["Location"]).content.decode()
    printed = browser.get(reverse("finance:receipt-paper", args=[receipt.uid]))
    assert printed.content.startswith(b"%PDF")


def test_a_part_of_a_receipt_is_set_off_and_the_other_paid_in_cash(
    karim: Viewer, client_for: Door
) -> None:
    supplier = person("مورد")
    made = owed_to(supplier, "100")
    owes(supplier, "150")
    session_of(karim)
    parts = {
        "amount": "50",
        "method": "cash",
        "second_amount": "100",
        "second_method": "set_off",
        "second_payable": str(made.uid),
    }
    posted = client_for("karim").post(page_of(supplier), typed(supplier, **parts))
    assert posted.status_code == 302, posted.content.decode()
    assert stands(made) == ("set_off", 0)


def test_who_is_owed_nothing_is_offered_nothing(karim: Viewer, client_for: Door) -> None:
    nour = person()
    owed_to(person("مورد"), "400")
    owes(nour, "150")
    session_of(karim)
    browser = client_for("karim")
    assert 'name="payable"' not in browser.get(page_of(nour)).content.decode()
    answer = browser.post(page_of(nour), typed(nour))
    assert answer.status_code == 422 and "اختر ما للدافع" in answer.content.decode()


def test_the_pages_of_the_payable_tell_what_was_set_off(
    karim: Viewer, client_for: Door, count_queries: Any
) -> None:
    supplier = person("مورد")
    made = owed_to(supplier, "400")
    owes(supplier, "150")
    session_of(karim)
    receipt = sets_off(supplier, made, "150", by=karim)
    browser, page = client_for("huda"), reverse("finance:spending", args=[made.uid])
    browser.get(page)
    with count_queries() as seen:
        shown = browser.get(page).content.decode()
    assert len(seen) == 18, [one["sql"][:90] for one in seen]
    assert receipt.number_text in shown and "250.00" in shown
    assert "/rejected" not in shown
    supplied = add_supplier(supplier, by=HOUSE)
    told = browser.get(reverse("finance:supplier", args=[supplied.uid])).content.decode()
    assert "250.00" in told
    (account,) = statement_of(HOUSE, supplied, since=today(), until=today())
    taken = account.movements[-1]
    assert made.number_text in taken.text and receipt.entry.number_text in taken.text
    assert (taken.paid, account.closing) == (150, 250)
    pay_out(made, TRANSFER, by=staff("fadi", "finance_manager"))
    voucher = browser.get(reverse("finance:spending-paper", args=[made.uid]))
    assert voucher.content.startswith(b"%PDF")
    takes_back(receipt)
    assert "<s>" in browser.get(page).content.decode()


def test_a_programme_sets_off_by_the_payables_id(karim: Viewer, api_for: Door) -> None:
    supplier = person("مورد")
    made = owed_to(supplier, "400")
    owes(supplier, "150")
    session_of(karim)
    programme = api_for("karim")

    def posts(key: str, **payable: str) -> Any:
        part = {"method": "set_off", "amount": {"amount": "150.00", "currency": "ILS"}, **payable}
        return programme.post(
            "/api/v1/receipts",
            {"party": str(supplier.uid), "instruments": [part]},
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    assert (posts("s1").status_code, posts("s1").json()["code"]) == (422, "payable_missing")
    other = owed_to(person("غيره"), "400", invoice="F-10")
    assert posts("s2", payable=str(other.uid)).json()["code"] == "payable_not_open"
    answer = posts("s3", payable=str(made.uid))
    assert answer.status_code == 201, answer.content
    (instrument,) = answer.json()["instruments"]
    assert (instrument["payable"], instrument["reference"]) == (str(made.uid), made.number_text)
    huda = api_for("huda").get(f"/api/v1/spending/{made.uid}").json()
    assert huda["set_off"] == {"amount": "150.00", "currency": "ILS"}


def test_two_cashiers_never_set_off_more_than_is_owed(town_of_its_own: str) -> None:
    karim, rami = staff("karim2", "cashier"), staff("rami", "cashier")
    session_of(karim)
    open_session(add_box(code="02", name_ar="ص٢", by=HOUSE), opening_float={}, by=rami)
    supplier = person("مورد")
    made = owed_to(supplier, "100")
    owes(supplier, "500")
    results = at_once(
        town_of_its_own,
        [lambda by=by: sets_off(supplier, made, "60", by=by) for by in (karim, rami)],  # type: ignore[misc]
    )
    assert sorted(type(one).__name__ for one in results) == ["PayableTooSmall", "Receipt"]
    assert stands(made) == ("approved", 40)
    assert faults(HOUSE) == []


def test_a_set_off_of_the_time_before_stays_readable(karim: Viewer, client_for: Door) -> None:
    """It names nothing that we owe; its receipt opens and is taken back like every other one."""
    nour = person()
    owes(nour, "100")
    session_of(karim)
    receipt = pays(nour, "100", by=karim)
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE finance_instrument DISABLE TRIGGER USER")
    sql(
        "UPDATE finance_instrument SET method = 'set_off', reference = 'كتاب 7' WHERE receipt_id = %s",
        receipt.pk,
    )
    sql("ALTER TABLE finance_instrument ENABLE TRIGGER USER")
    sql("SET CONSTRAINTS ALL DEFERRED")
    shown = client_for("karim").get(reverse("finance:receipt", args=[receipt.uid]))
    assert "كتاب 7" in shown.content.decode()
    assert takes_back(receipt).is_void
