"""The one box: one search over everything the reader may see, and the commands of the palette."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from frontend.find.searching import commands_for, find_all, grouped
from frontend.pages import DeskRequest, page
from kernel.parties.selectors import search_parties

ON_PAGE, IN_PALETTE, IN_FIELD = 50, 8, 8


@require_safe
@page()
def find(request: DeskRequest) -> HttpResponse:
    """The page of results. A single certain answer (a whole number) is opened at once."""
    text = request.GET.get("q", "").strip()
    hits = find_all(request.viewer, text, limit=ON_PAGE) if text else []
    if len(hits) == 1 and hits[0].score >= 1:
        return redirect(hits[0].url)
    return render(
        request,
        "frontend/find/find.html",
        {"onebox_text": text, "text": text, "groups": grouped(hits), "count": len(hits)},
    )


@require_safe
@page()
def palette(request: DeskRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    hits = find_all(request.viewer, text, limit=IN_PALETTE) if len(text) > 1 else []
    return render(
        request,
        "frontend/find/palette.html",
        {"text": text, "groups": grouped(hits), "commands": commands_for(request.viewer, text)},
    )


@require_safe
@page(permission="parties.read")
def party(request: DeskRequest) -> HttpResponse:
    """Options for a field in which a person is chosen."""
    text = request.GET.get("q", "").strip()
    found = search_parties(request.viewer, text, limit=IN_FIELD) if len(text) > 1 else []
    return render(request, "frontend/find/party.html", {"found": found})
