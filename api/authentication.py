"""Who calls: a bearer key of this municipality."""

from __future__ import annotations

from typing import Any

import structlog
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from api.errors import Unauthenticated
from api.keys import key_of
from api.models import ApiKey
from kernel.organisation.selectors import viewer_for

log = structlog.get_logger(__name__)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer bk_…`. Sets `request.viewer`; a wrong key is refused, a missing one is nobody."""

    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        parts = get_authorization_header(request).split()
        if not parts:
            return None
        if parts[0].lower() != b"bearer" or len(parts) != 2:
            raise Unauthenticated
        key = key_of(parts[1].decode("ascii", "replace"))
        if key is None:
            log.info("api.key_refused")
            raise Unauthenticated
        base = request._request
        base.viewer = viewer_for(  # type: ignore[attr-defined]
            key.account, channel="api", request_id=getattr(base, "request_id", "")
        )
        return key.account, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="municipality"'
