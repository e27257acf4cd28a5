"""What integrators can be told of: the manifests' own declarations, so that a module's folder takes its words along."""

from __future__ import annotations

from typing import Any

from kernel import registry
from kernel.activation.services import active_codes
from kernel.manifest import WebhookEvent

PING = "webhook.ping"
_EXAMPLE = "0198c0de-7a11-7000-8000-000000000001"


def offered() -> dict[str, tuple[str, WebhookEvent]]:
    """The types of the modules that are on here, by code, each with its module."""
    active = active_codes()
    return {code: one for code, one in registry.webhooks().items() if one[0] in active}


def offered_to(scopes: list[str]) -> dict[str, tuple[str, WebhookEvent]]:
    """Those that a key with these scopes may be told of: what it could read."""
    return {code: one for code, one in offered().items() if f"{one[0]}:read" in scopes}


def described() -> dict[str, Any]:
    """The `webhooks` of the OpenAPI document: every type of every installed module."""
    return {
        code: {"post": _operation(code, module, one)}
        for code, (module, one) in sorted(registry.webhooks().items())
    }


def payload_schema() -> dict[str, Any]:
    """The one shape of what is sent: thin, so that nothing about a citizen leaves the house unasked."""
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string"},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": {
                "type": "object",
                "required": ["id", "url"],
                "properties": {
                    "id": {"type": "string"},
                    "url": {
                        "type": "string",
                        "format": "uri",
                        "description": "Read it with your key.",
                    },
                },
            },
        },
    }


def _operation(code: str, module: str, one: WebhookEvent) -> dict[str, Any]:
    return {
        "operationId": "webhook_" + code.replace(".", "_"),
        "summary": str(one.title),
        "description": "Delivered at least once, in order for one object; `webhook-id` is the same each time.",
        "tags": [module],
        "parameters": [
            {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
            for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/WebhookPayload"},
                    "example": {
                        "type": code,
                        "timestamp": "2026-12-06T08:15:00+00:00",
                        "data": {
                            "id": _EXAMPLE,
                            "url": "https://khanyounis.example/api/v1"
                            + one.address.format(id=_EXAMPLE),
                        },
                    },
                }
            },
        },
        "responses": {
            "200": {"description": "Taken. Any other 2xx will do; what is answered is not read."},
            "410": {"description": "Nobody listens here any more: the webhook is switched off."},
        },
    }
