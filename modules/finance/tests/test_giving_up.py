"""Who may give a due away: discounts by percent (REV-04), write-offs by age and amount (FIN-11). Advances are paid."""

from __future__ import annotations

from datetime import date

import pytest

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.constants import CreditKind
from modules.finance.errors import CreditAboveAuthority, DecisionMissing
from modules.finance.errors.credits import DebtTooYoung, WriteOffAboveAuthority
from modules.finance.models import Charge, Credit
from modules.finance.selectors.dues import kind_totals
from modules.finance.selectors.proofs import faults
from modules.finance.services.credits import (
    DecisionPaper,
    apply_advance,
    correct_charge,
    credit_charge,
    reverse_credit,
)
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of
from modules.finance.tests.test_at_once import at_once


def paper(authority: str, *, on: date | None = None) -> DecisionPaper:
    return DecisionPaper(number="12/2026", decided_on=on or today(), authority=authority)


def discount(due: Charge, amount: str, who: str = "mayor") -> Credit:
    return credit_charge(
        due,
        kind=CreditKind.DISCOUNT,
        amount=money(amount),
        reason="خصم",
        paper=paper(who),
        by=HOUSE,
    )


def write_off(due: Charge, amount: str, who: str, *, on: date | None = None) -> Credit:
    return credit_charge(
        due,
        kind=CreditKind.WRITE_OFF,
        amount=money(amount),
        reason="شطب",
        paper=paper(who, on=on),
        by=HOUSE,
    )


def test_an_advance_is_paid_and_not_given_away(karim: Viewer) -> None:
    """Nour's 80.00 in advance settle 80.00 of 100.00; the mayor may still give 10 % away."""
    nour = person()
    session_of(karim)
    pays(nour, "80", by=karim, keep_surplus=True)
    due = owes(nour, "100")
    used = apply_advance(due, amount=money("80"), by=karim)
    due.refresh_from_db()
    assert (due.paid, due.credited, due.status) == (80, 0, "part_paid")
    (water,) = kind_totals(HOUSE)
    assert (water.paid, water.credited, water.owed) == (80, 0, 20)
    discount(due, "10")
    with pytest.raises(CreditAboveAuthority):
        discount(due, "0.01")
    reverse_credit(used, reason="خطأ", by=HOUSE)
    due.refresh_from_db()
    assert (due.paid, due.credited, due.balance) == (0, 10, 90)
    assert faults(HOUSE) == []


def test_a_correction_gives_nothing_away_and_a_discount_taken_back_neither(town: str) -> None:
    due = owes(person(), "100")
    correct_charge(due, amount=money("50"), reason="خطأ في المساحة", by=HOUSE)
    granted = discount(due, "10")
    reverse_credit(granted, reason="ألغي القرار", by=HOUSE)
    discount(due, "10")
    due.refresh_from_db()
    assert due.balance == 40


def test_only_an_old_debt_is_written_off(town: str) -> None:
    """FIN-11: ten whole years on the day of the decision."""
    due = owes(person(), "100", due_on=date(2016, 6, 15))
    with pytest.raises(DebtTooYoung):
        write_off(due, "100", "council_and_ministry", on=date(2026, 6, 14))
    assert write_off(due, "100", "council_and_ministry", on=date(2026, 6, 15)).authority == (
        "council_and_ministry"
    )
    leap = owes(person(), "100", due_on=date(2016, 2, 29))
    with pytest.raises(DebtTooYoung):
        write_off(leap, "100", "council_and_ministry", on=date(2026, 2, 28))
    write_off(leap, "100", "council_and_ministry", on=date(2026, 3, 1))


def test_a_write_off_names_who_decided_it_and_that_one_may(town: str) -> None:
    due = owes(person(), "100", due_on=date(2010, 1, 1))
    with pytest.raises(DecisionMissing):
        write_off(due, "1", "")
    for who in ("mayor", "council"):
        with pytest.raises(WriteOffAboveAuthority):
            write_off(due, "1", who)
    with pytest.raises(DecisionMissing):
        write_off(due, "1", "finance_manager")
    set_value("FIN-11.max_amount_mayor", money("30"), starts_on=today(), resolution="5", by=HOUSE)
    set_value("FIN-11.above", "council", starts_on=today(), resolution="5", by=HOUSE)
    write_off(due, "30", "mayor")
    with pytest.raises(WriteOffAboveAuthority):
        write_off(due, "0.01", "mayor")
    write_off(due, "70", "council")
    assert faults(HOUSE) == []


def test_the_ministrys_approval_is_the_councils_decision_for_a_discount(town: str) -> None:
    due = owes(person(), "100")
    discount(due, "100", "council_and_ministry")


def test_two_discounts_at_once_stay_within_the_percentage_together(town_of_its_own: str) -> None:
    due = owes(person(), "100")
    answers = at_once(town_of_its_own, [lambda: discount(due, "10"), lambda: discount(due, "10")])
    due.refresh_from_db()
    assert due.credited == 10
    assert sum(isinstance(one, CreditAboveAuthority) for one in answers) == 1
