"""Requests from the web and appointments at the edge: what waits, who asks, accepted, returned, rejected; seats."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.etag import require_match
from api.idempotency import idempotent
from kernel.parties.selectors import party_for
from modules.frontdesk.api.answers import told_gate
from modules.frontdesk.api.serializers import GateOut, ReturnIn
from modules.frontdesk.constants import (
    AppointmentState,
    Channel,
    OnlineState,
    RejectionReason,
    TicketPriority,
)
from modules.frontdesk.errors import StoppedAtGate
from modules.frontdesk.models import Appointment, OnlineRequest
from modules.frontdesk.selectors.appointments import (
    appointment_for,
    appointments,
    every_slots,
    free_days,
    free_times,
    slots_named,
)
from modules.frontdesk.selectors.online import judged, online_for, sent_online
from modules.frontdesk.services import DeficiencyInput
from modules.frontdesk.services.appointments import arrive, book, cancel, miss, move
from modules.frontdesk.services.online_desk import (
    ASKER,
    PRINCIPAL,
    accept_online,
    link_person,
    register_asker,
    reject_online,
    return_online,
)

VERIFY, HALL = "frontdesk.verify", "frontdesk.hall"


class OnlineFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        choices=[one for one in OnlineState.choices if one[0] != OnlineState.FILLING]
    )

    class Meta:
        model = OnlineRequest
        fields: tuple[str, ...] = ()


class OnlineRequestOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    reference = serializers.CharField()
    state = serializers.CharField()
    service = serializers.CharField(source="request.service_version.service.code")
    request = serializers.UUIDField(source="request.uid", help_text="Its draft, then the request.")
    number = serializers.CharField(
        source="request.number", allow_null=True, help_text="Null before it is accepted."
    )
    match = serializers.CharField(help_text="none, phone (ID number and telephone on file), clerk.")
    id_number = serializers.CharField()
    phone = serializers.CharField()
    applicant = serializers.UUIDField(source="request.applicant.uid", default=None, allow_null=True)
    typed_name = serializers.CharField()
    acts_by = serializers.CharField(
        source="request.acts_by",
        help_text="Empty: for themselves; power: an agent; inheritance: one of the heirs.",
    )
    agent = serializers.UUIDField(source="request.agent.uid", default=None, allow_null=True)
    sent_at = serializers.DateTimeField()
    reason_code = serializers.CharField()
    text = serializers.CharField()


class OnlineDetailOut(OnlineRequestOut):
    answers = serializers.DictField(source="request.answers")
    principal = serializers.DictField(
        child=serializers.CharField(), help_text="For whom they say to act, as typed."
    )
    agent_power_number = serializers.CharField(source="request.agent_power_number")
    agent_power_on = serializers.DateField(source="request.agent_power_on", allow_null=True)
    agent_power_until = serializers.DateField(source="request.agent_power_until", allow_null=True)
    deficiencies = serializers.ListField(child=serializers.DictField())
    gates = serializers.SerializerMethodField()

    @extend_schema(responses=GateOut(many=True))
    def get_gates(self, row: OnlineRequest) -> list[dict[str, Any]]:
        """What would stop it now, while it waits."""
        if row.state != OnlineState.WAITING:
            return []
        return [dict(GateOut(told_gate(one)).data) for one in judged(row)]


class LinkIn(serializers.Serializer[Any]):
    whom = serializers.ChoiceField(
        choices=[(ASKER, "Who asks"), (PRINCIPAL, "For whom they act")],
        required=False,
        default=ASKER,
        help_text="Principal: for whom an agent or an heir acts, after the paper was compared.",
    )
    party = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="A person on file (of heirs: the deceased). Null: registered as typed.",
    )


class RejectionIn(serializers.Serializer[Any]):
    reason_code = serializers.ChoiceField(choices=RejectionReason.choices)
    text = serializers.CharField(max_length=1000, help_text="The citizen reads it.")


class OnlineRequests(Endpoint):
    """Requests that citizens sent from the web, until the desk has verified them."""

    module = "frontdesk"
    scope = "frontdesk"
    permissions: ClassVar = {
        "list": VERIFY,
        "retrieve": VERIFY,
        "link": VERIFY,
        "accept": VERIFY,
        "give_back": VERIFY,
        "reject": VERIFY,
    }
    serializer_class = OnlineRequestOut
    filterset_class = OnlineFilters
    queryset = OnlineRequest.objects.none()

    def get_queryset(self) -> QuerySet[OnlineRequest]:
        return sent_online(self.viewer)

    @extend_schema(operation_id="online_requests_list", responses=OnlineRequestOut(many=True))
    def list(self, request: ApiRequest) -> Response:
        """Requests sent from the web, newest first."""
        return self.page(self.get_queryset(), OnlineRequestOut)

    @extend_schema(operation_id="online_requests_retrieve", responses=OnlineDetailOut)
    def retrieve(self, request: ApiRequest, uid: str) -> Response:
        """One of them with its answers and what would stop it."""
        return self._told(uid)

    @extend_schema(operation_id="online_requests_link", request=LinkIn, responses=OnlineDetailOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def link(self, request: ApiRequest, uid: str) -> Response:
        """This is who asks: a person on file, or, without one, somebody registered as typed."""
        given = self.parsed(LinkIn)
        party, whom = given["party"], given["whom"]
        if party is None:
            register_asker(uid, whom=whom, by=self.viewer)
        else:
            link_person(uid, party=party, whom=whom, by=self.viewer)
        return self._told(uid)

    @extend_schema(operation_id="online_requests_accept", request=None, responses=OnlineDetailOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def accept(self, request: ApiRequest, uid: str) -> Response:
        """Accept it: the gates judge, it gets its number, its clock starts. What a gate stops is a problem."""
        done = accept_online(uid, by=self.viewer)
        if not done.accepted:
            raise StoppedAtGate(
                why=" ".join(one.sentence for one in done.stopped_by),
                gates=[told_gate(one) for one in done.gates],
            )
        return self._told(uid)

    @extend_schema(
        operation_id="online_requests_return", request=ReturnIn, responses=OnlineDetailOut
    )
    @action(detail=True, methods=["post"], url_path="return")
    @idempotent()
    def give_back(self, request: ApiRequest, uid: str) -> Response:
        """Return it to the citizen with what is wrong; no clock runs yet."""
        given = self.parsed(ReturnIn)
        lines = [DeficiencyInput(**one) for one in given["deficiencies"]]
        return_online(uid, deficiencies=lines, text=given["text"], by=self.viewer)
        return self._told(uid)

    @extend_schema(
        operation_id="online_requests_reject", request=RejectionIn, responses=OnlineDetailOut
    )
    @action(detail=True, methods=["post"])
    @idempotent()
    def reject(self, request: ApiRequest, uid: str) -> Response:
        """Do not take it, with a coded reason and words for the citizen."""
        reject_online(uid, by=self.viewer, **self.parsed(RejectionIn))
        return self._told(uid)

    def _told(self, uid: str) -> Response:
        found = online_for(self.viewer, uid)
        return self.versioned(found, OnlineDetailOut(found).data)


class AppointmentFilters(django_filters.FilterSet):
    day = django_filters.DateFilter()
    day_gte = django_filters.DateFilter(field_name="day", lookup_expr="gte")
    day_lte = django_filters.DateFilter(field_name="day", lookup_expr="lte")
    state = django_filters.ChoiceFilter(choices=AppointmentState.choices)
    slots = django_filters.CharFilter()

    class Meta:
        model = Appointment
        fields: tuple[str, ...] = ()


class AppointmentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    reference = serializers.CharField()
    slots = serializers.CharField(help_text="Which kind of appointment.")
    day = serializers.DateField()
    starts_at = serializers.TimeField(format="%H:%M")
    minutes = serializers.IntegerField()
    state = serializers.CharField()
    service = serializers.CharField(source="service_code")
    name = serializers.CharField()
    phone = serializers.CharField()
    party = serializers.UUIDField(source="party.uid", default=None, allow_null=True)
    priority = serializers.CharField()
    channel = serializers.CharField()
    note = serializers.CharField()
    ticket = serializers.CharField(
        source="ticket.label", default=None, allow_null=True, help_text="Its ticket of the hall."
    )


class MomentIn(serializers.Serializer[Any]):
    day = serializers.DateField()
    at = serializers.TimeField(input_formats=["%H:%M"])


class AppointmentIn(MomentIn):
    slots = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=160)
    phone = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    service = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    party = serializers.UUIDField(required=False, allow_null=True, default=None)
    priority = serializers.ChoiceField(
        choices=TicketPriority.choices, required=False, default=TicketPriority.BOOKED.value
    )
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class CancelIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class FreeOut(serializers.Serializer[Any]):
    day = serializers.DateField()
    at = serializers.TimeField(format="%H:%M")
    left = serializers.IntegerField(help_text="Places that are left.")


class SlotsOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    title_ar = serializers.CharField()
    title_en = serializers.CharField()
    category = serializers.CharField(help_text="Its queue of the hall.")
    minutes = serializers.IntegerField()
    capacity = serializers.IntegerField()
    online = serializers.BooleanField()
    services = serializers.ListField(child=serializers.CharField())


class Appointments(Endpoint):
    """Appointments of the hall: free times, booked, moved, cancelled, let in."""

    module = "frontdesk"
    scope = "frontdesk"
    permissions: ClassVar = {
        "list": HALL,
        "retrieve": HALL,
        "create": HALL,
        "move": HALL,
        "cancel": HALL,
        "arrival": HALL,
        "absence": HALL,
        "kinds": None,
        "free": None,
    }
    serializer_class = AppointmentOut
    filterset_class = AppointmentFilters
    queryset = Appointment.objects.none()

    def get_queryset(self) -> QuerySet[Appointment]:
        return appointments(self.viewer)

    @extend_schema(operation_id="appointments_list", responses=AppointmentOut(many=True))
    def list(self, request: ApiRequest) -> Response:
        """All appointments, the latest day first."""
        return self.page(self.get_queryset(), AppointmentOut)

    @extend_schema(operation_id="appointments_retrieve", responses=AppointmentOut)
    def retrieve(self, request: ApiRequest, uid: str) -> Response:
        """One appointment."""
        return self._told(uid)

    @extend_schema(
        operation_id="appointments_create",
        request=AppointmentIn,
        responses={201: AppointmentOut},
    )
    @idempotent()
    def create(self, request: ApiRequest) -> Response:
        """Give somebody a place; the database gives each to one person."""
        given = self.parsed(AppointmentIn)
        party = given.pop("party")
        made = book(
            given.pop("slots"),
            service_code=given.pop("service"),
            party=party_for(self.viewer, party) if party else None,
            channel=Channel.API,
            by=self.viewer,
            **given,
        )
        response = self._told(str(made.uid), status=201)
        response["Location"] = f"/api/v1/appointments/{made.uid}"
        return response

    @extend_schema(operation_id="appointments_move", request=MomentIn, responses=AppointmentOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def move(self, request: ApiRequest, uid: str) -> Response:
        """Another time; the old place is free at once. If-Match, when given, must fit."""
        found = appointment_for(self.viewer, uid)
        if request.headers.get("If-Match"):
            require_match(request, found)
        move(uid, by=self.viewer, **self.parsed(MomentIn))
        return self._told(uid)

    @extend_schema(operation_id="appointments_cancel", request=CancelIn, responses=AppointmentOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def cancel(self, request: ApiRequest, uid: str) -> Response:
        """Give the place back; the citizen is told."""
        appointment_for(self.viewer, uid)
        cancel(uid, by=self.viewer, **self.parsed(CancelIn))
        return self._told(uid)

    @extend_schema(operation_id="appointments_arrival", request=None, responses=AppointmentOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def arrival(self, request: ApiRequest, uid: str) -> Response:
        """They are here: the appointment becomes a ticket of the hall."""
        appointment_for(self.viewer, uid)
        arrive(uid, by=self.viewer)
        return self._told(uid)

    @extend_schema(operation_id="appointments_absence", request=None, responses=AppointmentOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def absence(self, request: ApiRequest, uid: str) -> Response:
        """They did not come."""
        appointment_for(self.viewer, uid)
        miss(uid, by=self.viewer)
        return self._told(uid)

    @extend_schema(operation_id="appointments_kinds", responses=SlotsOut(many=True))
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def kinds(self, request: ApiRequest) -> Response:
        """Kinds of appointments."""
        return Response(SlotsOut(every_slots(), many=True).data)

    @extend_schema(
        operation_id="appointments_free",
        responses=FreeOut(many=True),
        parameters=[OpenApiParameter("slots", str, required=True)],
    )
    @action(detail=False, methods=["get"], pagination_class=None, filterset_class=None)
    def free(self, request: ApiRequest) -> Response:
        """Free times of a kind on the next days that have any."""
        kind = slots_named(request.query_params.get("slots", ""))
        for_desk = self.viewer.may(HALL)
        found = [
            {"day": day, "at": one.at, "left": one.left}
            for day in free_days(kind, for_desk=for_desk)[:7]
            for one in free_times(kind, day, for_desk=for_desk)
        ]
        return Response(FreeOut(found, many=True).data)

    def _told(self, uid: str, *, status: int = 200) -> Response:
        found = appointment_for(self.viewer, uid)
        return self.versioned(found, AppointmentOut(found).data, status=status)
