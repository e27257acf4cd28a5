"""The base of every endpoint: declared permissions, versions, one way to page, filter and answer."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from django.utils import translation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from api.etag import etag_of
from api.models import ApiKey
from kernel.snapshots import one_look
from kernel.viewer import Viewer

API_VERSION = "1.0.0"


@cache
def _writer(serializer: type[Serializer[Any]]) -> Serializer[Any]:
    return serializer()


class Endpoint(GenericViewSet):
    """A set of actions of one module.

    `module` owns it (off means 404), `scope` is what keys are narrowed by, `permissions` gives each action's
    permission (None: any key holder). `lookup_field` is the public uid; an uid that is not visible is 404.
    """

    module: ClassVar[str]
    scope: ClassVar[str]
    permissions: ClassVar[dict[str, str | None]]
    lookup_field = "uid"
    lookup_value_regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

    def get_queryset(self) -> Any:
        """Never read: rows come from selectors. Tells the document that a lookup is a uid."""
        return ApiKey.objects.none()

    @property
    def viewer(self) -> Viewer:
        return self.request.viewer  # type: ignore[attr-defined, no-any-return]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The whole call is answered by one state of the municipality's settings, looked up once."""
        with one_look():
            return super().dispatch(request, *args, **kwargs)

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        """A programme says by Accept-Language in which language it wants to be told; without it, Arabic."""
        translation.activate(translation.get_language_from_request(request))
        return super().initialize_request(request, *args, **kwargs)  # type: ignore[no-any-return]

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.setdefault("API-Version", API_VERSION)
        response.setdefault("Cache-Control", "no-store")
        response.setdefault("Content-Language", translation.get_language())
        return response

    def page(self, rows: Any, serializer: Any) -> Response:
        """One page of the filtered rows, written by the serializer class."""
        rows = self.filter_queryset(rows)
        part = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer(part, many=True).data)

    def parsed(self, serializer: Any, **options: Any) -> dict[str, Any]:
        """The input, checked; a refusal with pointers when it cannot be right."""
        bound = serializer(data=self.request.data, **options)
        bound.is_valid(raise_exception=True)
        return dict(bound.validated_data)

    def written(self, serializer: type[Serializer[Any]], told: Any) -> dict[str, Any]:
        """One answer as the serializer writes it. Its fields are built once in a process, not for each answer."""
        return _writer(serializer).to_representation(told)

    def versioned(self, row: Any, data: Any, *, status: int = 200) -> Response:
        """An answer that carries the row's ETag."""
        response = Response(data, status=status)
        response["ETag"] = etag_of(row)
        return response
