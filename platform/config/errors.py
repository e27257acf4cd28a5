"""Errors that no view answered: a page for people, a problem for programmes."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from api.problems import plain
from frontend import errors as pages
from kernel.errors import Unavailable


def _for_programmes(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    if _for_programmes(request):
        return plain(
            request, status=400, code="bad_request", title=_("The request cannot be read.")
        )
    return pages.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    if _for_programmes(request):
        return plain(request, status=403, code="not_permitted", title=_("This is not permitted."))
    return pages.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    if _for_programmes(request):
        return plain(request, status=404, code="not_found", title=_("Nothing was found here."))
    return pages.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django asks while it handles the failure, which tells a fault of ours from a database that is restarting."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        if _for_programmes(request):
            answer = plain(request, status=503, code="unavailable", title=str(Unavailable()))
            answer["Retry-After"] = "5"
            return answer
        return pages.database_away(request)
    if _for_programmes(request):
        return plain(
            request,
            status=500,
            code="server_error",
            title=_("Something went wrong on our side; it was noted. Nothing was half written."),
        )
    return pages.server_error(request)
