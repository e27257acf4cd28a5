"""Words where an id is asked for: they name nothing (404), and are never a fault."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kernel.parties.models import Party
from modules.finance.tests.factories import owes, person, staff


@pytest.fixture
def nour(town: str) -> Party:
    return person()


@pytest.mark.parametrize("word", ["x", "²²²²", "9" * 40, "00000000-0000-0000-0000-000000000000"])
def test_a_plan_and_a_person_that_are_none_are_not_there(
    town: str, nour: Party, client_for: Callable[..., Client], word: str
) -> None:
    owes(nour, "50")
    staff("fadi", "finance_manager")
    staff("huda", "accountant")
    fadi = client_for("fadi")
    cheques = f"{reverse('finance:cheques-new')}?party={nour.uid}"
    assert fadi.get(cheques).status_code == 200
    assert fadi.get(f"{cheques}&plan={word}").status_code == 404
    assert fadi.post(reverse("finance:warning-new"), {"parties": [word]}).status_code == 422
    assert fadi.get(f"{reverse('finance:budget')}?year={word}").status_code == 200
