"""The addresses of the hub. No page of a municipality's people, places or files is among them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("frontend.hub.home_urls")),
    path("", include("frontend.hub.urls")),
    path("", include("frontend.theme.urls")),
    path("", include("frontend.drafts.urls")),
    path("", include("frontend.account.urls")),
    path("", include("frontend.notices.urls")),
    path("", include("frontend.jobs.urls")),
]
