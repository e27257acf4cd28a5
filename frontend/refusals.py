"""A refusal on the screen: a designed page, or a part of one, with the sentence and the right status."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontend.requests import wants_json, wants_partial
from kernel.errors import (
    Conflict,
    InvalidInput,
    NotPermitted,
    NotVisible,
    Refusal,
    Stale,
    TooMany,
    Unavailable,
)

# The first kind that fits decides.
_STATUSES: tuple[tuple[type[Refusal], int], ...] = (
    (InvalidInput, 422),
    (NotPermitted, 403),
    (NotVisible, 404),
    (Stale, 412),
    (Conflict, 409),
    (TooMany, 429),
    (Unavailable, 503),
    (Refusal, 409),
)


@dataclass(frozen=True)
class Told:
    """How a status is told: a heading, an icon, and what to do next."""

    heading: str | Promise
    icon: str
    advice: str | Promise


TOLD: dict[int, Told] = {
    400: Told(
        _("This could not be read"),
        "alert-circle",
        _("The address or the form was damaged on the way. Go back and try again."),
    ),
    403: Told(
        _("You may not do this"),
        "lock",
        _("If your work needs it, ask the administrator of the system in your municipality."),
    ),
    404: Told(
        _("Nothing was found here"),
        "map-search",
        _("The address may be mistyped, or the record is not one that you may see."),
    ),
    405: Told(
        _("This address only takes forms"),
        "arrow-back-up",
        _("Go back to the page before and use its button; nothing was changed."),
    ),
    409: Told(
        _("This cannot be done now"),
        "hand-stop",
        _("Nothing was changed. Go back, look again, and decide."),
    ),
    412: Told(
        _("Somebody changed this before you"),
        "users",
        _("Nothing was overwritten. Open it again to see what is there now."),
    ),
    422: Told(
        _("Something needs correcting"), "edit", _("Go back: what you typed is still there.")
    ),
    429: Told(_("Too many tries"), "clock", _("Wait a little, then try again.")),
    500: Told(
        _("Something broke on our side"),
        "tool",
        _(
            "Nothing was half done. The fault was recorded; tell your administrator the number below."
        ),
    ),
    503: Told(
        _("Back in a moment"), "plug-connected-x", _("Nothing was lost. Try again in a minute.")
    ),
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a kind of refusal."""
    return next(status for kind, status in _STATUSES if isinstance(refusal, kind))


def respond(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as a page, as a part swapped into the page's notices, or as JSON for our scripts."""
    return tell(request, status_of(refusal), sentence=str(refusal), code=refusal.code)


def tell(request: HttpRequest, status: int, *, sentence: str = "", code: str = "") -> HttpResponse:
    told = TOLD[status]
    context = {
        "status": status,
        "told": told,
        "sentence": sentence,
        "code": code,
        "request_id": getattr(request, "request_id", ""),
        "layout": "layouts/desk.html" if _has_desk(request) else "layouts/citizen.html",
    }
    if wants_json(request):
        return JsonResponse(
            {"code": code or str(status), "sentence": sentence or str(told.heading)}, status=status
        )
    if wants_partial(request):
        response = render(request, "frontend/refusal_part.html", context, status=status)
        response["HX-Retarget"] = "#notices"
        response["HX-Reswap"] = "innerHTML show:top"
    else:
        response = render(request, "frontend/refusal.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _has_desk(request: HttpRequest) -> bool:
    """Whether the reader is somebody for whom the desk with its menu can be drawn."""
    viewer = getattr(request, "viewer", None)
    return viewer is not None and viewer.is_staff
