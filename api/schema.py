"""The OpenAPI document: module tags, scopes, idempotency and the problems each operation may answer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from api.problems import MEDIA_TYPE
from api.webhooks import catalogue

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "instance", "trace_id"],
    "description": "RFC 9457. `code` is stable; texts are in the language asked for.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "trace_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "facts": {"type": "object", "additionalProperties": True},
    },
}
_MEANINGS = {
    "400": "The request cannot be read.",
    "401": "No valid key was given.",
    "403": "The key's scopes or the account's permissions do not allow this.",
    "404": "Nothing was found here, or it is not yours to see.",
    "409": "It cannot be done now; `code` says why.",
    "412": "It was changed since it was read.",
    "422": "Some of what was sent needs correcting; see `errors`.",
    "428": "If-Match is required.",
    "429": "Asked too often; wait as `Retry-After` says.",
    "503": "A part does not answer just now; nothing was written.",
}


class BearerKey(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a key is shown in the document."""

    target_class = "api.authentication.TokenAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key of this municipality (bk_…).",
        }


class Schema(AutoSchema):
    """Tags by module; operation ids from module, noun and action; Idempotency-Key and If-Match as parameters."""

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "module", "api")]

    def get_override_parameters(self) -> list[Any]:
        return []

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        if not operation.get("summary"):
            described = operation.get("description", "")
            operation["summary"] = (
                described.split("\n", 1)[0].rstrip(".")[:120] or operation["operationId"]
            )
        action = getattr(self.view, "action", None)
        method = getattr(self.view, action, None) if action else None
        wanted = getattr(method, "idempotent", None)
        extra = []
        if wanted:
            extra.append(
                {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "required": wanted == "required",
                    "schema": {"type": "string", "maxLength": 255},
                    "description": "Repeat the call with the same key to get the first answer again.",
                }
            )
        if getattr(method, "needs_match", False):
            extra.append(
                {
                    "name": "If-Match",
                    "in": "header",
                    "required": True,
                    "schema": {"type": "string"},
                    "description": "The ETag that was read.",
                }
            )
        if extra:
            operation.setdefault("parameters", []).extend(extra)
        if not getattr(self.view, "is_open", False):
            verb = "read" if self.method in {"GET", "HEAD"} else "write"
            operation["x-scope"] = f"{getattr(self.view, 'scope', '')}:{verb}"
            permission = getattr(self.view, "permissions", {}).get(action or "")
            if permission:
                operation["x-permission"] = permission
        return operation


def document_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """One Problem component, answered by every operation that can; the bearer key; and the webhooks."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _PROBLEM
    components["schemas"]["WebhookPayload"] = catalogue.payload_schema()
    result["webhooks"] = catalogue.described()
    result["security"] = [{"key": []}]
    result["info"]["license"] = {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}
    result["info"]["contact"] = {"name": "Baladiyat"}
    tags: set[str] = set()
    for path in result.get("paths", {}).values():
        for method, operation in path.items():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            tags.update(operation.get("tags", []))
            operation.pop("security", None)
            for status in _statuses(method, operation):
                operation["responses"].setdefault(
                    status,
                    {
                        "description": _MEANINGS[status],
                        "content": {
                            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}
                        },
                    },
                )
    result["tags"] = [{"name": name} for name in sorted(tags)]
    return result


def _statuses(method: str, operation: dict[str, Any]) -> list[str]:
    wanted = ["401", "403", "404", "422", "429", "503"]
    if method != "get":
        wanted += ["400", "409"]
    if any(one.get("name") == "If-Match" for one in operation.get("parameters", [])):
        wanted += ["412", "428"]
    return sorted(wanted)
