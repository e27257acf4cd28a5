"""Who may ask: alive, and lawfully represented. Heirs ask for the dead, a signatory for a company."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.parties.models import Party
from kernel.parties.services import merge_parties, register_organisation, update_party
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.frontdesk.constants import GateCode, GateOutcome
from modules.frontdesk.errors.standing import NobodyDied
from modules.frontdesk.models import Request
from modules.frontdesk.selectors.asking import asked_of
from modules.frontdesk.selectors.gates import gates_of, with_overrides
from modules.frontdesk.selectors.standing import power_fault
from modules.frontdesk.services import (
    Persons,
    ask_for_heirs,
    let_pass,
    open_draft,
    save_answers,
    submit_request,
)
from modules.frontdesk.tests.factories import PETITION, citizen, draft, fresh, submitted

ON = date(2026, 12, 6)


def _dies(person: Party, *, by: Viewer) -> Party:
    return update_party(person.uid, died_on=ON, by=by)


def _stopped(request: Any, *, by: Viewer) -> Any:
    done = submit_request(request.uid, by=by)
    assert not done.accepted
    return next(one for one in done.stopped_by if one.code == GateCode.AGENT)


@pytest.mark.parametrize(
    ("given", "until", "code"),
    [
        (None, None, "agent_power_undated"),
        (ON + timedelta(days=1), None, "agent_power_early"),
        (ON - timedelta(days=365), None, None),
        (ON - timedelta(days=366), None, "agent_power_expired"),
        (ON - timedelta(days=9), ON, None),
        (ON - timedelta(days=9), ON - timedelta(days=1), "agent_power_over"),
    ],
)
def test_a_power_of_attorney_is_dated_not_too_old_and_not_over(
    given: date | None, until: date | None, code: str | None
) -> None:
    fault = power_fault(given, until, on=ON, most_days=365)
    assert (fault.code if fault else None) == code


def test_an_expired_power_is_refused_with_its_day(amal: Viewer, nour: Any, system: Viewer) -> None:
    agent = citizen(by=system, id_number="901234566", given_name="سليم")
    made = draft(
        "FD-001", by=amal, applicant=nour, answers=PETITION, agent=agent,
        agent_power_on=ON - timedelta(days=30), agent_power_until=ON - timedelta(days=1),
    )  # fmt: skip
    gate = _stopped(made, by=amal)
    assert gate.outcome == GateOutcome.REFUSE
    assert "05/12/2026" in gate.sentence


def test_a_power_cannot_end_before_it_was_given(
    amal: Viewer, nour: Any, client_for: Callable[..., Client]
) -> None:
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION)
    with pytest.raises(IntegrityError), transaction.atomic(), recorded(by=amal):
        Request.objects.filter(pk=made.pk).update(
            agent_power_on=ON, agent_power_until=ON - timedelta(days=1)
        )
    typed = {
        "applicant": str(nour.uid),
        "agent_power_on": "06/12/2026",
        "agent_power_until": "05/12/2026",
    }
    typed |= {f"answers-{code}": answer for code, answer in PETITION.items()}
    page = client_for("amal").post(
        reverse("frontdesk:draft", args=[made.uid]), typed | {"check": "1"}
    )
    assert page.status_code == 422


def test_nothing_new_is_asked_in_the_name_of_the_dead_whoever_lets_it_pass(
    amal: Viewer, salma: Viewer, nour: Any, system: Viewer
) -> None:
    made = draft("FD-001", by=amal, applicant=_dies(nour, by=system), answers=PETITION)
    gate = _stopped(made, by=amal)
    assert gate.reasons[0].code == "applicant_dead"
    let_pass(made.uid, gate="agent", authority="رئيس البلدية", reason="مستعجل", by=salma)
    asked = asked_of(fresh(made), on=today())
    still = with_overrides(gates_of(asked), subject=made.subject_ref, on=asked.on)
    assert any(one.blocks and one.code == GateCode.AGENT for one in still)


def test_what_was_filed_before_the_death_runs_on(amal: Viewer, nour: Any, system: Viewer) -> None:
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    _dies(nour, by=system)
    assert fresh(made).is_open


def test_the_heirs_take_the_place_of_the_dead_and_are_registered_once(
    amal: Viewer, nour: Any, system: Viewer
) -> None:
    _dies(nour, by=system)
    first, second = (
        draft("FD-001", by=amal, applicant=Party.objects.get(pk=nour.pk), answers=PETITION)
        for _n in range(2)
    )
    heirs = ask_for_heirs(first.uid, by=amal)
    assert str(heirs.full_name).startswith("ورثة نور")
    assert ask_for_heirs(second.uid, by=amal).pk == heirs.pk
    assert fresh(first).applicant_id == heirs.pk
    with pytest.raises(NobodyDied):
        ask_for_heirs(first.uid, by=amal)


def test_heirs_whom_nobody_stands_for_are_warned_about_or_refused_as_the_policy_says(
    amal: Viewer, nour: Any, system: Viewer
) -> None:
    _dies(nour, by=system)
    made = draft("FD-001", by=amal, applicant=Party.objects.get(pk=nour.pk), answers=PETITION)
    heirs = ask_for_heirs(made.uid, by=amal)
    set_value("FRD-06.representative", "refuse", starts_on=today(), by=system)
    assert _stopped(made, by=amal).reasons[0].code == "representative_missing"
    brother = citizen(by=system, id_number="901234566", given_name="سليم")
    save_answers(
        made.uid,
        persons=Persons(applicant=heirs, agent=brother, agent_power_on=ON - timedelta(days=5)),
        by=amal,
    )
    blocking = submit_request(made.uid, by=amal).stopped_by
    assert GateCode.AGENT not in [one.code for one in blocking]


@pytest.mark.parametrize(("answer", "passes"), [("none", True), ("warn", True), ("refuse", False)])
def test_a_company_names_who_signs_for_it(
    amal: Viewer, system: Viewer, answer: str, passes: bool
) -> None:
    set_value("FRD-06.representative", answer, starts_on=today(), by=system)
    company = register_organisation(registered_name="شركة الأمل", id_number="562500001", by=system)
    done = submit_request(
        draft("FD-001", by=amal, applicant=company, answers=PETITION).uid, by=amal
    )
    assert done.accepted is passes
    told = [one.code for gate in done.gates for one in gate.reasons]
    assert ("representative_missing" in told) is (answer != "none")


def test_the_dead_are_told_on_the_draft_with_a_way_on(
    amal: Viewer, nour: Any, system: Viewer, client_for: Callable[..., Client]
) -> None:
    made = draft("FD-001", by=amal, applicant=_dies(nour, by=system), answers=PETITION)
    browser = client_for("amal")
    page = browser.get(reverse("frontdesk:check", args=[made.uid])).content.decode()
    assert "متوفى" in page
    went = browser.post(reverse("frontdesk:heirs", args=[made.uid]), {"role": "applicant"})
    assert went.status_code == 302
    assert "ورثة" in browser.get(reverse("frontdesk:draft", args=[made.uid])).content.decode()


def test_before_a_draft_is_made_the_death_is_told(
    nour: Any, system: Viewer, client_for: Callable[..., Client]
) -> None:
    _dies(nour, by=system)
    page = client_for("amal").get(reverse("frontdesk:new") + f"?party={nour.uid}&service=FD-001")
    assert "يتقدم ورثته" in page.content.decode()
    assert not Request.objects.exists()


def test_a_merged_applicants_request_runs_on_and_new_ones_stand_for_the_kept_record(
    amal: Viewer, nour: Any, system: Viewer
) -> None:
    double = citizen(by=system, id_number="901234566", given_name="نور")
    running = submitted("FD-001", by=amal, applicant=double, answers=PETITION)
    merge_parties(keep=nour.uid, alias=double.uid, reason="مكرر", by=system)
    again = open_draft(
        "FD-001", persons=Persons(applicant=Party.objects.get(pk=double.pk)), by=amal
    )
    assert again.applicant_id == nour.pk
    assert fresh(running).applicant_id == double.pk
    from modules.frontdesk.selectors.papers import offered_again
    from modules.frontdesk.services import reuse_paper

    made = open_draft("FD-001", persons=Persons(applicant=nour), answers=PETITION, by=amal)
    (offered,) = offered_again(amal, made)
    kept = reuse_paper(made.uid, requirement="identity_card", paper_uid=offered.uid, by=amal)
    assert kept.reused_from_id == offered.pk
