"""A request that is taken back after payment has a way for the money to be returned; and looks at dues are written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.audit.looking import LOOK
from kernel.audit.models import AuditEntry
from kernel.money import format_money
from kernel.viewer import Viewer
from modules.frontdesk.errors.standing import NothingToRefund
from modules.frontdesk.models import Request, RequestFee
from modules.frontdesk.services import ask_refund, settle_fee, withdraw_request
from modules.frontdesk.tests.factories import CLEARANCE, PETITION, draft, fresh, submitted
from modules.frontdesk.tests.fakes import FakeDues, due, pay

Browser = Callable[..., Client]


@pytest.fixture
def paid_in_vain(finance: Any, amal: Viewer, nour: Any, system: Viewer) -> Request:
    made = submitted("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    fee = RequestFee.objects.get(request=made)
    pay(str(fee.charge_uid))
    settle_fee(str(fee.charge_uid), by=system)
    withdraw_request(made.uid, reason="لم يعد يلزم", by=amal)
    return fresh(made)


def test_what_was_paid_in_vain_is_asked_back_once_with_its_receipt(
    paid_in_vain: Request, amal: Viewer
) -> None:
    asked = ask_refund(paid_in_vain.uid, by=amal)
    assert asked.service_version.service.code == "FN-004"
    assert (asked.follows_id, asked.applicant_id) == (paid_in_vain.pk, paid_in_vain.applicant_id)
    assert "RV-2026/00001" in asked.answers["details"]
    assert paid_in_vain.number in asked.answers["details"]
    assert ask_refund(paid_in_vain.uid, by=amal).pk == asked.pk


def test_nothing_is_asked_back_where_nothing_was_paid(amal: Viewer, nour: Any) -> None:
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    with pytest.raises(NothingToRefund):
        ask_refund(made.uid, by=amal)
    withdraw_request(made.uid, reason="تراجع", by=amal)
    with pytest.raises(NothingToRefund):
        ask_refund(made.uid, by=amal)


def test_the_list_of_what_was_paid_in_vain_shrinks_as_refunds_are_asked(
    paid_in_vain: Request, client_for: Browser
) -> None:
    browser = client_for("amal")
    url = reverse("frontdesk:list") + "?refund=true"
    assert paid_in_vain.number in browser.get(url).content.decode()
    page = browser.get(reverse("frontdesk:request", args=[paid_in_vain.uid])).content.decode()
    assert reverse("frontdesk:refund", args=[paid_in_vain.uid]) in page
    went = browser.post(reverse("frontdesk:refund", args=[paid_in_vain.uid]))
    assert "/drafts/" in went["Location"]
    assert paid_in_vain.number not in browser.get(url).content.decode()


def test_every_look_at_what_a_citizen_owes_is_written_down(
    finance: Any, amal: Viewer, nour: Any, client_for: Browser
) -> None:
    FakeDues.lines = (due("120"),)
    made = draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    browser = client_for("amal")
    looks = AuditEntry.objects.filter(
        operation=LOOK, table_name="parties_party", row_id=str(nour.pk)
    )
    for number, address in enumerate(
        (
            reverse("people:person", args=[nour.uid]),
            reverse("frontdesk:check", args=[made.uid]),
            reverse("frontdesk:new") + f"?party={nour.uid}&service=FD-004",
        ),
        start=1,
    ):
        assert browser.get(address).status_code == 200
        assert looks.count() == number
    last = looks.order_by("-id")[0]
    assert (last.actor_id, last.reason) == (amal.user_id, "dues")


def test_who_withdraws_a_paid_request_is_told_of_the_money_before(
    finance: Any, amal: Viewer, nour: Any, system: Viewer, client_for: Browser
) -> None:
    made = submitted("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    fee = RequestFee.objects.get(request=made)
    address = reverse("frontdesk:withdraw", args=[made.uid])
    sentence = "ويُسترد بطلب مستقل"
    assert sentence not in client_for("amal").get(address).content.decode()
    pay(str(fee.charge_uid))
    settle_fee(str(fee.charge_uid), by=system)
    page = client_for("amal").get(address).content.decode()
    assert sentence in page
    assert format_money(fee.money) in page


def test_the_steps_of_a_withdrawn_request_are_not_shown_as_refused(
    paid_in_vain: Request, client_for: Browser
) -> None:
    page = client_for("amal").get(reverse("frontdesk:request", args=[paid_in_vain.uid]))
    route = page.content.decode()
    assert "timeline-skipped" in route
    assert "timeline-refused" not in route
