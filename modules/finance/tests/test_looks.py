"""Whoever opens a person's statement or plan leaves the same trace as whoever opens the dues at the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from kernel.audit.models import AuditEntry
from kernel.calendar.selectors import today
from kernel.parties.models import Party
from modules.finance.services.planning import Terms, agree_plan
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff


def looks_at(party: Party) -> list[tuple[str, str]]:
    found = AuditEntry.objects.filter(
        operation="look", table_name="parties_party", row_id=str(party.pk)
    )
    return list(found.order_by("pk").values_list("actor_name", "reason"))


def test_a_look_at_a_statement_is_written_down(
    town: str, client_for: Callable[..., Client]
) -> None:
    huda, nour = staff("huda", "accountant"), person()
    owes(nour, "100")
    browser = client_for("huda")
    assert browser.get(reverse("finance:statement", args=[nour.uid])).status_code == 200
    assert looks_at(nour) == [(huda.name, "dues")]
    day = today().isoformat()
    where = reverse("finance:statement-paper", args=[nour.uid])
    assert browser.post(where, {"since": day, "until": day}).status_code == 200
    assert len(looks_at(nour)) == 2


def test_a_look_at_a_plan_and_its_agreement_is_written_down(
    town: str, karim: object, client_for: Callable[..., Client]
) -> None:
    huda, nour = staff("huda", "accountant"), person()
    due = owes(nour, "400")
    session_of(karim)  # type: ignore[arg-type]
    pays(nour, "100", by=karim, charges=[due])  # type: ignore[arg-type]
    terms = Terms(count=2, first_on=today() + timedelta(days=30))
    plan = agree_plan(party_id=nour.pk, charge_ids=[due.pk], terms=terms, by=HOUSE)
    browser = client_for("huda")
    for name in ("finance:plan", "finance:plan-paper"):
        assert browser.get(reverse(name, args=[plan.uid])).status_code == 200
    assert browser.get(f"{reverse('finance:plan-new')}?party={nour.uid}").status_code == 200
    assert looks_at(nour) == [(huda.name, "dues")] * 3


def test_a_programme_that_reads_a_statement_leaves_the_same_trace(
    town: str, api_for: Callable[..., Client]
) -> None:
    staff("huda", "accountant")
    nour = person()
    day = today().isoformat()
    where = f"/api/v1/statements?party={nour.uid}&since={day}&until={day}"
    assert api_for("huda").get(where).status_code == 200
    assert [what for _name, what in looks_at(nour)] == ["dues"]


def test_a_cashier_who_is_shown_the_dues_leaves_the_same_line_and_typing_leaves_none(
    town: str, client_for: Callable[..., Client]
) -> None:
    karim, nour = staff("karim", "cashier"), person()
    owes(nour, "100")
    session_of(karim)
    browser = client_for("karim")
    assert browser.get(reverse("finance:receive", args=[nour.uid])).status_code == 200
    assert looks_at(nour) == [(karim.name, "dues")]
    typed = {"payer_name": "نور", "currency": "ILS", "method": "cash", "amount": "50"}
    browser.post(reverse("finance:receive-preview", args=[nour.uid]), typed)
    assert len(looks_at(nour)) == 1
    refused = browser.post(reverse("finance:receive", args=[nour.uid]), {**typed, "amount": "x"})
    assert refused.status_code == 422
    assert len(looks_at(nour)) == 2
