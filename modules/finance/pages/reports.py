"""Reports of the books, each as a page, a sheet and a paper."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from modules.finance.forms.books import DayForm
from modules.finance.selectors.ageing import ageing

BANDS = (
    _("not due yet"),
    _("1 to 30 days"),
    _("31 to 90 days"),
    _("91 to 180 days"),
    _("181 to 365 days"),
    _("1 to 3 years"),
    _("over 3 years"),
)


@page(permission="finance.read", module="finance")
@require_GET
def ageing_page(request: DeskRequest) -> HttpResponse:
    """How old the dues are on any day; whether they equal the control accounts."""
    on, form = today(), DayForm(initial={"on": today()})
    if request.GET.get("on"):
        form = DayForm(request.GET)
        on = form.cleaned_data["on"] if form.is_valid() else on
    found = ageing(request.viewer, on=on)
    return render(
        request,
        "finance/ageing.html",
        {"form": form, "on": on, "found": found, "bands": BANDS},
        status=form.status,
    )
