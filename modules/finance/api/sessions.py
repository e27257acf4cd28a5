"""`/cash-sessions`: sit down at a box, count it and close it, as the cashier does on the screen."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.idempotency import idempotent
from api.values import MoneyIn
from modules.finance.constants import Method
from modules.finance.selectors.cash import boxes, session_for, sessions
from modules.finance.services.sessions import Count, close_session, open_session


class BoxOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name_ar = serializers.CharField()
    name_en = serializers.CharField()


class OpenIn(serializers.Serializer[Any]):
    box = serializers.CharField(max_length=20, help_text="The box's code.")
    opening_float = MoneyIn(many=True, required=False)
    reason = serializers.CharField(
        max_length=300,
        required=False,
        allow_blank=True,
        default="",
        help_text="Why the float is not what the books say is in the box; asked for when it is not.",
    )


class CountIn(serializers.Serializer[Any]):
    method = serializers.ChoiceField(choices=Method.choices)
    counted = MoneyIn()


class CloseIn(serializers.Serializer[Any]):
    counts = CountIn(many=True, allow_empty=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class SessionOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    box = BoxOut()
    cashier = serializers.CharField(source="cashier.username")
    on_date = serializers.DateField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    opening_float = serializers.DictField(child=serializers.CharField())
    opening_books = serializers.DictField(child=serializers.CharField(), allow_null=True)
    opening_reason = serializers.CharField()


class CashSessions(Endpoint):
    """The cashier's own sessions; all of them for who reads the books."""

    module = "finance"
    scope = "finance"
    permissions: ClassVar = {
        "list": "finance.receive",
        "retrieve": "finance.receive",
        "create": "finance.receive",
        "close": "finance.receive",
        "boxes": "finance.receive",
    }
    serializer_class = SessionOut

    @extend_schema(operation_id="cash_sessions_list", responses=SessionOut(many=True))
    def list(self, request: Request) -> Response:
        """Sessions, newest first."""
        return self.page(sessions(self.viewer), SessionOut)

    @extend_schema(operation_id="cash_sessions_retrieve", responses=SessionOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One session."""
        return Response(SessionOut(session_for(self.viewer, UUID(uid))).data)

    @extend_schema(operation_id="cash_sessions_boxes", responses=BoxOut(many=True))
    @action(detail=False, methods=["get"], url_path="boxes", pagination_class=None)
    def boxes(self, request: Request) -> Response:
        """The boxes in use."""
        return Response(BoxOut(boxes(self.viewer), many=True).data)

    @extend_schema(operation_id="cash_sessions_open", request=OpenIn, responses={201: SessionOut})
    @idempotent(required=True)
    def create(self, request: Request) -> Response:
        """Sit down at a box with what is in it; refused while it or the cashier is taken, and without a reason when the float is not the books'."""
        given = self.parsed(OpenIn)
        box = boxes(self.viewer).filter(code=given["box"]).first()
        if box is None:
            raise serializers.ValidationError({"box": ["No box in use has this code."]})
        floats = {one.currency.code: one.amount for one in given.get("opening_float", ())}
        session = open_session(box, opening_float=floats, reason=given["reason"], by=self.viewer)
        response = Response(SessionOut(session).data, status=201)
        response["Location"] = f"/api/v1/cash-sessions/{session.uid}"
        return response

    @extend_schema(operation_id="cash_sessions_close", request=CloseIn, responses=SessionOut)
    @action(detail=True, methods=["post"], url_path="close")
    @idempotent(required=True)
    def close(self, request: Request, uid: str) -> Response:
        """Count and close; a difference needs a note."""
        given = self.parsed(CloseIn)
        closed = close_session(
            session_for(self.viewer, UUID(uid)),
            counts=[
                Count(method=Method(one["method"]), counted=one["counted"])
                for one in given["counts"]
            ],
            note=given["note"],
            by=self.viewer,
        )
        return Response(SessionOut(closed).data)
