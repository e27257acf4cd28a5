"""Lists in pages by cursor: stable under inserts, cheap at any depth."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor as Place
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response

from api.errors import BadCursor
from kernel.errors import InvalidInput

Row = TypeVar("Row")


class Cursor(CursorPagination):
    """`{data, next_cursor, has_more}` with `Link: rel="next"`; `page_size` is 1 to 200, 50 unless told."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    cursor_query_param = "cursor"
    ordering = "-id"
    next_sorted: str | None = None

    def get_page_size(self, request: Any) -> int:
        given = request.query_params.get("page_size")
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdigit() and 1 <= int(given) <= self.max_page_size):
            raise InvalidInput({"page_size": [f"1 … {self.max_page_size}"]})
        return int(given)

    def decode_cursor(self, request: Any) -> Any:
        try:
            return super().decode_cursor(request)
        except NotFound:
            raise BadCursor from None

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError):  # a cursor of a list in another order
            if request.query_params.get(self.cursor_query_param):
                raise BadCursor from None
            raise

    def get_paginated_response(self, data: Any) -> Response:
        link = self.get_next_link()
        cursor = parse_qs(urlsplit(link).query)["cursor"][0] if link else None
        response = Response({"data": data, "next_cursor": cursor, "has_more": link is not None})
        if link:
            response["Link"] = f'<{link}>; rel="next"'
        return response

    def paginate_sorted(
        self, rows: Sequence[Row], request: Any, *, key: Callable[[Row], tuple[int, int]]
    ) -> list[Row]:
        """One page of what is sorted by `key` already; its cursor is the key of the last row that was given."""
        self.base_url = request.build_absolute_uri()
        cursor, size = self.decode_cursor(request), self.get_page_size(request)
        rest = rows[bisect_right(rows, _key_of(cursor.position), key=key) if cursor else 0 :]
        part = list(rest[:size])
        self.next_sorted = ""
        if len(rest) > size:
            position: Any = "-".join(map(str, key(part[-1])))
            self.next_sorted = self.encode_cursor(Place(offset=0, reverse=False, position=position))
        return part

    def get_next_link(self) -> str | None:
        if self.next_sorted is not None:
            return self.next_sorted or None
        return super().get_next_link()

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["data", "next_cursor", "has_more"],
            "properties": {
                "data": schema,
                "next_cursor": {
                    "type": ["string", "null"],
                    "description": "Give it as `cursor` to read on; null at the end.",
                },
                "has_more": {"type": "boolean"},
            },
        }


def _key_of(position: str | None) -> tuple[int, int]:
    """The key that a cursor names; `BadCursor` for a cursor of another list."""
    first, _dash, second = (position or "").partition("-")
    if not (first.isascii() and first.isdigit() and second.isascii() and second.isdigit()):
        raise BadCursor
    return int(first), int(second)
