"""Cheques: the register, the calendar of their days, the safe with the deposit slip, one cheque and its moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.tables import list_page
from kernel.calendar.selectors import today
from kernel.errors import NotVisible, Refusal
from kernel.parties.selectors import ids_of, party_for, party_with_id_number
from modules.finance.cheque_papers import deposit_slip
from modules.finance.errors import PersonUnknown
from modules.finance.forms.cheques import (
    BankForm,
    ChequesForm,
    EndorseForm,
)
from modules.finance.models import Plan
from modules.finance.pages.filters import ChequeFilter
from modules.finance.pages.tables import ChequeTable, totals_by_currency
from modules.finance.selectors.books import bank_accounts, base_currency
from modules.finance.selectors.cheques import (
    at_the_bank,
    cheques,
    in_safe,
    maturity_calendar,
    totals_by_state,
)
from modules.finance.selectors.dues import open_charges
from modules.finance.selectors.plans import plan_for
from modules.finance.services.cheques.moving import (
    clear_cheques,
    deposit_cheques,
)
from modules.finance.services.cheques.taking import take_cheques

HORIZON = timedelta(days=366)


@page(permission="finance.read_cheques", module="finance")
@require_GET
def cheque_list(request: DeskRequest) -> HttpResponse:
    """The register with filters and totals; the sums by state stand above it."""
    return list_page(
        request,
        table=ChequeTable,
        queryset=cheques(request.viewer),
        filters=ChequeFilter,
        title=_("Cheques"),
        template="finance/cheques.html",
        totals=lambda rows: totals_by_currency(rows, "amount"),
        context={"totals_by_state": totals_by_state(request.viewer)},
    )


@page(permission="finance.read_cheques", module="finance")
@require_GET
def cheque_calendar(request: DeskRequest) -> HttpResponse:
    """What falls due when: overdue in the safe, this week, and month by month for a year."""
    on = today()
    days = maturity_calendar(request.viewer, since=on - HORIZON, until=on + HORIZON)
    months: dict[tuple[int, int], dict[str, Any]] = {}
    for one in days:
        month = months.setdefault(
            (one.day.year, one.day.month), {"first": one.day.replace(day=1), "days": [], "sums": {}}
        )
        month["days"].append((one, one.day <= on))
        month["sums"][one.currency] = month["sums"].get(one.currency, 0) + one.total
    return render(
        request,
        "finance/cheque_calendar.html",
        {"months": [month for _key, month in sorted(months.items())], "today": on},
    )


@page(permission="finance.move_cheques", module="finance")
@require_http_methods(["GET", "POST"])
def cheque_safe(request: DeskRequest) -> HttpResponse:
    """The safe: what may go to the bank today is ticked; one button makes the slip."""
    rows = list(in_safe(request.viewer))
    form = BankForm(request.POST or None, banks=bank_accounts(request.viewer))
    chosen = set(request.POST.getlist("cheques"))
    try:
        if request.method == "POST":
            with once_for(request, "finance.deposit") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    made = deposit_cheques(
                        [one for one in rows if str(one.uid) in chosen],
                        bank=form.cleaned_data["bank"],
                        note=form.cleaned_data["note"],
                        by=request.viewer,
                    )
                    return once.redirect(f"{reverse('finance:cheques-deposited')}?slip={made.slip}")
    except Refusal as refusal:
        form.add_refusal(refusal)
    on = today()
    return render(
        request,
        "finance/cheque_safe.html",
        {
            "form": form,
            "rows": [
                (one, one.dated_on <= on, str(one.uid) in chosen or request.method == "GET")
                for one in rows
            ],
            "today": on,
        },
        status=form.status,
    )


@page(permission="finance.move_cheques", module="finance")
@require_http_methods(["GET", "POST"])
def cheques_deposited(request: DeskRequest) -> HttpResponse:
    """Cheques at the bank, slip by slip; tick those the bank has paid."""
    rows = [
        (one, max(one.steps.all(), key=lambda step: step.pk).facts.get("slip", ""))
        for one in at_the_bank(request.viewer)
    ]
    form = BankForm(request.POST or None, banks=bank_accounts(request.viewer))
    chosen = set(request.POST.getlist("cheques"))
    try:
        if request.method == "POST":
            with once_for(request, "finance.clear") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    clear_cheques(
                        [one for one, _slip in rows if str(one.uid) in chosen],
                        bank=form.cleaned_data["bank"],
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:cheques-deposited"))
    except Refusal as refusal:
        form.add_refusal(refusal)
    slip = request.GET.get("slip", "")
    return render(
        request,
        "finance/cheques_deposited.html",
        {"form": form, "rows": rows, "slip": slip, "chosen": chosen},
        status=form.status,
    )


@page(permission="finance.move_cheques", module="finance")
@require_GET
def deposit_paper(request: DeskRequest, slip: str) -> HttpResponse:
    """The slip that goes with the cheques."""
    return HttpResponse(deposit_slip(slip, by=request.viewer), content_type="application/pdf")


@page(permission="finance.take_cheques", module="finance")
@require_http_methods(["GET", "POST"])
def cheques_new(request: DeskRequest) -> HttpResponse:
    """Take post-dated cheques of a person; without one, ask whose."""
    person = person_asked(request)
    if person is None:
        return render(request, "finance/cheques_whose.html", {"form": EndorseForm()})
    plan = _plan_asked(request, person)
    owed = [
        one
        for one in open_charges(request.viewer, ids_of(person.pk))
        if plan is None or one.pk in plan.charge_ids
    ]
    initial = {
        "drawer": person.full_name,
        "currency": owed[0].currency if owed else base_currency(today()),
        "charges": [str(one.uid) for one in owed],
    } | _of_plan(plan)
    form = ChequesForm(request.POST or None, open_charges=owed, initial=initial)
    try:
        if request.method == "POST":
            with once_for(request, "finance.cheques") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    taken = take_cheques(
                        party_id=person.pk,
                        drawer=form.cleaned_data["drawer"],
                        cheques=form.cheques(),
                        charge_ids=form.charge_ids(),
                        plan=plan,
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:cheque", args=[taken.cheques[0].uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/cheques_new.html",
        {"form": form, "person": person, "owed": owed},
        status=form.status,
    )


def _plan_asked(request: DeskRequest, person: Any) -> Plan | None:
    asked = request.GET.get("plan", "")
    plan = plan_for(request.viewer, uid_typed(asked)) if asked else None
    return plan if plan is not None and plan.party_id == person.pk else None


def _of_plan(plan: Plan | None) -> dict[str, Any]:
    """The row of cheques that the plan's instalments ask for."""
    if plan is None:
        return {}
    first = plan.schedule[0]
    return {
        "count": len(plan.schedule),
        "amount": first["amount"],
        "currency": plan.currency,
        "first_on": date.fromisoformat(first["due_on"]),
    }


def uid_typed(text: str) -> UUID:
    """What came in an address or a form as an id; refuses `NotVisible`: what is no id names nothing."""
    try:
        return UUID(text)
    except ValueError:
        raise NotVisible() from None


def person_asked(request: DeskRequest) -> Any:
    """The person that the address names, by uid or ID number; None when it names none."""
    asked = request.GET.get("party", "") or request.GET.get("party_text", "")
    return person_of(request, asked) if asked else None


def person_of(request: DeskRequest, asked: str) -> Any:
    try:
        return party_for(request.viewer, UUID(asked))
    except ValueError:
        found = party_with_id_number(request.viewer, asked)
        if found is None:
            raise PersonUnknown() from None
        return found
