"""Pages of the hub: operators and programme coordinators. No citizen's file is reachable from here."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

handler400 = "frontend.errors.bad_request"
handler403 = "frontend.errors.forbidden"
handler404 = "frontend.errors.not_found"
handler500 = "frontend.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("config.urls_probes")),
    path("accounts/", include("kernel.identity.urls")),
    path("", include("frontend.urls_hub")),
]
