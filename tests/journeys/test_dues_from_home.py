"""ادفع ذممك من بيتك: Nour proves her telephone, sees what she owes, pays at the trial bank, and has a receipt."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from kernel.audit.models import AuditEntry
from kernel.calendar.selectors import today
from kernel.notifications.models import OutgoingMessage
from kernel.parties.models import Party
from kernel.parties.services import register_person
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.models import Charge, PaymentIntent, Receipt
from modules.finance.services.online_setup import configure_gateway
from tests.exemplars import owes
from tests.journeys.reading import Browser, read

At = Callable[[str], Browser]
DUES = "frontdesk-citizen:dues"
PHONE, E164, NOUR_ID, SALMA_ID = "0599123456", "+970599123456", "401234562", "912345674"


def switch(on: bool, by: Viewer) -> None:
    configure_gateway(adapter="sandbox", is_on=on, currencies=["ILS"], by=by)


@pytest.fixture(autouse=True)
def gateway(town: str, system: Viewer) -> None:
    cache.clear()
    switch(True, system)


def person(given: str, id_number: str, phone: str) -> Party:
    return register_person(
        given_name=given,
        father_name="خليل",
        grandfather_name="محمد",
        family_name="الأسطل",
        id_kind="national",
        id_number=id_number,
        phones=[phone],
        by=Viewer.system("tests"),
    )


@pytest.fixture
def nour(town: str) -> Party:
    return person("نور", NOUR_ID, PHONE)


@pytest.fixture
def at_home(at: At) -> Browser:
    """A browser that holds Nour's telephone."""
    browser = at("")
    browser.client.post(reverse("frontdesk-citizen:phone"), {"phone": PHONE, "next": ""})
    body = OutgoingMessage.objects.filter(to=E164).latest("id").body
    code = re.search(r"\d{6}", body)
    assert code is not None
    browser.client.post(reverse("frontdesk-citizen:code"), {"code": code[0]})
    return browser


def sees_dues(browser: Browser, id_number: str = NOUR_ID):
    page = browser.open(reverse(DUES))
    return browser.send(page, having="id_number", id_number=id_number)


def test_dues_are_paid_from_home_and_the_receipt_proves_itself(
    nour: Party, at_home: Browser, system: Viewer
) -> None:
    owes(nour, "85", by=system)
    guide = at_home.open(reverse("frontdesk-citizen:guide"))
    assert reverse(DUES) in [href for href, _words in guide.links]
    page = sees_dues(at_home)
    assert "85.00" in page.text and "نور" not in page.text
    looked = AuditEntry.objects.get(operation="look")
    assert (looked.row_id, looked.channel) == (str(nour.pk), "citizen")
    page = at_home.send(page, having="due", button=("pay", "1"))
    assert page.url.startswith("/c/finance/paying/"), "the form leads to a page of our own"
    bank = at_home.open(page.link(end="/trial"))
    paid = at_home.send(bank, action="/trial", button=("answer", "pay"))
    receipt = Receipt.objects.get()
    assert receipt.number_text in paid.text
    assert Charge.objects.get().balance == 0
    told = OutgoingMessage.objects.filter(to=E164).latest("id")
    assert receipt.number_text in re.sub("[\u2066\u2069]", "", told.body)
    proof = at_home.client.get(paid.link(end="/receipt"), follow=True)
    assert proof.status_code == 200
    assert receipt.number_text in proof.content.decode()
    assert "لا ذمم" in sees_dues(at_home).text or "85.00" not in sees_dues(at_home).text
    assert AuditEntry.objects.filter(operation="look").count() == 1, "one visit is one look"


def test_the_second_payment_of_the_same_due_finds_nothing_to_pay(
    nour: Party, at_home: Browser, system: Viewer
) -> None:
    owes(nour, "85", by=system)
    first = sees_dues(at_home)
    page = at_home.send(first, having="due", button=("pay", "1"))
    bank = at_home.open(page.link(end="/trial"))
    for _twice in range(2):
        at_home.send(bank, action="/trial", button=("answer", "pay"))
    refused = at_home.send(first, having="due", button=("pay", "1"), expect=422)
    assert "الذمم" in refused.text
    assert Receipt.objects.count() == 1 and PaymentIntent.objects.count() == 1


def test_a_declined_card_is_said_and_the_due_stands(
    nour: Party, at_home: Browser, system: Viewer
) -> None:
    owes(nour, "85", by=system)
    page = at_home.send(sees_dues(at_home), having="due", button=("pay", "1"))
    bank = at_home.open(page.link(end="/trial"))
    told = at_home.send(bank, action="/trial", button=("answer", "decline"))
    assert Charge.objects.get().balance == 85 and not Receipt.objects.exists()
    assert "seal-danger" in told.body.decode()


def test_back_without_a_word_of_the_bank_nothing_is_paid(
    nour: Party, at_home: Browser, system: Viewer
) -> None:
    owes(nour, "85", by=system)
    page = at_home.send(sees_dues(at_home), having="due", button=("pay", "1"))
    intent = PaymentIntent.objects.get()
    back = reverse("finance-citizen:pay-back", args=[intent.uid])
    told = at_home.open(f"{back}?status=paid&amount=85.00")
    assert told.url == page.url and "seal-warn" in told.body.decode()
    # A bank may bring its payer back by a form of its own page: no cookie of ours comes along.
    stranger = Client(HTTP_HOST="khanyounis.localhost", enforce_csrf_checks=True)
    host = at_home.client.defaults["HTTP_HOST"]
    answer = stranger.post(back, {"status": "paid"}, headers={"host": host})
    assert answer.status_code == 302
    intent.refresh_from_db()
    assert intent.state == "begun" and not Receipt.objects.exists()


@pytest.mark.parametrize("amount", ["85.01", "0", "-3", "سبعة", "1.999", "1e3", "4.99"])
def test_an_amount_that_cannot_be_is_said_and_kept(
    nour: Party, at_home: Browser, system: Viewer, amount: str
) -> None:
    owes(nour, "85", by=system)
    page = sees_dues(at_home)
    refused = at_home.send(page, having="due", amount=amount, button=("pay", "1"), expect=422)
    assert refused.form(having="due").fields["amount"] == [amount]
    assert not PaymentIntent.objects.exists()


def test_nothing_chosen_and_somebody_elses_due_are_refused(
    nour: Party, at_home: Browser, system: Viewer
) -> None:
    owes(nour, "85", by=system)
    salma = person("سلمى", SALMA_ID, "0569000001")
    owes(salma, "40", by=system)
    foreign = Charge.objects.get(party=salma)
    for chosen in ([], [str(foreign.uid)], ["no-uuid"]):
        sent = {"id_number": NOUR_ID, "due": chosen, "pay": "1", "amount": ""}
        answer = at_home.client.post(reverse(DUES), sent)
        assert answer.status_code == 422, chosen
    assert not PaymentIntent.objects.exists()


def test_the_telephone_of_another_shows_nothing_and_says_no_more(
    nour: Party, at_home: Browser, system: Viewer
) -> None:
    salma = person("سلمى", SALMA_ID, "0569000001")
    owes(salma, "40", by=system)
    said = set()
    for id_number in (SALMA_ID, "800000002"):
        answer = at_home.client.post(reverse(DUES), {"id_number": id_number})
        assert answer.status_code in (409, 422)
        page = read(reverse(DUES), answer.status_code, answer.content)
        assert "40.00" not in page.text
        said.add(page.text)
    assert len(said) == 1, "whether the number is on file cannot be told from the answer"


def test_who_proved_no_telephone_is_asked_for_it(at: At, nour: Party) -> None:
    answer = at("").client.get(reverse(DUES))
    assert answer.status_code == 302 and "/phone" in answer["Location"]


@pytest.mark.parametrize("by_policy", [True, False])
def test_switched_off_a_sentence_says_so(
    nour: Party, at: At, system: Viewer, by_policy: bool
) -> None:
    if by_policy:
        set_value("FIN-01.online", False, starts_on=today(), by=system)
    else:
        switch(False, system)
    guide = at("").open(reverse("frontdesk-citizen:guide"))
    assert reverse(DUES) not in [href for href, _words in guide.links]
    page = at("").open(reverse(DUES))
    assert not any("id_number" in one.names for one in page.forms)


def test_tries_are_counted(nour: Party, at_home: Browser, system: Viewer) -> None:
    owes(nour, "85", by=system)
    for _try in range(20):
        at_home.client.post(reverse(DUES), {"id_number": SALMA_ID})
    refused = at_home.client.post(reverse(DUES), {"id_number": NOUR_ID})
    assert refused.status_code == 422 and "85.00" not in refused.content.decode()
