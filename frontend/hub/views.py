"""Guard, call, render. Nothing here reads a municipality's own tables."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from frontend.pages import DeskRequest, hub_page
from tenants.figures import SMALLEST_CELL, indicators, table


@hub_page()
def home(request: DeskRequest) -> HttpResponseBase:
    """Operators come to the fleet, coordinators to the figures."""
    if request.viewer.may("hub.read_fleet"):
        return redirect("hub:fleet")
    return redirect("hub:programme")


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
