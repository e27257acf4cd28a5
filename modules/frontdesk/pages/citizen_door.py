"""How a page knows a citizen without an account: this browser proved, an hour ago at most, to hold a telephone.

Two signed cookies, worth nothing in another municipality: a name for the browser, to which codes are bound, and the
telephone that was proved. Every page that shows anything of a person asks `phone_of` and finds its object by it.
"""

from __future__ import annotations

import secrets
from functools import wraps
from typing import Any

from django.core.signing import BadSignature
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from frontend.pages import PublicRequest

BROWSER, PHONE = "citizen_browser", "citizen_phone"
PROVED_SECONDS = 3600


def browser_of(request: PublicRequest) -> str:
    """The name by which this browser is known; "" before it has one."""
    return _cookie(request, BROWSER, PROVED_SECONDS * 24)


def name_browser(request: PublicRequest, response: HttpResponse, browser: str) -> None:
    _keep(request, response, BROWSER, browser, PROVED_SECONDS * 24)


def new_browser() -> str:
    return secrets.token_urlsafe(24)


def phone_of(request: PublicRequest) -> str:
    """The telephone that this browser proved to hold; "" for everybody else."""
    browser, _sep, phone = _cookie(request, PHONE, PROVED_SECONDS).partition(" ")
    return phone if browser and secrets.compare_digest(browser, browser_of(request)) else ""


def remember_phone(request: PublicRequest, response: HttpResponse, phone: str) -> None:
    """This browser proved it now; it counts for an hour."""
    _keep(request, response, PHONE, f"{browser_of(request)} {phone}", PROVED_SECONDS)


def forget(response: HttpResponse) -> None:
    """Somebody else may sit down here next."""
    response.delete_cookie(PHONE)
    response.delete_cookie(BROWSER)


def address_of(request: PublicRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def with_phone(view: Any) -> Any:
    """A view that is asked for a code first where no telephone was proved; it is never kept by a cache."""

    @wraps(view)
    def opened(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        phone = phone_of(request)
        if not phone:
            back = urlencode({"next": request.path})
            return redirect(f"{reverse('frontdesk-citizen:phone')}?{back}")
        response: HttpResponse = view(request, *args, phone=phone, **kwargs)
        return private(response)

    return opened


def private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def _cookie(request: PublicRequest, name: str, seconds: int) -> str:
    try:
        return str(request.get_signed_cookie(name, default="", salt=name, max_age=seconds) or "")
    except BadSignature:
        return ""


def _keep(
    request: PublicRequest, response: HttpResponse, name: str, value: str, seconds: int
) -> None:
    response.set_signed_cookie(
        name,
        value,
        salt=name,
        max_age=seconds,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )
