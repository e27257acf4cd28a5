"""A repeated call does nothing twice: the first answer is kept with the work, in the same transaction."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from api.errors import KeyRequired, KeyTooLong
from kernel.audit.recording import recorded
from kernel.once.services import claim, settle


def idempotent(*, required: bool = False, unkept: tuple[str, ...] = ()) -> Callable[..., Any]:
    """For POST actions: with an Idempotency-Key, the same call again gets the first answer (7 days and more).

    The key belongs to the caller's key and the address; the same key with another body is refused (422).
    `required` for money: without a key the call is refused (400). Refusals are not kept: they wrote nothing.
    `unkept` are fields of the answer that are told once and stored nowhere: a replay has null for them.
    """

    def wrap(action: Callable[..., Response]) -> Callable[..., Response]:
        @functools.wraps(action)
        def run(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = request.headers.get("Idempotency-Key", "")
            if not key:
                if required:
                    raise KeyRequired
                # One act, whole or not at all, with a key and without.
                with recorded(by=view.viewer):
                    return action(view, request, *args, **kwargs)
            if len(key) > 255 or not key.isprintable():
                raise KeyTooLong(field="Idempotency-Key")
            scope = f"api:{request.auth.pk}:{request.method}:{request.path}"
            with recorded(by=view.viewer):
                held = claim(scope, key, _fingerprint(request))
                if held.replayed and held.result is not None:
                    response = Response(held.result["body"], status=held.result["status"])
                    for name, value in held.result["headers"].items():
                        response[name] = value
                    response["Idempotency-Replayed"] = "true"
                    return response
                response = action(view, request, *args, **kwargs)
                body = json.loads(json.dumps(response.data, cls=JSONEncoder))
                body |= dict.fromkeys(unkept) if unkept else {}
                kept = {name: response[name] for name in ("Location", "ETag") if name in response}
                settle(held, {"status": response.status_code, "body": body, "headers": kept})
                return response

        run.idempotent = "required" if required else "accepted"  # type: ignore[attr-defined]
        return run

    return wrap


def _fingerprint(request: Request) -> str:
    data: Any = request.data
    digest = hashlib.sha256()
    if request.content_type and request.content_type.startswith("multipart/"):
        for name in sorted(data):
            for value in data.getlist(name):
                digest.update(name.encode())
                if hasattr(value, "chunks"):
                    for chunk in value.chunks():
                        digest.update(chunk)
                    value.seek(0)
                else:
                    digest.update(str(value).encode())
    else:
        digest.update(json.dumps(data, sort_keys=True, default=str).encode())
    return digest.hexdigest()
