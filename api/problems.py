"""Refusals and errors as problems (RFC 9457): a stable code, a sentence in the reader's language, no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from api.errors import (
    KeyRequired,
    OutOfScope,
    Unauthenticated,
    VersionRequired,
    VersionStale,
)
from kernel.errors import (
    Conflict,
    InvalidInput,
    NotPermitted,
    NotVisible,
    Refusal,
    TooMany,
    Unavailable,
)

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "https://baladiyat.example/problems/"

_STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (Unauthenticated, 401),
    (OutOfScope, 403),
    (KeyRequired, 400),
    (VersionRequired, 428),
    (VersionStale, 412),
    (InvalidInput, 422),
    (NotPermitted, 403),
    (NotVisible, 404),
    (TooMany, 429),
    (Unavailable, 503),
    (Conflict, 409),
    (Refusal, 409),
)


def status_of(refusal: Refusal) -> int:
    return next(code for kind, code in _STATUS if isinstance(refusal, kind))


def problem(
    *,
    status: int,
    code: str,
    title: str,
    detail: str = "",
    errors: list[dict[str, str]] | None = None,
    where: Mapping[str, str] | None = None,
    facts: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The body of a problem. `errors` is [{pointer, code, detail}]; `facts` are values a programme may read."""
    body: dict[str, Any] = {
        "type": TYPE_BASE + code,
        "title": title,
        "status": status,
        "code": code,
        "detail": detail or title,
        "instance": (where or {}).get("instance", ""),
        "trace_id": (where or {}).get("trace_id", ""),
    }
    if errors:
        body["errors"] = errors
    if facts:
        body["facts"] = facts
    return body


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal and every error of the framework becomes a problem."""
    request = context.get("request")
    base = getattr(request, "_request", request)
    where = {
        "instance": getattr(base, "path", ""),
        "trace_id": getattr(base, "request_id", ""),
    }
    made = _problem_of(error, where)
    if made is None:
        return None
    response = Response(made, status=made["status"], content_type=MEDIA_TYPE)
    _add_headers(response, error, context)
    return response


def _problem_of(error: Exception, where: dict[str, str]) -> dict[str, Any] | None:
    if isinstance(error, Refusal):
        return _refusal(error, where)
    if isinstance(error, exceptions.ValidationError):
        return problem(
            status=422,
            code="invalid_input",
            title=_("Some of what was sent needs correcting."),
            errors=list(_flat(error.detail, "")),
            where=where,
        )
    if isinstance(error, Http404 | exceptions.NotFound):
        return problem(status=404, code="not_found", title=str(NotVisible()), where=where)
    if isinstance(error, exceptions.APIException):
        code = str(getattr(error, "default_code", "error"))
        return problem(status=error.status_code, code=code, title=str(error.detail), where=where)
    if isinstance(error, PermissionDenied):
        return problem(
            status=403, code="not_permitted", title=_("This is not permitted."), where=where
        )
    if isinstance(error, SuspiciousOperation):
        return problem(
            status=400, code="bad_request", title=_("The request cannot be read."), where=where
        )
    if isinstance(error, OperationalError):
        log.exception("api.database_away")
        return problem(status=503, code="unavailable", title=str(Unavailable()), where=where)
    return None


def _refusal(refusal: Refusal, where: dict[str, str]) -> dict[str, Any]:
    errors = None
    if isinstance(refusal, InvalidInput):
        errors = [
            {"pointer": _pointer(field), "code": refusal.code, "detail": sentence}
            for field, sentences in refusal.errors.items()
            for sentence in sentences
        ]
    facts = {
        key: value for key, value in refusal.facts.items() if isinstance(value, str | int | bool)
    }
    return problem(
        status=status_of(refusal),
        code=refusal.code,
        title=str(refusal),
        errors=errors,
        facts=facts,
        where=where,
    )


def _pointer(field: str) -> str:
    return "/" + field.replace(".", "/") if field else ""


def _flat(detail: Any, pointer: str) -> Any:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flat(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            if isinstance(inner, dict | list):
                yield from _flat(inner, f"{pointer}/{position}")
            else:
                yield from _flat(inner, pointer)
    else:
        yield {
            "pointer": pointer,
            "code": str(getattr(detail, "code", "invalid")),
            "detail": str(detail),
        }


def _add_headers(response: Response, error: Exception, context: dict[str, Any]) -> None:
    if response.status_code == status.HTTP_401_UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="municipality"'
    wait = getattr(error, "wait", None)
    if wait:
        response["Retry-After"] = str(int(wait))
    if response.status_code == 503:
        response["Retry-After"] = "5"
    if isinstance(error, VersionStale):
        response["ETag"] = str(error.facts.get("etag", ""))
    response["Cache-Control"] = "no-store"


def plain(request: Any, *, status: int, code: str, title: str) -> JsonResponse:
    """A problem outside of DRF: unknown addresses below /api/ and errors that reached Django's handlers."""
    body = problem(
        status=status,
        code=code,
        title=title,
        where={"instance": request.path, "trace_id": getattr(request, "request_id", "")},
    )
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)
