"""What every request of a signed-in person passes: limits of the session, language, a password to change."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from kernel.identity.models import Language, User

STARTED = "identity.started"
SEEN = "identity.seen"
# A write of the session per minute is enough to measure idleness.
_SEEN_EVERY = 60
_OPEN_TO_UNCHANGED = frozenset(
    {"account_change_password", "account_logout", "account_reauthenticate"}
)

Respond = Callable[[HttpRequest], HttpResponse]


class IdentityMiddleware:
    """Three things for each request of a person, before any page is chosen.

    1. A session that was idle too long or has lasted too long ends (ASVS 7.3.1, 7.3.2);
       `request.session_ended` then says why ("idle" or "age"), for the page that asks to sign in again.
    2. The language is the account's; to others the one they chose here, else Arabic. The browser's own wish
       is not asked: half of the PCs here have an English Windows and an Arabic reader.
    3. A password that somebody else has set opens nothing but the page that changes it.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.session_ended = _end_if_over(request)  # type: ignore[attr-defined]
        language = _language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        user = _signed_in(request)
        if user is None or not user.must_change_password:
            return None
        match = request.resolver_match
        if match is not None and match.url_name in _OPEN_TO_UNCHANGED:
            return None
        page = reverse("account_change_password")
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(headers={"HX-Redirect": page})
        return HttpResponseRedirect(page)


def _signed_in(request: HttpRequest) -> User | None:
    # The session is asked first: a citizen's page must not cost a query of accounts.
    if SESSION_KEY not in request.session or not request.user.is_authenticated:
        return None
    return request.user


def _end_if_over(request: HttpRequest) -> str:
    session = request.session
    if SESSION_KEY not in session:
        return ""
    now = int(time.time())
    started = session.get(STARTED, now)
    seen = session.get(SEEN, now)
    if now - seen > settings.SESSION_IDLE_SECONDS:
        ended = "idle"
    elif now - started > settings.SESSION_ABSOLUTE_SECONDS:
        ended = "age"
    else:
        if SEEN not in session or now - seen >= _SEEN_EVERY:
            session[STARTED] = started
            session[SEEN] = now
        return ""
    logout(request)
    return ended


def _language_of(request: HttpRequest) -> str:
    user = _signed_in(request)
    if user is not None:
        return str(user.language)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in Language.values else Language.ARABIC.value
