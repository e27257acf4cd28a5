"""The session of a visit: it looks and changes nothing, and is over when its time is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from frontend import refusals
from kernel.errors import NotPermitted
from tenants.models import SupportAccess
from tenants.support import NotOpen

KEY = "support_until"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LEAVING = ("/accounts/logout/",)


def begin(session: Any, access: SupportAccess) -> None:
    """Mark the session as a visit's, until the end that the municipality approved."""
    if access.ends_at is None:
        raise NotOpen()
    session[KEY] = access.ends_at.isoformat()


class SupportMiddleware:
    """A visit reads; it writes nothing but its own leaving. Its clock is looked at with every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        until = request.session.get(KEY)
        if until is None:
            return self.get_response(request)
        ends = datetime.fromisoformat(until)
        if ends <= datetime.now(tz=ends.tzinfo):
            logout(request)
            return refusals.respond(request, NotOpen())
        if request.method not in _SAFE and request.path not in _LEAVING:
            return refusals.tell(request, 403, code=NotPermitted.code)
        request.support_until = ends  # type: ignore[attr-defined]
        return self.get_response(request)
