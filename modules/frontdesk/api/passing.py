"""What stands in the way and how it is lifted: let pass on authority, a plan that is signed; and the citizen's rating."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from api.idempotency import idempotent
from api.values import MoneyIn, MoneyOut
from kernel.files.selectors import file_for
from modules.frontdesk.api.serializers import RequestDetailOut
from modules.frontdesk.api.working import told_after
from modules.frontdesk.constants import GateCode
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services import (
    draw_plan,
    drop_plan,
    let_pass,
    rate_request,
    sign_plan,
    take_action,
)
from modules.frontdesk.services.plans import ACTIONS, Instalment, standing_plan

PLAN = r"plan/(?P<plan>[0-9a-f-]{36})"
PLAN_PARAMETER = OpenApiParameter("plan", UUID, OpenApiParameter.PATH, description="The plan's id.")
PASSING: dict[str, str | None] = {
    "let_pass": "policies.override",
    "dues_action": "frontdesk.open",
    "plan": None,
    "plan_drawing": "frontdesk.open",
    "plan_signing": "policies.override",
    "plan_dropping": "frontdesk.open",
    "rating": "frontdesk.open",
}
_PASSABLE = [one for one in GateCode.choices if one[0] not in (GateCode.PAPERS, GateCode.FEE)]


class LetPassIn(serializers.Serializer[Any]):
    gate = serializers.ChoiceField(
        choices=_PASSABLE, help_text="Papers are waived and fees exempted instead."
    )
    authority = serializers.CharField(max_length=160, help_text="On whose authority.")
    reason = serializers.CharField(max_length=1000)
    until = serializers.DateField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Last day on which the gate is open (policy FRD-04); today only unless told.",
    )


class DuesActionIn(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=ACTIONS)
    reason = serializers.CharField(
        max_length=1000, required=False, default="", allow_blank=True, help_text="For a refusal."
    )


class InstalmentIn(serializers.Serializer[Any]):
    on = serializers.DateField()
    amount = MoneyIn()


class PaperToBringIn(serializers.Serializer[Any]):
    code = serializers.CharField(
        max_length=60, help_text="Document type that the service asks for."
    )
    on = serializers.DateField(help_text="Brought by this day.")


class PlanIn(serializers.Serializer[Any]):
    instalments = InstalmentIn(
        many=True, help_text="Together exactly the open dues, each on a day that is still to come."
    )
    papers = PaperToBringIn(many=True, required=False, default=list)
    text = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class SignatureIn(serializers.Serializer[Any]):
    signature = serializers.UUIDField(help_text="File: the scan of the signed plan.")
    authority = serializers.CharField(max_length=160, help_text="On whose authority.")


class PlannedOut(serializers.Serializer[Any]):
    on = serializers.DateField()
    amount = MoneyOut(source="*")


class PlanOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    instalments = PlannedOut(source="items.instalments", many=True)
    papers = serializers.ListField(source="items.papers", child=serializers.DictField())
    text = serializers.CharField()
    expires_on = serializers.DateField(help_text="Last day; the gate of dues shuts after it.")
    signed_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: drawn up, it opens nothing yet."
    )


class PlanAnswer(serializers.Serializer[Any]):
    plan = PlanOut(allow_null=True, help_text="Null: there is none.")


class RatingIn(serializers.Serializer[Any]):
    phone = serializers.CharField(
        max_length=20, help_text="A telephone by which the request is known: the citizen's proof."
    )
    score = serializers.IntegerField(min_value=1, max_value=5)
    text = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class Passing:
    """Actions of the requests' endpoint."""

    @extend_schema(operation_id="requests_let_pass", request=LetPassIn, responses=RequestDetailOut)
    @action(detail=True, methods=["post"], url_path="let-pass")
    @idempotent()
    def let_pass(self: Any, request: ApiRequest, uid: str) -> Response:
        """Open a gate that stopped the draft, on authority and for a reason, until a day. Never for one's own draft."""
        let_pass(uid, by=self.viewer, **self.parsed(LetPassIn))
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_dues_action", request=DuesActionIn, responses=RequestDetailOut
    )
    @action(detail=True, methods=["post"], url_path="dues-action")
    @idempotent()
    def dues_action(self: Any, request: ApiRequest, uid: str) -> Response:
        """Keep what was done about the dues of a draft: who, when, on which verdict."""
        take_action(uid, by=self.viewer, **self.parsed(DuesActionIn))
        return told_after(self, uid)

    @extend_schema(operation_id="requests_plan_retrieve", responses=PlanAnswer)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def plan(self: Any, request: ApiRequest, uid: str) -> Response:
        """The standing action plan of a draft that dues stop."""
        return Response(PlanAnswer({"plan": standing_plan(request_for(self.viewer, uid))}).data)

    @extend_schema(operation_id="requests_plan_create", request=PlanIn, responses={201: PlanAnswer})
    @plan.mapping.post
    @idempotent()
    def plan_drawing(self: Any, request: ApiRequest, uid: str) -> Response:
        """Draw up a plan: instalments of the dues and papers to bring. It opens nothing before it is signed."""
        given = self.parsed(PlanIn)
        made = draw_plan(
            uid,
            instalments=[Instalment(one["on"], one["amount"]) for one in given["instalments"]],
            papers=[(one["code"], one["on"]) for one in given["papers"]],
            text=given["text"],
            by=self.viewer,
        )
        return Response(PlanAnswer({"plan": made}).data, status=201)

    @extend_schema(
        operation_id="requests_plan_sign",
        request=SignatureIn,
        responses=PlanAnswer,
        parameters=[PLAN_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{PLAN}/sign")
    @idempotent()
    def plan_signing(self: Any, request: ApiRequest, uid: str, plan: str) -> Response:
        """Accept the plan that the citizen signed: the gate of dues is open until its last day."""
        given = self.parsed(SignatureIn)
        signed = sign_plan(
            uid,
            plan,
            signature=file_for(self.viewer, given["signature"]),
            authority=given["authority"],
            by=self.viewer,
        )
        return Response(PlanAnswer({"plan": signed}).data)

    @extend_schema(
        operation_id="requests_plan_drop",
        request=None,
        responses=PlanAnswer,
        parameters=[PLAN_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{PLAN}/drop")
    @idempotent()
    def plan_dropping(self: Any, request: ApiRequest, uid: str, plan: str) -> Response:
        """Throw an unsigned plan away, to draw another."""
        drop_plan(uid, plan, by=self.viewer)
        return Response(PlanAnswer({"plan": None}).data)

    @extend_schema(operation_id="requests_rating", request=RatingIn, responses=RequestDetailOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def rating(self: Any, request: ApiRequest, uid: str) -> Response:
        """What the citizen thinks of a request that is closed, once: 1 to 5 and words. It stands on the trail."""
        found = request_for(self.viewer, uid)
        rate_request(
            number=found.number or "",
            address=f"api:{self.viewer.user_id}",
            **self.parsed(RatingIn),
        )
        return told_after(self, uid)
