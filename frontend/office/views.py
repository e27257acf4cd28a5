"""The settings of the municipality, for those who keep them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from frontend.office.doors import doors_for
from frontend.pages import DeskRequest, page
from kernel.errors import NotPermitted


@page()
def home(request: DeskRequest) -> HttpResponse:
    doors = doors_for(request.viewer)
    if not doors:
        raise NotPermitted(permission="")
    return render(request, "frontend/office/home.html", {"groups": doors})
