"""A clerk enters campaigns, moves dues, keeps receipt books and hands a box over, in the browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.models import Campaign, CashBox, CashSession, Charge, ReceiptBook, ReceiptLeaf
from modules.finance.services.sessions import add_box
from modules.finance.tests.factories import HOUSE, owes, person, rate, session_of, staff

Door = Callable[..., Client]


@pytest.fixture
def muna(town: str) -> Viewer:
    return staff("muna", "finance_manager")


@pytest.fixture
def nour(town: str):
    return person()


def typed(on: date) -> str:
    return f"{on:%d/%m/%Y}"


def campaign(**changes: str) -> dict[str, str]:
    return {
        "title": "حملة الصيف",
        "kind": "discount",
        "percent": "١٠",
        "since": typed(today()),
        "until": typed(today() + timedelta(days=9)),
        "decision_no": "7/2026",
        "decided_on": typed(today()),
        "authority": "council",
        "cash_only": "on",
        "whole_only": "on",
        **changes,
    }


def test_a_campaign_is_shown_first_and_then_entered(muna: Viewer, nour, client_for: Door) -> None:
    owes(nour, "200")
    browser, page = client_for("muna"), reverse("finance:campaign-new")
    shown = browser.post(page, campaign())
    assert shown.status_code == 200 and not Campaign.objects.exists()
    assert "20.00" in shown.content.decode() and "180.00" in shown.content.decode()
    wrong = browser.post(page, campaign(authority="mayor", percent="11", enter="1"))
    assert wrong.status_code == 422 and "7/2026" in wrong.content.decode()
    entered = browser.post(page, campaign(enter="1"))
    assert entered.status_code == 302
    assert browser.get(entered["Location"]).status_code == 200
    assert browser.get(reverse("finance:campaigns")).status_code == 200
    end = reverse("finance:campaign-end", args=[Campaign.objects.get().uid])
    assert browser.post(end, {"reason": ""}).status_code == 422
    assert browser.post(end, {"reason": "قرار المجلس"}).status_code == 302


def test_who_came_for_one_fee_pays_that_one_and_not_what_is_older(
    karim: Viewer, nour, client_for: Door
) -> None:
    old, fee = owes(nour, "200"), owes(nour, "15")
    browser, page = client_for("karim"), reverse("finance:receive", args=[nour.uid])
    whole = browser.get(page)
    assert [chosen for _due, chosen in whole.context["rows"]] == [True, True]
    assert f'href="?only={fee.uid}"' in whole.content.decode()
    alone = browser.get(f"{page}?only={fee.uid}")
    assert {due.uid: chosen for due, chosen in alone.context["rows"]} == {
        old.uid: False,
        fee.uid: True,
    }
    assert 'value="15.00"' in alone.content.decode()
    nobodys = browser.get(page, {"only": "' OR 1"})
    assert [chosen for _due, chosen in nobodys.context["rows"]] == [True, True]


def test_the_desk_asks_for_the_reduced_amount(
    karim: Viewer, muna: Viewer, nour, client_for: Door
) -> None:
    client_for("muna").post(reverse("finance:campaign-new"), campaign(enter="1"))
    due = owes(nour, "200")
    session_of(karim)
    browser, page = client_for("karim"), reverse("finance:receive", args=[nour.uid])
    assert 'value="180.00"' in browser.get(page).content.decode()
    paid = {
        "amount": "180",
        "currency": "ILS",
        "method": "cash",
        "charges": [str(due.uid)],
        "payer_name": "نور",
    }
    way = reverse("finance:receive-preview", args=[nour.uid])
    assert "20.00" in browser.post(way, paid).content.decode()
    assert "field-error" not in browser.post(way, {**paid, "amount": ""}).content.decode()
    assert "field-error" in browser.post(way, {**paid, "amount": "كثير"}).content.decode()
    receipt = browser.post(page, paid)
    assert receipt.status_code == 302
    assert "حملة الصيف" in browser.get(receipt["Location"]).content.decode()
    paper = browser.get(receipt["Location"].split("?")[0] + "/paper")
    assert paper.content.startswith(b"%PDF")


def test_dues_are_divided_on_one_page(muna: Viewer, nour, client_for: Door) -> None:
    rate("JOD", "5.2")
    due = owes(nour, money("10.001", "JOD"))
    first, second = person("خالد"), person("هدى")
    browser = client_for("muna")
    page = reverse("finance:dues-move", args=[nour.uid])
    assert "10.001" in browser.get(page).content.decode()
    form = {
        "charges": [str(due.uid)],
        "cause": "heirs",
        "decision_no": "5",
        "decided_on": typed(today()),
        "reason": "حصر إرث 12",
        "person_0": first.id_number,
        "share_0": "1",
        "person_1": second.id_number,
        "share_1": "1",
    }
    unsigned = browser.post(page, form)
    assert unsigned.status_code == 422 and "حصر إرث 12" in unsigned.content.decode()
    nobody = browser.post(page, form | {"signed": "on", "person_1": "123456789"})
    assert nobody.status_code == 422
    moved = browser.post(page, form | {"signed": "on"})
    assert moved.status_code == 302
    amounts = Charge.objects.filter(origin=due).order_by("id").values_list("principal", flat=True)
    assert list(amounts) == [Decimal("5.000"), Decimal("5.001")]
    old = browser.get(reverse("finance:charge", args=[due.uid])).content.decode()
    assert "خالد" in old and "هدى" in old
    statement = browser.get(reverse("finance:statement", args=[second.uid]))
    assert "5.001" in statement.content.decode()


def test_a_receipt_book_goes_out_and_its_leaves_come_in(
    muna: Viewer, nour, client_for: Door
) -> None:
    rami = staff("rami", "collector")
    box = add_box(code="J1", name_ar="جباية رامي", by=HOUSE)
    owes(nour, "100")
    keeper, collector = client_for("muna"), client_for("rami")
    books = reverse("finance:receipt-books")
    assert keeper.post(books, {"series": "A", "first": "10", "last": "5"}).status_code == 422
    made = keeper.post(books, {"series": "A", "first": "1", "last": "10"})
    assert made.status_code == 302
    book = ReceiptBook.objects.get()
    assert collector.get(made["Location"]).status_code == 404
    allot = reverse("finance:book-allot", args=[book.uid])
    assert keeper.post(allot, {"collector": rami.user_id, "box": box.pk}).status_code == 302
    session_of(rami, box=box)
    leaf = reverse("finance:book-leaf", args=[book.uid])
    form = {
        "leaf": "٢",
        "on_date": typed(today()),
        "person": nour.id_number,
        "amount": "40",
        "currency": "ILS",
    }
    wrong = collector.post(leaf, form | {"leaf": "11"})
    assert wrong.status_code == 422 and nour.id_number in wrong.content.decode()
    assert collector.post(leaf, form).status_code == 302
    assert ReceiptLeaf.objects.get().number == 2
    account = reverse("finance:book-account", args=[book.uid])
    void = {"first": "3", "last": "10", "state": "void", "note": "لم تستعمل"}
    assert keeper.post(account, void).status_code == 302
    back = reverse("finance:book-return", args=[book.uid])
    assert keeper.post(back).status_code == 409
    lost = {"first": "1", "last": "1", "state": "missing", "note": "لم تُسلَّم"}
    assert keeper.post(account, lost).status_code == 302
    assert keeper.post(back).status_code == 302
    page = keeper.get(reverse("finance:receipt-book", args=[book.uid]))
    assert page.status_code == 200
    report = keeper.get(reverse("finance:report", args=["leaves"])).content.decode()
    assert "لم تُسلَّم" in report
    custody = keeper.get(reverse("finance:report", args=["custody"])).content.decode()
    assert "40.00" in custody
    hand_on = reverse("finance:box-hand-on", args=[box.uid])
    main = CashBox.objects.get(code="01")
    too_much = {"other": main.pk, "amount": "41", "slip": "9"}
    accountant = staff("huda", "accountant")
    assert accountant.may("finance.remit")
    assert client_for("huda").post(hand_on, too_much).status_code == 422
    assert client_for("huda").post(hand_on, too_much | {"amount": "40"}).status_code == 302


def test_a_box_changes_hands_in_the_browser(karim: Viewer, nour, client_for: Door) -> None:
    rami = staff("rami", "cashier")
    session = session_of(karim, ils="200")
    gives, takes = client_for("karim"), client_for("rami")
    page = reverse("finance:session-hand-over", args=[session.uid])
    assert gives.get(page).status_code == 200
    form = {"piece_ILS_200": "1", "to": str(rami.user_id)}
    assert gives.post(page, form | {"piece_ILS_200": "2"}).status_code == 422
    assert gives.post(page, form).status_code == 302
    assert (
        User.objects.get(pk=rami.user_id).name_ar
        in gives.get(reverse("finance:session", args=[session.uid])).content.decode()
    )
    assert "200.00" in takes.get(reverse("finance:desk")).content.decode()
    accepted = takes.post(reverse("finance:session-take-over", args=[session.uid]))
    assert accepted.status_code == 302
    mine = CashSession.objects.get(closed_at=None)
    assert mine.cashier_id == rami.user_id
    minutes = takes.get(reverse("finance:session-minutes", args=[mine.uid]))
    assert minutes.content.startswith(b"%PDF")


def test_a_report_leads_to_the_voucher_and_is_drawn(
    karim: Viewer, muna: Viewer, nour, client_for: Door
) -> None:
    from modules.finance.tests.factories import pays

    owes(nour, "100")
    session_of(karim)
    receipt = pays(nour, "60", by=karim)
    browser = client_for("muna")
    day_book = browser.get(reverse("finance:report", args=["day-book"])).content.decode()
    assert reverse("finance:receipt", args=[receipt.uid]) in day_book
    cash = browser.get(reverse("finance:report", args=["receipts-payments"])).content.decode()
    assert "60.00" in cash and 'data-chart="' in cash
    assert "<script>" not in cash
    revenue = browser.get(reverse("finance:report", args=["revenue"])).content.decode()
    assert "?kind=" in revenue


def test_an_accountant_takes_cash_of_an_open_session_to_the_bank_from_its_page(
    karim: Viewer, client_for: Door
) -> None:
    """Boxes are kept by whoever manages them: an accountant who may only remit finds the way on the session."""
    staff("maha", "accountant")
    session = session_of(karim)
    page = reverse("finance:session", args=[session.uid])
    way = reverse("finance:box-remit", args=[session.box.uid])
    assert way in client_for("maha").get(page).content.decode()
    assert way not in client_for("karim").get(page).content.decode()
    assert client_for("maha").get(way).status_code == 200
