"""A campaign ends while somebody pays: nobody is left with a small rest that nobody told her of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import end_of_day, today, zone
from kernel.notifications.models import OutgoingMessage
from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.finance.constants import IntentState
from modules.finance.models import Campaign, Receipt
from modules.finance.selectors.proofs import faults
from modules.finance.services.campaigning import end_campaign, open_campaign
from modules.finance.tests.bank import Bank, open_bank
from modules.finance.tests.factories import HOUSE, owes, person, session_of, staff
from modules.finance.tests.test_campaigns import draft
from modules.finance.tests.test_online_payments import begins, connect, paid

Door = Callable[..., Client]


@pytest.fixture
def muna(town: str) -> Viewer:
    return staff("muna", "finance_manager")


@pytest.fixture
def nour(town: str) -> Party:
    return person()


@pytest.fixture
def bank(town: str, settings) -> Iterator[Bank]:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with open_bank() as opened:
        connect(opened)
        yield opened


def form_of(page: str) -> dict[str, object]:
    """What the cashier sends when she presses Enter on the page as it came."""
    typed = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]  # type: ignore[index]
        for name in ("amount", "offers")
    }
    charges = re.findall(r'name="charges" value="([^"]+)"', page)
    return {**typed, "charges": charges, "currency": "ILS", "method": "cash", "payer_name": "نور"}


def test_the_cashier_is_told_and_given_the_right_amount(
    karim: Viewer, muna: Viewer, nour: Party, client_for: Door
) -> None:
    """The page says 77.10 for 85.60; the campaign is ended before she presses Enter: then it says 85.60."""
    due = owes(nour, "85.60")
    campaign = open_campaign(draft(), by=muna)
    session_of(karim)
    desk = client_for("karim")
    where = reverse("finance:receive", args=[nour.uid])
    shown = form_of(desk.get(where).content.decode())
    assert Decimal(str(shown["amount"])) == Decimal("77.10") and shown["offers"]
    end_campaign(campaign, reason="انتهى المبلغ المخصص", by=muna)
    answer = desk.post(where, shown)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Receipt.objects.exists()
    assert "8.50" in page and "85.60" in page
    again = form_of(page)
    assert (again["amount"], again["offers"]) == ("85.60", "")
    assert desk.post(where, again).status_code == 302
    due.refresh_from_db()
    assert (due.paid, due.credited, due.balance) == (Decimal("85.60"), 0, 0)


def test_a_part_that_the_cashier_typed_herself_is_kept_as_she_typed_it(
    karim: Viewer, muna: Viewer, nour: Party, client_for: Door
) -> None:
    due = owes(nour, "100")
    campaign = open_campaign(draft(), by=muna)
    session_of(karim)
    desk = client_for("karim")
    where = reverse("finance:receive", args=[nour.uid])
    shown = {**form_of(desk.get(where).content.decode()), "amount": "40"}
    end_campaign(campaign, reason="انتهى المبلغ المخصص", by=muna)
    answer = desk.post(where, shown)
    assert answer.status_code == 422
    again = form_of(answer.content.decode())
    assert again["amount"] == "40"
    assert desk.post(where, again).status_code == 302
    due.refresh_from_db()
    assert due.balance == 60


def test_a_cheque_that_a_campaign_does_not_count_is_said_before_the_receipt(
    karim: Viewer, muna: Viewer, nour: Party, client_for: Door
) -> None:
    owes(nour, "100")
    open_campaign(draft(), by=muna)
    session_of(karim)
    desk = client_for("karim")
    where = reverse("finance:receive", args=[nour.uid])
    cheque = {
        "method": "cheque",
        "reference": "55",
        "bank": "بنك فلسطين",
        "cheque_date": f"{today():%d/%m/%Y}",
    }
    shown = {**form_of(desk.get(where).content.decode()), **cheque}
    answer = desk.post(where, shown)
    again = {**form_of(answer.content.decode()), **cheque}
    assert (answer.status_code, again["amount"]) == (422, "100.00")
    assert desk.post(where, again).status_code == 302
    assert Receipt.objects.get().amount == 100


def test_a_payment_that_counts_on_a_campaign_runs_out_with_it(
    bank: Bank, muna: Viewer, nour: Party
) -> None:
    """Begun at 23:50 on the campaign's last day: ten minutes, not thirty."""
    charge = owes(nour, "100")
    open_campaign(draft(until=today()), by=muna)
    late = datetime.combine(today(), time(23, 50), tzinfo=zone())
    with time_machine.travel(late):
        intent = begins(nour, charge)
        other = begins(nour, owes(nour, "50", kind="finance.waste"))
    assert (intent.amount, intent.expires_at) == (90, end_of_day(late.date()))
    assert other.expires_at > intent.expires_at


def test_what_an_ended_campaign_leaves_is_told_to_the_payer_and_to_the_staff(
    bank: Bank, muna: Viewer, nour: Party, client_for: Door
) -> None:
    """100.00 for 90.00, the campaign is ended at noon, the bank confirms 90.00: 10.00 are owed, and everybody knows."""
    charge = owes(nour, "100")
    campaign = open_campaign(draft(), by=muna)
    intent = begins(nour, charge)
    end_campaign(campaign, reason="انتهى المبلغ المخصص", by=muna)
    done = paid(bank, intent)
    charge.refresh_from_db()
    assert (done.state, charge.balance, done.problem) == (IntentState.PAID, 10, "campaign_over")
    assert "10.00" in OutgoingMessage.objects.latest("id").body
    staff("dina", "finance_manager")
    page = client_for("dina").get(reverse("finance:online-payment", args=[intent.uid]))
    assert "الحملة" in page.content.decode()
    assert faults(HOUSE) == []


def test_a_part_chosen_by_the_payer_is_no_rest_of_a_campaign(bank: Bank, nour: Party) -> None:
    charge = owes(nour, "100")
    intent = begins(nour, charge, amount="40")
    done = paid(bank, intent)
    charge.refresh_from_db()
    assert (charge.balance, done.problem) == (60, "")


def test_a_due_reduced_in_time_leaves_no_rest(bank: Bank, muna: Viewer, nour: Party) -> None:
    charge = owes(nour, "100")
    open_campaign(draft(until=today() + timedelta(days=1)), by=muna)
    done = paid(bank, begins(nour, charge))
    charge.refresh_from_db()
    assert (charge.balance, charge.credited, done.problem) == (0, 10, "")
    assert Campaign.objects.get().ended_on is None
