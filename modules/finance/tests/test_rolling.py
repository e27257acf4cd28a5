"""Assess everybody from last year's roll: shown first, charged once, a re-run charges nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from api.keys import issue_key
from api.models import WebhookDelivery
from api.webhooks.services import make_webhook
from kernel.calendar.selectors import today
from kernel.events.models import OutboxEvent
from kernel.events.services import relay
from kernel.identity.models import User
from kernel.money import Money, money
from kernel.parties.models import Party
from kernel.parties.services import merge_parties
from kernel.viewer import Viewer
from modules.finance.constants import MoveCause
from modules.finance.models import Charge
from modules.finance.selectors.proofs import faults
from modules.finance.services.charging import assess_by_hand, cancel_charge
from modules.finance.services.credits import DecisionPaper, correct_charge, reverse_credit
from modules.finance.services.moving import Moving, Part, move_dues
from modules.finance.services.rolling import MERGED, NOTHING_LEFT, Roll, preview_roll, run_roll
from modules.finance.tests.factories import HOUSE, pays, person, rate, session_of, staff

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


def test_each_due_of_a_run_is_told_and_a_second_run_tells_nothing(
    town: str, count_queries: Callable[..., Any]
) -> None:
    for _one in range(3):
        last_year(person())
    known = OutboxEvent.objects.filter(name="finance.ChargeAssessed").count()
    run_roll(roll("10"), by=HOUSE)
    told = OutboxEvent.objects.filter(name="finance.ChargeAssessed").order_by("id")[known:]
    made = Charge.objects.filter(year=2026).order_by("id")
    assert [one.payload["charge_uid"] for one in told] == [str(one.uid) for one in made]
    payload = told[0].payload
    assert (payload["party_id"], payload["kind"], Decimal(payload["amount"])) == (
        made[0].party_id,
        WASTE,
        110,
    )
    assert (payload["source_record"], payload["due_on"]) == (made[0].source_record, "2026-03-01")
    assert not any(one.relayed_at for one in told)
    run_roll(roll("10"), by=HOUSE)
    assert OutboxEvent.objects.filter(name="finance.ChargeAssessed").count() == known + 3


def test_a_run_over_more_dues_sends_no_more_statements(
    town: str, count_queries: Callable[..., Any]
) -> None:
    counts = []
    for more in (2, 20):
        for _one in range(more):
            last_year(person())
        with count_queries() as seen:
            run_roll(roll(), by=HOUSE)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_integrator_is_told_of_each_due_of_a_run(town: str) -> None:
    for _one in range(3):
        last_year(person())
    relay()
    huda = staff("huda", "accountant")
    key, _text = issue_key(
        account=User.objects.get(pk=huda.user_id), name="بوابة", scopes=["finance:read"], by=HOUSE
    )
    hook, _secret = make_webhook(
        key=key, url="https://example.org/", types=["charge.assessed"], by=HOUSE
    )
    run_roll(roll(), by=HOUSE)
    relay()
    told = WebhookDelivery.objects.filter(webhook=hook, type="charge.assessed")
    made = Charge.objects.filter(year=2026)
    assert {one.subject for one in told} == {str(one.uid) for one in made}
    assert told.count() == 3


def to_heirs(due: Charge, **shares: int) -> list[Charge]:
    parts = tuple(
        Part(party_id=person(name).pk, share=Decimal(share)) for name, share in shares.items()
    )
    paper = DecisionPaper(number="3", decided_on=today())
    moving = Moving(cause=MoveCause.PARTNERS, parts=parts, paper=paper, reason="قسمة", signed=True)
    return move_dues([due], moving, by=HOUSE)


def test_a_moved_due_is_charged_to_who_has_it_and_to_nobody_else(karim: Viewer) -> None:
    """Nour paid 40.00 of 100.00 and the rest became Khaled's and Huda's, two to one: 66.67 and 33.33 next year."""
    nour = person()
    due = last_year(nour)
    session_of(karim)
    pays(nour, "40", by=karim)
    khaled, huda = to_heirs(due, خالد=2, هدى=1)
    found = {one.party_id: one.amount.amount for one in preview_roll(roll(), by=HOUSE).news}
    assert found == {khaled.party_id: Decimal("66.67"), huda.party_id: Decimal("33.33")}
    (sami,) = to_heirs(khaled, سامي=1)
    found = {one.party_id: one.amount.amount for one in preview_roll(roll(), by=HOUSE).news}
    assert found == {sami.party_id: Decimal("66.67"), huda.party_id: Decimal("33.33")}


def test_what_was_corrected_is_charged_as_corrected(town: str) -> None:
    due, wrong = last_year(person()), last_year(person("خالد"))
    correct_charge(due, amount=money("30"), reason="مساحة خطأ", by=HOUSE)
    back = correct_charge(due, amount=money("10"), reason="خطأ", by=HOUSE)
    reverse_credit(back, reason="كان صحيحاً", by=HOUSE)
    correct_charge(wrong, amount=money("100"), reason="لا عقار له", by=HOUSE)
    found = preview_roll(roll("10"), by=HOUSE)
    assert [one.amount for one in found.news] == [money("77")]
    assert [why for _who, why in found.exceptions] == [NOTHING_LEFT]


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
