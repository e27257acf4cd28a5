"""The designer for programmes: a draft of a service, kept, tried against the house and published."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from api.idempotency import idempotent
from modules.frontdesk.selectors.catalogue import service_for
from modules.frontdesk.selectors.designing import (
    CATALOGUE,
    design_of,
    judged_design,
    mark_of,
    service_file,
)
from modules.frontdesk.services import change_design, publish_design, start_design, take_in

DESIGNING: dict[str, str | None] = {
    "file": CATALOGUE,
    "draft": CATALOGUE,
    "keep_draft": CATALOGUE,
    "publication": CATALOGUE,
    "take_in": CATALOGUE,
}


class FaultOut(serializers.Serializer[Any]):
    path = serializers.CharField(help_text="Where it stands in the definition.")
    sentence = serializers.CharField()


class DraftOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    version = serializers.IntegerField()
    mark = serializers.CharField(help_text="Send it back as `seen`, so that nobody is overwritten.")
    definition = serializers.JSONField()
    faults = FaultOut(many=True, help_text="What stands against publishing.")
    hints = FaultOut(many=True)


class DraftIn(serializers.Serializer[Any]):
    definition = serializers.DictField()
    seen = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)


class PublicationIn(serializers.Serializer[Any]):
    in_force_from = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=300)
    seen = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)


class PublicationOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    version = serializers.IntegerField()
    in_force_from = serializers.DateField()


class ServiceFileIn(serializers.Serializer[Any]):
    file = serializers.DictField(
        help_text="A service's file, as GET /services/{code}/file gives it."
    )
    code = serializers.CharField(required=False, default="", allow_blank=True, max_length=20)


class Designing:
    """Actions of the services' endpoint for who keeps the catalogue."""

    @extend_schema(operation_id="services_file", responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["get"])
    def file(self: Any, request: ApiRequest, code: str) -> Response:
        """The version in force as a file that another municipality can take in."""
        self.viewer.require(CATALOGUE)
        return Response(service_file(service_for(self.viewer, code).in_force))

    @extend_schema(operation_id="services_draft_retrieve", responses=DraftOut)
    @action(detail=True, methods=["get"])
    def draft(self: Any, request: ApiRequest, code: str) -> Response:
        """The version that is being worked on, with everything that stands against publishing it."""
        return Response(_told(design_of(self.viewer, code)))

    @extend_schema(operation_id="services_draft_keep", request=DraftIn, responses=DraftOut)
    @draft.mapping.put
    def keep_draft(self: Any, request: ApiRequest, code: str) -> Response:
        """Keep a draft, sound or not; it is begun where there is none."""
        given = self.parsed(DraftIn)
        start_design(code, by=self.viewer)
        kept = change_design(code, given["definition"], seen=given["seen"], by=self.viewer)
        return Response(_told(design_of(self.viewer, kept.service.code)))

    @extend_schema(
        operation_id="services_publish", request=PublicationIn, responses={201: PublicationOut}
    )
    @action(detail=True, methods=["post"])
    @idempotent()
    def publication(self: Any, request: ApiRequest, code: str) -> Response:
        """Publish the draft from a day on; running requests stay on their version."""
        made = publish_design(code, by=self.viewer, **self.parsed(PublicationIn))
        told = {"code": code, "version": made.number, "in_force_from": made.in_force_from}
        return Response(PublicationOut(told).data, status=201)

    @extend_schema(
        operation_id="services_take_in", request=ServiceFileIn, responses={201: DraftOut}
    )
    @action(detail=False, methods=["post"], url_path="take-in")
    @idempotent()
    def take_in(self: Any, request: ApiRequest) -> Response:
        """Take in a service's file as a draft; nothing comes into force."""
        given = self.parsed(ServiceFileIn)
        made = take_in(given["file"], code=given["code"], by=self.viewer)
        return Response(_told(design_of(self.viewer, made.service.code)), status=201)


def _told(draft: Any) -> dict[str, Any]:
    _design, verdict = judged_design(draft.definition)
    told = {
        "code": draft.service.code,
        "version": draft.number,
        "mark": mark_of(draft.definition),
        "definition": draft.definition,
        "faults": [{"path": one.path, "sentence": one.sentence} for one in verdict.faults],
        "hints": [{"path": one.path, "sentence": one.sentence} for one in verdict.hints],
    }
    return dict(DraftOut(told).data)
