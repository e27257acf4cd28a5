"""Payments from home: Nour pays what she owes at a bank's page, and one receipt comes of it, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import money
from kernel.notifications.models import OutgoingMessage
from kernel.parties.models import Party
from kernel.policies.services import set_value
from kernel.tenancy import use
from kernel.testing.database import TOWNS
from kernel.viewer import Viewer
from modules.finance.constants import IntentState, Method
from modules.finance.errors.online import (
    AmountDiffers,
    AmountNotOfDues,
    AmountTooSmall,
    CurrencyNotTaken,
    DuesChanged,
    GatewayAway,
    NoDueChosen,
    OneCurrencyAtATime,
    OnlinePaymentOff,
    OnlyWhole,
)
from modules.finance.models import CashBox, CashSession, PaymentIntent, Receipt
from modules.finance.selectors.dues import advance_of
from modules.finance.selectors.proofs import faults
from modules.finance.services.closing_day import close_day
from modules.finance.services.gateways.protocol import signed_headers
from modules.finance.services.online import Wish, ask_gateway, begin_payment, take_callback
from modules.finance.services.online_setup import cashier, configure_gateway
from modules.finance.services.online_sitting import sit_down
from modules.finance.services.online_waiting import end_days, look_after
from modules.finance.tests.bank import SECRET, Bank, open_bank
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff
from modules.finance.tests.test_at_once import at_once

CITIZEN = Viewer.citizen()
PHONE = "+970599123456"


def connect(bank: Bank) -> CashBox:
    return configure_gateway(
        adapter="hosted",
        is_on=True,
        currencies=["ILS", "JOD"],
        base_url=bank.url,
        merchant="M-7",
        secret=SECRET,
        by=HOUSE,
    )


@pytest.fixture
def bank(town: str, settings) -> Iterator[Bank]:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with open_bank() as opened:
        connect(opened)
        yield opened


@pytest.fixture
def nour(town: str) -> Party:
    return person()


def begins(party: Party, *charges, amount: str = "") -> PaymentIntent:
    wish = Wish(
        party=party,
        charge_uids=[str(one.uid) for one in charges],
        amount=amount,
        phone=PHONE,
        home="https://town.example",
    )
    return begin_payment(wish, by=CITIZEN)


def paid(bank: Bank, intent: PaymentIntent) -> PaymentIntent:
    return take_callback(*bank.decides(intent.reference, "paid"), by=HOUSE)


def test_a_due_is_paid_from_home(bank: Bank, nour: Party) -> None:
    charge = owes(nour, "120.50")
    intent = begins(nour, charge)
    assert intent.state == IntentState.BEGUN and intent.url.startswith("https://bank.example/")
    done = paid(bank, intent)
    charge.refresh_from_db()
    assert (done.state, charge.balance) == (IntentState.PAID, 0)
    receipt = Receipt.objects.get()
    assert done.receipt == receipt and receipt.box.code == "WEB" and receipt.surplus == 0
    (instrument,) = receipt.instruments.all()
    assert (instrument.method, instrument.reference) == (Method.CARD, intent.reference)
    told = OutgoingMessage.objects.latest("id")
    assert told.to == PHONE and receipt.number_text in told.body.replace("\u2066", "").replace(
        "\u2069", ""
    )
    assert faults(HOUSE) == []


def test_a_message_told_again_makes_no_second_receipt(bank: Bank, nour: Party) -> None:
    intent = begins(nour, owes(nour, "30"))
    message = bank.decides(intent.reference, "paid")
    for _again in range(3):
        assert take_callback(*message, by=HOUSE).state == IntentState.PAID
    assert ask_gateway(PaymentIntent.objects.get(), by=HOUSE).state == IntentState.PAID
    assert Receipt.objects.count() == 1


def test_a_declined_card_leaves_the_due(bank: Bank, nour: Party) -> None:
    charge = owes(nour, "30")
    intent = begins(nour, charge)
    done = take_callback(*bank.decides(intent.reference, "failed", detail="no funds"), by=HOUSE)
    charge.refresh_from_db()
    assert (done.state, done.problem, charge.balance) == (IntentState.FAILED, "no funds", 30)
    assert not Receipt.objects.exists()


def test_what_was_paid_at_the_desk_meanwhile_becomes_an_advance(bank: Bank, nour: Party) -> None:
    water, waste = owes(nour, "50"), owes(nour, "70", kind="finance.waste")
    intent = begins(nour, water, waste)
    maha = staff("maha", "cashier")
    session_of(maha)
    pays(nour, "50", by=maha, charges=[water])
    pays(nour, "20", by=maha, charges=[waste])
    done = paid(bank, intent)
    assert done.receipt is not None and (done.receipt.amount, done.receipt.surplus) == (120, 70)
    assert advance_of([nour.pk]) == {"ILS": Decimal(70)}
    assert faults(HOUSE) == []


def test_money_for_dues_that_are_all_gone_is_an_advance_whole(bank: Bank, nour: Party) -> None:
    water = owes(nour, "50")
    intent = begins(nour, water)
    maha = staff("maha", "cashier")
    session_of(maha)
    pays(nour, "50", by=maha)
    done = paid(bank, intent)
    assert done.receipt is not None and done.receipt.surplus == 50
    assert faults(HOUSE) == []


def test_a_part_is_paid_where_the_municipality_allows_it(bank: Bank, nour: Party) -> None:
    charge = owes(nour, "120")
    paid(bank, begins(nour, charge, amount="٢٠٫٥"))
    charge.refresh_from_db()
    assert charge.balance == Decimal("99.5")
    set_value("FIN-01.online_in_parts", False, starts_on=today(), by=HOUSE)
    with pytest.raises(OnlyWhole):
        begins(nour, charge, amount="20")


def test_dinars_are_paid_to_the_last_fils(bank: Bank, nour: Party) -> None:
    rate("JOD", "5.2")
    charge = owes(nour, money("12.345", "JOD"), kind="finance.rent")
    done = paid(bank, begins(nour, charge))
    charge.refresh_from_db()
    assert done.receipt is not None and done.receipt.amount == Decimal("12.345")
    assert charge.balance == 0


def test_what_cannot_be_begun_is_refused_with_the_reason(bank: Bank, nour: Party) -> None:
    rate("JOD", "5.2")
    rate("USD", "3.7")
    water, rent = owes(nour, "50"), owes(nour, money("9", "JOD"))
    dollars, other = owes(nour, money("9", "USD")), owes(person("سلمى"), "5")
    with pytest.raises(NoDueChosen):
        begins(nour)
    with pytest.raises(OneCurrencyAtATime):
        begins(nour, water, rent)
    with pytest.raises(CurrencyNotTaken):
        begins(nour, dollars)
    with pytest.raises(DuesChanged):
        begins(nour, other)
    with pytest.raises(AmountNotOfDues):
        begins(nour, water, amount="50.01")
    with pytest.raises(AmountTooSmall):
        begins(nour, water, amount="4.99")
    set_value("FIN-01.online", False, starts_on=today(), by=HOUSE)
    with pytest.raises(OnlinePaymentOff):
        begins(nour, water)
    assert not PaymentIntent.objects.exists()


def test_a_bank_that_is_away_takes_nothing(bank: Bank, nour: Party) -> None:
    charge = owes(nour, "50")
    bank.answers = (503, b"")
    with pytest.raises(GatewayAway):
        begins(nour, charge)
    assert PaymentIntent.objects.get().state == IntentState.FAILED


def test_another_amount_than_asked_is_not_believed(bank: Bank, nour: Party) -> None:
    intent = begins(nour, owes(nour, "50"))
    for changes in ({"amount": "49.99"}, {"currency": "USD"}):
        with pytest.raises(AmountDiffers):
            take_callback(*bank.decides(intent.reference, "paid", **changes), by=HOUSE)
    intent.refresh_from_db()
    assert (intent.state, intent.told) == (IntentState.FAILED, "49.99 USD")
    assert not Receipt.objects.exists()


def later(minutes: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True)


def test_a_lost_message_is_found_by_asking(bank: Bank, nour: Party) -> None:
    intent = begins(nour, owes(nour, "50"))
    with later(3):
        fresh = begins(nour, owes(nour, "60"))
        for one in (intent, fresh):
            bank.decides(one.reference, "paid")
        assert look_after(by=HOUSE) == 1, "who is still at the bank is not asked after"
    intent.refresh_from_db()
    fresh.refresh_from_db()
    assert (intent.state, fresh.state) == (IntentState.PAID, IntentState.BEGUN)


def test_a_payment_that_ran_out_ends_and_late_money_still_counts(bank: Bank, nour: Party) -> None:
    charge = owes(nour, "50")
    intent = begins(nour, charge)
    with later(31):
        bank.answers = (503, b"")
        look_after(by=HOUSE)
        intent.refresh_from_db()
        assert intent.state == IntentState.BEGUN, "a bank that is silent has not said no"
        bank.answers = None
        look_after(by=HOUSE)
        intent.refresh_from_db()
        assert intent.state == IntentState.EXPIRED
        bank.decides(intent.reference, "paid")
        look_after(by=HOUSE)
    charge.refresh_from_db()
    intent.refresh_from_db()
    assert (intent.state, charge.balance) == (IntentState.PAID, 0)


def test_money_after_the_day_was_closed_waits_for_its_receipt(bank: Bank, nour: Party) -> None:
    first, second = begins(nour, owes(nour, "50")), begins(nour, owes(nour, "60"))
    paid(bank, first)
    close_day(today(), by=HOUSE)
    assert not CashSession.objects.filter(closed_at=None).exists()
    waiting = paid(bank, second)
    assert (waiting.state, waiting.problem) == (IntentState.CONFIRMED, "day_already_closed")
    assert waiting.receipt is None and Receipt.objects.count() == 1


def test_a_day_that_is_over_is_closed_and_the_next_one_opened(bank: Bank, nour: Party) -> None:
    paid(bank, begins(nour, owes(nour, "50")))
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        assert end_days() == 1
        session = sit_down(CashBox.objects.get(code="WEB"), by=cashier())
        assert session.on_date == today()
    (closed,) = CashSession.objects.exclude(closed_at=None)
    assert [(one.method, one.counted) for one in closed.counts.all()] == [("card", Decimal(50))]


def test_the_database_keeps_what_was_begun(bank: Bank, nour: Party) -> None:
    intent = begins(nour, owes(nour, "50"))
    for changes in (
        {"amount": 1},
        {"party_id": person("سلمى").pk},
        {"reference": "another"},
        {"state": "paid"},
        {"payer_name": "x"},
    ):
        with pytest.raises(DatabaseError), recorded(by=HOUSE), transaction.atomic():
            PaymentIntent.objects.filter(pk=intent.pk).update(**changes)
    with pytest.raises(DatabaseError, match="not deleted"), recorded(by=HOUSE):
        intent.delete()
    done = paid(bank, intent)
    for changes in ({"state": "begun", "receipt": None}, {"receipt": None}, {"state": "failed"}):
        with pytest.raises(DatabaseError), recorded(by=HOUSE), transaction.atomic():
            PaymentIntent.objects.filter(pk=done.pk).update(**changes)


def test_callback_return_and_question_at_once_make_one_receipt(
    town_of_its_own: str, settings
) -> None:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with open_bank() as bank:
        connect(bank)
        nour, salma = person(), person("سلمى")
        intent, other = begins(nour, owes(nour, "50")), begins(salma, owes(salma, "60"))
        message, others = (bank.decides(one.reference, "paid") for one in (intent, other))
        answers = at_once(
            town_of_its_own,
            [
                *[lambda: take_callback(*message, by=HOUSE)] * 3,
                *[lambda: ask_gateway(PaymentIntent.objects.get(pk=intent.pk), by=HOUSE)] * 3,
                *[lambda: take_callback(*others, by=HOUSE)] * 2,
            ],
        )
        assert {one.state for one in answers} == {IntentState.PAID}  # type: ignore[attr-defined]
        assert (
            sorted(Receipt.objects.values_list("number", "amount"))
            == [
                (1, intent.amount),
                (2, other.amount),
            ]
            or Receipt.objects.count() == 2
        )
        assert CashSession.objects.count() == 1 and faults(HOUSE) == []


def door(client: Client, message: tuple[dict[str, str], bytes]):
    headers, body = message
    return client.post(
        reverse("finance-citizen:gateway-told"),
        data=body,
        content_type="application/json",
        headers=headers,
    )


def test_the_door_takes_the_banks_word_without_a_cookie(
    bank: Bank, nour: Party, count_queries
) -> None:
    client = Client(HTTP_HOST=TOWNS["khanyounis"], enforce_csrf_checks=True)
    intent = begins(nour, owes(nour, "50"))
    message = bank.decides(intent.reference, "paid")
    assert door(client, message).json() == {"reference": intent.reference, "state": "paid"}
    with count_queries() as seen:
        assert door(client, message).status_code == 200
    assert len(seen) <= 7, "told again: the box, the payment, nothing written"


def test_the_door_refuses_without_a_trace(bank: Bank, nour: Party) -> None:
    client = Client(HTTP_HOST=TOWNS["khanyounis"])
    intent = begins(nour, owes(nour, "50"))
    headers, body = bank.decides(intent.reference, "paid")
    forged = door(client, (headers, body.replace(b"50.00", b"5.00")))
    assert forged.status_code == 403 and forged["Content-Type"] == "application/problem+json"
    assert forged.json()["code"] == "callback_forged"
    foreign = body.replace(intent.reference.encode(), b"B999999")
    assert door(client, (signed_headers(SECRET, foreign), foreign)).status_code == 404
    assert door(client, (signed_headers(SECRET, b"{}"), b"{}")).status_code == 422
    assert client.get(reverse("finance-citizen:gateway-told")).status_code == 405
    assert PaymentIntent.objects.get().state == IntentState.BEGUN and not Receipt.objects.exists()


def test_another_town_knows_nothing_of_it(bank: Bank, nour: Party) -> None:
    intent = begins(nour, owes(nour, "50"))
    message = bank.decides(intent.reference, "paid")
    with use("nablus"):
        there = Client(HTTP_HOST=TOWNS["nablus"])
        assert door(there, message).status_code == 404
        connect(bank)
        assert door(there, message).status_code == 404
        for page in ("pay", "pay-back", "sandbox", "pay-receipt"):
            assert (
                there.get(reverse(f"finance-citizen:{page}", args=[intent.uid])).status_code == 404
            )


def test_who_forges_often_is_not_listened_to(bank: Bank, nour: Party) -> None:
    client = Client(HTTP_HOST=TOWNS["khanyounis"], REMOTE_ADDR="192.0.2.77")
    codes = {door(client, ({}, b"{}")).status_code for _try in range(61)}
    assert codes == {403, 429}
