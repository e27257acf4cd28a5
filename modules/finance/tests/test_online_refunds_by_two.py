"""FIN-12: what goes back to a card is asked by one person and approved by a second one; nobody pays himself back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.notifications.models import Notification
from kernel.parties.models import Party
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.constants import RefundState
from modules.finance.errors import ReasonMissing
from modules.finance.errors.online import RefundAskedAlready, RefundNotAsked, RefundSecondPerson
from modules.finance.models import PaymentIntent, Receipt
from modules.finance.services.online_refunding import approve_back, ask_back, refuse_back
from modules.finance.services.online_waiting import look_after
from modules.finance.tests.bank import Bank, open_bank
from modules.finance.tests.factories import HOUSE, owes, person, staff
from modules.finance.tests.test_online_payments import begins, connect, paid

Door = Callable[..., Client]
WHY = "دفعت مرتين"


@pytest.fixture
def bank(town: str, settings: Any) -> Iterator[Bank]:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with open_bank() as opened:
        connect(opened)
        yield opened


@pytest.fixture
def nour(town: str) -> Party:
    return person()


@pytest.fixture
def maha(town: str) -> Viewer:
    return staff("maha", "accountant")


@pytest.fixture
def dina(town: str) -> Viewer:
    return staff("dina", "finance_manager")


@pytest.fixture
def intent(bank: Bank, nour: Party) -> PaymentIntent:
    return paid(bank, begins(nour, owes(nour, "50")))


def state_of(intent: PaymentIntent) -> str:
    return str(PaymentIntent.objects.get(pk=intent.pk).refund_state)


def test_asking_moves_nothing_until_a_second_person_approves(
    bank: Bank, intent: PaymentIntent, maha: Viewer, dina: Viewer
) -> None:
    asked = ask_back(intent.uid, reason=WHY, by=maha)
    assert asked.refund_state == RefundState.WISHED
    look_after(by=HOUSE)
    assert not bank.refunds and not Receipt.objects.get().is_void
    bells = Notification.objects.filter(verb="finance.refund_wished")
    assert {one.user_id for one in bells} == {dina.user_id}
    done = approve_back(intent.uid, by=dina)
    assert done.refund_state == RefundState.DONE
    assert (done.refund["by"], done.refund["decided_by"]) == (maha.user_id, dina.user_id)
    assert Receipt.objects.get().voided_by_id == dina.user_id
    trail = AuditEntry.objects.filter(table_name="finance_paymentintent")
    wished = trail.filter(after__refund_state="wished").get()
    approved = trail.filter(after__refund_state="asked").get()
    assert (wished.actor_id, wished.reason) == (maha.user_id, WHY)
    assert approved.actor_id == dina.user_id


def test_nobody_approves_what_he_asked_for_himself(
    bank: Bank, intent: PaymentIntent, dina: Viewer
) -> None:
    ask_back(intent.uid, reason=WHY, by=dina)
    with pytest.raises(RefundSecondPerson, match="FIN-12"):
        approve_back(intent.uid, by=dina)
    assert state_of(intent) == RefundState.WISHED and not bank.refunds
    rana = staff("rana", "finance_manager")
    assert approve_back(intent.uid, by=rana).refund_state == RefundState.DONE


def test_who_may_only_ask_approves_nothing(intent: PaymentIntent, maha: Viewer) -> None:
    ask_back(intent.uid, reason=WHY, by=staff("huda", "accountant"))
    with pytest.raises(NotPermitted):
        approve_back(intent.uid, by=maha)
    with pytest.raises(NotPermitted):
        refuse_back(intent.uid, reason="لا", by=maha)


def test_it_is_asked_for_once_and_decided_once(
    intent: PaymentIntent, maha: Viewer, dina: Viewer
) -> None:
    with pytest.raises(RefundNotAsked):
        approve_back(intent.uid, by=dina)
    ask_back(intent.uid, reason=WHY, by=maha)
    with pytest.raises(RefundAskedAlready, match="maha"):
        ask_back(intent.uid, reason=WHY, by=staff("huda", "accountant"))
    refuse_back(intent.uid, reason="السند صحيح", by=dina)
    with pytest.raises(RefundNotAsked):
        approve_back(intent.uid, by=dina)


def test_what_was_refused_says_why_and_may_be_asked_for_again(
    bank: Bank, intent: PaymentIntent, maha: Viewer, dina: Viewer
) -> None:
    ask_back(intent.uid, reason=WHY, by=maha)
    with pytest.raises(ReasonMissing):
        refuse_back(intent.uid, reason=" ", by=dina)
    no = refuse_back(intent.uid, reason="السند صحيح", by=dina)
    assert (no.refund_state, no.refund["refused_because"]) == (RefundState.REFUSED, "السند صحيح")
    bell = Notification.objects.get(verb="finance.refund_refused")
    assert bell.user_id == maha.user_id and "السند صحيح" in bell.text
    ask_back(intent.uid, reason="مرة أخرى", by=maha)
    assert approve_back(intent.uid, by=dina).refund_state == RefundState.DONE


def test_who_asked_may_take_the_wish_back(intent: PaymentIntent, maha: Viewer) -> None:
    ask_back(intent.uid, reason=WHY, by=maha)
    assert refuse_back(intent.uid, reason="خطأ", by=maha).refund_state == RefundState.REFUSED
    assert not Notification.objects.filter(verb="finance.refund_refused").exists()


def test_a_municipality_may_want_no_second_person(
    bank: Bank, intent: PaymentIntent, maha: Viewer, dina: Viewer
) -> None:
    set_value("FIN-12.maker_checker", False, starts_on=today(), resolution="5", by=HOUSE)
    assert ask_back(intent.uid, reason=WHY, by=maha).refund_state == RefundState.WISHED
    refuse_back(intent.uid, reason="خطأ", by=maha)
    assert ask_back(intent.uid, reason=WHY, by=dina).refund_state == RefundState.DONE


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"decided_by": 7, "decided_by_name": "م"},
        {"decided_by": 8, "decided_by_name": "م", "reason": "سبب آخر"},
    ],
)
def test_the_database_wants_two_persons_and_the_wish_as_it_was(
    intent: PaymentIntent, told: dict[str, object]
) -> None:
    wish = {"reason": WHY, "by": 7, "by_name": "maha", "asked_at": ""}
    rows = PaymentIntent.objects.filter(pk=intent.pk)
    with recorded(by=HOUSE):
        rows.update(refund_state="wished", refund=wish)
    with pytest.raises(DatabaseError), recorded(by=HOUSE), transaction.atomic():
        rows.update(refund_state="asked", refund=wish | told)
    with recorded(by=HOUSE):
        rows.update(refund_state="asked", refund=wish | {"decided_by": 8, "decided_by_name": "د"})


def test_the_page_refuses_with_a_reason(
    intent: PaymentIntent, maha: Viewer, dina: Viewer, client_for: Door
) -> None:
    ask_back(intent.uid, reason=WHY, by=maha)
    where = reverse("finance:online-payment", args=[intent.uid])
    no = reverse("finance:online-refund-refuse", args=[intent.uid])
    desk = client_for("dina")
    empty = desk.post(no, {"no-reason": ""})
    assert empty.status_code == 422
    assert desk.post(no, {"no-reason": "السند صحيح"}).status_code == 302
    shown = desk.get(where).content.decode()
    assert "السند صحيح" in shown and 'name="why"' in shown
    own = client_for("dina")
    own.post(reverse("finance:online-refund", args=[intent.uid]), {"why": WHY})
    yes = reverse("finance:online-refund-approve", args=[intent.uid])
    told = own.post(yes, follow=True).content.decode()
    assert "FIN-12" in told and state_of(intent) == RefundState.WISHED


def test_a_programme_asks_and_another_account_approves(
    bank: Bank, intent: PaymentIntent, maha: Viewer, dina: Viewer, api_for: Door
) -> None:
    url = f"/api/v1/online-payments/{intent.uid}"

    def post(client: Client, what: str, body: dict[str, str], key: str) -> Any:
        return client.post(
            f"{url}/{what}",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    asks, decides = api_for("maha"), api_for("dina")
    (listed,) = asks.get("/api/v1/online-payments").json()["data"]
    assert (listed["id"], listed["refund_state"]) == (str(intent.uid), "")
    asked = post(asks, "refund", {"reason": WHY}, "a")
    assert asked.status_code == 201, asked.content
    assert (asked.json()["refund_state"], asked.json()["refund"]["asked_by"]) == ("wished", "maha")
    assert post(asks, "refund-approval", {}, "b").status_code == 403
    approved = post(decides, "refund-approval", {}, "c")
    assert approved.status_code == 201, approved.content
    assert approved.json()["refund_state"] == "done"
    assert approved.json()["refund"]["decided_by"] == "dina"
    again = post(decides, "refund-refusal", {"reason": "لا"}, "d")
    assert again.status_code == 409 and again.json()["code"] == "refund_not_asked"
    assert len(bank.refunds) == 1
