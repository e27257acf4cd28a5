"""REV-03: who pays on time is rewarded in the next assessment of everybody, by a decision, and told as forgone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.money import money
from kernel.parties.models import Party
from kernel.parties.services import merge_parties
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.constants import CreditGround, CreditKind
from modules.finance.errors import CreditAboveAuthority, DecisionMissing
from modules.finance.models import Charge, Credit
from modules.finance.months import month_later
from modules.finance.selectors.committed import committed_payers
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.charging import assess_by_hand
from modules.finance.services.credits import DecisionPaper
from modules.finance.services.rolling import Roll, preview_roll, run_roll
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff
from modules.finance.tests.test_guards import sql

WASTE = "finance.waste"
PAPER = DecisionPaper(number="12/2026", decided_on=date(2026, 3, 1), authority="council")
TOMORROW = timedelta(days=1)


def year(party: Party, amount: str = "100") -> Charge:
    """Her waste of last year, due today."""
    return assess_by_hand(
        party_id=party.pk,
        kind=WASTE,
        amount=money(amount),
        due_on=today(),
        description="",
        year=2025,
        by=HOUSE,
    )


def roll(reward: DecisionPaper | None = PAPER) -> Roll:
    return Roll(kind=WASTE, from_year=2025, to_year=2026, due_on=date(2026, 3, 1), reward=reward)


def the_next_day() -> time_machine.travel:
    return time_machine.travel(timezone.now() + TOMORROW, tick=True)


@pytest.fixture
def nour(karim: Viewer) -> Party:
    """She paid 99.90 on the day they were due."""
    nour = person()
    session_of(karim)
    pays(nour, money("99.90"), by=karim, charges=[year(nour, "99.90")])
    return nour


def is_committed(party: Party, months: int = 12) -> bool:
    return committed_payers([party.pk], on=today(), months=months) == {party.pk}


def test_who_paid_everything_by_its_day_is_committed(nour: Party, karim: Viewer) -> None:
    with the_next_day():
        assert is_committed(nour)
    khaled = person("خالد")
    year(khaled)
    with the_next_day():
        assert not is_committed(khaled)


def test_one_day_late_is_late(karim: Viewer) -> None:
    khaled = person("خالد")
    session_of(karim)
    due = owes(khaled, "50", due_on=today() + TOMORROW)
    pays(khaled, "50", by=karim, charges=[due])
    early = owes(khaled, "60", due_on=today() - TOMORROW)
    pays(khaled, "60", by=karim, charges=[early])
    with time_machine.travel(timezone.now() + 2 * TOMORROW, tick=True):
        # The second one was assessed after its day: its own day counts.
        assert is_committed(khaled)


def test_an_open_overdue_due_of_any_year_counts(nour: Party) -> None:
    owes(nour, "10", due_on=date(2012, 1, 31))
    with the_next_day():
        assert not is_committed(nour)


def test_a_due_that_is_not_due_yet_does_not_count(nour: Party) -> None:
    owes(nour, "10", due_on=today() + timedelta(days=90))
    with the_next_day():
        assert is_committed(nour)


def test_a_record_that_was_merged_counts_with_the_one_that_stays(nour: Party) -> None:
    double = person("نورة")
    owes(double, "10", due_on=date(2020, 1, 31))
    merge_parties(keep=nour.uid, alias=double.uid, reason="مكرر", by=HOUSE)
    with the_next_day():
        assert not is_committed(nour)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 12, date(2025, 1, 15)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2026, 12, 31), 6, date(2026, 6, 30)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, before: date) -> None:
    assert month_later(day, -months) == before


def test_the_preview_shows_the_reward_and_the_run_gives_it(nour: Party) -> None:
    """10 % of 99.90 are 9.99: 99.90 are charged, 9.99 given back, 89.91 owed."""
    khaled = person("خالد")
    year(khaled, "200")
    with the_next_day():
        found = preview_roll(roll(), by=HOUSE)
        assert found.rewarded == {"ILS": Decimal("9.99")}
        assert not Credit.objects.exists()
        assert run_roll(roll(), by=HOUSE) == 2
        hers = Charge.objects.get(party=nour, year=2026)
        assert (hers.principal, hers.credited, hers.balance) == (
            Decimal("99.90"),
            Decimal("9.99"),
            Decimal("89.91"),
        )
        assert Charge.objects.get(party=khaled, year=2026).credited == 0
        granted = Credit.objects.get()
        assert (granted.kind, granted.ground, granted.decision_no) == (
            CreditKind.DISCOUNT,
            CreditGround.REWARD,
            "12/2026",
        )
        assert run_roll(roll(), by=HOUSE) == 0 and Credit.objects.count() == 1
        rows = REPORTS["by-ground"].table(HOUSE, today(), today()).rows
        assert rows == (("reward", "discount", "ILS", 1, 1, Decimal("9.99")),)
        assert faults(HOUSE) == []


def test_the_reward_is_never_more_than_the_percent(karim: Viewer) -> None:
    """10 % of 99.99 are 9.999: 9.99 are given."""
    nour = person()
    session_of(karim)
    set_value("FIN-10.cash_step", "0 ILS", starts_on=today(), resolution="5", by=HOUSE)
    pays(nour, money("99.99"), by=karim, charges=[year(nour, "99.99")])
    with the_next_day():
        assert preview_roll(roll(), by=HOUSE).rewarded == {"ILS": Decimal("9.99")}


def test_without_a_decision_nobody_is_rewarded(nour: Party) -> None:
    with the_next_day():
        assert preview_roll(roll(None), by=HOUSE).rewarded == {"ILS": Decimal("9.99")}
        run_roll(roll(None), by=HOUSE)
        assert not Credit.objects.exists()


def test_the_decision_is_of_who_may_give_so_much(nour: Party) -> None:
    with the_next_day():
        set_value("REV-03.reward_percent", "11", starts_on=today(), resolution="5", by=HOUSE)
        mayor = DecisionPaper(number="1", decided_on=today(), authority="mayor")
        with pytest.raises(CreditAboveAuthority):
            preview_roll(roll(mayor), by=HOUSE)
        with pytest.raises(DecisionMissing):
            run_roll(roll(DecisionPaper(number="1", decided_on=None)), by=HOUSE)
        assert not Charge.objects.filter(year=2026).exists()


def test_a_municipality_may_reward_nobody(nour: Party) -> None:
    set_value("REV-03.reward_percent", "0", starts_on=today(), resolution="5", by=HOUSE)
    with the_next_day():
        assert preview_roll(roll(), by=HOUSE).rewards == {}


def test_who_may_not_credit_rewards_nobody(nour: Party) -> None:
    huda = staff("huda", "accountant")
    lesser = Viewer(
        user_id=huda.user_id,
        name=huda.name,
        permissions=huda.permissions - {"finance.credit"},
        channel="web",
    )

    with the_next_day(), pytest.raises(NotPermitted):
        preview_roll(roll(), by=lesser)


def test_the_database_wants_a_ground_to_be_of_an_exemption(nour: Party) -> None:
    with the_next_day():
        run_roll(roll(), by=HOUSE)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(
            "INSERT INTO finance_credit (uid, created_at, charge_id, kind, amount, reason, ground, decision_no, decided_on,"
            " authority, entry_id, granted_by_name) SELECT gen_random_uuid(), now(), charge_id, 'write_off', amount, reason,"
            " ground, decision_no, decided_on, authority, entry_id, '' FROM finance_credit"
        )


def test_the_page_shows_the_reward_before_and_runs_it(
    nour: Party, client_for: Callable[..., Client], lets_jobs_run: Callable[[], None]
) -> None:
    staff("huda", "accountant")
    typed = {
        "kind": WASTE,
        "from_year": "2025",
        "to_year": "2026",
        "due_on": "01/03/2026",
        "percent": "0",
    }
    decided = {"reward_no": "12/2026", "reward_on": "01/03/2026", "reward_by": "council"}
    with the_next_day():
        huda, page = client_for("huda"), reverse("finance:roll")
        undecided = huda.post(page, typed).content.decode()
        assert "9.99" in undecided and "لم يُكتب قرار" in undecided
        shown = huda.post(page, typed | decided).content.decode()
        assert "9.99" in shown and "لم يُكتب قرار" not in shown
        wrong = huda.post(page, typed | decided | {"reward_by": ""})
        assert wrong.status_code == 422 and "12/2026" in wrong.content.decode()
        assert huda.post(page, typed | decided | {"run": "1"}).status_code == 302
        lets_jobs_run()
    assert Charge.objects.get(party=nour, year=2026).credited == Decimal("9.99")
