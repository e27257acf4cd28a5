"""`/online-payments`: payments from home, and sending one back: asked by one person, decided by a second one (FIN-12)."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.idempotency import idempotent
from api.values import MoneyOut, ReasonIn, money_out
from modules.finance.constants import IntentState, RefundState
from modules.finance.models import PaymentIntent
from modules.finance.selectors.online import intent_for, intents
from modules.finance.services.online_refunding import approve_back, ask_back, refuse_back


class OnlinePaymentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    party = serializers.UUIDField(source="party.uid")
    amount = serializers.SerializerMethodField()
    state = serializers.CharField(help_text=", ".join(IntentState.values))
    reference = serializers.CharField(allow_blank=True, help_text="By what the gateway knows it.")
    begun_at = serializers.DateTimeField(source="created_at")
    confirmed_at = serializers.DateTimeField(allow_null=True)
    receipt = serializers.UUIDField(source="receipt.uid", default=None, allow_null=True)
    refund_state = serializers.CharField(
        allow_blank=True, help_text=", ".join(one for one in RefundState.values if one)
    )

    @extend_schema_field(MoneyOut)
    def get_amount(self, intent: PaymentIntent) -> dict[str, str]:
        return money_out(intent.amount, intent.currency)


class RefundOut(serializers.Serializer[Any]):
    """Who asked for it and why, who decided."""

    reason = serializers.CharField(default="", allow_blank=True)
    asked_by = serializers.CharField(source="by_name", default="", allow_blank=True)
    asked_at = serializers.CharField(default="", allow_blank=True)
    decided_by = serializers.CharField(source="decided_by_name", default="", allow_blank=True)
    decided_at = serializers.CharField(default="", allow_blank=True)
    refused_because = serializers.CharField(default="", allow_blank=True)


class OnlinePaymentDetailOut(OnlinePaymentOut):
    refund = RefundOut()


class OnlinePayments(Endpoint):
    """What citizens paid at the gateway."""

    module = "finance"
    scope = "finance"
    permissions: ClassVar = {
        "list": "finance.read",
        "retrieve": "finance.read",
        "refund": "finance.ask_refund_online",
        "refund_approval": "finance.refund_online",
        "refund_refusal": "finance.refund_online",
    }
    queryset = PaymentIntent.objects.none()
    serializer_class = OnlinePaymentOut

    @extend_schema(operation_id="online_payments_list", responses=OnlinePaymentOut(many=True))
    def list(self, request: Request) -> Response:
        """Online payments, newest first."""
        return self.page(intents(self.viewer), OnlinePaymentOut)

    @extend_schema(operation_id="online_payments_retrieve", responses=OnlinePaymentDetailOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One payment, with its way back."""
        return self._told(uid)

    @extend_schema(
        operation_id="online_payments_refund",
        request=ReasonIn,
        responses={201: OnlinePaymentDetailOut},
    )
    @action(detail=True, methods=["post"])
    @idempotent(required=True)
    def refund(self, request: Request, uid: str) -> Response:
        """Ask that it goes back to its card; a second person decides."""
        ask_back(UUID(uid), reason=self.parsed(ReasonIn)["reason"], by=self.viewer)
        return self._told(uid, 201)

    @extend_schema(
        operation_id="online_payments_refund_approval",
        request=None,
        responses={201: OnlinePaymentDetailOut},
    )
    @action(detail=True, methods=["post"], url_path="refund-approval")
    @idempotent(required=True)
    def refund_approval(self, request: Request, uid: str) -> Response:
        """Approve it as a second person: the bank is asked."""
        approve_back(UUID(uid), by=self.viewer)
        return self._told(uid, 201)

    @extend_schema(
        operation_id="online_payments_refund_refusal",
        request=ReasonIn,
        responses={201: OnlinePaymentDetailOut},
    )
    @action(detail=True, methods=["post"], url_path="refund-refusal")
    @idempotent(required=True)
    def refund_refusal(self, request: Request, uid: str) -> Response:
        """Say no, with the reason; it may be asked for again."""
        refuse_back(UUID(uid), reason=self.parsed(ReasonIn)["reason"], by=self.viewer)
        return self._told(uid, 201)

    def _told(self, uid: str, status: int = 200) -> Response:
        intent = intent_for(self.viewer, UUID(uid))
        return Response(OnlinePaymentDetailOut(intent).data, status=status)
