"""The demand notice: every open due of the person in one numbered letter, and no letter about nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kernel.audit.models import AuditEntry
from kernel.calendar.selectors import today
from kernel.money import money
from kernel.printing.models import IssuedDocument
from kernel.viewer import Viewer
from modules.finance.constants import CreditKind
from modules.finance.pages.reports import drawings
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.credits import DecisionPaper, credit_charge
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff
from modules.finance.tests.test_third_decimal import text_of


def test_the_notice_tells_what_is_left_of_each_due_and_is_numbered(
    karim: Viewer, client_for: Callable[..., Client]
) -> None:
    rate("JOD", "5.20")
    huda, nour = staff("huda", "accountant"), person()
    water = owes(nour, "100", due_on=today() - timedelta(days=40))
    owes(nour, money("12.345", "JOD"), kind="finance.rent")
    owes(nour, "41.50", due_on=today() + timedelta(days=1))
    session_of(karim)
    pays(nour, "30", by=karim, charges=[water])
    answer = client_for("huda").post(reverse("finance:demand-paper", args=[nour.uid]))
    assert answer.status_code == 200
    text = text_of(answer.content)
    assert "70.00" in text and "12.345" in text
    assert "41.50" not in text, "what is due tomorrow is not demanded today"
    issued = IssuedDocument.objects.get(kind="finance.demand")
    assert issued.number == f"DN-{today().year}/00001"
    looks = AuditEntry.objects.filter(operation="look", row_id=str(nour.pk))
    assert [one.actor_name for one in looks] == [huda.name]


@pytest.mark.parametrize("later", [False, True])
def test_nothing_is_demanded_of_who_owes_nothing_yet(
    town: str, client_for: Callable[..., Client], later: bool
) -> None:
    staff("huda", "accountant")
    nour = person()
    if later:
        owes(nour, "50", due_on=today() + timedelta(days=1))
    answer = client_for("huda").post(reverse("finance:demand-paper", args=[nour.uid]))
    assert answer.status_code in (409, 422)
    assert not IssuedDocument.objects.filter(kind="finance.demand").exists()


def test_exemptions_are_told_by_who_decided(town: str) -> None:
    """The council gave 30.00 and 5.00 to two persons, the mayor 10.00 to one, each within what he may (REV-04)."""
    nour, salma = person(), person("سلمى")
    first, second = owes(nour, "100"), owes(salma, "150")
    for due, kind, amount, authority in (
        (first, CreditKind.EXEMPTION, "30", "council"),
        (second, CreditKind.EXEMPTION, "5", "council"),
        (second, CreditKind.DISCOUNT, "10", "mayor"),
    ):
        paper = DecisionPaper(number="1", decided_on=today(), authority=authority)
        credit_charge(due, kind=kind, amount=money(amount), reason="قرار", paper=paper, by=HOUSE)
    table = REPORTS["by-authority"].table(HOUSE, today(), today())
    assert table.rows == (
        ("council", "exemption", "ILS", 2, 2, 35),
        ("mayor", "discount", "ILS", 1, 1, 10),
    )
    (drawn,) = drawings(REPORTS["by-authority"], table)
    assert json.loads(drawn["figures"])["labels"] == ["المجلس البلدي", "رئيس البلدية"]
