"""The doors of an account. Signing up, and changing one's own address, are not among them."""

from __future__ import annotations

from typing import NoReturn

from allauth.account import views
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import include, path, re_path


def no_such_page(request: HttpRequest) -> NoReturn:
    """Accounts are opened by administrators; the machinery only needs the name to exist."""
    raise Http404


def log_out(request: HttpRequest) -> HttpResponseBase:
    """Log out, and let the browser clear what it keeps of this address: the computer is shared.

    Where somebody else's sealed work waits on it (their session only ran out), the page's own script has already
    purged what belongs to the one who leaves, and says so: clearing all would lose what a citizen handed in.
    """
    response: HttpResponseBase = views.logout(request)
    if request.method == "POST" and "others_stay" not in request.POST:
        response.headers["Clear-Site-Data"] = '"storage"'
    return response


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", log_out, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", no_such_page, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path(
        "password/reset/done/",
        views.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
