"""The request as page authors see it: with a viewer, and htmx's words about itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from kernel.identity.models import User
from kernel.viewer import Viewer


class DeskRequest(HttpRequest):
    """A request of somebody logged in who passed a page's guard. Only for annotations: never built."""

    user: User
    viewer: Viewer
    htmx: HtmxDetails
    request_id: str


class PublicRequest(HttpRequest):
    """A request of anybody: `viewer` is a citizen without a single permission."""

    viewer: Viewer
    htmx: HtmxDetails
    request_id: str


def wants_partial(request: HttpRequest) -> bool:
    """Asked by htmx for a part of a page (not for a whole page by a boosted link)."""
    htmx: Any = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
