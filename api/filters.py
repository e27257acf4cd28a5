"""Filters by plain query parameters; an unknown parameter is refused, never ignored."""

from __future__ import annotations

from typing import Any

from django_filters.rest_framework import DjangoFilterBackend

from api.errors import UnknownParameter
from kernel.errors import InvalidInput

_ALWAYS = frozenset({"cursor", "page_size", "format"})


class Filters(DjangoFilterBackend):
    """django-filter with refusals instead of silence."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        filterset_class = self.get_filterset_class(view, queryset)
        refuse_unknown(request, view, filterset_class.get_filters() if filterset_class else ())
        if filterset_class is None:
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        if not filterset.is_valid():
            raise InvalidInput(
                {name: [str(one) for one in many] for name, many in filterset.errors.items()}
            )
        return filterset.qs


def refuse_unknown(request: Any, view: Any, more: Any = ()) -> None:
    """Refuse `UnknownParameter` for a query parameter that the list does not read."""
    known = _ALWAYS | set(getattr(view, "extra_parameters", ())) | set(more)
    for name in request.query_params:
        if name not in known:
            raise UnknownParameter(field=name, name=name)
