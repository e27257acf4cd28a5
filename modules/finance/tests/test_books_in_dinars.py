"""A municipality that keeps its books in dinars: a part of a due is worth its thousandths, and nothing is left over."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, CreditKind
from modules.finance.models import Line
from modules.finance.selectors.books import account_of
from modules.finance.selectors.proofs import faults
from modules.finance.services.credits import DecisionPaper, credit_charge
from modules.finance.services.moving import Moving, Part, move_dues
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of


@pytest.fixture
def dinars(town: str) -> None:
    set_value("FIN-04.base", "JOD", starts_on=today(), resolution="1", by=HOUSE)


def test_parts_of_a_due_leave_no_difference_behind(dinars: None, karim: Viewer) -> None:
    """10.005 JOD, paid 3.333, reduced by 1.111, paid 5.561: every line is worth what it says."""
    nour = person()
    due = owes(nour, money("10.005", "JOD"), kind="finance.rent")
    session_of(karim)
    pays(nour, money("3.333", "JOD"), by=karim, charges=[due])
    paper = DecisionPaper(number="1", decided_on=today(), authority="council")
    credit_charge(
        due, kind=CreditKind.EXEMPTION, amount=money("1.111", "JOD"), reason="قرار", paper=paper, by=HOUSE,
    )  # fmt: skip
    pays(nour, money("5.561", "JOD"), by=karim, charges=[due])
    due.refresh_from_db()
    assert (due.balance, due.base_settled) == (0, Decimal("10.005"))
    assert not Line.objects.filter(account=account_of(AccountRole.EXCHANGE_DIFFERENCE)).exists()
    for line in Line.objects.all():
        assert (line.debit, line.credit) == (line.base_debit, line.base_credit)
    assert faults(HOUSE) == []


def test_a_divided_due_is_divided_to_the_thousandth_in_base_too(dinars: None) -> None:
    """10.001 in three: 3.333, 3.333, 3.335; each is worth as much in the books."""
    nour, heirs = person(), [person(name) for name in ("خالد", "هدى", "سلمى")]
    due = owes(nour, money("10.001", "JOD"), kind="finance.rent")
    paper = DecisionPaper(number="1", decided_on=today(), authority="council")
    parts = tuple(Part(party_id=one.pk, share=Decimal(1)) for one in heirs)
    moving = Moving(cause="heirs", parts=parts, paper=paper, reason="حصر إرث", signed=True)  # type: ignore[arg-type]
    made = move_dues([due], moving, by=HOUSE)
    assert [one.principal for one in made] == [one.base_principal for one in made]
    assert sum(one.base_principal for one in made) == Decimal("10.001")
    assert faults(HOUSE) == []
