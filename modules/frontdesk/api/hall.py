"""`/tickets` and `/counters`: the hall for kiosks, call screens and other queue systems."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.filters import refuse_unknown
from api.idempotency import idempotent
from modules.frontdesk.constants import TicketPriority, TicketState
from modules.frontdesk.models import Ticket
from modules.frontdesk.selectors.hall import (
    HALL,
    Category,
    counters,
    hall,
    live_tickets,
    standing_of,
    ticket_for,
)
from modules.frontdesk.services.hall import (
    call_next,
    close_ticket,
    give_ticket,
    leave,
    ring_again,
    sit_down,
    stand_up,
    take_back,
    transfer,
)


class TicketIn(serializers.Serializer[Any]):
    category = serializers.CharField(max_length=3)
    priority = serializers.ChoiceField(
        choices=["", *TicketPriority.values], required=False, default=""
    )
    phone = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)


class TicketOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    label = serializers.CharField(  # type: ignore[assignment]
        help_text="As the slip and the screen write it: A-007."
    )
    category = serializers.CharField()
    queue = serializers.CharField()
    state = serializers.CharField()
    priority = serializers.CharField()
    counter = serializers.CharField()
    created_at = serializers.DateTimeField()
    called_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    waited_seconds = serializers.IntegerField()
    served_seconds = serializers.IntegerField()


class StandingOut(TicketOut):
    before = serializers.IntegerField(help_text="Who is called before; 0 when it is called.")
    minutes = serializers.IntegerField(help_text="About how long until it is called.")


class CategoryOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    title_ar = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)
    minutes = serializers.IntegerField()


class CounterOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    categories = serializers.ListField(child=serializers.CharField())
    is_open = serializers.BooleanField()
    calls = serializers.CharField(allow_null=True, help_text="Label of the ticket that is called.")


class BoardOut(serializers.Serializer[Any]):
    """What a call screen shows: no name, no telephone."""

    categories = CategoryOut(many=True)
    counters = CounterOut(many=True)
    called = TicketOut(many=True)
    waiting = TicketOut(many=True)


class CounterIn(serializers.Serializer[Any]):
    counter = serializers.CharField(max_length=20)


class TransferIn(serializers.Serializer[Any]):
    """To a category or to one counter."""

    category = serializers.CharField(max_length=3, required=False, default="", allow_blank=True)
    counter = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)


class OutcomeIn(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=[TicketState.SERVED.value, TicketState.ABSENT.value])


class Tickets(Endpoint):
    """Turns in the hall, given, called and closed. Who calls sits at a counter."""

    module = "frontdesk"
    scope = "frontdesk"
    permissions: ClassVar = dict.fromkeys(
        (
            "create",
            "retrieve",
            "board",
            "call",
            "recall",
            "onward",
            "outcome",
            "back",
            "left",
            "seat",
            "unseat",
        ),
        HALL,
    )
    serializer_class = TicketOut
    filterset_class = None
    queryset = Ticket.objects.none()

    @extend_schema(operation_id="tickets_create", request=TicketIn, responses={201: StandingOut})
    @idempotent()
    def create(self, request: ApiRequest) -> Response:
        """Give the next number of a category, with its place and wait."""
        ticket = give_ticket(by=self.viewer, **self.parsed(TicketIn))
        response = Response(_standing(ticket), status=201)
        response["Location"] = f"/api/v1/tickets/{ticket.uid}"
        return response

    @extend_schema(operation_id="tickets_retrieve", responses=StandingOut)
    def retrieve(self, request: ApiRequest, uid: str) -> Response:
        """One ticket with its place in the queue now."""
        return Response(_standing(ticket_for(self.viewer, uid)))

    @extend_schema(operation_id="tickets_board", responses=BoardOut, filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def board(self, request: ApiRequest) -> Response:
        """Who is called where, and who waits, in the order in which they are called."""
        refuse_unknown(request, self)
        live = live_tickets()
        called = {one.counter: one.label for one in live if one.state == TicketState.CALLED}
        return Response(
            {
                "categories": [_category(one) for one in hall().categories],
                "counters": [
                    {
                        "name": one.name,
                        "categories": list(one.categories),
                        "is_open": one.user_id is not None,
                        "calls": called.get(one.name),
                    }
                    for one in counters()
                ],
                "called": TicketOut(
                    [one for one in live if one.state == TicketState.CALLED], many=True
                ).data,
                "waiting": TicketOut(
                    [one for one in live if one.state == TicketState.WAITING], many=True
                ).data,
            }
        )

    @extend_schema(operation_id="tickets_call", request=None, responses=TicketOut)
    @action(detail=False, methods=["post"])
    @idempotent()
    def call(self, request: ApiRequest) -> Response:
        """Call the next one to the counter of the account."""
        return Response(TicketOut(call_next(by=self.viewer)).data)

    @extend_schema(operation_id="tickets_recall", request=None, responses=TicketOut)
    @action(detail=False, methods=["post"])
    @idempotent()
    def recall(self, request: ApiRequest) -> Response:
        """Ring again for the ticket that is called to the counter."""
        return Response(TicketOut(ring_again(by=self.viewer)).data)

    @extend_schema(operation_id="tickets_transfer", request=TransferIn, responses=TicketOut)
    @action(detail=False, methods=["post"], url_path="transfer")
    @idempotent()
    def onward(self, request: ApiRequest) -> Response:
        """Send the called one on to another category or counter, without losing the turn."""
        return Response(TicketOut(transfer(by=self.viewer, **self.parsed(TransferIn))).data)

    @extend_schema(operation_id="tickets_outcome", request=OutcomeIn, responses=TicketOut)
    @action(detail=False, methods=["post"])
    @idempotent()
    def outcome(self, request: ApiRequest) -> Response:
        """The called one was served, or did not come."""
        return Response(TicketOut(close_ticket(by=self.viewer, **self.parsed(OutcomeIn))).data)

    @extend_schema(operation_id="tickets_back", request=None, responses=StandingOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def back(self, request: ApiRequest, uid: str) -> Response:
        """Who did not come is here after all, and waits behind the others."""
        return Response(_standing(take_back(uid, by=self.viewer)))

    @extend_schema(operation_id="tickets_leave", request=None, responses=TicketOut)
    @action(detail=True, methods=["post"], url_path="leave")
    @idempotent()
    def left(self, request: ApiRequest, uid: str) -> Response:
        """Whoever waited has left."""
        return Response(TicketOut(leave(uid, by=self.viewer)).data)

    @extend_schema(operation_id="counters_sit", request=CounterIn, responses=CounterOut)
    @action(detail=False, methods=["post"])
    @idempotent()
    def seat(self, request: ApiRequest) -> Response:
        """Sign on at a counter."""
        one = sit_down(self.parsed(CounterIn)["counter"], by=self.viewer)
        told = {"name": one.name, "categories": list(one.categories), "is_open": True}
        return Response({**told, "calls": None})

    @extend_schema(operation_id="counters_leave", request=None, responses={204: None})
    @seat.mapping.delete
    def unseat(self, request: ApiRequest) -> Response:
        """Sign off from the counter."""
        stand_up(by=self.viewer)
        return Response(status=204)


def _standing(ticket: Ticket) -> dict[str, Any]:
    told = TicketOut(ticket).data
    if ticket.state != TicketState.WAITING:
        return {**told, "before": 0, "minutes": 0}
    standing = standing_of(ticket)
    return {**told, "before": standing.before, "minutes": standing.minutes}


def _category(one: Category) -> dict[str, Any]:
    return {
        "code": one.code,
        "title_ar": one.title_ar,
        "title_en": one.title_en,
        "minutes": one.minutes,
    }
