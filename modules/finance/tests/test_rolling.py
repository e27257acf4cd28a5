"""Assess everybody from last year's roll: shown first, charged once, a re-run charges nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import Money, money
from kernel.parties.models import Party
from kernel.parties.services import merge_parties
from modules.finance.models import Charge
from modules.finance.selectors.proofs import faults
from modules.finance.services.charging import assess_by_hand, cancel_charge
from modules.finance.services.rolling import MERGED, Roll, preview_roll, run_roll
from modules.finance.tests.factories import HOUSE, person, rate, staff

WASTE = "finance.waste"


def last_year(party: Party, amount: Money | str = "100") -> Charge:
    return assess_by_hand(
        party_id=party.pk,
        kind=WASTE,
        amount=money(amount) if isinstance(amount, str) else amount,
        due_on=today(),
        description="",
        year=2025,
        by=HOUSE,
    )


def roll(percent: str = "0") -> Roll:
    return Roll(
        kind=WASTE, from_year=2025, to_year=2026, due_on=date(2026, 3, 1), percent=Decimal(percent)
    )


def test_everybody_of_last_year_is_charged_once(town: str) -> None:
    for _one in range(3):
        last_year(person())
    assert run_roll(roll("10"), by=HOUSE) == 3
    assert run_roll(roll("10"), by=HOUSE) == 0
    found = preview_roll(roll("10"), by=HOUSE)
    assert (len(found.news), found.already) == (0, 3)
    assert list(Charge.objects.filter(year=2026).values_list("principal", flat=True)) == [110] * 3
    assert faults(HOUSE) == []


def test_a_preview_writes_nothing_and_names_who_is_left_out(town: str) -> None:
    rate("JOD", "5.2")
    nour, double = person(), person("نورة")
    last_year(nour)
    last_year(nour, money("10.005", "JOD"))
    last_year(double)
    merge_parties(keep=nour.uid, alias=double.uid, reason="مكرر", by=HOUSE)
    found = preview_roll(roll("5"), by=HOUSE)
    assert found.totals == {"ILS": Decimal("105.00"), "JOD": Decimal("10.505")}
    assert [why for _who, why in found.exceptions] == [MERGED]
    assert not Charge.objects.filter(year=2026).exists()


def test_a_due_taken_back_may_be_assessed_again(town: str) -> None:
    last_year(person())
    run_roll(roll(), by=HOUSE)
    cancel_charge(Charge.objects.get(year=2026), reason="خطأ", by=HOUSE)
    assert run_roll(roll(), by=HOUSE) == 1


def test_the_page_shows_and_then_runs_it(
    town: str, client_for: Callable[..., Client], lets_jobs_run: Callable[[], None]
) -> None:
    last_year(person())
    staff("huda", "accountant")
    huda, page = client_for("huda"), reverse("finance:roll")
    typed = {
        "kind": WASTE,
        "from_year": "2025",
        "to_year": "2026",
        "due_on": "01/03/2026",
        "percent": "0",
    }
    assert huda.get(page).status_code == 200
    assert huda.post(page, typed).status_code == 200
    assert not Charge.objects.filter(year=2026).exists()
    assert huda.post(page, typed | {"run": "1"}).status_code == 302
    lets_jobs_run()
    assert Charge.objects.get(year=2026).principal == 100
