"""The doors of pages: who may open them, of which module; then the view does guard, call, render.

Every view of the house passes one of these, and carries what it demands as `view.guard`, so that one test can
walk through all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import resolve_url

from frontend.requests import DeskRequest, PublicRequest, wants_json
from kernel.activation.services import is_active
from kernel.errors import NotVisible
from kernel.organisation.selectors import viewer_for
from kernel.snapshots import one_look
from kernel.tenancy import HUB, current_schema
from kernel.viewer import Viewer

__all__ = ["DeskRequest", "Guard", "PublicRequest", "hub_page", "page", "public_page"]

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class Guard:
    """What a page demands of whoever opens it."""

    door: Literal["desk", "public", "hub"]
    permission: str | None = None
    module: str | None = None


def page(*, permission: str | None = None, module: str | None = None) -> Callable[[View], View]:
    """A page for staff. Without a permission every member of staff may open it.

    A module that is off gives 404, nobody logged in is asked to log in, a missing permission gives 403 that
    names it. `request.viewer` is set.
    """
    return _door(Guard("desk", permission, module))


def hub_page(*, permission: str | None = None) -> Callable[[View], View]:
    """A page of the programme's hub; in a municipality it does not exist."""
    return _door(Guard("hub", permission))


def public_page(*, module: str | None = None) -> Callable[[View], View]:
    """A page for anybody. Of a module that is off it does not exist."""
    guard = Guard("public", None, module)

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if module and not is_active(module):
                raise NotVisible()
            request.viewer = Viewer.citizen(request_id=_request_id(request))  # type: ignore[attr-defined]
            with one_look():
                return view(request, *args, **kwargs)

        opened.guard = guard  # type: ignore[attr-defined]
        return opened  # type: ignore[return-value]

    return decorate


def _door(guard: Guard) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if guard.door == "hub" and current_schema() != HUB:
                raise NotVisible()
            if guard.module and not is_active(guard.module):
                raise NotVisible()
            if not request.user.is_authenticated:
                return ask_to_log_in(request)
            # A list of 25 rows says a word of the town's dialect two hundred times: one question for all of them.
            with one_look():
                seat = viewer_for(request.user, channel="web", request_id=_request_id(request))
                request.viewer = seat  # type: ignore[attr-defined]
                if guard.permission:
                    seat.require(guard.permission)
                response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        opened.guard = guard  # type: ignore[attr-defined]
        return opened  # type: ignore[return-value]

    return decorate


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """The login page for a reader; 401 for a script, which then opens the login in a dialog and tries again."""
    if getattr(request, "htmx", None) or wants_json(request):
        return JsonResponse({"code": "login_needed"}, status=401)
    return redirect_to_login(_way_back(request), resolve_url(settings.LOGIN_URL))


def _way_back(request: HttpRequest) -> str:
    """Where to go on after signing in: a form's own address takes no reader, the page it stood on does."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host():
        return "/"
    return f"{before.path}?{before.query}" if before.query else before.path or "/"


def _request_id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))
