"""Pages of the hub: operators and programme coordinators. No citizen's file is reachable from here."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from config.urls_probes import metrics

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("config.urls_probes")),
    path("metrics", metrics),
    path("accounts/", include("kernel.identity.urls")),
    path("", include("frontend.urls_hub")),
]
