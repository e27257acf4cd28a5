"""`/committee-sessions`: called, their agenda, what was decided on each item. Nothing about a citizen but the number."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.etag import require_match
from api.idempotency import idempotent
from kernel.files.selectors import file_for
from kernel.organisation.selectors import section_by_code
from modules.frontdesk.constants import MemberRole, RejectionReason, StepOutcome
from modules.frontdesk.models import CommitteeSession
from modules.frontdesk.selectors.sessions import session_for, sessions_of, steps_for
from modules.frontdesk.services import (
    hold_session,
    keep_signed_minutes,
    plan_session,
    put_on_agenda,
)
from modules.frontdesk.services.committee import POSTPONED, Member, Verdict
from modules.frontdesk.services.steps import LEAD

_OUTCOMES = [
    (StepOutcome.FAVOURABLE.value, "no objection"),
    (StepOutcome.UNFAVOURABLE.value, "objection"),
    (POSTPONED, "postponed to another session"),
]


class CommitteeSessionOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    section = serializers.CharField(source="section.code")
    number = serializers.CharField()
    held_on = serializers.DateField()
    place = serializers.CharField()
    state = serializers.CharField()
    quorum = serializers.IntegerField()
    closed_at = serializers.DateTimeField(allow_null=True)
    minutes = serializers.SerializerMethodField(help_text="Number of the minutes, once printed.")
    signed = serializers.UUIDField(
        source="signed.uid", default=None, allow_null=True, help_text="File: the signed minutes."
    )
    signed_at = serializers.DateTimeField(allow_null=True)

    def get_minutes(self, session: CommitteeSession) -> str | None:
        return session.minutes.number if session.minutes else None


class CommitteeSessionDetailOut(CommitteeSessionOut):
    members = serializers.JSONField()
    agenda = serializers.JSONField(help_text="One item for each step, with its decision and text.")


class MemberIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=160)
    id_number = serializers.CharField(
        max_length=20,
        required=False,
        default="",
        allow_blank=True,
        help_text="So that nobody decides on their own request.",
    )
    role = serializers.ChoiceField(
        choices=MemberRole.choices, required=False, default=MemberRole.MEMBER.value
    )


class CommitteeSessionIn(serializers.Serializer[Any]):
    section = serializers.CharField(max_length=60, help_text="Code of a section of the account.")
    held_on = serializers.DateField()
    place = serializers.CharField(max_length=160, required=False, default="", allow_blank=True)
    quorum = serializers.IntegerField(min_value=1, max_value=60)
    members = MemberIn(many=True)


class WaitingStepOut(serializers.Serializer[Any]):
    step = serializers.UUIDField(source="uid")
    request = serializers.UUIDField(source="request.uid")
    number = serializers.CharField(source="request.number")
    title = serializers.CharField(source="request.service_version.title")
    due_on = serializers.DateField(allow_null=True)


class AgendaIn(serializers.Serializer[Any]):
    step = serializers.UUIDField(help_text="An open committee step of the session's section.")


class ItemIn(serializers.Serializer[Any]):
    step = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=_OUTCOMES)
    text = serializers.CharField(
        max_length=4000, required=False, default="", allow_blank=True, help_text="The decision."
    )
    reason_code = serializers.ChoiceField(
        choices=RejectionReason.choices, required=False, default="", allow_blank=True
    )
    aside = serializers.DictField(
        child=serializers.CharField(max_length=300, allow_blank=True),
        required=False,
        default=dict,
        help_text="Members who stood aside on this item, by name, with why.",
    )


class HoldingIn(serializers.Serializer[Any]):
    present = serializers.ListField(child=serializers.CharField(max_length=160), max_length=60)
    items = ItemIn(many=True, help_text="What is not named is postponed.")


class SignedMinutesIn(serializers.Serializer[Any]):
    file = serializers.UUIDField(help_text="File: the scan of the signed minutes.")


class CommitteeSessions(Endpoint):
    """Committees' sessions of the account's sections."""

    module = "frontdesk"
    scope = "frontdesk"
    permissions: ClassVar = {
        "list": LEAD,
        "retrieve": LEAD,
        "create": LEAD,
        "waiting": LEAD,
        "agenda": LEAD,
        "hold": LEAD,
        "signing": LEAD,
    }
    serializer_class = CommitteeSessionOut
    filterset_class = None
    queryset = CommitteeSession.objects.none()

    @extend_schema(operation_id="committee_sessions_list", responses=CommitteeSessionOut(many=True))
    def list(self, request: ApiRequest) -> Response:
        """Sessions, the newest first."""
        return self.page(sessions_of(self.viewer), CommitteeSessionOut)

    @extend_schema(operation_id="committee_sessions_retrieve", responses=CommitteeSessionDetailOut)
    def retrieve(self, request: ApiRequest, uid: str) -> Response:
        """One session with its members, agenda and decisions."""
        return self._told(uid)

    @extend_schema(
        operation_id="committee_sessions_create",
        request=CommitteeSessionIn,
        responses={201: CommitteeSessionDetailOut},
    )
    @idempotent()
    def create(self, request: ApiRequest) -> Response:
        """Call a session of a section that the account leads."""
        given = self.parsed(CommitteeSessionIn)
        made = plan_session(
            section_by_code(given["section"]),
            held_on=given["held_on"],
            members=[Member(**one) for one in given["members"]],
            quorum=given["quorum"],
            place=given["place"],
            by=self.viewer,
        )
        response = self._told(str(made.uid), status=201)
        response["Location"] = f"/api/v1/committee-sessions/{made.uid}"
        return response

    @extend_schema(operation_id="committee_sessions_waiting", responses=WaitingStepOut(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def waiting(self, request: ApiRequest, uid: str) -> Response:
        """Open committee steps of the section that are not on the agenda yet, those due first in front."""
        return Response(WaitingStepOut(steps_for(session_for(self.viewer, uid)), many=True).data)

    @extend_schema(
        operation_id="committee_sessions_agenda",
        request=AgendaIn,
        responses=CommitteeSessionDetailOut,
    )
    @action(detail=True, methods=["post"])
    @idempotent()
    def agenda(self, request: ApiRequest, uid: str) -> Response:
        """Put a step on the agenda. If-Match, when given, must fit."""
        self._match(request, uid)
        put_on_agenda(uid, self.parsed(AgendaIn)["step"], by=self.viewer)
        return self._told(uid)

    @extend_schema(
        operation_id="committee_sessions_hold",
        request=HoldingIn,
        responses=CommitteeSessionDetailOut,
    )
    @action(detail=True, methods=["post"])
    @idempotent()
    def hold(self, request: ApiRequest, uid: str) -> Response:
        """Write down what was decided, all or nothing: carried out on every step, the session closed, minutes printed."""
        self._match(request, uid)
        given = self.parsed(HoldingIn)
        verdicts = {str(one.pop("step")): Verdict(**one) for one in given["items"]}
        hold_session(uid, present=given["present"], verdicts=verdicts, by=self.viewer)
        return self._told(uid)

    @extend_schema(
        operation_id="committee_sessions_sign",
        request=SignedMinutesIn,
        responses=CommitteeSessionDetailOut,
    )
    @action(detail=True, methods=["post"], url_path="signed-minutes")
    @idempotent()
    def signing(self, request: ApiRequest, uid: str) -> Response:
        """Keep the scan of the minutes that the members signed, once."""
        file = file_for(self.viewer, self.parsed(SignedMinutesIn)["file"])
        keep_signed_minutes(uid, file=file, by=self.viewer)
        return self._told(uid)

    def _match(self, request: ApiRequest, uid: str) -> None:
        found = session_for(self.viewer, uid)
        if request.headers.get("If-Match"):
            require_match(request, found)

    def _told(self, uid: str, *, status: int = 200) -> Response:
        found = session_for(self.viewer, uid)
        return self.versioned(found, CommitteeSessionDetailOut(found).data, status=status)
