"""`/webhooks`: an integrator keeps its own, with its own key."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.etag import require_match
from api.filters import refuse_unknown
from api.idempotency import idempotent
from api.models import Webhook, WebhookDelivery
from api.webhooks.addresses import LONGEST
from api.webhooks.catalogue import offered_to
from api.webhooks.delivering import message_id
from api.webhooks.services import (
    change_webhook,
    deliveries_of,
    exchange_secret,
    make_webhook,
    ping,
    resend,
    webhook_for,
    webhooks_of,
)

_UID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class _Types(serializers.ListField):
    child = serializers.CharField(max_length=80)


class WebhookIn(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=LONGEST)
    types = _Types(min_length=1, max_length=100)


class WebhookChangeIn(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=LONGEST, required=False)
    types = _Types(min_length=1, max_length=100, required=False)
    is_on = serializers.BooleanField(required=False)


class WebhookOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    url = serializers.CharField()
    types = serializers.ListField(child=serializers.CharField())
    off_at = serializers.DateTimeField(allow_null=True)
    off_because = serializers.CharField(
        help_text="“gone” after an answer 410, “by_hand”, or empty while it is on."
    )
    former_secret_until = serializers.DateTimeField(source="former_until", allow_null=True)
    created_at = serializers.DateTimeField()


class WebhookMadeOut(WebhookOut):
    secret = serializers.CharField(
        allow_null=True, help_text="Shown once; null when the call is repeated."
    )


class SecretOut(serializers.Serializer[Any]):
    secret = serializers.CharField(allow_null=True)
    former_secret_until = serializers.DateTimeField(allow_null=True)


class WebhookTypeOut(serializers.Serializer[Any]):
    type = serializers.CharField()
    title = serializers.CharField()
    module = serializers.CharField()


class TryOut(serializers.Serializer[Any]):
    at = serializers.CharField()
    status = serializers.IntegerField(allow_null=True)
    detail = serializers.CharField(allow_blank=True)
    ms = serializers.IntegerField()


class DeliveryOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="message")
    message_id = serializers.SerializerMethodField()
    type = serializers.CharField()
    subject = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(source="done_at", allow_null=True)
    given_up_at = serializers.DateTimeField(allow_null=True)
    next_try_at = serializers.SerializerMethodField()
    tries = TryOut(source="log", many=True)

    def get_message_id(self, row: WebhookDelivery) -> str:
        return message_id(row)

    def get_next_try_at(self, row: WebhookDelivery) -> str | None:
        ended = row.done_at or row.given_up_at
        return None if ended else row.next_try_at.isoformat()


class Webhooks(Endpoint):
    """Where your programme is told that something happened."""

    module = "api"
    scope = "webhooks"
    permissions: ClassVar = dict.fromkeys(
        (
            "list",
            "retrieve",
            "create",
            "partial_update",
            "types",
            "secret",
            "test",
            "deliveries",
            "again",
        )
    )
    serializer_class = WebhookOut

    def get_queryset(self) -> Any:
        return Webhook.objects.none()

    @extend_schema(operation_id="webhooks_list", responses=WebhookOut(many=True))
    def list(self, request: Request) -> Response:
        """The webhooks of the account whose key calls."""
        return self.page(webhooks_of(self.viewer, key=self._key), WebhookOut)

    @extend_schema(operation_id="webhooks_retrieve", responses=WebhookOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One webhook, never its secret."""
        hook = self._hook(uid)
        return self.versioned(hook, WebhookOut(hook).data)

    @extend_schema(
        operation_id="webhooks_create", request=WebhookIn, responses={201: WebhookMadeOut}
    )
    @idempotent(unkept=("secret",))
    def create(self, request: Request) -> Response:
        """Be told of these types at this address. The secret is in this answer and nowhere else."""
        hook, secret = make_webhook(key=self._key, by=self.viewer, **self.parsed(WebhookIn))
        response = self.versioned(hook, {**WebhookOut(hook).data, "secret": secret}, status=201)
        response["Location"] = f"/api/v1/webhooks/{hook.uid}"
        return response

    @extend_schema(operation_id="webhooks_update", request=WebhookChangeIn, responses=WebhookOut)
    def partial_update(self, request: Request, uid: str) -> Response:
        """Another address, other types, on or off."""
        hook = self._hook(uid)
        require_match(request, hook)
        changed = change_webhook(hook, by=self.viewer, **self.parsed(WebhookChangeIn))
        return self.versioned(changed, WebhookOut(changed).data)

    partial_update.needs_match = True  # type: ignore[attr-defined]

    @extend_schema(
        operation_id="webhooks_types_list", responses=WebhookTypeOut(many=True), filters=False
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def types(self, request: Request) -> Response:
        """What this key can be told of here."""
        refuse_unknown(request, self)
        told = offered_to(self._key.scopes)
        return Response(
            [
                {"type": code, "title": str(one.title), "module": module}
                for code, (module, one) in sorted(told.items())
            ]
        )

    @extend_schema(operation_id="webhooks_secret_create", request=None, responses={201: SecretOut})
    @action(detail=True, methods=["post"])
    @idempotent(unkept=("secret",))
    def secret(self, request: Request, uid: str) -> Response:
        """Exchange the secret. The former one goes on signing beside it for a day."""
        hook = self._hook(uid)
        secret = exchange_secret(hook, by=self.viewer)
        hook.refresh_from_db()
        told = {"secret": secret, "former_secret_until": hook.former_until}
        return Response(told, status=201)

    @extend_schema(operation_id="webhooks_test", request=None, responses={202: DeliveryOut})
    @action(detail=True, methods=["post"])
    @idempotent()
    def test(self, request: Request, uid: str) -> Response:
        """Have a `webhook.ping` sent to the address; what came of it stands in its deliveries."""
        made = ping(self._hook(uid), by=self.viewer)
        return Response(DeliveryOut(made).data, status=202)

    @extend_schema(
        operation_id="webhooks_deliveries_list",
        responses=DeliveryOut(many=True),
        parameters=[OpenApiParameter("cursor", str)],
    )
    @action(detail=True, methods=["get"])
    def deliveries(self, request: Request, uid: str) -> Response:
        """What was sent in the last month, the newest first, with every try."""
        return self.page(deliveries_of(self._hook(uid)), DeliveryOut)

    @extend_schema(
        operation_id="webhooks_deliveries_again", request=None, responses={202: DeliveryOut}
    )
    @action(detail=True, methods=["post"], url_path=f"deliveries/(?P<message>{_UID})/again")
    @idempotent()
    def again(self, request: Request, uid: str, message: str) -> Response:
        """Send a message again, under its own id."""
        row = resend(self._hook(uid), UUID(message), by=self.viewer)
        return Response(DeliveryOut(row).data, status=202)

    @property
    def _key(self) -> Any:
        return self.request.auth

    def _hook(self, uid: str) -> Webhook:
        return webhook_for(self.viewer, UUID(uid), key=self._key)
