"""`/land-units`: find, read and register parcels in either region's words (block and parcel)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.filters import refuse_unknown
from api.idempotency import idempotent
from kernel.places.constants import LandKind
from kernel.places.facts import LandUnitFacts
from kernel.places.models import LandUnit
from kernel.places.selectors import land_unit_for, search_places
from kernel.places.services import register_land_unit


class LandUnitIn(serializers.Serializer[Any]):
    """Numbers as written on the paper, in any digits."""

    block_no = serializers.CharField(max_length=12)
    parcel_no = serializers.CharField(max_length=12)
    sub_no = serializers.CharField(max_length=12, required=False, allow_blank=True, default="")
    block_name = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    kind = serializers.ChoiceField(choices=LandKind.choices, default=LandKind.SETTLED)
    locality = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    area_m2 = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=Decimal(0), required=False, allow_null=True
    )


class LandUnitOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    block_no = serializers.CharField()
    block_name = serializers.CharField()
    parcel_no = serializers.CharField()
    sub_no = serializers.CharField()
    kind = serializers.CharField()
    locality = serializers.CharField()
    area_m2 = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    retired_on = serializers.DateField(
        allow_null=True, help_text="Since when the parcel is split, merged or renumbered."
    )


class LandUnits(Endpoint):
    """Parcels of the municipality."""

    module = "kernel"
    scope = "places"
    permissions: ClassVar = {
        "list": "parties.read",
        "retrieve": "parties.read",
        "create": "places.manage",
    }
    extra_parameters = ("q",)
    serializer_class = LandUnitOut

    @extend_schema(
        operation_id="land_units_list",
        parameters=[
            OpenApiParameter(
                "q",
                str,
                required=True,
                description="A parcel as written: 643/15, or a block alone. The closest 50 on one page.",
            )
        ],
        responses=LandUnitOut(many=True),
    )
    def list(self, request: Request) -> Response:
        """Find parcels by number."""
        refuse_unknown(request, self)
        text = request.query_params.get("q", "").strip()
        places = [one.place for one in search_places(self.viewer, text, limit=50)]
        found = [place for place in places if isinstance(place, LandUnit)]
        return Response(
            {"data": LandUnitOut(found, many=True).data, "next_cursor": None, "has_more": False}
        )

    @extend_schema(operation_id="land_units_retrieve", responses=LandUnitOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One parcel, standing or retired."""
        unit = land_unit_for(self.viewer, UUID(uid))
        return self.versioned(unit, LandUnitOut(unit).data)

    @extend_schema(
        operation_id="land_units_create", request=LandUnitIn, responses={201: LandUnitOut}
    )
    @idempotent()
    def create(self, request: Request) -> Response:
        """Register a parcel; the same block and parcel is refused."""
        unit = register_land_unit(LandUnitFacts(**self.parsed(LandUnitIn)), by=self.viewer)
        response = self.versioned(unit, LandUnitOut(unit).data, status=201)
        response["Location"] = f"/api/v1/land-units/{unit.uid}"
        return response
