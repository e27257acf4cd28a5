"""What a draft will cost, and the letters of a request: as values, and as the sheets that the desk prints."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from api.idempotency import idempotent
from api.values import MoneyOut, money_out
from kernel.calendar.selectors import today
from kernel.printing.models import IssuedDocument
from modules.frontdesk.errors import NotADraft
from modules.frontdesk.selectors.quotation_paper import told_fee
from modules.frontdesk.selectors.quoting import Quotation, quotation_of
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services import letter_of, print_quotation

PAUSE = r"pauses/(?P<pause>[0-9a-f-]{36})"
PAUSE_PARAMETER = OpenApiParameter(
    "pause", UUID, OpenApiParameter.PATH, description="The pause's id."
)
QUOTING: dict[str, str | None] = {
    "quotation": "frontdesk.open",
    "quotation_printing": "frontdesk.open",
    "letter": "frontdesk.work",
}


class QuotedFeeOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    title_ar = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)
    basis = serializers.CharField(allow_blank=True, help_text="Its legal basis.")
    when = serializers.CharField(help_text="at_intake or at_collection.")
    amount = MoneyOut(
        allow_null=True, help_text="Null: a step computes it, or an answer is missing."
    )
    told = serializers.CharField(allow_blank=True, help_text="Why there is no amount yet.")


class QuotedPaperOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    mandatory = serializers.BooleanField()


class QuotationSheetOut(serializers.Serializer[Any]):
    number = serializers.CharField()
    title = serializers.CharField()
    file = serializers.UUIDField(source="file.uid", help_text="Its PDF, under /files.")
    valid_until = serializers.DateField(allow_null=True)


class QuotationOut(serializers.Serializer[Any]):
    service = serializers.CharField()
    service_version = serializers.IntegerField(help_text="The version its fees were read from.")
    version_in_force_from = serializers.DateField(allow_null=True)
    policy = serializers.CharField(help_text="The article that says how long it is good.")
    on = serializers.DateField()
    valid_until = serializers.DateField()
    fees = QuotedFeeOut(many=True)
    totals = MoneyOut(many=True, help_text="What is known, by currency.")
    is_whole = serializers.BooleanField(help_text="Every fee has its amount.")
    papers = QuotedPaperOut(many=True)
    days = serializers.IntegerField(help_text="Working days.")
    promised_on = serializers.DateField(allow_null=True, help_text="If it were submitted today.")
    document = QuotationSheetOut(allow_null=True, help_text="Null: not printed by this call.")


class Quoting:
    """Actions of the requests' endpoint."""

    @extend_schema(operation_id="requests_quotation_retrieve", responses=QuotationOut)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def quotation(self: Any, request: ApiRequest, uid: str) -> Response:
        """What a draft would cost if it were submitted today. Nothing is recorded."""
        found = request_for(self.viewer, uid)
        if not found.is_draft:
            raise NotADraft(number=found.number)
        return Response(QuotationOut(told_quotation(quotation_of(found, on=today()))).data)

    @extend_schema(
        operation_id="requests_quotation_print", request=None, responses={201: QuotationOut}
    )
    @quotation.mapping.post
    @idempotent()
    def quotation_printing(self: Any, request: ApiRequest, uid: str) -> Response:
        """Print it under a number, with a code by which anybody verifies it."""
        document, quoted = print_quotation(uid, by=self.viewer)
        return Response(QuotationOut(told_quotation(quoted, document)).data, status=201)

    @extend_schema(
        operation_id="requests_letter",
        parameters=[PAUSE_PARAMETER],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    @action(
        detail=True,
        methods=["get"],
        url_path=f"{PAUSE}/letter",
        pagination_class=None,
        filterset_class=None,
    )
    def letter(self: Any, request: ApiRequest, uid: str, pause: str) -> HttpResponse:
        """The letter to an outside body, or of what the citizen still has to bring, as PDF."""
        pdf = letter_of(self.viewer, uid, pause)
        return HttpResponse(pdf, content_type="application/pdf")


def told_quotation(quoted: Quotation, document: IssuedDocument | None = None) -> dict[str, Any]:
    """A quotation as values."""
    return {
        "service": quoted.version.service.code,
        "service_version": quoted.version.number,
        "version_in_force_from": quoted.version.in_force_from,
        "policy": quoted.policy.article,
        "on": quoted.on,
        "valid_until": quoted.valid_until,
        "fees": [
            {
                "code": one.fee.code,
                "title_ar": one.fee.title.ar,
                "title_en": one.fee.title.en,
                "basis": str(one.fee.basis),
                "when": one.fee.when,
                "amount": money_out(one.amount.amount, one.amount.currency.code)
                if one.amount is not None
                else None,
                "told": "" if one.amount is not None else told_fee(one),
            }
            for one in quoted.fees
        ],
        "totals": [money_out(one.amount, one.currency.code) for one in quoted.totals],
        "is_whole": quoted.is_whole,
        "papers": [{"code": one.code, "mandatory": must} for one, must in quoted.papers],
        "days": quoted.days,
        "promised_on": quoted.promised_on,
        "document": document,
    }
