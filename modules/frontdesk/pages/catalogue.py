"""The catalogue for the municipality's administrator: see a version, offer a service or not, change days and fees."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.pages import DeskRequest, page
from kernel.errors import NotVisible, Refusal
from kernel.organisation.selectors import sections
from kernel.text import fold_key
from modules.frontdesk.forms import PickForm, ReviseForm
from modules.frontdesk.models import Service, ServiceVersion
from modules.frontdesk.pages.intake import group_title
from modules.frontdesk.selectors.catalogue import (
    grouped,
    service_for,
    services,
    unknown_sections,
    versions_of,
)
from modules.frontdesk.selectors.designing import drafts_of_catalogue
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.services import offer_service, revise_service


@require_safe
@page(permission="frontdesk.catalogue", module="frontdesk")
def catalogue(request: DeskRequest) -> HttpResponse:
    """All services by group, offered or not."""
    form = PickForm(request.GET)
    form.is_valid()
    key = fold_key(form.cleaned_data.get("q", ""))
    found = [
        one
        for one in services(request.viewer).filter(current__isnull=False)
        if not key or key in fold_key(f"{one.code} {one.title}")
    ]
    groups = [(group_title(code), many) for code, many in grouped(found).items()]
    context = {
        "groups": groups,
        "count": len(found),
        "form": form,
        "drafts": list(drafts_of_catalogue(request.viewer).order_by("service__code")),
    }
    return render(request, "frontdesk/catalogue.html", context)


@require_safe
@page(permission="frontdesk.catalogue", module="frontdesk")
def service(request: DeskRequest, code: str) -> HttpResponse:
    """A service with its version in force: form, papers, fee, route, gates."""
    found = service_for(request.viewer, code)
    return _version_page(request, found, found.in_force)


@require_safe
@page(permission="frontdesk.catalogue", module="frontdesk")
def version(request: DeskRequest, code: str, number: int) -> HttpResponse:
    found = service_for(request.viewer, code)
    wanted = versions_of(found).filter(number=number, published_at__isnull=False).first()
    if wanted is None:
        raise NotVisible()
    return _version_page(request, found, wanted)


@require_POST
@page(permission="frontdesk.catalogue", module="frontdesk")
def offer(request: DeskRequest, code: str) -> HttpResponse:
    """Offer the service, or stop offering it."""
    changed = offer_service(code, offered=request.POST.get("offered") == "yes", by=request.viewer)
    sentence = (
        _("The service is offered.")
        if changed.is_offered
        else _("The service is no longer offered.")
    )
    messages.success(request, sentence)
    return redirect("frontdesk:service", code=code)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.catalogue", module="frontdesk")
def revise(request: DeskRequest, code: str) -> HttpResponse:
    """Change days and flat fees: a new version from today; running requests keep theirs."""
    found = service_for(request.viewer, code)
    design = found.in_force.design
    initial = {
        "days": design.days,
        **{f"fee_{one.code}": one.amount for one in design.fees if one.kind == "flat"},
    }
    form = ReviseForm(request.POST or None, fees=design.fees, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = revise_service(
                code,
                days=form.cleaned_data["days"],
                fee_amounts=form.fee_amounts(),
                note=form.cleaned_data["note"],
                by=request.viewer,
            )
            messages.success(
                request, _("Version %(number)s is in force from today.") % {"number": made.number}
            )
            return redirect("frontdesk:service", code=code)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return render(
        request, "frontdesk/revise.html", {"service": found, "form": form}, status=form.status
    )


def _version_page(request: DeskRequest, found: Service, shown: ServiceVersion) -> HttpResponse:
    design = shown.design
    names = {one.code: one.name for one in sections(with_closed=True)}
    context = {
        "service": found,
        "version": shown,
        "design": design,
        "versions": [one for one in versions_of(found) if one.published_at],
        "has_draft": drafts_of_catalogue(request.viewer).filter(service=found).exists(),
        "papers": [
            (
                paper_title(one.code),
                one,
                [" + ".join(paper_title(code) for code in many) for many in one.substitutes],
            )
            for one in design.papers
        ],
        "route": [
            [(step, names.get(step.section, step.section)) for step in stage.steps]
            for stage in design.route
        ],
        "unknown": unknown_sections(design, names),
    }
    return render(request, "frontdesk/service.html", context)
