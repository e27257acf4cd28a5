"""Lists in pages by cursor: stable under inserts, cheap at any depth."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response

from api.errors import BadCursor
from kernel.errors import InvalidInput


class Cursor(CursorPagination):
    """`{data, next_cursor, has_more}` with `Link: rel="next"`; `page_size` is 1 to 200, 50 unless told."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    cursor_query_param = "cursor"
    ordering = "-id"

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

    def get_paginated_response(self, data: Any) -> Response:
        link = self.get_next_link()
        cursor = parse_qs(urlsplit(link).query)["cursor"][0] if link else None
        response = Response({"data": data, "next_cursor": cursor, "has_more": link is not None})
        if link:
            response["Link"] = f'<{link}>; rel="next"'
        return response

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
