"""A payment in four parts, two drawers whose cheques have one number, and the bank that took its charge."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.parties.models import Party
from modules.finance.constants import BounceReason
from modules.finance.errors.cheques import ChequeTaken
from modules.finance.models import Account, Cheque, Receipt
from modules.finance.selectors.spending import balance_of
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import deposit_cheques
from modules.finance.services.cheques.taking import NewCheque, take_cheques
from modules.finance.tests.factories import HOUSE, owes, person, session_of, staff
from modules.finance.tests.test_cheques import covers, matured, paper


@pytest.fixture
def nour(town: str) -> Party:
    return person()


def test_a_cashier_takes_four_parts_on_one_page(
    nour: Party, client_for: Callable[..., Client]
) -> None:
    session_of(staff("karim", "cashier"))
    due = owes(nour, "100")
    karim, address = client_for("karim"), reverse("finance:receive", args=[nour.uid])
    page = karim.get(address).content.decode()
    assert "fourth_amount" in page
    on = f"{today():%d/%m/%Y}"
    typed = {
        "amount": "10",
        "currency": "ILS",
        "method": "cash",
        "charges": [str(due.uid)],
        "payer_name": nour.full_name,
        "second_amount": "20",
        "second_method": "cheque",
        "second_reference": "7",
        "second_bank": "بنك القدس",
        "second_date": on,
        "second_drawer_account": "5512",
        "third_amount": "30",
        "third_method": "cheque",
        "third_reference": "7",
        "third_bank": "بنك القدس",
        "third_date": on,
        "third_drawer_account": "5513",
        "fourth_amount": "40",
        "fourth_method": "transfer",
        "fourth_reference": "T-9",
    }
    refused = karim.post(address, typed | {"fourth_amount": "x"})
    assert refused.status_code == 422
    assert "T-9" in refused.content.decode()
    answer = karim.post(address, typed)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    receipt = Receipt.objects.get()
    assert receipt.amount == 100
    assert [(one.method, one.amount) for one in receipt.instruments.order_by("id")] == [
        ("cash", 10),
        ("cheque", 20),
        ("cheque", 30),
        ("transfer", 40),
    ]
    accounts = Cheque.objects.order_by("id").values_list("drawer_account", flat=True)
    assert list(accounts) == ["5512", "5513"]


def test_two_drawers_of_one_bank_may_have_cheques_of_one_number(nour: Party) -> None:
    due = owes(nour, "100")

    def take(account: str) -> None:
        take_cheques(
            party_id=nour.pk,
            drawer="س",
            cheques=[
                NewCheque(
                    number="101",
                    bank="بنك فلسطين",
                    amount=money("50"),
                    dated_on=paper().dated_on,
                    drawer_account=account,
                )
            ],
            charge_ids=[due.pk],
            by=HOUSE,
        )

    take("5512")
    take("5513")
    with pytest.raises(ChequeTaken):
        take("5512")


def test_the_charge_of_the_bank_is_taken_from_the_account_of_the_slip(nour: Party) -> None:
    other = Account.objects.get(code="1122")
    main = Account.objects.get(role="bank")
    before = balance_of(main.pk, "ILS")
    (cheque,) = covers(nour, owes(nour, "100")).cheques
    deposit_cheques([matured(cheque)], bank=other, by=HOUSE)
    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, bank_fee=money("15"), by=HOUSE)
    assert balance_of(other.pk, "ILS") == Decimal(-15)
    assert balance_of(main.pk, "ILS") == before
