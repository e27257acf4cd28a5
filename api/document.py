"""The committed OpenAPI document, served as it was reviewed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import activate, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import build_mock_request
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

from api.problems import plain

COMMITTED = Path(__file__).parent / "schema" / "v1.yaml"


def english_request(method: str, path: str, view: Any, original: Any, **more: Any) -> Any:
    """The request that the generator makes up for a view. A view turns to the caller's language; here it is English."""
    build: Any = build_mock_request
    request = build(method, path, view, original, **more)
    activate("en")
    return request


def generate() -> dict[str, object]:
    """The document of the code as it stands, in English."""
    generator: Any = SchemaGenerator
    with override("en"):
        made = generator(patterns=None, urlconf="config.urls_municipality")
        return dict(made.get_schema(request=None, public=True))


def generate_yaml() -> str:
    renderer: Any = OpenApiYamlRenderer()
    return str(renderer.render(generate(), renderer_context={}).decode())


@cache
def _json() -> bytes:
    return bytes(OpenApiJsonRenderer().render(generate(), renderer_context={}))


def as_json(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_json(), content_type="application/json")


def as_yaml(request: HttpRequest) -> HttpResponse:
    return HttpResponse(COMMITTED.read_bytes(), content_type="application/yaml")


@csrf_exempt
def nothing_here(request: HttpRequest, anything: str) -> JsonResponse:
    """An address below /api/v1 that no endpoint has."""
    return plain(request, status=404, code="not_found", title=_("Nothing was found here."))


as_json.guard = as_yaml.guard = nothing_here.guard = "open"  # type: ignore[attr-defined]
