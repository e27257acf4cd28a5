"""The door: host name -> municipality, before anything else is looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import structlog
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import override

from kernel.db import uuid7
from kernel.tenancy import use
from tenants.hosts import Address, address_of
from tenants.models import SERVED

_HOST = re.compile(r"^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?$")
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")


class HostMiddleware:
    """Enter the municipality of the host for the length of the request.

    An unknown or malformed host gets 404 before any query of a municipality; a suspended one gets 503 with a
    sentence. Every request has an id, echoed in `X-Request-Id` and written into the trail.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request.request_id = given if _REQUEST_ID.match(given) else str(uuid7())  # type: ignore[attr-defined]
        raw = request.META.get("HTTP_HOST", "").lower()
        host = raw.split(":", 1)[0] if _HOST.match(raw) else ""
        address = address_of(host) if host else None
        if address is None:
            return closed(request, "unknown_host", 404, None)
        request.address = address  # type: ignore[attr-defined]
        if address.stage not in SERVED:
            return closed(request, "suspended", 503, address)
        request.urlconf = settings.HUB_URLCONF if address.is_hub else settings.ROOT_URLCONF  # type: ignore[attr-defined]
        with (
            use(address.schema),
            structlog.contextvars.bound_contextvars(
                tenant=address.schema,
                request_id=request.request_id,  # type: ignore[attr-defined]
            ),
        ):
            response = self.get_response(request)
        if response.streaming and not isinstance(response, FileResponse):
            response.streaming_content = _inside(  # type: ignore[attr-defined]
                address.schema,
                response.streaming_content,  # type: ignore[attr-defined]
            )
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


def _inside(schema: str, parts: Iterable[bytes]) -> Iterator[bytes]:
    """A stream is read after the request has left its municipality: each part is made inside it again."""
    waiting = iter(parts)
    while True:
        with use(schema):
            part = next(waiting, None)
        if part is None:
            return
        yield part


def closed(request: HttpRequest, what: str, status: int, address: Address | None) -> HttpResponse:
    """A page for people, a problem (RFC 9457) for programmes."""
    response: HttpResponse
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": _TITLES[what], "status": status, "code": what}
        response = JsonResponse(problem, status=status, content_type="application/problem+json")
    else:
        with override("ar"):
            page = render_to_string(f"tenants/{what}.html", {"address": address})
        response = HttpResponse(page, status=status)
    response["Cache-Control"] = "no-store"
    if status == 503:
        response["Retry-After"] = _RETRY_AFTER[what]
    return response


_RETRY_AFTER = {"suspended": "3600", "busy": "5"}
_TITLES = {
    "unknown_host": "No municipality is served at this address.",
    "suspended": "The e-services of this municipality are suspended.",
    "busy": "Too many requests for this municipality at this moment. Nothing was carried out; try again.",
}
