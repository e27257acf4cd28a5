"""Online payments as the accountant sees them: the gateway, the list, what needs a look, the bell."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.notifications.models import Notification
from kernel.parties.models import Party
from kernel.tenancy import use
from kernel.testing.database import TOWNS
from modules.finance.constants import IntentState
from modules.finance.errors import ReasonMissing
from modules.finance.errors.online import (
    AmountDiffers,
    GatewayAway,
    NothingToFindOut,
    OnlinePaymentOff,
)
from modules.finance.models import CashBox, PaymentIntent, Receipt
from modules.finance.services.online import take_callback
from modules.finance.services.online_finding import note_finding
from modules.finance.services.online_setup import configure_gateway
from modules.finance.tests.bank import SECRET, Bank, open_bank
from modules.finance.tests.factories import HOUSE, owes, person, staff
from modules.finance.tests.test_online_payments import begins, connect, paid

Door = Callable[..., Client]
LIST_STATEMENTS = 8
PAGE_STATEMENTS = 6


@pytest.fixture
def bank(town: str, settings) -> Iterator[Bank]:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with open_bank() as opened:
        yield opened


@pytest.fixture
def nour(town: str) -> Party:
    return person()


@pytest.fixture
def dina(client_for: Door) -> Client:
    staff("dina", "finance_manager")
    return client_for("dina")


def typed(bank: Bank, **changes: object) -> dict[str, object]:
    return {
        "is_on": "on",
        "adapter": "hosted",
        "base_url": bank.url,
        "merchant": "M-7",
        "secret": SECRET,
        "currencies": ["ILS", "JOD"],
        **changes,
    }


def differs(bank: Bank, intent: PaymentIntent, **changes: str) -> None:
    with pytest.raises(AmountDiffers):
        take_callback(*bank.decides(intent.reference, "paid", **changes), by=HOUSE)
    intent.refresh_from_db()


class TestTheGateway:
    def test_the_manager_connects_it_and_the_secret_is_never_shown(
        self, bank: Bank, dina: Client
    ) -> None:
        page = reverse("finance:gateway")
        assert dina.get(page).status_code == 200
        answer = dina.post(page, typed(bank))
        assert answer.status_code == 302, answer.content.decode()
        box = CashBox.objects.get(code="WEB")
        assert box.gateway and box.gateway["is_on"] and SECRET not in box.gateway_secret
        shown = dina.get(page).content.decode()
        assert SECRET not in shown and box.gateway_secret not in shown
        assert "/c/finance/paying/told" in shown
        trail = AuditEntry.objects.filter(table_name="finance_cashbox").latest("id")
        assert "gateway_secret" not in {**(trail.before or {}), **(trail.after or {})}

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"base_url": "http://bank.example"}, "base_url"),
            ({"base_url": "https://10.0.0.8"}, "base_url"),
            ({"base_url": ""}, "base_url"),
            ({"merchant": ""}, "base_url"),
            ({"secret": ""}, "base_url"),
            ({"secret": "short"}, "secret"),
            ({"adapter": "sandbox"}, "adapter"),
            ({"adapter": "other"}, "adapter"),
            ({"currencies": []}, "currencies"),
        ],
    )
    def test_what_cannot_be_is_said_beside_its_field(
        self, bank: Bank, dina: Client, settings, changes: dict[str, object], field: str
    ) -> None:
        settings.WEBHOOK_ALLOW_LOOPBACK = settings.PAYMENT_SANDBOX = False
        answer = dina.post(
            reverse("finance:gateway"), typed(bank, **{"base_url": "https://1.1.1.1", **changes})
        )
        assert answer.status_code in (409, 422)
        assert field in answer.context["form"].errors
        assert SECRET not in answer.content.decode(), "a secret does not come back in a page"
        assert not CashBox.objects.filter(code="WEB").exists()

    def test_another_bank_waits_until_everything_is_settled(
        self, bank: Bank, nour: Party, dina: Client
    ) -> None:
        connect(bank)
        intent = begins(nour, owes(nour, "50"))
        answer = dina.post(reverse("finance:gateway"), typed(bank, merchant="M-8"))
        assert answer.status_code == 422
        dina.post(reverse("finance:gateway"), {**typed(bank, secret=""), "is_on": ""})
        assert not CashBox.objects.get(code="WEB").gateway["is_on"]  # type: ignore[index]
        assert paid(bank, intent).state == IntentState.PAID, "switched off, what was begun settles"

    def test_an_accountant_sees_the_list_and_not_the_gateway(
        self, bank: Bank, client_for: Door
    ) -> None:
        staff("huda", "accountant")
        huda = client_for("huda")
        shown = huda.get(reverse("finance:online"))
        assert shown.status_code == 200
        assert reverse("finance:gateway") not in shown.content.decode()
        assert huda.get(reverse("finance:gateway")).status_code == 403

    def test_the_trial_bank_is_worth_nothing_where_it_is_not_offered(
        self, nour: Party, settings, client_for: Door
    ) -> None:
        configure_gateway(adapter="sandbox", is_on=True, currencies=["ILS"], by=HOUSE)
        intent = begins(nour, owes(nour, "50"))
        settings.PAYMENT_SANDBOX = False
        page = reverse("finance-citizen:sandbox", args=[intent.uid])
        assert client_for().post(page, {"answer": "pay"}).status_code == 404
        with pytest.raises(OnlinePaymentOff):
            begins(nour, owes(nour, "60"))
        with pytest.raises(GatewayAway):
            take_callback({}, b"{}", by=HOUSE)
        assert not Receipt.objects.exists()


class TestTheList:
    def test_every_payment_stands_there_with_its_state_and_receipt(
        self, bank: Bank, nour: Party, dina: Client, count_queries
    ) -> None:
        connect(bank)
        done = paid(bank, begins(nour, owes(nour, "50")))
        begins(nour, owes(nour, "60"))
        page = reverse("finance:online")
        dina.get(page)
        with count_queries() as seen:
            shown = dina.get(page).content.decode()
        assert len(seen) == LIST_STATEMENTS
        assert done.receipt and done.receipt.number_text in shown and "60.00" in shown
        only = dina.get(page, {"state": "paid"}).content.decode()
        assert done.receipt.number_text in only and "60.00" not in only
        assert "60.00" not in dina.get(page, {"q": done.reference}).content.decode()
        for _more in range(5):
            begins(nour, owes(nour, "61"))
        with count_queries() as again:
            dina.get(page)
        assert len(again) == LIST_STATEMENTS

    def test_money_that_waits_for_its_receipt_is_said(
        self, bank: Bank, nour: Party, dina: Client
    ) -> None:
        connect(bank)
        intent = begins(nour, owes(nour, "50"))
        with recorded(by=HOUSE):
            PaymentIntent.objects.filter(pk=intent.pk).update(
                state="confirmed", confirmed_at=intent.created_at, problem="period_closed"
            )
        page = dina.get(reverse("finance:online")).content.decode()
        assert "notice-warn" in page
        one = dina.get(reverse("finance:online-payment", args=[intent.uid])).content.decode()
        assert "الشهر" in one


class TestWhatNeedsALook:
    def test_another_amount_stands_before_the_staff_until_somebody_wrote_what_it_was(
        self, bank: Bank, nour: Party, dina: Client, count_queries
    ) -> None:
        connect(bank)
        intent = begins(nour, owes(nour, "50"))
        differs(bank, intent, amount="49.99")
        assert (intent.state, intent.told) == (IntentState.FAILED, "49.99 ILS")
        assert not Receipt.objects.exists()
        bells = Notification.objects.filter(verb="finance.gateway_word_differs")
        assert [one.url for one in bells] == [f"/finance/online/{intent.uid}"]
        differs(bank, intent, amount="49.99")
        assert bells.count() == 1, "told again, nobody's bell rings again"
        assert (
            intent.payer_name
            in dina.get(reverse("finance:online"), {"state": "look"}).content.decode()
        )
        page = reverse("finance:online-payment", args=[intent.uid])
        dina.get(page)
        with count_queries() as seen:
            shown = dina.get(page).content.decode()
        assert len(seen) == PAGE_STATEMENTS
        assert "49.99 ILS" in shown
        finding = reverse("finance:online-finding", args=[intent.uid])
        assert dina.post(finding, {"reason": " "}).status_code == 422
        assert dina.post(finding, {"reason": "أعاد البنك المبلغ إلى البطاقة."}).status_code == 302
        intent.refresh_from_db()
        assert intent.remark == "أعاد البنك المبلغ إلى البطاقة." and not intent.needs_a_look
        dina.post(finding, {"reason": "مرة أخرى"})
        intent.refresh_from_db()
        assert intent.remark == "أعاد البنك المبلغ إلى البطاقة.", "what was found out stands"
        assert "notice-danger" not in dina.get(reverse("finance:online")).content.decode()

    def test_the_right_amount_afterwards_writes_the_receipt(self, bank: Bank, nour: Party) -> None:
        connect(bank)
        intent = begins(nour, owes(nour, "50"))
        differs(bank, intent, amount="49.99")
        done = take_callback(*bank.decides(intent.reference, "paid", amount="50.00"), by=HOUSE)
        assert (done.state, done.told) == (IntentState.PAID, "")

    def test_a_confirmed_payment_that_the_bank_declines_afterwards_is_looked_into(
        self, bank: Bank, nour: Party, dina: Client
    ) -> None:
        connect(bank)
        done = paid(bank, begins(nour, owes(nour, "50")))
        after = take_callback(*bank.decides(done.reference, "failed"), by=HOUSE)
        assert after.state == IntentState.PAID and after.needs_a_look
        page = dina.get(reverse("finance:online-payment", args=[done.uid]))
        assert page.status_code == 200 and "notice-danger" in page.content.decode()

    def test_a_new_word_of_the_bank_asks_for_a_new_look(self, bank: Bank, nour: Party) -> None:
        connect(bank)
        intent = begins(nour, owes(nour, "50"))
        differs(bank, intent, amount="49.99")
        note_finding(intent.uid, "سألنا البنك", by=HOUSE)
        with pytest.raises(DatabaseError), recorded(by=HOUSE), transaction.atomic():
            PaymentIntent.objects.filter(pk=intent.pk).update(remark="غير ذلك")
        differs(bank, intent, amount="51.00")
        assert intent.needs_a_look and intent.told == "51.00 ILS"

    def test_nothing_is_noted_where_nothing_is_asked(self, bank: Bank, nour: Party) -> None:
        connect(bank)
        intent = begins(nour, owes(nour, "50"))
        with pytest.raises(NothingToFindOut):
            note_finding(intent.uid, "لا شيء", by=HOUSE)
        with pytest.raises(ReasonMissing):
            note_finding(intent.uid, "  ", by=HOUSE)

    def test_the_bank_is_asked_at_once_by_hand(self, bank: Bank, nour: Party, dina: Client) -> None:
        connect(bank)
        intent = begins(nour, owes(nour, "50"))
        bank.decides(intent.reference, "paid")
        page = dina.post(reverse("finance:online-ask", args=[intent.uid]))
        assert page.status_code == 302
        intent.refresh_from_db()
        assert intent.state == IntentState.PAID

    def test_another_towns_payment_is_not_found(
        self, bank: Bank, nour: Party, dina: Client
    ) -> None:
        connect(bank)
        intent = begins(nour, owes(nour, "50"))
        with use("nablus"):
            staff("dina", "finance_manager")
            from kernel.identity.models import User

            there = Client(HTTP_HOST=TOWNS["nablus"])
            there.force_login(User.objects.get(username="dina"))
            page = reverse("finance:online-payment", args=[intent.uid])
            assert there.get(page).status_code == 404
            for name in ("online-ask", "online-finding"):
                door = reverse(f"finance:{name}", args=[intent.uid])
                assert there.post(door, {"reason": "x"}).status_code == 404
