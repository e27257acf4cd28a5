"""The bell: its list, and the small figures at the end of the top bar."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from frontend.home.tiles import counters_for
from frontend.pages import DeskRequest, page
from kernel import registry
from kernel.errors import NotVisible
from kernel.notifications.selectors import notifications_of, unread_count
from kernel.notifications.services import mark_read

A_PAGE = 50


@page()
def notices(request: DeskRequest) -> HttpResponse:
    pages = Paginator(notifications_of(request.viewer), A_PAGE)
    # What a module tells by itself is told by nobody: its code is no name for a reader.
    houses = {one.code for one in registry.modules()}
    context = {"page": pages.get_page(request.GET.get("page")), "houses": houses}
    return render(request, "frontend/notices/list.html", context)


@require_POST
@page()
def read_all(request: DeskRequest) -> HttpResponse:
    mark_read(request.viewer)
    return redirect("notifications:list")


@page()
def open_one(request: DeskRequest, uid: str) -> HttpResponse:
    """Marks it read and leads to what it tells of. Refuses `NotVisible` what was told to somebody else."""
    found = notifications_of(request.viewer).filter(uid=uid).first()
    if found is None:
        raise NotVisible()
    mark_read(request.viewer, uids=[found.uid])
    return redirect(found.url or "notifications:list")


@page()
def pulse(request: DeskRequest) -> HttpResponse:
    return render(
        request,
        "frontend/notices/pulse.html",
        {"counters": counters_for(request.viewer), "unread": unread_count(request.viewer)},
    )
