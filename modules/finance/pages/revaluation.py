"""The month's end: what balances in another currency gained or lost, before and after it is posted, and its paper."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from frontend.pages import DeskRequest, page
from kernel.errors import NotVisible, Refusal
from modules.finance.forms.revaluation import MonthForm
from modules.finance.revaluation_papers import revaluation_paper
from modules.finance.selectors.revaluation import (
    ended_months,
    last_day,
    revaluation_at,
    revaluations,
)
from modules.finance.services.revaluing import revalue_month


@page(permission="finance.read", module="finance")
@require_GET
def revaluation_page(request: DeskRequest) -> HttpResponse:
    """A month's end account by account: the balance, the rate of that day, what the books said, what differs."""
    return _show(request, _form(request))


@page(permission="finance.revalue", module="finance")
@require_POST
def revaluation_post(request: DeskRequest) -> HttpResponse:
    """Post what differs. Again it posts nothing."""
    form = MonthForm(request.POST, months=ended_months(request.viewer))
    month = form.chosen() if form.is_valid() else None
    if month is None:
        return _show(request, form)
    try:
        revalue_month(year=month.year, month=month.month, by=request.viewer)
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _show(request, form)
    return redirect(f"{reverse('finance:revaluation')}?month={month.year}-{month.month:02d}")


@page(permission="finance.read", module="finance")
@require_GET
def revaluation_print(request: DeskRequest) -> HttpResponse:
    """The month's end on paper, to be signed; with a rate missing it is not whole, and refused as posting it is."""
    month = _form(request).chosen()
    if month is None:
        raise NotVisible()
    found = revaluation_at(request.viewer, on=last_day(month.year, month.month))
    if found.without_rate:
        raise found.without_rate[0]
    content = revaluation_paper(found, entries=revaluations(request.viewer, on=found.on))
    return HttpResponse(content, content_type="application/pdf")


def _form(request: DeskRequest) -> MonthForm:
    months = ended_months(request.viewer)
    return MonthForm(request.GET if request.GET.get("month") else None, months=months)


def _show(request: DeskRequest, form: MonthForm) -> HttpResponse:
    month = form.chosen()
    found = entries = None
    if month is not None:
        found = revaluation_at(request.viewer, on=last_day(month.year, month.month))
        entries = revaluations(request.viewer, on=found.on)
    return render(
        request,
        "finance/revaluation.html",
        {
            "form": form,
            "month": month,
            "found": found,
            "entries": entries,
            "may_post": request.viewer.may("finance.revalue"),
            "may_enter_rates": request.viewer.may("finance.enter_rates"),
        },
        status=form.status,
    )
