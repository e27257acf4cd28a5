"""The console of releases: where each municipality stands, what would be said, and the order to begin."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from frontend.hub.forms import ReleaseForm
from frontend.pages import DeskRequest, hub_page
from kernel.errors import Refusal
from tenants.upgrade.console import lines_of, overview, turns_of
from tenants.upgrade.job import ask_release
from tenants.upgrade.rollout import Wishes, roll_out

A_PAGE = 50


@hub_page(permission="hub.read_fleet")
def console(request: DeskRequest) -> HttpResponseBase:
    """The newest release and who has it; POST begins. While one runs, htmx asks for the table every two seconds."""
    seen = overview(request.viewer)
    form = ReleaseForm(
        request.POST or None, towns=[(one.schema_name, one.name_ar) for one in seen.behind]
    )
    if request.method == "POST" and form.is_valid():
        try:
            job = ask_release(canaries=form.cleaned_data["canaries"], by=request.viewer)
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return redirect("jobs:job", job.uid)
    turns = turns_of(seen.last)
    page = Paginator(turns, A_PAGE).get_page(request.GET.get("page"))
    for turn in page:
        turn.brought_lines = lines_of(turn.brought)  # type: ignore[attr-defined]
    context = {
        "seen": seen,
        "form": form,
        "page": page,
        "done": sum(one.finished_at is not None for one in turns),
        "may_manage": request.viewer.may("hub.manage_fleet"),
    }
    part = request.headers.get("HX-Target") == "turns"
    name = "frontend/hub/turns.html" if part else "frontend/hub/release.html"
    return render(request, name, context, status=form.status)


@hub_page(permission="hub.manage_fleet")
def plan(request: DeskRequest) -> HttpResponse:
    """What would be said to those who are behind, word for word. Nobody is touched."""
    try:
        outcome = roll_out(Wishes(dry_run=True))
    except Refusal as refusal:
        return render(request, "frontend/hub/plan.html", {"refusal": refusal}, status=409)
    foreseen = [(name, lines_of(outcome.brought.get(name, {}))) for name in outcome.lacking]
    return render(request, "frontend/hub/plan.html", {"outcome": outcome, "foreseen": foreseen})
