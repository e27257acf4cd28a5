"""Closed days with their seals, and warnings to who owes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import DeskForm, once_for
from frontend.pages import DeskRequest, page
from frontend.tables import list_page
from kernel.calendar.selectors import today
from kernel.errors import NotVisible, Refusal
from kernel.parties.selectors import party_for
from modules.finance.closing_papers import day_pack, warning_paper
from modules.finance.constants import Service, WarningState
from modules.finance.forms.books import DayForm
from modules.finance.forms.desk import ReasonForm
from modules.finance.forms.warnings import ContestForm, ServeForm
from modules.finance.models import Warning
from modules.finance.models.steps import may_follow
from modules.finance.pages.cheques import uid_typed
from modules.finance.pages.tables import WARNING_KINDS, WarningTable
from modules.finance.selectors.closings import closing_for, closings
from modules.finance.selectors.warnings import to_warn, warning_for, warnings
from modules.finance.services.closing_day import close_day
from modules.finance.services.warning import (
    contest_warning,
    deadline_of,
    enforce_warning,
    lapse_warning,
    serve_warning,
    write_warning,
)


@page(permission="finance.close_day", module="finance")
@require_http_methods(["GET", "POST"])
def closing_list(request: DeskRequest) -> HttpResponse:
    """Close a day; the days that are closed, each with its seal."""
    form = DayForm(request.POST or None, initial={"on": today()})
    form.fields["on"].label = _("Day to close")
    try:
        if request.method == "POST":
            with once_for(request, "finance.close-day") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    close_day(form.cleaned_data["on"], by=request.viewer)
                    return once.redirect(reverse("finance:closings"))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/closings.html",
        {"form": form, "closings": closings(request.viewer)[:60]},
        status=form.status,
    )


@page(permission="finance.read", module="finance")
@require_GET
def closing_paper(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The pack of a closed day."""
    content = day_pack(closing_for(request.viewer, uid))
    return HttpResponse(content, content_type="application/pdf")


@page(permission="finance.read_plans", module="finance")
@require_GET
def warning_list(request: DeskRequest) -> HttpResponse:
    """Warnings that were written."""
    return list_page(
        request,
        table=WarningTable,
        queryset=warnings(request.viewer),
        title=_("Warnings to pay"),
        template="finance/warnings.html",
    )


@page(permission="finance.warn", module="finance")
@require_http_methods(["GET", "POST"])
def warning_new(request: DeskRequest) -> HttpResponse:
    """Who is overdue long enough; tick and write their warnings."""
    form = DeskForm(request.POST or None)
    try:
        if request.method == "POST":
            with once_for(request, "finance.warn") as once:
                if once.replayed:
                    return once.redirect()
                for uid in dict.fromkeys(request.POST.getlist("parties")):
                    write_warning(party_for(request.viewer, uid_typed(uid)).pk, by=request.viewer)
                return once.redirect(reverse("finance:warnings"))
    except Refusal as refusal:
        form.add_refusal(refusal)
    rows = to_warn(request.viewer, on=today())
    return render(
        request, "finance/warning_new.html", {"form": form, "rows": rows}, status=form.status
    )


_TITLES = {
    "served": _("Enter that it was served"),
    "contested": _("Contested in court"),
    "enforced": _("Hand to enforcement"),
    "lapsed": _("Call the warning off"),
}


@page(permission="finance.read_plans", module="finance")
@require_GET
def warning_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One warning: what for, where it is, until when the person may pay."""
    return _warning(request, warning_for(request.viewer, uid))


def _warning(
    request: DeskRequest, warning: Warning, bound: DeskForm | None = None, move: str = ""
) -> HttpResponse:
    may = may_follow("warning", warning.state) if request.viewer.may("finance.warn") else ()
    forms = {to: _form(to) for to in may}
    if bound is not None:
        forms[move] = bound
    return render(
        request,
        "finance/warning.html",
        {
            "warning": warning,
            "kind": WARNING_KINDS[warning.state],
            "deadline": deadline_of(warning),
            "dues": [
                (one, date.fromisoformat(one["due_on"]), Decimal(one["amount"]))
                for one in warning.dues
            ],
            "totals": [(code, Decimal(total)) for code, total in sorted(warning.totals.items())],
            "steps": [
                (one, str(WarningState(one.to_state).label)) for one in warning.steps.order_by("id")
            ],
            "forms": [(to, _TITLES[to], form) for to, form in forms.items()],
        },
        status=bound.status if bound is not None else 200,
    )


def _form(to: str, typed: Any = None) -> DeskForm:
    if to == "served":
        return ServeForm(typed, initial={"on": today()})
    if to == "contested":
        return ContestForm(typed, initial={"on": today()})
    return ReasonForm(typed)


_DO: dict[str, Callable[[Warning, dict[str, Any], Any], Any]] = {
    "served": lambda warning, typed, by: serve_warning(
        warning, how=Service(typed["how"]), on=typed["on"], receiver=typed["receiver"], by=by
    ),
    "contested": lambda warning, typed, by: contest_warning(
        warning, on=typed["on"], note=typed["reason"], by=by
    ),
    "enforced": lambda warning, typed, by: enforce_warning(warning, note=typed["reason"], by=by),
    "lapsed": lambda warning, typed, by: lapse_warning(warning, note=typed["reason"], by=by),
}


@page(permission="finance.warn", module="finance")
@require_POST
def warning_move(request: DeskRequest, uid: UUID, warning_state: str) -> HttpResponse:
    """Served, contested, handed to enforcement, called off."""
    warning = warning_for(request.viewer, uid)
    if warning_state not in _DO:
        raise NotVisible()
    form = _form(warning_state, request.POST)
    try:
        with once_for(request, "finance.warning-move") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                _DO[warning_state](warning, form.cleaned_data, request.viewer)
                return once.redirect(reverse("finance:warning", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _warning(request, warning, form, warning_state)


@page(permission="finance.read_plans", module="finance")
@require_GET
def warning_print(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The warning as it is served."""
    content = warning_paper(warning_for(request.viewer, uid), by=request.viewer)
    return HttpResponse(content, content_type="application/pdf")
