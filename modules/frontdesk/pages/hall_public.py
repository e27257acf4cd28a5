"""The hall for those who wait: the screen on the wall, let in by a code, and one's own ticket by its address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from frontend.pages import PublicRequest, public_page
from kernel.errors import Refusal
from modules.frontdesk.constants import TicketState
from modules.frontdesk.pages.hall_forms import ScreenForm
from modules.frontdesk.selectors.hall import hall, live_tickets, own_ticket, standing_of
from modules.frontdesk.services.hall_setup import is_screen, let_screen_in

COOKIE = "hall_screen"
KEPT_DAYS = 400
FRESH = timedelta(seconds=20)
"""How long a call stands out on the screen."""
NEXT_SHOWN = 12


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
def screen(request: PublicRequest) -> HttpResponse:
    """The call screen: numbers and counters, never a name. It renews itself; a new code shuts it out."""
    if is_screen(_pass_of(request)):
        template = "board.html" if request.headers.get("HX-Request") else "screen.html"
        response = render(request, f"frontdesk/hall/{template}", _board())
        response["Cache-Control"] = "private, no-store"
        return response
    form = ScreenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = let_screen_in(
                form.cleaned_data["code"], address=str(request.META.get("REMOTE_ADDR", ""))
            )
            response = redirect("frontdesk-citizen:screen")
            response.set_signed_cookie(
                COOKIE,
                kept,
                salt=COOKIE,
                max_age=KEPT_DAYS * 86400,
                httponly=True,
                secure=request.is_secure(),
                samesite="Lax",
            )
            return response
        except Refusal as refusal:
            form.add_refusal(refusal)
    return render(request, "frontdesk/hall/screen_code.html", {"form": form}, status=form.status)


@require_safe
@public_page(module="frontdesk")
def ticket(request: PublicRequest, uid: UUID) -> HttpResponse:
    """My ticket: how many before me, about how long, and the counter when I am called."""
    found = own_ticket(uid)
    waits = found.state == TicketState.WAITING
    context = {
        "ticket": found,
        "category": hall().category(found.queue),
        "standing": standing_of(found) if waits else None,
        "waits": waits,
        "live": waits or found.state == TicketState.CALLED,
    }
    template = "mine_part.html" if request.headers.get("HX-Request") else "mine.html"
    response = render(request, f"frontdesk/hall/{template}", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _pass_of(request: PublicRequest) -> str:
    try:
        return str(request.get_signed_cookie(COOKIE, default="", salt=COOKIE) or "")
    except BadSignature:
        return ""


def _board() -> dict[str, Any]:
    live = live_tickets()
    now = timezone.now()
    called = sorted(
        (one for one in live if one.state == TicketState.CALLED),
        key=lambda one: one.rung_at or now,
        reverse=True,
    )
    waiting = [one for one in live if one.state == TicketState.WAITING]
    return {
        "called": [(one, one.rung_at is not None and now - one.rung_at < FRESH) for one in called],
        "waiting": waiting[:NEXT_SHOWN],
        "count": len(waiting),
        "now": now,
    }
