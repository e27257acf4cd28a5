"""The pages of finance in a browser's hands: the cash desk, receipts, dues, the books."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.models import CashBox, Charge, Receipt
from modules.finance.tests.factories import owes, pays, person, session_of, staff

Door = Callable[..., Client]


@pytest.fixture
def muna(town: str) -> Viewer:
    """The finance manager."""
    return staff("muna", "finance_manager")


@pytest.fixture
def fateh(town: str) -> Viewer:
    """The accountant."""
    return staff("fateh", "accountant")


def test_a_receipt_takes_three_keys_after_the_person_is_found(
    karim: Viewer, client_for: Door
) -> None:
    """The amount stands there already: Enter receives it in cash."""
    nour = person()
    owes(nour, "85")
    session_of(karim)
    browser = client_for("karim")
    page = browser.get(reverse("finance:receive", args=[nour.uid]))
    assert page.status_code == 200
    form = page.context["form"]
    typed = {
        name: form[name].value() or "" for name in ("amount", "currency", "method", "payer_name")
    }
    assert typed["amount"] == "85.00"
    answer = browser.post(
        reverse("finance:receive", args=[nour.uid]),
        {**typed, "charges": form["charges"].value(), "submission_key": "k1"},
    )
    receipt = Receipt.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/finance/receipts/{receipt.uid}?new=1"
    assert "فقط خمسة وثمانون شيكلاً لا غير" in browser.get(answer["Location"]).content.decode()


def test_a_double_click_gives_one_receipt(karim: Viewer, client_for: Door) -> None:
    nour = person()
    owes(nour, "85")
    session_of(karim)
    browser = client_for("karim")
    typed = {
        "amount": "٥٠", "currency": "ILS", "method": "cash", "payer_name": "نور", "submission_key": "one-click",
        "charges": [str(Charge.objects.get().uid)],
    }  # fmt: skip
    first = browser.post(reverse("finance:receive", args=[nour.uid]), typed)
    second = browser.post(reverse("finance:receive", args=[nour.uid]), typed)
    assert first["Location"] == second["Location"]
    assert Receipt.objects.count() == 1


def test_a_refusal_keeps_what_was_typed(karim: Viewer, client_for: Door) -> None:
    nour = person()
    due = owes(nour, "85")
    session_of(karim)
    answer = client_for("karim").post(
        reverse("finance:receive", args=[nour.uid]),
        {
            "amount": "100",
            "currency": "ILS",
            "method": "cash",
            "payer_name": "نور",
            "note": "بحضور أخيها",
            "charges": [str(due.uid)],
        },
    )
    assert answer.status_code == 422
    assert "بحضور أخيها" in answer.content.decode()
    assert "keep_surplus" in answer.content.decode()


def test_the_preview_writes_the_amount_in_words_and_shows_the_parts(
    karim: Viewer, client_for: Door
) -> None:
    nour = person()
    due = owes(nour, "85")
    session_of(karim)
    answer = client_for("karim").post(
        reverse("finance:receive-preview", args=[nour.uid]),
        {
            "amount": "102",
            "currency": "ILS",
            "method": "cash",
            "payer_name": "نور",
            "charges": [str(due.uid)],
        },
    )
    text = answer.content.decode()
    assert "فقط مائة وشيكلان لا غير" in text
    assert "17.00" in text
    assert Receipt.objects.count() == 0


def test_every_page_of_the_books_opens_in_arabic(
    karim: Viewer, muna: Viewer, client_for: Door
) -> None:
    nour = person()
    due = owes(nour, "85")
    session = session_of(karim, ils="100")
    receipt = pays(nour, "50", by=karim)
    names = [
        "charges", "charge-new", "trial-balance", "journal", "day-book", "by-kind", "proof", "accounts", "account-new",
        "kinds", "kind-new", "rates", "periods", "boxes", "opening-list", "opening-new",
    ]  # fmt: skip
    addresses = [reverse(f"finance:{name}") for name in names]
    addresses += [
        reverse("finance:charge", args=[due.uid]),
        reverse("finance:entry", args=[receipt.entry.uid]),
        reverse("finance:ledger", args=["1203"]),
        reverse("finance:statement", args=[nour.uid]),
        reverse("finance:account", args=["1203"]),
        reverse("finance:kind", args=[due.kind.uid]),
        reverse("finance:box-remit", args=[session.box.uid]),
    ]
    browser = client_for("muna")
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert 'lang="ar"' in answer.content.decode(), address
    browser = client_for("karim")
    for address in [
        reverse("finance:desk"), reverse("finance:receipts"), reverse("finance:sessions"), reverse("finance:session-open"),
        reverse("finance:session", args=[session.uid]), reverse("finance:session-close", args=[session.uid]),
        reverse("finance:receipt", args=[receipt.uid]), reverse("finance:receive", args=[nour.uid]),
        reverse("finance:receipts") + "?export=xlsx",
    ]:  # fmt: skip
        assert browser.get(address).status_code == 200, address


def test_a_cashier_finds_the_person_by_number(karim: Viewer, client_for: Door) -> None:
    nour = person(id_number="900000015")
    session_of(karim)
    answer = client_for("karim").get(reverse("finance:desk"), {"party": "٩٠٠٠٠٠٠١٥"})
    assert answer["Location"] == reverse("finance:receive", args=[nour.uid])


def test_an_accountant_assesses_and_the_page_leads_to_the_due(
    fateh: Viewer, client_for: Door
) -> None:
    nour = person(id_number="900000023")
    answer = client_for("fateh").post(
        reverse("finance:charge-new"),
        {
            "party": str(nour.uid), "kind": "finance.waste", "amount": "120", "currency": "ILS", "year": "2026",
            "due_on": "31/12/2026", "description": "نفايات 2026",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    due = Charge.objects.get()
    assert answer["Location"] == reverse("finance:charge", args=[due.uid])


def test_a_second_person_cancels_on_the_page(karim: Viewer, muna: Viewer, client_for: Door) -> None:
    nour = person()
    owes(nour, "85")
    session_of(karim)
    receipt = pays(nour, "50", by=karim)
    address = reverse("finance:receipt-cancel", args=[receipt.uid])
    assert client_for("karim").post(address, {"reason": "خطأ"}).status_code == 403
    answer = client_for("muna").post(address, {"reason": "أخطأ في المبلغ"})
    assert answer.status_code == 302
    receipt.refresh_from_db()
    assert receipt.is_void


def test_the_count_with_a_difference_asks_why(karim: Viewer, client_for: Door) -> None:
    nour = person()
    owes(nour, "85")
    session = session_of(karim, ils="100")
    pays(nour, "80", by=karim)
    address = reverse("finance:session-close", args=[session.uid])
    browser = client_for("karim")
    typed = {"piece_ILS_100": "1", "piece_ILS_20": "3", "piece_ILS_10": "1"}
    answer = browser.post(address, typed)
    assert answer.status_code == 422
    answer = browser.post(address, {**typed, "note": "ناقص عشرة شواكل"})
    assert answer.status_code == 302
    session.refresh_from_db()
    assert not session.is_open
    count = session.counts.get()
    assert (count.counted, count.variance) == (170, -10)
    assert count.denominations == {"100": 1, "20": 3, "10": 1}


def test_the_receipt_prints_once_and_then_as_a_marked_copy(karim: Viewer, client_for: Door) -> None:
    nour = person()
    owes(nour, "85")
    session_of(karim)
    receipt = pays(nour, "50", by=karim)
    browser = client_for("karim")
    original = browser.get(reverse("finance:receipt-paper", args=[receipt.uid]))
    assert original["Content-Type"] == "application/pdf"
    assert original.content.startswith(b"%PDF")
    assert (
        browser.get(reverse("finance:receipt-paper", args=[receipt.uid])).content
        == original.content
    )
    copy = browser.post(
        reverse("finance:receipt-reprint", args=[receipt.uid]), {"reason": "فقد الأصل"}
    )
    assert copy.content.startswith(b"%PDF")
    assert copy.content != original.content


def test_the_statement_prints(fateh: Viewer, client_for: Door) -> None:
    nour = person()
    owes(nour, money("85"))
    day = f"{today():%d/%m/%Y}"
    answer = client_for("fateh").post(
        reverse("finance:statement-paper", args=[nour.uid]), {"since": day, "until": day}
    )
    assert answer.content.startswith(b"%PDF")


def test_the_closing_sheet_prints(karim: Viewer, client_for: Door) -> None:
    session = session_of(karim, ils="0")
    browser = client_for("karim")
    browser.post(reverse("finance:session-close", args=[session.uid]), {})
    answer = browser.get(reverse("finance:session-paper", args=[session.uid]))
    assert answer.content.startswith(b"%PDF")


def test_a_stranger_to_finance_sees_none_of_it(basel: Viewer, client_for: Door) -> None:
    browser = client_for("basel")
    for name in ("desk", "receipts", "charges", "trial-balance", "accounts", "opening-list"):
        assert browser.get(reverse(f"finance:{name}")).status_code == 403


def test_a_form_corrected_after_an_error_is_taken_under_its_key_and_once(
    muna: Viewer, client_for: Door
) -> None:
    """The page comes back with the same key: a corrected form is not "sent before with other content"."""
    browser, page = client_for("muna"), reverse("finance:boxes")
    wrong = browser.post(page, {"code": "", "name_ar": "جمال", "submission_key": "k7"})
    assert wrong.status_code == 422
    right = {"code": "J7", "name_ar": "جمال", "submission_key": "k7"}
    assert browser.post(page, right).status_code == 302
    assert browser.post(page, right).status_code == 302
    assert CashBox.objects.filter(code="J7").count() == 1
    again = browser.post(page, {**right, "name_ar": "سمير"})
    assert again.status_code == 409 or "أُرسل هذا النموذج" in again.content.decode()
