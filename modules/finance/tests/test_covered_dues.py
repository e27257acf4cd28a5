"""Dues that post-dated cheques cover: owed still, and said to be covered, one cheque after the other."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.parties.models import Party
from modules.finance.constants import BounceReason
from modules.finance.models import Entry
from modules.finance.ports import Dues
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import deposit_cheques
from modules.finance.tests.factories import HOUSE, owes, person, rate, staff
from modules.finance.tests.test_cheques import covers, matured, paper


@pytest.fixture
def nour(town: str) -> Party:
    return person()


def _covered(nour: Party) -> list[Decimal]:
    return [one.covered for one in Dues().dues_of([nour.pk], on=today()).lines]


def test_cheques_cover_dues_in_their_order_as_far_as_they_reach(town: str, nour: Party) -> None:
    water, waste = owes(nour, "70"), owes(nour, "80", kind="finance.waste")
    owes(nour, "10", kind="finance.rent")
    assert _covered(nour) == [0, 0, 0]
    covers(nour, water, waste, papers=[paper("101", "100"), paper("102", "60", days=40)])
    answer = Dues().dues_of([nour.pk], on=today())
    assert [one.balance for one in answer.lines] == [70, 80, 10]
    assert [one.covered for one in answer.lines] == [70, 80, 0]


def test_a_part_of_a_due_is_covered_and_a_dinar_covers_no_shekel(town: str, nour: Party) -> None:
    rate("JOD", "5.2")
    water, fees = owes(nour, "70"), owes(nour, money("5", "JOD"), kind="finance.waste")
    covers(nour, water, fees, papers=[paper("101", "69.99")])
    assert _covered(nour) == [Decimal("69.99"), 0]


def test_what_the_bank_returned_covers_nothing(town: str, nour: Party) -> None:
    water = owes(nour, "70")
    (cheque,) = covers(nour, water, papers=[paper("101", "70")]).cheques
    assert _covered(nour) == [70]
    deposit_cheques([matured(cheque)], by=HOUSE)
    assert _covered(nour) == [70]
    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=HOUSE)
    assert _covered(nour)[0] == 0


def test_the_books_say_how_far_they_go(town: str, nour: Party) -> None:
    owes(nour, "70")
    assert Dues().watermark() == Entry.objects.order_by("-id")[0].pk
    before = Dues().watermark()
    owes(nour, "10")
    assert Dues().watermark() > before


def test_programmes_read_what_is_covered(
    town: str, nour: Party, api_for: Callable[..., Client]
) -> None:
    staff("karim", "cashier")
    covers(nour, owes(nour, "70"), papers=[paper("101", "69.99")])
    told = api_for("karim").get(f"/api/v1/dues?party={nour.uid}")
    assert told.status_code == 200, told.content
    (line,) = told.json()["lines"]
    assert (line["balance"]["amount"], line["covered"]["amount"]) == ("70.00", "69.99")
