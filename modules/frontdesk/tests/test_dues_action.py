"""What is done about dues: kept with its article, a plan that is signed, a gate opened until a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.money import money
from kernel.policies.models import Decision as PolicyDecision
from kernel.policies.models import Override
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.frontdesk.constants import PaperStatus
from modules.frontdesk.errors import (
    OverrideTooLong,
    PlanDates,
    PlanDoesNotCover,
    PlanStands,
    ReasonRequired,
)
from modules.frontdesk.models import ActionPlan, Request, RequestPaper
from modules.frontdesk.selectors.plans import ACTION_POINT
from modules.frontdesk.services import (
    discard_draft,
    draw_plan,
    let_pass,
    sign_plan,
    submit_request,
    take_action,
)
from modules.frontdesk.services.plans import Instalment
from modules.frontdesk.tests.factories import CLEARANCE, draft, fresh, png, scan
from modules.frontdesk.tests.fakes import FakeDues, due


@pytest.fixture
def blocked(finance: Any, amal: Viewer, nour: Any) -> Request:
    FakeDues.lines = (due("300"),)
    made = draft("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    assert not submit_request(made.uid, by=amal).accepted
    return made


def _parts(*amounts: str) -> list[Instalment]:
    return [
        Instalment(today() + timedelta(days=30 * number), money(one, "ILS"))
        for number, one in enumerate(amounts)
    ]


def test_a_signed_plan_opens_the_gate_until_its_last_day(
    blocked: Request, amal: Viewer, salma: Viewer, sunday: Any
) -> None:
    plan = draw_plan(blocked.uid, instalments=_parts("100", "100", "100"), by=amal)
    assert not submit_request(blocked.uid, by=amal).accepted
    with pytest.raises(NotPermitted):
        sign_plan(blocked.uid, plan.uid, signature=scan(amal), authority="x", by=amal)
    sign_plan(blocked.uid, plan.uid, signature=scan(salma), authority="رئيس البلدية", by=salma)
    assert Override.objects.get().expires_on == plan.expires_on == today() + timedelta(days=60)
    sunday.shift(timedelta(days=59))
    FakeDues.lines = (due("100"),)
    assert submit_request(blocked.uid, by=amal).accepted


def test_the_day_after_a_plan_ends_the_gate_is_shut_again(
    blocked: Request, amal: Viewer, salma: Viewer, sunday: Any
) -> None:
    plan = draw_plan(blocked.uid, instalments=_parts("300"), by=amal)
    sign_plan(blocked.uid, plan.uid, signature=scan(salma), authority="رئيس البلدية", by=salma)
    sunday.shift(timedelta(days=1))
    assert not submit_request(blocked.uid, by=amal).accepted


def test_a_plan_comes_to_the_dues_exactly_and_stands_once(blocked: Request, amal: Viewer) -> None:
    with pytest.raises(PlanDoesNotCover):
        draw_plan(blocked.uid, instalments=_parts("100", "199.99"), by=amal)
    with pytest.raises(PlanDoesNotCover):
        draw_plan(blocked.uid, instalments=[Instalment(today(), money("300", "JOD"))], by=amal)
    with pytest.raises(PlanDates):
        draw_plan(
            blocked.uid, instalments=[Instalment(date(2026, 12, 5), money("300", "ILS"))], by=amal
        )
    draw_plan(blocked.uid, instalments=_parts("300"), by=amal)
    with pytest.raises(PlanStands):
        draw_plan(blocked.uid, instalments=_parts("300"), by=amal)
    discard_draft(blocked.uid, by=amal)
    assert not ActionPlan.objects.exists()


def test_the_action_is_kept_and_a_refusal_says_why(blocked: Request, amal: Viewer) -> None:
    with pytest.raises(ReasonRequired):
        take_action(blocked.uid, action="refuse", by=amal)
    kept = take_action(blocked.uid, action="refuse", reason="ذمم مياه", by=amal)
    assert kept.outcome == "refuse"
    assert "FRD-04" in {one["article"] for one in kept.answers}
    take_action(blocked.uid, action="pay_now", by=amal)
    assert PolicyDecision.objects.filter(point=ACTION_POINT).count() == 2


def test_a_gate_is_opened_for_as_many_days_as_the_policy_says(
    blocked: Request, amal: Viewer, salma: Viewer, system: Viewer
) -> None:
    asked = {"gate": "dues", "authority": "رئيس البلدية", "reason": "حالة إنسانية"}
    week = today() + timedelta(days=7)
    with pytest.raises(OverrideTooLong):
        let_pass(blocked.uid, until=week, by=salma, **asked)
    set_value("FRD-04.override_most_days", 7, starts_on=today(), by=system)
    let_pass(blocked.uid, until=week, by=salma, **asked)
    assert Override.objects.get().expires_on == week
    assert submit_request(blocked.uid, by=amal).accepted


def test_the_plan_is_drawn_printed_signed_and_the_refusal_printed_in_the_browser(
    blocked: Request, client_for: Callable[..., Client]
) -> None:
    desk, mayor = client_for("amal"), client_for("salma")
    check = desk.get(reverse("frontdesk:check", args=[blocked.uid])).content.decode()
    assert reverse("frontdesk:dues-action", args=[blocked.uid]) in check
    acts = reverse("frontdesk:dues-action", args=[blocked.uid])
    assert desk.get(acts).status_code == 404
    assert desk.post(acts, {"act": "refuse", "reason": "ذمم مياه"}).status_code == 302
    told = desk.get(reverse("frontdesk:check", args=[blocked.uid])).content.decode()
    assert "ذمم مياه" in told
    assert desk.get(acts).content.startswith(b"%PDF")
    url = reverse("frontdesk:plan", args=[blocked.uid])
    wrong = desk.post(url, {"line0-on": "06/12/2026", "line0-amount": "299"})
    assert wrong.status_code == 422
    assert "299" in wrong.content.decode()
    assert desk.post(url, {"line0-on": "06/12/2026", "line0-amount": "300"}).status_code == 302
    plan = ActionPlan.objects.get()
    printed = desk.get(reverse("frontdesk:plan-print", args=[blocked.uid, plan.uid]))
    assert printed.content.startswith(b"%PDF")
    assert mayor.get(url).status_code == 200
    signed = mayor.post(
        reverse("frontdesk:plan-sign", args=[blocked.uid, plan.uid]),
        {"authority": "رئيس البلدية", "signature": SimpleUploadedFile("خطة.png", png())},
    )
    assert signed.status_code == 302
    assert fresh(blocked).is_draft
    assert ActionPlan.objects.get().signed_at is not None


def test_a_plan_opens_the_gate_only_while_its_instalments_are_paid(
    blocked: Request, amal: Viewer, salma: Viewer, sunday: Any
) -> None:
    """300 in two parts, today and in thirty days. The day after, 150 may still be owed, and not a shekel more."""
    plan = draw_plan(blocked.uid, instalments=_parts("150", "150"), by=amal)
    sign_plan(blocked.uid, plan.uid, signature=scan(salma), authority="رئيس البلدية", by=salma)
    sunday.shift(timedelta(days=1))
    stopped = submit_request(blocked.uid, by=amal)
    assert not stopped.accepted
    assert "150.00" in stopped.stopped_by[0].reasons[-1].sentence
    FakeDues.lines = (due("150"),)
    assert submit_request(blocked.uid, by=amal).accepted


def test_several_papers_are_promised_and_half_a_line_is_asked_about(
    blocked: Request, client_for: Callable[..., Client]
) -> None:
    desk, url = client_for("amal"), reverse("frontdesk:plan", args=[blocked.uid])
    typed = {"line0-on": "06/12/2026", "line0-amount": "300", "paper0-paper": "identity_card"}
    half = desk.post(url, typed)
    assert half.status_code == 422
    assert "300" in half.content.decode()
    assert not ActionPlan.objects.exists()
    assert desk.post(url, {**typed, "paper0-on": "20/12/2026"}).status_code == 302
    plan = ActionPlan.objects.get()
    assert plan.items["papers"] == [{"code": "identity_card", "on": "2026-12-20"}]
    shown = desk.get(url).content.decode()
    assert "identity_card" not in shown
    assert "20/12/2026" in shown


def test_the_acts_about_dues_stand_in_words_on_the_request(
    blocked: Request, amal: Viewer, salma: Viewer, client_for: Callable[..., Client]
) -> None:
    take_action(blocked.uid, action="plan", by=amal)
    plan = draw_plan(blocked.uid, instalments=_parts("300"), by=amal)
    sign_plan(blocked.uid, plan.uid, signature=scan(salma), authority="رئيس البلدية", by=salma)
    submit_request(blocked.uid, by=amal)
    page = client_for("amal").get(reverse("frontdesk:request", args=[blocked.uid]))
    assert "frontdesk.submit" not in page.content.decode()
    shown = [(one["title"], one["outcome"]) for one in page.context["verdicts"]]
    assert ("الإجراء المتخذ", "خطة تسوية") in shown, shown


def test_a_promised_paper_has_the_day_of_the_plan_and_one_that_is_there_is_not_waived(
    blocked: Request, amal: Viewer, salma: Viewer
) -> None:
    """The identity card was brought already; the plan's day holds for a power of attorney, not the policy's days."""
    day = today() + timedelta(days=40)
    plan = draw_plan(
        blocked.uid, instalments=_parts("300"),
        papers=[("identity_card", day), ("power_of_attorney", day)], by=amal,
    )  # fmt: skip
    sign_plan(blocked.uid, plan.uid, signature=scan(salma), authority="رئيس البلدية", by=salma)
    (waived,) = RequestPaper.objects.filter(request=blocked, status=PaperStatus.WAIVED)
    assert (waived.requirement, waived.valid_until) == ("power_of_attorney", day)
