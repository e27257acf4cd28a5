"""Suppliers: once each, with a real IBAN, blocked with a reason; invoices once; what is owed by age."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.money import money
from kernel.parties.models import Party
from kernel.parties.services import merge_parties
from modules.finance.constants import SpendingKind
from modules.finance.errors import ReasonMissing
from modules.finance.errors.suppliers import (
    IbanWrong,
    InvoiceTwice,
    SupplierBlocked,
    SupplierTwice,
)
from modules.finance.models import Account, Spending, Supplier
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.suppliers import (
    ageing_of_payables,
    band_of,
    like_it,
    open_payables,
    statement_of,
)
from modules.finance.services.spending.approving import approve_spending, enter_invoice
from modules.finance.services.spending.asking import AskedLine, commit_spending, request_spending
from modules.finance.services.supplying import (
    PayingFacts,
    add_supplier,
    block_supplier,
    checked_iban,
    unblock_supplier,
)
from modules.finance.supplier_papers import supplier_paper
from modules.finance.tests.factories import HOUSE, person, staff
from modules.finance.tests.test_guards import refused, sql

IBAN = "PS92PALS000000000400123456702"


def asked(party: Party, amount: str = "100") -> Spending:
    return request_spending(
        kind=SpendingKind.PURCHASE,
        party_id=party.pk,
        purpose="قرطاسية",
        lines=[AskedLine(account=Account.objects.get(code="52"), amount=money(amount))],
        by=HOUSE,
    )


def invoiced(party: Party, reference: str, amount: str = "100") -> Spending:
    made = asked(party, amount)
    commit_spending(made, by=HOUSE)
    return enter_invoice(made, reference=reference, by=HOUSE)


def test_an_iban_has_right_check_digits(town: str) -> None:
    assert checked_iban("ps92 PALS 0000 0000 0400 1234 5670 2") == IBAN
    for wrong in (
        "PS93PALS000000000400123456702",
        "PS92",
        "٩٢",
        "PS92PALS00000000040012345670",
        "<b>",
    ):
        with pytest.raises(IbanWrong):
            checked_iban(wrong)
    made = add_supplier(person(), PayingFacts(iban=IBAN), by=HOUSE)
    with refused("23514"):
        sql("UPDATE finance_supplier SET iban = 'x' WHERE id = %s", made.pk)


def test_a_party_is_one_supplier_also_after_a_merge(town: str) -> None:
    first, double = person(), person("نورة")
    add_supplier(first, by=HOUSE)
    with pytest.raises(SupplierTwice):
        add_supplier(first, by=HOUSE)
    merge_parties(keep=first.uid, alias=double.uid, reason="مكرر", by=HOUSE)
    with pytest.raises(SupplierTwice):
        add_supplier(double, by=HOUSE)


def test_nothing_is_bought_from_who_is_blocked_and_the_reason_is_told(town: str) -> None:
    sami = person("سامي")
    supplier = add_supplier(sami, by=HOUSE)
    waiting = asked(sami)
    with pytest.raises(ReasonMissing):
        block_supplier(supplier, reason=" ", by=HOUSE)
    block_supplier(supplier, reason="توريد مخالف", by=HOUSE)
    with pytest.raises(SupplierBlocked) as refusal:
        asked(sami)
    assert "توريد مخالف" in str(refusal.value)
    with pytest.raises(SupplierBlocked):
        commit_spending(waiting, by=HOUSE)
    unblock_supplier(supplier, reason="سوّي الأمر", by=HOUSE)
    commit_spending(waiting, by=HOUSE)


def test_an_invoice_of_a_supplier_is_entered_once(town: str) -> None:
    sami, other = person("سامي"), person("هاني")
    first = invoiced(sami, "F-1")
    with pytest.raises(InvoiceTwice) as refusal:
        invoiced(sami, " f-1 ")
    assert first.number_text in str(refusal.value)
    invoiced(other, "F-1")
    second = asked(sami)
    with refused("23505"):
        sql("UPDATE finance_spending SET invoice = 'F-1' WHERE id = %s", second.pk)
    with refused("BA040"):
        sql("UPDATE finance_spending SET invoice = 'F-2' WHERE id = %s", first.pk)


def test_the_same_amount_again_is_pointed_out(town: str) -> None:
    sami = person("سامي")
    first, second, third = asked(sami), asked(sami), asked(sami, "70")
    assert list(like_it(second)) == [first]
    assert list(like_it(first)) == list(like_it(third)) == []


def test_what_is_owed_equals_the_payables_of_the_books(town: str) -> None:
    sami = person("سامي")
    supplier = add_supplier(sami, PayingFacts(terms_days=10), by=HOUSE)
    invoiced(sami, "1", "100")
    invoiced(sami, "2", "40")
    invoiced(person("هاني"), "1", "60")
    (one, two, _other) = open_payables(HOUSE, on=today())[:3]
    assert {one.due_on, two.due_on} <= {today(), today() + timedelta(days=10)}
    later = ageing_of_payables(HOUSE, on=today() + timedelta(days=41))
    mine = next(one for one in later if one.party == sami.full_name)
    assert [int(part) for part in mine.bands] == [0, 0, 140, 0, 0]
    (shown,) = statement_of(HOUSE, supplier, since=today(), until=today())
    assert (shown.opening, shown.closing, len(shown.movements)) == (0, 140, 2)
    assert sum(one.total for one in later) == 200
    assert supplier_paper(supplier, since=today(), until=today(), by=HOUSE).startswith(b"%PDF")
    assert faults(HOUSE) == []


def test_bands_of_age() -> None:
    assert [band_of(days) for days in (-3, 0, 1, 30, 31, 90, 91)] == [0, 0, 1, 1, 2, 3, 4]


def test_the_pages_of_suppliers(town: str, client_for, count_queries) -> None:
    fadi = staff("fadi", "finance_manager")
    sami = person("سامي")
    browser = client_for("fadi")
    new = reverse("finance:supplier-new")
    typed = {"party": str(sami.uid), "iban": "PS00", "terms_days": "30"}
    answer = browser.post(new, typed)
    assert answer.status_code == 422
    assert browser.post(new, typed | {"iban": IBAN}).status_code == 302
    supplier = Supplier.objects.get()
    invoiced(sami, "9")
    page = reverse("finance:supplier", args=[supplier.uid])
    with count_queries() as seen:
        assert browser.get(page).status_code == 200
    assert len(seen) <= 28, [one["sql"][:90] for one in seen]
    move = reverse("finance:supplier-move", args=[supplier.uid, "block"])
    assert browser.post(move, {"reason": ""}).status_code == 422
    assert browser.post(move, {"reason": "خلاف"}).status_code == 302
    supplier.refresh_from_db()
    assert supplier.is_blocked
    for name in ("suppliers", "payables"):
        assert browser.get(reverse(f"finance:{name}")).status_code == 200
    assert browser.get(reverse("finance:supplier-paper", args=[supplier.uid])).status_code == 200
    staff("karim", "cashier")
    assert client_for("karim").get(page).status_code == 403
    assert fadi.may("finance.manage_suppliers")


def test_only_who_keeps_the_register_changes_it(town: str) -> None:
    with pytest.raises(NotPermitted):
        add_supplier(person(), by=staff("huda", "cashier"))
    assert approve_spending
