"""Guard, call, render. Nothing here reads a municipality's own tables."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.hub.forms import NewMunicipalityForm
from frontend.pages import DeskRequest, hub_page
from kernel.errors import Refusal
from tenants.figures import SMALLEST_CELL, indicators, table
from tenants.fleet import fleet
from tenants.provisioning import Plan, create_municipality, schema_from_host
from tenants.register import find
from tenants.staging import resume, suspend


@hub_page()
def home(request: DeskRequest) -> HttpResponseBase:
    """Operators come to the fleet, coordinators to the figures."""
    if request.viewer.may("hub.read_fleet"):
        return redirect("hub:fleet")
    return redirect("hub:programme")


@hub_page(permission="hub.read_fleet")
def fleet_list(request: DeskRequest) -> HttpResponse:
    return render(
        request,
        "frontend/hub/fleet.html",
        {"ships": fleet(request.viewer), "may_manage": request.viewer.may("hub.manage_fleet")},
    )


@hub_page(permission="hub.manage_fleet")
def municipality_new(request: DeskRequest) -> HttpResponseBase:
    form = NewMunicipalityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_municipality(
                Plan(
                    row=find(form.cleaned_data["name"]),
                    schema=schema_from_host(form.cleaned_data["host"]),
                    hosts=(form.cleaned_data["host"],),
                    is_demo=form.cleaned_data["is_demo"],
                ),
                by=request.viewer.as_house(),
            )
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("%(name)s is ready to log in.") % {"name": made.name_ar})
            return redirect("hub:fleet")
    status = 422 if form.is_bound else 200
    return render(request, "frontend/hub/new.html", {"form": form}, status=status)


@require_POST
@hub_page(permission="hub.manage_fleet")
def municipality_stage(request: DeskRequest, schema: str, verb: str) -> HttpResponseBase:
    """Suspend or serve again."""
    moved = suspend(schema) if verb == "suspend" else resume(schema)
    messages.success(request, f"{moved.name_ar}: {moved.get_stage_display()}")
    return redirect("hub:fleet")


@hub_page(permission="hub.read_programme")
def programme(request: DeskRequest) -> HttpResponse:
    declared = indicators()
    lines = [
        {"row": row, "cells": [row.values.get(one.code) for one in declared]}
        for row in table(request.viewer)
    ]
    return render(
        request,
        "frontend/hub/programme.html",
        {"indicators": declared, "lines": lines, "smallest": SMALLEST_CELL},
    )
