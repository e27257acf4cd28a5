"""Acts on steps and requests beside the main way: taken up, asked outside, escalated, merged, objected to."""

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
from kernel.organisation.selectors import section_by_code
from modules.frontdesk.api.serializers import RequestDetailOut
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services import (
    add_note,
    ask_beside,
    escalate,
    external_answered,
    merge_complaints,
    object_to,
    take_step,
    undo_last,
    wait_external,
)

STEP = r"steps/(?P<step>[0-9a-f-]{36})"
STEP_PARAMETER = OpenApiParameter("step", UUID, OpenApiParameter.PATH, description="The step's id.")
WORKING: dict[str, str | None] = {
    "take": "frontdesk.work",
    "ask_outside": "frontdesk.work",
    "outside_answered": "frontdesk.work",
    "beside": "frontdesk.work",
    "escalation": "frontdesk.work",
    "notes": None,
    "undo": "frontdesk.work",
    "merge": "frontdesk.lead",
    "objection": "frontdesk.open",
}


class OutsideIn(serializers.Serializer[Any]):
    body = serializers.CharField(max_length=160, help_text="The body that is asked.")
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)


class AnswerIn(serializers.Serializer[Any]):
    answer = serializers.CharField(max_length=4000)


class BesideIn(serializers.Serializer[Any]):
    section = serializers.CharField(max_length=60, help_text="Code of the section that is asked.")
    days = serializers.IntegerField(min_value=0, max_value=60)
    reason = serializers.CharField(max_length=1000)


class EscalationIn(serializers.Serializer[Any]):
    role = serializers.CharField(max_length=60, help_text="Code of the role that is told.")
    reason = serializers.CharField(max_length=1000)


class NoteIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4000, help_text="@name rings a colleague's bell.")


class MergeIn(serializers.Serializer[Any]):
    into = serializers.UUIDField(help_text="The request that stays.")
    reason = serializers.CharField(max_length=500)


class Working:
    """Actions of the requests' endpoint; each answers with the request as it is afterwards."""

    @extend_schema(
        operation_id="requests_steps_take",
        request=None,
        responses=RequestDetailOut,
        parameters=[STEP_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{STEP}/take")
    @idempotent()
    def take(self: Any, request: ApiRequest, uid: str, step: str) -> Response:
        """Take an open step up."""
        take_step(uid, step, by=self.viewer)
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_steps_ask_outside",
        request=OutsideIn,
        responses=RequestDetailOut,
        parameters=[STEP_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{STEP}/ask-outside")
    @idempotent()
    def ask_outside(self: Any, request: ApiRequest, uid: str, step: str) -> Response:
        """Ask an outside body; the clock waits for its answer."""
        wait_external(uid, step, by=self.viewer, **self.parsed(OutsideIn))
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_steps_outside_answered",
        request=AnswerIn,
        responses=RequestDetailOut,
        parameters=[STEP_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{STEP}/outside-answered")
    @idempotent()
    def outside_answered(self: Any, request: ApiRequest, uid: str, step: str) -> Response:
        """The outside body answered; the clock goes on."""
        external_answered(uid, step, by=self.viewer, **self.parsed(AnswerIn))
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_steps_ask_beside",
        request=BesideIn,
        responses=RequestDetailOut,
        parameters=[STEP_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{STEP}/ask-beside")
    @idempotent()
    def beside(self: Any, request: ApiRequest, uid: str, step: str) -> Response:
        """Ask another section beside the step; the stage goes on when both are done."""
        given = self.parsed(BesideIn)
        section = section_by_code(given.pop("section"))
        ask_beside(uid, step, section=section, by=self.viewer, **given)
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_steps_escalate",
        request=EscalationIn,
        responses=RequestDetailOut,
        parameters=[STEP_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{STEP}/escalate")
    @idempotent()
    def escalation(self: Any, request: ApiRequest, uid: str, step: str) -> Response:
        """Put the step before the holders of a named role."""
        escalate(uid, step, by=self.viewer, **self.parsed(EscalationIn))
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_notes_create", request=NoteIn, responses={201: RequestDetailOut}
    )
    @action(detail=True, methods=["post"])
    @idempotent()
    def notes(self: Any, request: ApiRequest, uid: str) -> Response:
        """An internal note, never seen by the citizen."""
        add_note(uid, by=self.viewer, **self.parsed(NoteIn))
        return told_after(self, uid, status=201)

    @extend_schema(operation_id="requests_undo", request=None, responses=RequestDetailOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def undo(self: Any, request: ApiRequest, uid: str) -> Response:
        """Take back one's own last taking up or assigning."""
        undo_last(uid, by=self.viewer)
        return told_after(self, uid)

    @extend_schema(operation_id="requests_merge", request=MergeIn, responses=RequestDetailOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def merge(self: Any, request: ApiRequest, uid: str) -> Response:
        """Close it as the double of another request; the answer is the one that stays."""
        kept = merge_complaints(uid, by=self.viewer, **self.parsed(MergeIn))
        return told_after(self, kept.uid)

    @extend_schema(
        operation_id="requests_objection", request=ReasonIn, responses={201: RequestDetailOut}
    )
    @action(detail=True, methods=["post"])
    @idempotent()
    def objection(self: Any, request: ApiRequest, uid: str) -> Response:
        """Open the citizen's objection to the decision as a draft of its own."""
        made = object_to(uid, by=self.viewer, **self.parsed(ReasonIn))
        return told_after(self, made.uid, status=201)


def told_after(endpoint: Any, uid: UUID | str, *, status: int = 200) -> Response:
    """The request as it is now, as the endpoint tells it."""
    found = request_for(endpoint.viewer, uid)
    answer: Response = endpoint._detail(found, status=status)
    return answer
