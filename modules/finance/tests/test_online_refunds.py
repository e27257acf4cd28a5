"""An online payment goes back to its card: once, on the bank's word, with its receipt, whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.money import money
from kernel.notifications.models import OutgoingMessage
from kernel.parties.models import Party
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.constants import RefundState
from modules.finance.errors import AdvanceAlreadyUsed, ReasonMissing, ReceiptAlreadyVoid
from modules.finance.errors.online import NothingToPayBack, TooLateToPayBack
from modules.finance.models import PaymentIntent, Receipt
from modules.finance.selectors.dues import advance_of
from modules.finance.selectors.proofs import faults
from modules.finance.services.credits import apply_advance
from modules.finance.services.online_refunding import approve_back, ask_back
from modules.finance.services.online_waiting import end_days, look_after
from modules.finance.services.voiding import reverse_receipt
from modules.finance.tests.bank import Bank, open_bank
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff
from modules.finance.tests.test_at_once import at_once
from modules.finance.tests.test_online_payments import begins, connect, paid

Door = Callable[..., Client]
WHY = "دفعت مرتين"


@pytest.fixture
def bank(town: str, settings) -> Iterator[Bank]:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with open_bank() as opened:
        connect(opened)
        yield opened


@pytest.fixture
def nour(town: str) -> Party:
    return person()


@pytest.fixture
def dina(town: str) -> Viewer:
    return staff("dina", "finance_manager")


def pay_back(uid: UUID, *, reason: str, by: Viewer) -> PaymentIntent:
    """Maha asks for it, the other one approves it."""
    ask_back(uid, reason=reason, by=staff("maha", "accountant"))
    return approve_back(uid, by=by)


def fresh(intent: PaymentIntent) -> PaymentIntent:
    return PaymentIntent.objects.select_related("receipt").get(pk=intent.pk)


def test_a_payment_goes_back_and_its_due_is_owed_again(
    bank: Bank, nour: Party, dina: Viewer
) -> None:
    """120.50 come by card and go back by card: the account of cards is as it was, and the due is open."""
    charge = owes(nour, "120.50")
    intent = paid(bank, begins(nour, charge))
    done = pay_back(intent.uid, reason=WHY, by=dina)
    charge.refresh_from_db()
    assert (done.refund_state, charge.balance) == (RefundState.DONE, Decimal("120.50"))
    receipt = Receipt.objects.get()
    assert (receipt.void_kind, receipt.void_reason, receipt.voided_by_id) == (
        "cancelled",
        WHY,
        dina.user_id,
    )
    assert bank.refunds == {intent.reference: f"{intent.uid}:refund"}
    assert receipt.number_text in OutgoingMessage.objects.latest("id").body.replace(
        "\u2066", ""
    ).replace("\u2069", "")
    kept = AuditEntry.objects.filter(
        table_name="finance_paymentintent", after__refund_state="done"
    ).get()
    assert (kept.actor_id, kept.reason) == (dina.user_id, WHY)
    assert faults(HOUSE) == []


def test_after_the_day_was_closed_the_receipt_is_reversed(
    bank: Bank, nour: Party, dina: Viewer
) -> None:
    intent = paid(bank, begins(nour, owes(nour, "50")))
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        end_days()
        pay_back(intent.uid, reason=WHY, by=dina)
    assert fresh(intent).receipt.void_kind == "reversed"  # type: ignore[union-attr]
    assert faults(HOUSE) == []


def test_asked_by_several_at_once_it_goes_back_once(town_of_its_own: str, settings) -> None:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with open_bank() as bank:
        connect(bank)
        dina, nour = staff("dina", "finance_manager"), person()
        charge = owes(nour, "50")
        intent = paid(bank, begins(nour, charge))
        ask_back(intent.uid, reason=WHY, by=staff("maha", "accountant"))
        at_once(
            town_of_its_own,
            [
                *[lambda: approve_back(intent.uid, by=dina)] * 3,
                *[lambda: look_after(by=HOUSE)] * 2,
            ],
        )
        charge.refresh_from_db()
        assert charge.balance == 50 and len(bank.refunds) == 1
        assert fresh(intent).refund_state == RefundState.DONE
        assert faults(HOUSE) == []


def test_a_bank_that_is_away_is_asked_again_by_itself(
    bank: Bank, nour: Party, dina: Viewer
) -> None:
    charge = owes(nour, "50")
    intent = paid(bank, begins(nour, charge))
    bank.answers = (503, b"{}")
    assert pay_back(intent.uid, reason=WHY, by=dina).refund_state == RefundState.ASKED
    charge.refresh_from_db()
    assert charge.balance == 0 and not Receipt.objects.get().is_void
    bank.answers = None
    look_after(by=HOUSE)
    charge.refresh_from_db()
    assert (fresh(intent).refund_state, charge.balance) == (RefundState.DONE, 50)
    assert Receipt.objects.get().voided_by_id == dina.user_id


def test_a_bank_that_declines_leaves_the_receipt_and_may_be_asked_again(
    bank: Bank, nour: Party, dina: Viewer
) -> None:
    charge = owes(nour, "50")
    intent = paid(bank, begins(nour, charge))
    bank.refunds_end = "failed"
    assert pay_back(intent.uid, reason=WHY, by=dina).refund_state == RefundState.DECLINED
    charge.refresh_from_db()
    assert charge.balance == 0 and not Receipt.objects.get().is_void
    bank.refunds_end = "refunded"
    assert pay_back(intent.uid, reason="مرة أخرى", by=dina).refund_state == RefundState.DONE


def test_what_the_books_would_refuse_is_not_asked_of_the_bank(
    bank: Bank, nour: Party, karim: Viewer, dina: Viewer
) -> None:
    """30.00 of the payment became her advance, and the advance was used: nothing moves."""
    charge = owes(nour, "50")
    intent = begins(nour, charge)
    session_of(karim)
    pays(nour, "30", by=karim)
    paid(bank, intent)
    assert advance_of([nour.pk]) == {"ILS": 30}
    other = owes(nour, "30", kind="finance.waste")
    apply_advance(other, amount=money("30", "ILS"), by=karim)
    with pytest.raises(AdvanceAlreadyUsed):
        pay_back(intent.uid, reason=WHY, by=dina)
    assert not bank.refunds and fresh(intent).refund_state == RefundState.NONE
    assert not fresh(intent).receipt.is_void  # type: ignore[union-attr]


def test_a_receipt_taken_back_by_hand_meanwhile_is_not_taken_back_twice(
    bank: Bank, nour: Party, dina: Viewer
) -> None:
    charge = owes(nour, "50")
    intent = paid(bank, begins(nour, charge))
    bank.answers = (503, b"{}")
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        end_days()
        pay_back(intent.uid, reason=WHY, by=dina)
        reverse_receipt(Receipt.objects.get(), reason="باليد", by=staff("rana", "finance_manager"))
        bank.answers = None
        look_after(by=HOUSE)
    charge.refresh_from_db()
    assert (fresh(intent).refund_state, charge.balance) == (RefundState.DONE, 50)
    assert faults(HOUSE) == []


def test_who_may_not_why_not_and_when_not(bank: Bank, nour: Party, dina: Viewer) -> None:
    charge = owes(nour, "50")
    intent = begins(nour, charge)
    with pytest.raises(NothingToPayBack):
        pay_back(intent.uid, reason=WHY, by=dina)
    paid(bank, intent)
    with pytest.raises(NotPermitted):
        ask_back(intent.uid, reason=WHY, by=staff("karim", "cashier"))
    with pytest.raises(ReasonMissing):
        pay_back(intent.uid, reason=" ", by=dina)
    set_value("FIN-01.online_refund_days", 10, starts_on=today(), by=HOUSE)
    with time_machine.travel(timezone.now() + timedelta(days=11)), pytest.raises(TooLateToPayBack):
        pay_back(intent.uid, reason=WHY, by=dina)
    pay_back(intent.uid, reason=WHY, by=dina)
    with pytest.raises(NothingToPayBack):
        pay_back(intent.uid, reason=WHY, by=dina)
    other = paid(bank, begins(nour, owes(nour, "20")))
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        end_days()
        reverse_receipt(other.receipt, reason="خطأ", by=dina)
        with pytest.raises(ReceiptAlreadyVoid):
            pay_back(other.uid, reason=WHY, by=dina)


@pytest.mark.parametrize(
    "change",
    [
        {"refund_state": "done"},
        {"refund_state": "confirmed"},
        {"refund": {"reason": "آخر"}},
        {"refund_state": "asked", "refund": {"reason": "آخر", "by": 1, "by_name": "م"}},
        {"refund_state": "refused"},
    ],
)
def test_the_database_lets_no_payment_go_back_otherwise(
    bank: Bank, nour: Party, change: dict[str, object]
) -> None:
    intent = paid(bank, begins(nour, owes(nour, "50")))
    with pytest.raises(DatabaseError), recorded(by=HOUSE), transaction.atomic():
        PaymentIntent.objects.filter(pk=intent.pk).update(**change)


def test_the_page_sends_it_back_and_says_so(bank: Bank, nour: Party, client_for: Door) -> None:
    intent = paid(bank, begins(nour, owes(nour, "50")))
    staff("dina", "finance_manager")
    staff("maha", "accountant")
    asks, desk = client_for("maha"), client_for("dina")
    where = reverse("finance:online-payment", args=[intent.uid])
    assert 'name="why"' in asks.get(where).content.decode()
    door = reverse("finance:online-refund", args=[intent.uid])
    empty = asks.post(door, {"why": ""})
    assert empty.status_code == 422 and 'name="why"' in empty.content.decode()
    assert asks.post(door, {"why": WHY}).status_code == 302
    yes = reverse("finance:online-refund-approve", args=[intent.uid])
    waiting = asks.get(where).content.decode()
    assert WHY in waiting and yes not in waiting and "شخص آخر" in waiting
    assert not bank.refunds
    assert yes in desk.get(where).content.decode()
    assert desk.post(yes).status_code == 302
    page = desk.get(where).content.decode()
    assert "maha" in page and "dina" in page
    assert WHY in page and 'name="why"' not in page
    # No receipt stands for it any more: neither the page nor the list says that one was given out.
    listed = desk.get(reverse("finance:online")).content.decode()
    for shown in (page, listed.split("<tbody", 1)[1]):
        assert "أُعيد المبلغ" in shown and "صدر سندها" not in shown
    told = client_for().get(reverse("finance-citizen:pay", args=[intent.uid]))
    assert "إلى بطاقتك" in told.content.decode()
