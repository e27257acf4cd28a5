"""Figures of the front desk: by section for the mayor, by service; each figure opens its list."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from frontend.forms import DateField, DeskForm
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from modules.frontdesk.selectors.figures import by_section, by_service

SPAN = timedelta(days=90)


class PeriodForm(DeskForm):
    since = DateField(label=_("From"), required=False)
    until = DateField(label=_("Until"), required=False)


def period_query(since: date, until: date) -> str:
    """The period, as the addresses of the lists behind the figures carry it."""
    return urlencode({"since": f"{since:%Y-%m-%d}", "until": f"{until:%Y-%m-%d}"})


@require_safe
@page(permission="frontdesk.see_all", module="frontdesk")
def figures(request: DeskRequest) -> HttpResponse:
    """The board: what is late and with whom, how long things take, how often they come back."""
    form = PeriodForm(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    until = given.get("until") or today()
    since = given.get("since") or until - SPAN
    services = by_service(request.viewer, since=since, until=until)
    sections = by_section(request.viewer, since=since, until=until)
    context = {
        "form": PeriodForm(initial={"since": since, "until": until}),
        "span": period_query(since, until),
        "services": services,
        "sections": sections,
        "finished": sum(one.finished for one in services),
        "open": sum(one.open for one in services),
        "late": sum(one.late for one in services),
        "returned": sum(one.returned for one in services),
    }
    return render(request, "frontdesk/figures.html", context)
