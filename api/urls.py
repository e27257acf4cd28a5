"""`/api/v1`: the kernel's endpoints, those that the modules' manifests name, and the document that describes them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from api import document
from api.files import Files
from api.parties import Parties
from api.places import LandUnits
from api.webhooks.endpoints import Webhooks
from kernel import registry

router = SimpleRouter(trailing_slash=False)
router.register("parties", Parties, basename="party")
router.register("files", Files, basename="file")
router.register("webhooks", Webhooks, basename="webhook")
router.register("land-units", LandUnits, basename="land-unit")

urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", document.as_json, name="openapi-json"),
    path("openapi.yaml", document.as_yaml, name="openapi-yaml"),
    *router.urls,
]
for module in registry.modules():
    if module.api_urls:
        urlpatterns.append(path("", include(module.api_urls)))
urlpatterns.append(path("<path:anything>", document.nothing_here))
