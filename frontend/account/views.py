"""One's own account: how the screens look, where one is logged in, in whose place one acts."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from frontend.face import DENSITIES, TEXT_SIZES, THEMES
from frontend.pages import DeskRequest, PublicRequest, page, public_page
from kernel.calendar.selectors import today
from kernel.identity.models import Language
from kernel.identity.selectors import has_second_factor, sessions_of
from kernel.identity.services import change_details, save_preferences
from kernel.organisation.selectors import absences, delegations, seats_of, viewer_for

CHOICES = {"theme": THEMES, "density": DENSITIES, "text": TEXT_SIZES}
FOR_A_YEAR = 365 * 24 * 3600


@page()
def home(request: DeskRequest) -> HttpResponse:
    day = today()
    return render(
        request,
        "frontend/account/home.html",
        {
            "seats": list(seats_of(request.user, on=day)),
            "delegations": list(delegations(request.viewer, on=day)),
            "absences": [
                one
                for one in absences(request.viewer, on=day)
                if one.user_id == request.viewer.user_id
            ],
            "sessions": sessions_of(
                request.viewer, request.user, current_key=request.session.session_key or ""
            ),
            "has_second_factor": has_second_factor(request.user),
        },
    )


@require_POST
@public_page()
def face(request: PublicRequest) -> HttpResponse:
    """Change language, theme, density or size of text; for a guest on this computer, for staff everywhere."""
    response = redirect(_next(request))
    chosen = {
        name: request.POST[name]
        for name, allowed in CHOICES.items()
        if request.POST.get(name) in allowed
    }
    language = request.POST.get("language", "")
    if request.user.is_authenticated:
        by = viewer_for(request.user, request_id=getattr(request, "request_id", ""))
        if chosen:
            save_preferences(request.user, by=by, **chosen)
        if language in Language.values:
            change_details(request.user, by=by, language=language)
    for name, value in chosen.items():
        response.set_cookie(name, value, max_age=FOR_A_YEAR, samesite="Lax")
    if language in Language.values:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=FOR_A_YEAR, samesite="Lax"
        )
    return response


@require_safe
@public_page()
def token(request: PublicRequest) -> HttpResponse:
    """A fresh form token after logging in again in the dialog, and whether that worked."""
    answer = JsonResponse({"token": get_token(request), "logged_in": request.user.is_authenticated})
    answer["Cache-Control"] = "private, no-store"
    return answer


def _next(request: HttpRequest) -> str:
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
    return asked if safe else "/"
