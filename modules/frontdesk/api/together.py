"""What colleagues do together over the API: macros, many steps at once, heirs in a dead person's place, refunds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from api.idempotency import idempotent
from kernel.errors import NotVisible
from kernel.files.selectors import file_for
from kernel.identity.models import User
from modules.frontdesk.api.serializers import RequestDetailOut
from modules.frontdesk.api.working import STEP, STEP_PARAMETER, told_after
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.selectors.tools import macros_of
from modules.frontdesk.services import ask_for_heirs, ask_refund, assign_many, run_macro
from modules.frontdesk.services.sheets import add_signed_receipt, return_sheet

MACRO = r"macros/(?P<macro>[0-9a-f-]{36})"
MACRO_PARAMETER = OpenApiParameter(
    "macro", UUID, OpenApiParameter.PATH, description="The macro's id."
)
TOGETHER: dict[str, str | None] = {
    "macros": "frontdesk.work",
    "macro": "frontdesk.work",
    "assign_steps": "frontdesk.lead",
    "heirs": "frontdesk.open",
    "refund": "frontdesk.open",
    "signed_sheet": "frontdesk.work",
    "signed_receipt": "frontdesk.hand_over",
}


class MacroOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    does = serializers.DictField(
        source="definition", help_text="note, message, act (take or complete) and its outcome."
    )


class AssignStepsIn(serializers.Serializer[Any]):
    steps = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=500)
    to = serializers.UUIDField(
        allow_null=True, help_text="Account of the colleague; null gives them back to the section."
    )
    reason = serializers.CharField(max_length=1000)


class RefusedOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    sentence = serializers.CharField()


class AssignedOut(serializers.Serializer[Any]):
    assigned = serializers.IntegerField()
    refused = RefusedOut(many=True)


class HeirsIn(serializers.Serializer[Any]):
    role = serializers.ChoiceField(
        choices=["applicant", "beneficiary"], required=False, default="applicant"
    )


class SignedSheetIn(serializers.Serializer[Any]):
    number = serializers.CharField(
        max_length=60, help_text="As the sheet says it: request and step, 2026/00417/8123."
    )
    file = serializers.UUIDField(help_text="File: the scan of the signed sheet.")


class SignedSheetOut(serializers.Serializer[Any]):
    request = serializers.UUIDField(source="request.uid")
    step = serializers.UUIDField(source="step.uid")
    closed = serializers.BooleanField(help_text="False: the step needs what no scan can say.")


class SignedReceiptIn(serializers.Serializer[Any]):
    file = serializers.UUIDField(help_text="File: the scan of the receipt that was signed.")


class Together:
    """Actions of the requests' endpoint."""

    @extend_schema(operation_id="requests_macros_list", responses=MacroOut(many=True))
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def macros(self: Any, request: ApiRequest) -> Response:
        """The account's macros, and those of its sections."""
        return Response(MacroOut(macros_of(self.viewer), many=True).data)

    @extend_schema(
        operation_id="requests_steps_macro",
        request=None,
        responses=RequestDetailOut,
        parameters=[STEP_PARAMETER, MACRO_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{STEP}/{MACRO}")
    @idempotent()
    def macro(self: Any, request: ApiRequest, uid: str, step: str, macro: str) -> Response:
        """Run a macro on a step: its note, its message, its act, all or nothing."""
        request_for(self.viewer, uid)
        run_macro(macro, uid, step, by=self.viewer)
        return told_after(self, uid)

    @extend_schema(
        operation_id="requests_assign_steps", request=AssignStepsIn, responses=AssignedOut
    )
    @action(detail=False, methods=["post"], url_path="assign-steps")
    @idempotent()
    def assign_steps(self: Any, request: ApiRequest) -> Response:
        """Give many steps to a colleague for one reason. What cannot be assigned is told; the rest is."""
        given = self.parsed(AssignStepsIn)
        to = User.objects.filter(uid=given["to"]).first() if given["to"] else None
        if given["to"] and to is None:
            raise NotVisible()
        done, refused = assign_many(given["steps"], to=to, reason=given["reason"], by=self.viewer)
        told = [{"number": number, "sentence": sentence} for number, sentence in refused]
        return Response(AssignedOut({"assigned": done, "refused": told}).data)

    @extend_schema(operation_id="requests_heirs", request=HeirsIn, responses=RequestDetailOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def heirs(self: Any, request: ApiRequest, uid: str) -> Response:
        """Put the heirs of a dead applicant or beneficiary in their place on a draft."""
        ask_for_heirs(uid, role=self.parsed(HeirsIn)["role"], by=self.viewer)
        return told_after(self, uid)

    @extend_schema(operation_id="requests_refund", request=None, responses={201: RequestDetailOut})
    @action(detail=True, methods=["post"])
    @idempotent()
    def refund(self: Any, request: ApiRequest, uid: str) -> Response:
        """Open the request for a refund of what was paid on one that came to nothing, once, as a draft of its own."""
        return told_after(self, ask_refund(uid, by=self.viewer).uid, status=201)

    @extend_schema(
        operation_id="requests_signed_sheet", request=SignedSheetIn, responses=SignedSheetOut
    )
    @action(detail=False, methods=["post"], url_path="signed-sheets")
    @idempotent()
    def signed_sheet(self: Any, request: ApiRequest) -> Response:
        """Keep the scan of a printed sheet that came back signed; it closes its step where no answer is needed."""
        given = self.parsed(SignedSheetIn)
        file = file_for(self.viewer, given["file"])
        returned = return_sheet(given["number"], file=file, by=self.viewer)
        return Response(SignedSheetOut(returned).data)

    @extend_schema(
        operation_id="requests_signed_receipt", request=SignedReceiptIn, responses=RequestDetailOut
    )
    @action(detail=True, methods=["post"], url_path="signed-receipt")
    @idempotent()
    def signed_receipt(self: Any, request: ApiRequest, uid: str) -> Response:
        """Add the signed receipt to a hand-over, once."""
        file = file_for(self.viewer, self.parsed(SignedReceiptIn)["file"])
        add_signed_receipt(uid, file=file, by=self.viewer)
        return told_after(self, uid)
