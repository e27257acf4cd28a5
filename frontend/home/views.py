"""The first page: for staff their work, for everybody else the municipality's doors."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from frontend.home.doors import citizen_doors
from frontend.home.tiles import tiles_for
from frontend.navigation import menu_for
from frontend.pages import DeskRequest, PublicRequest, page, public_page
from kernel.calendar.selectors import now_local
from kernel.notifications.selectors import notifications_of


def home(request: HttpRequest) -> HttpResponseBase:
    """One address, two houses: who is logged in comes to the desk."""
    inside = SESSION_KEY in request.session and request.user.is_authenticated
    return desk(request) if inside else citizens(request)  # type: ignore[arg-type]


home.guard = None  # type: ignore[attr-defined]  # each of the two below has its own


@page()
def desk(request: DeskRequest) -> HttpResponse:
    menu = menu_for(request.viewer)
    return render(
        request,
        "frontend/home/desk.html",
        {
            "main": next(
                (link for group in menu for link in group.items if link.code.endswith("-new")), None
            ),
            "tiles": tiles_for(request.viewer),
            "groups": [group for group in menu if group.code not in {"start", "settings"}],
            "news": list(notifications_of(request.viewer).filter(read_at=None)[:6]),
            "now": now_local(),
        },
    )


@public_page()
def citizens(request: PublicRequest) -> HttpResponse:
    return render(request, "frontend/home/citizens.html", {"doors": citizen_doors()})
