"""Pages, citizen pages and API of a municipality, mounted from the manifests."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from kernel import registry

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("config.urls_probes")),
    path("accounts/", include("kernel.identity.urls")),
    path("api/v1/", include("api.urls")),
    path("", include("frontend.urls")),
]
for module in registry.modules():
    if module.page_urls and module.optional:
        urlpatterns.append(path(f"{module.code}/", include(module.page_urls)))
    if module.citizen_urls:
        urlpatterns.append(path(f"c/{module.code}/", include(module.citizen_urls)))
