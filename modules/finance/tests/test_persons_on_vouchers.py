"""A voucher by hand on an account that is kept by person: somebody is named, or a sentence asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.parties.models import Party
from modules.finance.errors.books import LineNamesNobody
from modules.finance.models import Account, Entry, Line
from modules.finance.selectors.dues import advance_of
from modules.finance.services.vouchers import HandLine, post_voucher
from modules.finance.tests.factories import HOUSE, person, staff


@pytest.fixture
def nour(town: str) -> Party:
    return person()


def _lines(party_id: int | None) -> list[HandLine]:
    return [
        HandLine(account=Account.objects.get(code="52"), debit=Decimal("40")),
        HandLine(account=Account.objects.get(code="251"), credit=Decimal("40"), party_id=party_id),
    ]


def _typed(**more: str) -> dict[str, str]:
    return {
        "on": f"{today():%d/%m/%Y}",
        "currency": "ILS",
        "description": "تسوية",
        "account_0": "52",
        "debit_0": "40",
        "account_1": "251",
        "credit_1": "40",
    } | more


def test_the_line_names_its_person_or_is_refused(town: str, nour: Party) -> None:
    with pytest.raises(LineNamesNobody) as refusal:
        post_voucher(on=today(), description="تسوية", currency="ILS", lines=_lines(None), by=HOUSE)
    assert "251" in str(refusal.value)
    assert "2" in str(refusal.value)
    post_voucher(on=today(), description="تسوية", currency="ILS", lines=_lines(nour.pk), by=HOUSE)
    assert advance_of([nour.pk]) == {"ILS": Decimal(40)}


def test_the_page_asks_whose_the_line_is_and_keeps_what_was_typed(
    town: str, nour: Party, client_for: Callable[..., Client]
) -> None:
    staff("huda", "accountant")
    huda, address = client_for("huda"), reverse("finance:voucher-new")
    before = Entry.objects.count()
    refused = huda.post(address, _typed())
    assert refused.status_code == 422
    assert "251" in refused.content.decode()
    unknown = huda.post(address, _typed(party_1=str(uuid4())))
    assert unknown.status_code in (404, 422)
    assert Entry.objects.count() == before
    kept = huda.post(address, _typed(party_1=str(nour.uid), credit_1="39"))
    assert kept.status_code == 422
    assert nour.full_name in kept.content.decode()
    posted = huda.post(address, _typed(party_1=str(nour.uid)))
    assert posted.status_code == 302
    assert Line.objects.get(account__code="251", credit=40).party_id == nour.pk


def test_the_api_takes_the_person_and_refuses_the_line_without(
    town: str, nour: Party, api_for: Callable[..., Client]
) -> None:
    staff("huda", "accountant")
    api = api_for("huda")

    def ask(party: str | None) -> Any:
        body = {
            "date": today().isoformat(),
            "currency": "ILS",
            "description": "تسوية",
            "lines": [
                {"account": "52", "side": "debit", "amount": "40"},
                {"account": "251", "side": "credit", "amount": "40", "party": party},
            ],
        }
        return api.post(
            "/api/v1/entries",
            json.dumps(body),
            content_type="application/json",
            headers={"Idempotency-Key": str(uuid4())},
        )

    refused = ask(None)
    assert (refused.status_code, refused.json()["code"]) == (422, "line_names_nobody")
    assert ask(str(uuid4())).status_code == 404
    assert ask(str(nour.uid)).status_code == 201
