"""The fleet and one municipality of it: how it is, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.hub.forms import DeleteForm, FleetFilter, ReasonForm, VisitForm
from frontend.pages import DeskRequest, hub_page
from kernel.errors import NotVisible, Refusal
from kernel.viewer import Viewer
from tenants import staging, support
from tenants.copying import ask_copy
from tenants.deletion import WAITING, ask_deletion, ask_job
from tenants.fleet import A_PAGE, ORDERS, Fleet, Wanted, fleet, ship, totals
from tenants.models import Municipality, Stage
from tenants.portability.backups import copies

_ACTS: dict[str, Callable[[str, str, Viewer], Municipality]] = {
    "suspend": lambda schema, reason, by: staging.suspend(schema, reason=reason),
    "resume": lambda schema, reason, by: staging.resume(schema),
    "archive": lambda schema, reason, by: staging.archive(schema, reason=reason),
    "take-back": lambda schema, reason, by: staging.take_back(schema),
    "ask-deletion": lambda schema, reason, by: ask_deletion(schema, reason=reason, by=by),
}
SHOWN_COPIES = 30
_NEED_A_REASON = frozenset({"suspend", "archive", "ask-deletion"})


@hub_page(permission="hub.read_fleet")
def fleet_list(request: DeskRequest) -> HttpResponse:
    asked = FleetFilter(request.GET)
    given = asked.cleaned_data if asked.is_valid() else {}
    order = request.GET.get("sort", "name")
    number = request.GET.get("page", "1")
    wanted = Wanted(
        text=given.get("q", ""),
        stage=given.get("stage", ""),
        region=given.get("region", ""),
        behind=given.get("behind", False),
        order=order if order in ORDERS else "name",
    )
    found = fleet(
        request.viewer, wanted, page=int(number) if number.isdecimal() and len(number) < 10 else 1
    )
    return render(
        request,
        "frontend/hub/fleet.html",
        {
            "ships": found.ships,
            "count": found.count,
            "page": _page(found, number),
            "filter": asked,
            "wanted": wanted,
            "totals": totals(request.viewer),
            "may_manage": request.viewer.may("hub.manage_fleet"),
            "spares": found.spares,
            "spares_wanted": settings.SPARE_SCHEMAS,
        },
    )


def _page(found: Fleet, number: str) -> Page[int]:
    return Paginator(range(found.count), A_PAGE).get_page(number)


@hub_page(permission="hub.read_fleet")
def municipality(request: DeskRequest, schema: str) -> HttpResponse:
    return _town(request, schema)


def _town(
    request: DeskRequest,
    schema: str,
    *,
    reason: ReasonForm | None = None,
    confirm: DeleteForm | None = None,
    visit: VisitForm | None = None,
    status: int = 200,
) -> HttpResponse:
    found = ship(request.viewer, schema)
    return render(
        request,
        "frontend/hub/town.html",
        {
            "ship": found,
            "town": found.town,
            "reason": reason or ReasonForm(),
            "confirm": confirm or DeleteForm(),
            "visit": visit or VisitForm(),
            "visits": support.visits(schema),
            "copies": copies(schema, most=SHOWN_COPIES),
            "next": _next(found.town.stage),
            "waiting_days": WAITING.days,
            "may_manage": request.viewer.may("hub.manage_fleet"),
        },
        status=status,
    )


def _next(stage: str) -> tuple[str, ...]:
    if stage == Stage.SUSPENDED:
        return ("resume", "archive")
    if stage == Stage.ARCHIVED:
        return ("take-back", "ask-deletion")
    return () if stage == Stage.PROVISIONING else ("suspend",)


@require_POST
@hub_page(permission="hub.manage_fleet")
def municipality_stage(request: DeskRequest, schema: str, verb: str) -> HttpResponseBase:
    """Suspend, serve again, archive, take back, ask for the deletion."""
    if verb not in _ACTS:
        raise NotVisible()
    form = ReasonForm(request.POST)
    if verb in _NEED_A_REASON and not form.is_valid():
        return _town(request, schema, reason=form, status=422)
    try:
        moved = _ACTS[verb](schema, form.data.get("reason", ""), request.viewer)
    except staging.NoSuchMunicipality as refusal:
        raise NotVisible() from refusal
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _town(request, schema, reason=form, status=409)
    messages.success(request, f"{moved.name_ar}: {moved.get_stage_display()}")
    return redirect("hub:town", schema)


@require_POST
@hub_page(permission="hub.manage_fleet")
def municipality_delete(request: DeskRequest, schema: str) -> HttpResponseBase:
    """After the waiting time: the short name typed by hand, then a job."""
    form = DeleteForm(request.POST)
    if not form.is_valid():
        return _town(request, schema, confirm=form, status=422)
    try:
        job = ask_job(schema, confirm=form.cleaned_data["confirm"], by=request.viewer)
    except staging.NoSuchMunicipality as refusal:
        raise NotVisible() from refusal
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _town(request, schema, confirm=form, status=409)
    messages.info(request, _("The deletion has begun."))
    return redirect("jobs:job", job.uid)


@require_POST
@hub_page(permission="hub.manage_fleet")
def visit_ask(request: DeskRequest, schema: str) -> HttpResponseBase:
    """Ask the municipality for a visit of the support."""
    form = VisitForm(request.POST)
    if not form.is_valid():
        return _town(request, schema, visit=form, status=422)
    given = form.cleaned_data
    try:
        support.ask(schema, reason=given["reason"], minutes=given["minutes"], by=request.viewer)
    except staging.NoSuchMunicipality as refusal:
        raise NotVisible() from refusal
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _town(request, schema, visit=form, status=409)
    messages.success(request, _("The municipality was asked."))
    return redirect("hub:town", schema)


@require_POST
@hub_page(permission="hub.manage_fleet")
def visit_enter(request: DeskRequest, schema: str, number: int) -> HttpResponseBase:
    """Enter the municipality, on the approval of its administrator."""
    link = support.ticket(number, by=request.viewer)
    # A page with a link, because a form may lead nowhere but to its own host.
    town = ship(request.viewer, schema).town
    return render(request, "frontend/hub/enter.html", {"town": town, "link": link})


@require_POST
@hub_page(permission="hub.manage_fleet")
def copy_ask(request: DeskRequest, schema: str, what: str) -> HttpResponseBase:
    """A backup now, or the proof of the newest one, as a job; what runs already is not begun twice."""
    found = ship(request.viewer, schema)
    job = ask_copy(found.town.schema_name, prove=what == "proof", by=request.viewer)
    return redirect("jobs:job", job.uid)
