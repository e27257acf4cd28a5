"""A key can be given every scope that an endpoint asks for, and no other."""

from __future__ import annotations

from rest_framework.viewsets import GenericViewSet

from api.endpoints import Endpoint
from api.keys import known_scopes
from config import urls_municipality


def _endpoints(kind: type[GenericViewSet]) -> set[type[GenericViewSet]]:
    return {one for child in kind.__subclasses__() for one in {child, *_endpoints(child)}}


def test_every_scope_that_is_asked_for_can_be_given() -> None:
    assert urls_municipality.urlpatterns
    asked = {one.scope for one in _endpoints(Endpoint) if hasattr(one, "scope")}  # type: ignore[attr-defined]
    assert {scope.partition(":")[0] for scope in known_scopes()} == asked
