"""`/parties`: find, read, register and correct persons and organisations."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.etag import require_match
from api.filters import refuse_unknown
from api.idempotency import idempotent
from kernel.errors import InvalidInput
from kernel.parties.constants import Gender, IdKind, PartyKind
from kernel.parties.duplicates import possible_duplicates
from kernel.parties.selectors import parties, party_for, search_parties
from kernel.parties.services import register_organisation, register_person, update_party


class AddressField(serializers.Serializer[Any]):
    governorate = serializers.CharField(required=False, allow_blank=True)
    locality = serializers.CharField(required=False, allow_blank=True)
    neighbourhood = serializers.CharField(required=False, allow_blank=True)
    street = serializers.CharField(required=False, allow_blank=True)
    landmark = serializers.CharField(required=False, allow_blank=True)


class PartyIn(serializers.Serializer[Any]):
    """What is said of a party, as typed; the register cleans it and says what it doubts."""

    given_name = serializers.CharField(required=False, allow_blank=True)
    father_name = serializers.CharField(required=False, allow_blank=True)
    grandfather_name = serializers.CharField(required=False, allow_blank=True)
    family_name = serializers.CharField(required=False, allow_blank=True)
    known_as = serializers.CharField(required=False, allow_blank=True)
    registered_name = serializers.CharField(required=False, allow_blank=True)
    trade_name = serializers.CharField(required=False, allow_blank=True)
    id_kind = serializers.ChoiceField(choices=IdKind.choices, required=False, allow_blank=True)
    id_number = serializers.CharField(required=False, allow_blank=True)
    gender = serializers.ChoiceField(choices=Gender.choices, required=False, allow_blank=True)
    birth_date = serializers.DateField(required=False, allow_null=True)
    phones = serializers.ListField(child=serializers.CharField(), required=False, max_length=10)
    current_address = AddressField(required=False)


class NewPartyIn(PartyIn):
    kind = serializers.ChoiceField(choices=[PartyKind.PERSON.value, PartyKind.ORGANISATION.value])


class PartyOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    kind = serializers.CharField()
    full_name = serializers.CharField()
    given_name = serializers.CharField()
    father_name = serializers.CharField()
    grandfather_name = serializers.CharField()
    family_name = serializers.CharField()
    known_as = serializers.CharField()
    registered_name = serializers.CharField()
    trade_name = serializers.CharField()
    id_kind = serializers.CharField()
    id_number = serializers.CharField()
    id_unverified = serializers.BooleanField(
        help_text="The number's check digit does not fit, or nobody has seen a paper."
    )
    gender = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True)
    phones = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()


class DuplicateOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    full_name = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())


class RegisteredOut(PartyOut):
    possible_duplicates = DuplicateOut(many=True)


class Parties(Endpoint):
    """Persons and organisations of the municipality."""

    module = "kernel"
    scope = "parties"
    permissions: ClassVar = {
        "list": "parties.read",
        "retrieve": "parties.read",
        "create": "parties.register",
        "partial_update": "parties.register",
    }
    extra_parameters = ("q",)
    serializer_class = PartyOut
    queryset = None

    @extend_schema(
        operation_id="parties_list",
        parameters=[
            OpenApiParameter(
                "q",
                str,
                description="A part of a name in any spelling, the beginning of an ID number, a phone."
                " The closest 50 are answered on one page.",
            )
        ],
        responses=PartyOut(many=True),
    )
    def list(self, request: Request) -> Response:
        """Find parties, or read all of them page by page."""
        refuse_unknown(request, self)
        text = request.query_params.get("q", "").strip()
        if text:
            found = search_parties(self.viewer, text, limit=50)
            return Response(
                {"data": PartyOut(found, many=True).data, "next_cursor": None, "has_more": False}
            )
        return self.page(parties(self.viewer), PartyOut)

    @extend_schema(operation_id="parties_retrieve", responses=PartyOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One party; a merged record answers as the one that stands for it."""
        party = party_for(self.viewer, UUID(uid))
        return self.versioned(party, PartyOut(party).data)

    @extend_schema(
        operation_id="parties_create", request=NewPartyIn, responses={201: RegisteredOut}
    )
    @idempotent()
    def create(self, request: Request) -> Response:
        """Register a person or an organisation. Look-alikes are named in the answer, never merged by themselves."""
        facts = self.parsed(NewPartyIn)
        kind = facts.pop("kind")
        register = register_person if kind == PartyKind.PERSON else register_organisation
        look_alikes = _look_alikes(self.viewer, kind, facts)
        party = register(by=self.viewer, **facts)
        party.refresh_from_db()
        data = {**PartyOut(party).data, "possible_duplicates": look_alikes}
        response = self.versioned(party, data, status=201)
        response["Location"] = f"/api/v1/parties/{party.uid}"
        return response

    @extend_schema(operation_id="parties_update", request=PartyIn, responses=PartyOut)
    def partial_update(self, request: Request, uid: str) -> Response:
        """Correct what is given; the rest stays. Needs If-Match."""
        party = party_for(self.viewer, UUID(uid))
        require_match(request, party)
        facts = self.parsed(PartyIn)
        if not facts:
            raise InvalidInput({"": ["{}"]})
        changed = update_party(
            party.uid,
            version=party.version,
            reason=request.headers.get("X-Reason", ""),
            by=self.viewer,
            **facts,
        )
        return self.versioned(changed, PartyOut(changed).data)

    partial_update.needs_match = True  # type: ignore[attr-defined]


def _look_alikes(viewer: Any, kind: str, facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"id": str(one.party.uid), "full_name": one.party.full_name, "reasons": list(one.reasons)}
        for one in possible_duplicates(viewer, kind=kind, **facts)
    ]
