"""Instalment plans: agreed by policy, followed, broken, standing again; the dues are never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.calendar.selectors import today
from kernel.events.models import OutboxEvent
from kernel.money import Money, money
from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.finance.constants import BounceReason
from modules.finance.errors.plans import (
    DownPaymentMissing,
    DueInAnotherPlan,
    GuarantorMissing,
    InstalmentTooSmall,
    PlanMixesCurrencies,
    PlanMoveNotAllowed,
    PlanStillMissed,
    TooManyInstalments,
)
from modules.finance.models import Charge, Plan
from modules.finance.months import month_later
from modules.finance.selectors.dues import dues_of
from modules.finance.selectors.plans import progress_of
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import deposit_cheques
from modules.finance.services.cheques.taking import take_cheques
from modules.finance.services.planning import (
    Terms,
    agree_plan,
    cancel_plan,
    instalments,
    restore_plan,
    review_plans,
)
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff
from modules.finance.tests.test_cheques import matured, paper
from modules.finance.tests.test_guards import refused, sql


@contextmanager
def later(days: int) -> Iterator[None]:
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=True):
        yield


@pytest.fixture
def at_the_desk(town: str) -> Viewer:
    cashier = staff("karim", "cashier")
    session_of(cashier)
    return cashier


def agreed(nour: Party, *charges: Charge, count: int = 4, guarantor: str = "") -> Plan:
    return agree_plan(
        party_id=nour.pk,
        charge_ids=[one.pk for one in charges],
        terms=Terms(count=count, first_on=month_later(today(), 1), guarantor=guarantor),
        by=HOUSE,
    )


def plan_of_400(nour: Party, cashier: Viewer) -> tuple[Plan, Charge]:
    """500 owed, 100 paid down today, 400 in four instalments."""
    water = owes(nour, "500")
    pays(nour, "100", by=cashier)
    return agreed(nour, water), water


def test_the_down_payment_of_the_policy_comes_first(at_the_desk: Viewer) -> None:
    nour = person()
    water = owes(nour, "500")
    pays(nour, "99", by=at_the_desk)
    with pytest.raises(DownPaymentMissing):
        agreed(nour, water)

    pays(nour, "1", by=at_the_desk)
    plan = agreed(nour, water)

    assert (plan.amount, plan.down_payment) == (400, 100)
    assert [one["amount"] for one in plan.schedule] == ["100.00"] * 4


@pytest.mark.parametrize(
    ("amount", "count", "parts"),
    [
        (money("400"), 3, ["133.00", "133.00", "134.00"]),
        (money("100.01"), 2, ["50.00", "50.01"]),
        (money("10.001", "JOD"), 3, ["3.000", "3.000", "4.001"]),
    ],
)
def test_the_last_instalment_absorbs(amount: Money, count: int, parts: list[str]) -> None:
    rows = instalments(amount, count=count, first_on=date(2026, 1, 31))
    assert [str(part.amount) for _day, part in rows] == parts
    assert [day for day, _part in rows][:2] == [date(2026, 1, 31), date(2026, 2, 28)]


def test_a_due_under_a_plan_says_so(at_the_desk: Viewer) -> None:
    nour = person()
    plan, _water = plan_of_400(nour, at_the_desk)
    (line,) = dues_of([nour.pk], today=today(), on=today()).lines
    assert (line.plan, line.balance) == (plan.number_text, 400)


def test_payments_fill_the_instalments_from_the_first(at_the_desk: Viewer) -> None:
    nour = person()
    plan, _water = plan_of_400(nour, at_the_desk)
    pays(nour, "150", by=at_the_desk)
    assert [one.paid for one in progress_of(plan, on=today()).instalments] == [100, 50, 0, 0]


def test_two_missed_instalments_break_it_and_it_stands_again_when_they_are_paid(
    at_the_desk: Viewer,
) -> None:
    nour = person()
    plan, _water = plan_of_400(nour, at_the_desk)
    with later(40):
        assert review_plans(by=HOUSE) == 0
    pays(nour, "50", by=at_the_desk)
    with later(75):
        assert review_plans(by=HOUSE) == 1
        plan.refresh_from_db()
        assert plan.state == "defaulted"
        assert dues_of([nour.pk], today=today(), on=today()).lines[0].plan == ""
        with pytest.raises(PlanStillMissed):
            restore_plan(plan, reason="تعهد", by=HOUSE)
    pays(nour, "150", by=at_the_desk)
    with later(75):
        assert restore_plan(plan, reason="دفع المتأخر", by=HOUSE).state == "active"
    assert OutboxEvent.objects.filter(name="finance.PlanDefaulted").count() == 1
    assert OutboxEvent.objects.filter(name="finance.PlanRestored").count() == 1


def test_a_bounced_cheque_breaks_its_plan(at_the_desk: Viewer) -> None:
    nour = person()
    plan, water = plan_of_400(nour, at_the_desk)
    (cheque,) = take_cheques(
        party_id=nour.pk,
        drawer="نور",
        cheques=[paper(days=200)],
        charge_ids=[water.pk],
        plan=plan,
        by=HOUSE,
    ).cheques
    deposit_cheques([matured(cheque)], by=HOUSE)
    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=HOUSE)
    plan.refresh_from_db()
    assert plan.state == "defaulted"


def test_a_plan_paid_whole_is_closed(at_the_desk: Viewer) -> None:
    nour = person()
    plan, _water = plan_of_400(nour, at_the_desk)
    pays(nour, "400", by=at_the_desk)
    review_plans(by=HOUSE)
    plan.refresh_from_db()
    assert plan.state == "completed"
    with pytest.raises(PlanMoveNotAllowed):
        cancel_plan(plan, reason="خطأ", by=HOUSE)


def test_the_policy_limits_a_plan(at_the_desk: Viewer) -> None:
    nour = person()
    small, large = owes(nour, "100"), owes(nour, "6000", kind="finance.rent")
    pays(nour, "20", by=at_the_desk, charges=[small])
    pays(nour, "1500", by=at_the_desk, charges=[large])
    with pytest.raises(TooManyInstalments):
        agreed(nour, large, count=13)
    with pytest.raises(InstalmentTooSmall):
        agreed(nour, small, count=2)
    with pytest.raises(GuarantorMissing):
        agreed(nour, large, count=12)
    assert agreed(nour, large, count=12, guarantor="خالد").guarantor == "خالد"


def test_a_due_stands_in_one_plan_and_may_enter_another_after_it_was_called_off(
    at_the_desk: Viewer,
) -> None:
    nour = person()
    plan, water = plan_of_400(nour, at_the_desk)
    with pytest.raises(DueInAnotherPlan):
        agreed(nour, water)
    cancel_plan(plan, reason="طلب المكلف", by=HOUSE)
    assert agreed(nour, water).state == "active"


def test_a_plan_holds_one_currency(at_the_desk: Viewer) -> None:
    from modules.finance.tests.factories import rate

    rate("JOD", "5.2")
    nour = person()
    with pytest.raises(PlanMixesCurrencies):
        agreed(nour, owes(nour, "500"), owes(nour, money("50", "JOD"), kind="finance.rent"))


def test_the_database_keeps_a_plan_as_it_was_signed(at_the_desk: Viewer) -> None:
    nour = person()
    plan, _water = plan_of_400(nour, at_the_desk)
    for change in ("state = 'completed'", "amount = 1", "schedule = '[]'"):
        with refused("BA040"):
            sql(f"UPDATE finance_plan SET {change} WHERE id = %s", plan.pk)
    with refused("BA041"):
        sql(
            "INSERT INTO finance_plan (uid, created_at, year, number, number_text, state, party_id, agreed_on, currency,"
            " amount, down_payment, charge_ids, schedule, guarantor, note)"
            " SELECT gen_random_uuid(), now(), year, 99, 'P', '', party_id, agreed_on, currency, amount, 0, charge_ids,"
            " schedule, '', '' FROM finance_plan WHERE id = %s",
            plan.pk,
        )


def test_the_pages_of_plans(at_the_desk: Viewer, client_for: Callable[..., Client]) -> None:
    nour = person()
    water = owes(nour, "500")
    pays(nour, "100", by=at_the_desk)
    staff("huda", "accountant")
    huda = client_for("huda")
    page = reverse("finance:plan-new") + f"?party={nour.uid}"
    assert huda.get(reverse("finance:plan-new")).status_code == 200
    assert huda.get(page).status_code == 200
    first = datetime.strftime(month_later(today(), 1), "%d/%m/%Y")
    answer = huda.post(page, {"charges": [str(water.uid)], "count": "4", "first_on": first})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    plan = Plan.objects.get()
    assert huda.get(reverse("finance:plans")).status_code == 200
    assert huda.get(reverse("finance:plan", args=[plan.uid])).status_code == 200
    assert huda.get(reverse("finance:plan-paper", args=[plan.uid])).content.startswith(b"%PDF")
    assert (
        huda.get(reverse("finance:cheques-new") + f"?party={nour.uid}&plan={plan.uid}").status_code
        == 200
    )
    called_off = huda.post(
        reverse("finance:plan-move", args=[plan.uid, "cancelled"]), {"cancelled-reason": "طلبه"}
    )
    assert called_off.status_code == 302
    plan.refresh_from_db()
    assert (plan.state, plan.amount) == ("cancelled", Decimal(400))
