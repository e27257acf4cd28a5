"""What a head and a careful clerk do beside: papers waived and refused, steps given to somebody, citizens told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from api.idempotency import idempotent
from api.values import ReasonIn
from kernel.errors import NotVisible
from kernel.identity.models import User
from modules.frontdesk.api.serializers import RequestDetailOut
from modules.frontdesk.api.working import STEP, STEP_PARAMETER, told_after
from modules.frontdesk.services import (
    assign_step,
    drop_beside,
    reject_paper,
    remove_paper,
    send_back,
    take_next,
    tell_by_hand,
    waive_paper,
)

PAPER = r"papers/(?P<paper>[0-9a-f-]{36})"
PAPER_PARAMETER = OpenApiParameter(
    "paper", UUID, OpenApiParameter.PATH, description="The paper's id."
)
LEADING: dict[str, str | None] = {
    "waiver": "frontdesk.waive",
    "refusal": "frontdesk.work",
    "removal": "frontdesk.open",
    "assignment": "frontdesk.lead",
    "send_back": "frontdesk.work",
    "join": "frontdesk.lead",
    "message": "frontdesk.work",
    "next": "frontdesk.work",
}


class WaiverIn(serializers.Serializer[Any]):
    requirement = serializers.CharField(max_length=60)
    reason = serializers.CharField(max_length=1000)
    conditional = serializers.BooleanField(
        required=False, default=False, help_text="It is brought later; not approved before."
    )


class AssignmentIn(serializers.Serializer[Any]):
    to = serializers.UUIDField(
        allow_null=True, help_text="Account of the colleague; null gives it back to the section."
    )
    reason = serializers.CharField(max_length=1000)


class SendBackIn(serializers.Serializer[Any]):
    to_code = serializers.CharField(max_length=40, help_text="Code of the step to be done again.")
    reason = serializers.CharField(max_length=1000)


class MessageIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=400)


class Leading:
    """Actions of the requests' endpoint; each answers with the request as it is afterwards."""

    @extend_schema(
        operation_id="requests_waivers_create", request=WaiverIn, responses=RequestDetailOut
    )
    @action(detail=True, methods=["post"], url_path="waivers")
    @idempotent()
    def waiver(self: Any, request: ApiRequest, uid: str) -> Response:
        """Let the request go on without a paper, or accept it on condition."""
        waive_paper(uid, by=self.viewer, **self.parsed(WaiverIn))
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_papers_reject",
        request=ReasonIn,
        responses=RequestDetailOut,
        parameters=[PAPER_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{PAPER}/reject")
    @idempotent()
    def refusal(self: Any, request: ApiRequest, uid: str, paper: str) -> Response:
        """Say that a paper does not serve."""
        reject_paper(uid, paper_uid=paper, by=self.viewer, **self.parsed(ReasonIn))
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_papers_remove",
        request=None,
        responses=RequestDetailOut,
        parameters=[PAPER_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{PAPER}/remove")
    @idempotent()
    def removal(self: Any, request: ApiRequest, uid: str, paper: str) -> Response:
        """Take a paper out of a draft."""
        remove_paper(uid, paper_uid=paper, by=self.viewer)
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_steps_assign",
        request=AssignmentIn,
        responses=RequestDetailOut,
        parameters=[STEP_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{STEP}/assign")
    @idempotent()
    def assignment(self: Any, request: ApiRequest, uid: str, step: str) -> Response:
        """Give an open step to a colleague, or back to the section."""
        given = self.parsed(AssignmentIn)
        to = User.objects.filter(uid=given["to"]).first() if given["to"] else None
        if given["to"] and to is None:
            raise NotVisible()
        assign_step(uid, step, to=to, reason=given["reason"], by=self.viewer)
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_steps_send_back",
        request=SendBackIn,
        responses=RequestDetailOut,
        parameters=[STEP_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{STEP}/send-back")
    @idempotent()
    def send_back(self: Any, request: ApiRequest, uid: str, step: str) -> Response:
        """Ask an earlier section to do its step again."""
        send_back(uid, step, by=self.viewer, **self.parsed(SendBackIn))
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_steps_join",
        request=ReasonIn,
        responses=RequestDetailOut,
        parameters=[STEP_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{STEP}/drop")
    @idempotent()
    def join(self: Any, request: ApiRequest, uid: str, step: str) -> Response:
        """An opinion that was asked for on the way is no longer needed."""
        drop_beside(uid, step, by=self.viewer, **self.parsed(ReasonIn))
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_messages_create", request=MessageIn, responses=RequestDetailOut
    )
    @action(detail=True, methods=["post"], url_path="messages")
    @idempotent()
    def message(self: Any, request: ApiRequest, uid: str) -> Response:
        """A text message to the citizen, kept on the trail."""
        tell_by_hand(uid, by=self.viewer, **self.parsed(MessageIn))
        return told_after(self, uid)

    @extend_schema(operation_id="requests_take_next", request=None, responses=RequestDetailOut)
    @action(detail=False, methods=["post"], url_path="take-next")
    @idempotent()
    def next(self: Any, request: ApiRequest) -> Response:
        """Take up the step of the account's sections that is due first."""
        return told_after(self, take_next(by=self.viewer).request.uid)
