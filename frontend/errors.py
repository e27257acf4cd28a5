"""The pages that Django asks for when no view could answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from frontend.refusals import TOLD, tell
from frontend.requests import wants_partial
from kernel.errors import Refusal


class FormAlreadySent(Refusal):
    """The same form came again with other content: going back and changing it is a new form."""

    code = "form_already_sent"
    sentence = gettext_lazy(
        "This form was already sent with other content. Open a new one and enter the change there."
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return tell(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return tell(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return tell(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return tell(
        request,
        403,
        sentence=_(
            "The page was open too long or in another window you logged out. Go back, reload, and send again."
        ),
        code="csrf",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without the database, the session or the municipality: any of them may be what broke."""
    return _bare(request, 500)


def database_away(request: HttpRequest) -> HttpResponse:
    """The database went away under this request (a restart, a cut cable): 503, and what was typed can be sent again.

    The form's own submission key comes back with it, so sending again after all is not sending twice.
    """
    response = _bare(request, 503, again=_typed(request))
    response["Retry-After"] = "5"
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    if request.method != "POST" or wants_partial(request) or request.FILES:
        return []
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if isinstance(value, str) and "password" not in name
    ]


def _bare(
    request: HttpRequest, status: int, again: list[tuple[str, str]] | None = None
) -> HttpResponse:
    context = {
        "told": TOLD[status],
        "again": again,
        "path": request.get_full_path(),
        "language": "en" if (get_language() or "ar").startswith("en") else "ar",
        "request_id": getattr(request, "request_id", ""),
    }
    response = HttpResponse(render_to_string("frontend/server_error.html", context), status=status)
    response["Cache-Control"] = "no-store"
    return response
