"""Instalment plans: the list, agreeing on one, one plan with its instalments, its agreement as a paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.tables import list_page
from kernel.audit.looking import record_look
from kernel.calendar.selectors import today
from kernel.errors import NotVisible, Refusal
from kernel.money import money
from kernel.parties.selectors import ids_of
from modules.finance.constants import PlanState
from modules.finance.forms.desk import ReasonForm
from modules.finance.forms.plans import PlanForm
from modules.finance.models import Plan
from modules.finance.models.steps import may_follow
from modules.finance.pages.cheques import person_asked
from modules.finance.pages.filters import PlanFilter
from modules.finance.pages.tables import PLAN_KINDS, PlanTable, totals_by_currency
from modules.finance.plan_papers import agreement
from modules.finance.selectors.dues import open_charges
from modules.finance.selectors.plans import charges_of, paid_on_day, plan_for, plans, progress_of
from modules.finance.services.planning import (
    agree_plan,
    cancel_plan,
    needed_down_payment,
    restore_plan,
)


@page(permission="finance.read_plans", module="finance")
@require_GET
def plan_list(request: DeskRequest) -> HttpResponse:
    """Every plan with its state."""
    return list_page(
        request,
        table=PlanTable,
        queryset=plans(request.viewer),
        filters=PlanFilter,
        title=_("Instalment plans"),
        template="finance/plans.html",
        totals=lambda rows: totals_by_currency(rows, "amount"),
    )


@page(permission="finance.manage_plans", module="finance")
@require_http_methods(["GET", "POST"])
def plan_new(request: DeskRequest) -> HttpResponse:
    """Agree on instalments for a person's dues; the page says what must be paid today first."""
    person = person_asked(request)
    if person is None:
        return render(request, "finance/plan_whose.html", {"form": PlanForm.whose()})
    owed = list(open_charges(request.viewer, ids_of(person.pk)))
    record_look(table_name="parties_party", row_id=person.pk, what="dues", by=request.viewer)
    form = PlanForm(
        request.POST or None,
        open_charges=owed,
        initial={"charges": [str(one.uid) for one in owed], "count": 6, "first_on": today()},
    )
    try:
        if request.method == "POST":
            with once_for(request, "finance.plan") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    plan = agree_plan(
                        party_id=person.pk,
                        charge_ids=form.charge_ids(),
                        terms=form.terms(),
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:plan", args=[plan.uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/plan_new.html",
        {"form": form, "person": person, "owed": owed, "needed": _needed(owed)},
        status=form.status,
    )


def _needed(owed: list[Any]) -> list[dict[str, Any]]:
    """Per currency: what is owed, what was paid on it today, what the down payment would be."""
    found = []
    for currency in sorted({one.currency for one in owed}):
        mine = [one for one in owed if one.currency == currency]
        left = sum((one.balance for one in mine), money(0, currency).amount)
        paid = paid_on_day([one.pk for one in mine], today())
        needed = needed_down_payment(money(left + paid, currency), on=today())
        found.append({"currency": currency, "owed": left, "paid": paid, "needed": needed.amount})
    return found


@page(permission="finance.read_plans", module="finance")
@require_GET
def plan_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One plan: its instalments, its dues, its cheques, what happened to it."""
    plan = plan_for(request.viewer, uid)
    record_look(table_name="parties_party", row_id=plan.party_id, what="dues", by=request.viewer)
    return _plan(request, plan)


def _plan(
    request: DeskRequest, plan: Plan, bound: ReasonForm | None = None, move: str = ""
) -> HttpResponse:
    may = may_follow("plan", plan.state) if request.viewer.may("finance.manage_plans") else ()
    offered = [("active", _("Let it stand again")), ("cancelled", _("Call it off"))]
    forms = [
        (to, title, bound if to == move and bound else ReasonForm(prefix=to))
        for to, title in offered
        if to in may
    ]
    return render(
        request,
        "finance/plan.html",
        {
            "plan": plan,
            "kind": PLAN_KINDS[plan.state],
            "progress": progress_of(plan, on=today()),
            "charges": charges_of(plan),
            "cheques": plan.cheques.order_by("dated_on"),
            "steps": [
                (one, str(PlanState(one.to_state).label)) for one in plan.steps.order_by("id")
            ],
            "forms": forms,
        },
        status=bound.status if bound is not None else 200,
    )


@page(permission="finance.manage_plans", module="finance")
@require_POST
def plan_move(request: DeskRequest, uid: UUID, plan_state: str) -> HttpResponse:
    """Let a broken plan stand again, or call a plan off."""
    plan = plan_for(request.viewer, uid)
    verbs = {"active": restore_plan, "cancelled": cancel_plan}
    if plan_state not in verbs:
        raise NotVisible()
    form = ReasonForm(request.POST, prefix=plan_state)
    try:
        with once_for(request, "finance.plan-move") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                verbs[plan_state](plan, reason=form.cleaned_data["reason"], by=request.viewer)
                return once.redirect(reverse("finance:plan", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _plan(request, plan, form, plan_state)


@page(permission="finance.read_plans", module="finance")
@require_GET
def plan_paper(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The agreement to be signed."""
    plan = plan_for(request.viewer, uid)
    record_look(table_name="parties_party", row_id=plan.party_id, what="dues", by=request.viewer)
    return HttpResponse(agreement(plan, by=request.viewer), content_type="application/pdf")
