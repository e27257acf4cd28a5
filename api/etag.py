"""ETags from the row's version: a change needs the version that the caller read."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from api.errors import VersionRequired, VersionStale


def etag_of(row: Any) -> str:
    """A strong ETag: the public id and the version that the database keeps."""
    return f'"{row.uid.hex}-{row.version}"'


def require_match(request: Request, row: Any) -> None:
    """Refuse `VersionRequired` (428) without If-Match and `VersionStale` (412) when it is not the newest."""
    given = request.headers.get("If-Match", "")
    if not given:
        raise VersionRequired
    newest = etag_of(row)
    if given != "*" and newest not in {one.strip() for one in given.split(",")}:
        raise VersionStale(etag=newest)
