"""Assess a kind of due for everybody: shown first, then run as a job."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.jobs.services import start_job
from modules.finance.forms.rolling import RollForm
from modules.finance.services.rolling import paper_told, preview_roll


@page(permission="finance.assess", module="finance")
@require_http_methods(["GET", "POST"])
def roll_page(request: DeskRequest) -> HttpResponse:
    """Preview with the exceptions; «run» starts the job, and a second run charges nobody twice."""
    on = today()
    form = RollForm(
        request.POST or None,
        initial={"from_year": on.year, "to_year": on.year + 1, "due_on": on, "percent": 0},
    )
    found = None
    try:
        if request.method == "POST" and form.is_valid():
            roll = form.roll()
            if "run" in request.POST:
                with once_for(request, "finance.roll") as once:
                    if once.replayed:
                        return once.redirect()
                    job = start_job(
                        "finance.roll",
                        params={
                            "kind": roll.kind,
                            "from_year": roll.from_year,
                            "to_year": roll.to_year,
                            "due_on": roll.due_on.isoformat(),
                            "percent": str(roll.percent),
                            "reward": paper_told(roll.reward),
                        },
                        title=_("Assess everybody: %(kind)s %(year)s")
                        % {"kind": form.cleaned_data["kind"], "year": roll.to_year},
                        by=request.viewer,
                    )
                    return once.redirect(reverse("jobs:job", args=[job.uid]))
            found = preview_roll(roll, by=request.viewer)
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/roll.html",
        {
            "form": form,
            "found": found,
            "totals": sorted(found.totals.items()) if found else [],
            "rewarded": sorted(found.rewarded.items()) if found else [],
            "is_decided": bool(form.is_bound and form.is_valid() and form.roll().reward),
        },
        status=form.status,
    )
