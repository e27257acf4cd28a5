"""The addresses of the kernel's own pages in a municipality."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("frontend.home.urls")),
    path("", include("frontend.theme.urls")),
    path("", include("frontend.drafts.urls")),
    path("", include("frontend.account.urls")),
    path("", include("frontend.notices.urls")),
    path("", include("frontend.jobs.urls")),
    path("", include("frontend.find.urls")),
    path("", include("frontend.people.urls")),
    path("", include("frontend.places.urls")),
    path("", include("frontend.files.urls")),
    path("", include("frontend.verify.urls")),
    path("", include("frontend.support.urls")),
    path("settings/", include("frontend.office.urls")),
]
