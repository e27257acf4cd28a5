"""The last layer before the views: a refusal that escapes one becomes a page."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse

from frontend import refusals
from kernel.errors import NotPermitted, Refusal


class FaceMiddleware:
    """Turns refusals into designed pages and parts; everything unexpected goes on to the 500 page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("the database keeps no text with a NUL in it")
        response = self.get_response(request)
        if response.status_code == 405 and not request.path.startswith("/api/"):
            allowed = response.get("Allow", "")
            response = refusals.tell(request, 405)
            response["Allow"] = allowed
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return refusals.respond(request, exception)
        if isinstance(exception, PermissionDenied):
            return refusals.tell(request, 403, code=NotPermitted.code)
        return None
