"""`/desk-figures/requests`, `/steps` and `/tickets`: what each figure was counted from. Nothing about a citizen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.filters import refuse_unknown
from api.paging import Cursor
from kernel.calendar.selectors import local_date, today, working_calendar
from modules.frontdesk.api.figures import PeriodQuery, period_of
from modules.frontdesk.api.hall import TicketOut
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.selectors.figure_cases import (
    FINISHED,
    NOW,
    TICKETS,
    RequestCase,
    done_steps,
    open_requests,
    open_steps,
    overdue_requests,
    request_cases,
    tickets,
)
from modules.frontdesk.selectors.requests import requests_list

NEWEST, FIGURE = "newest", "figure"


class _ListQuery(PeriodQuery):
    order = serializers.ChoiceField(
        choices=[
            (NEWEST, "the newest first"),
            (FIGURE, "as the figure is read: the quickest first, what runs the oldest first"),
        ],
        required=False,
        default=NEWEST,
    )


class RequestsQuery(_ListQuery):
    service = serializers.CharField(required=False, default="", help_text="All unless told.")
    show = serializers.ChoiceField(choices=[*FINISHED, *NOW], required=False, default="finished")


class StepsQuery(_ListQuery):
    section = serializers.CharField(required=False, default="", help_text="All unless told.")
    show = serializers.ChoiceField(choices=[*FINISHED, *NOW], required=False, default="finished")


class TicketsQuery(_ListQuery):
    category = serializers.CharField(required=False, default="", help_text="All unless told.")
    counter = serializers.CharField(required=False, default="")
    show = serializers.ChoiceField(choices=TICKETS, required=False, default="taken")


class CaseOut(serializers.Serializer[Any]):
    """A request. Working days without pauses; of one that runs, the days since it was submitted."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    service = serializers.CharField()
    submitted_on = serializers.DateField()
    promised_on = serializers.DateField(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)
    working_days = serializers.IntegerField()
    in_time = serializers.BooleanField(allow_null=True, help_text="Null while it runs.")
    returns = serializers.IntegerField(allow_null=True, help_text="Null while it runs.")


class StepCaseOut(serializers.Serializer[Any]):
    """A step. Working days as its own clock counted them; of one that is open, the days since it was opened."""

    id = serializers.UUIDField()
    request = serializers.UUIDField()
    number = serializers.CharField()
    step = serializers.CharField()
    section = serializers.CharField()
    opened_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    done_on = serializers.DateField(allow_null=True)
    working_days = serializers.IntegerField()
    round = serializers.IntegerField(help_text="Two and more after it was sent back.")


class DeskFigureCases(Endpoint):
    """The lists behind the figures, for who sees every request. The newest come first, unless `order` says otherwise."""

    module = "frontdesk"
    scope = "frontdesk"
    permissions: ClassVar = dict.fromkeys(("requests", "steps", "tickets"), "frontdesk.see_all")
    extra_parameters = (
        "since",
        "until",
        "service",
        "section",
        "category",
        "counter",
        "show",
        "order",
    )
    filterset_class = None

    @extend_schema(
        operation_id="desk_figures_requests",
        parameters=[RequestsQuery],
        responses=CaseOut(many=True),
    )
    @action(detail=False, methods=["get"])
    def requests(self, request: ApiRequest) -> Response:
        """Requests behind a service's figures."""
        asked = self._asked(RequestsQuery)
        show, service, order = asked.pop("show"), asked.pop("service"), asked.pop("order")
        if show in NOW:
            of = open_requests if show == "open" else overdue_requests
            return self._page(of(self.viewer, service=service), _running, order=order)
        every = request_cases(self.viewer, **asked, service=service)
        found = [one for one in every if one.is_among(show)]
        if order == FIGURE:
            return self._by_days(found)
        cases = {one.request.pk: one for one in found}
        rows = requests_list(self.viewer).filter(pk__in=list(cases))
        return self._page(rows, lambda part: (_ended(one, cases[one.pk]) for one in part))

    @extend_schema(
        operation_id="desk_figures_steps",
        parameters=[StepsQuery],
        responses=StepCaseOut(many=True),
    )
    @action(detail=False, methods=["get"])
    def steps(self, request: ApiRequest) -> Response:
        """Steps behind a section's figures."""
        asked = self._asked(StepsQuery)
        show, section, order = asked.pop("show"), asked.pop("section"), asked.pop("order")
        if show in NOW:
            rows = open_steps(self.viewer, section=section, overdue=show == "overdue")
        else:
            rows = done_steps(self.viewer, **asked, section=section, kind=show)
        rows = rows.select_related("section", "request")
        return self._page(rows, _steps, StepCaseOut, order=order)

    @extend_schema(
        operation_id="desk_figures_tickets",
        parameters=[TicketsQuery],
        responses=TicketOut(many=True),
    )
    @action(detail=False, methods=["get"])
    def tickets(self, request: ApiRequest) -> Response:
        """Tickets behind the waiting times of a category or a counter."""
        asked = self._asked(TicketsQuery)
        order = asked.pop("order")
        return self.page(self._ordered(tickets(kind=asked.pop("show"), **asked), order), TicketOut)

    def _asked(self, query: type[PeriodQuery]) -> dict[str, Any]:
        bound = query(data=self.request.query_params)
        bound.is_valid(raise_exception=True)
        given = dict(bound.validated_data)
        return {**given, **period_of(given)}

    def _page(
        self, rows: Any, told: Any, serializer: Any = CaseOut, *, order: str = NEWEST
    ) -> Response:
        part = self.paginate_queryset(self.filter_queryset(self._ordered(rows, order)))
        return self.get_paginated_response(serializer(list(told(part)), many=True).data)

    def _ordered(self, rows: Any, order: str) -> Any:
        """The rows; pages go through them in the order of their selector where that is asked for."""
        if order == FIGURE:
            cast(Cursor, self.paginator).ordering = rows.query.order_by
        return rows

    def _by_days(self, cases: list[RequestCase]) -> Response:
        """Requests that ended, by their working days: counted here, so no column sorts them."""
        refuse_unknown(self.request, self)
        part = cast(Cursor, self.paginator).paginate_sorted(
            cases, self.request, key=lambda one: (one.days, one.request.pk)
        )
        rows = requests_list(self.viewer).in_bulk([one.request.pk for one in part])
        told = [_ended(rows[one.request.pk], one) for one in part]
        return self.get_paginated_response(CaseOut(told, many=True).data)


def _told(request: Request) -> dict[str, Any]:
    return {
        "id": request.uid,
        "number": request.number,
        "service": request.service_version.service.code,
        "submitted_on": request.submitted_on,
        "promised_on": request.promised_on,
    }


def _ended(request: Request, case: RequestCase) -> dict[str, Any]:
    return {
        **_told(request),
        "closed_on": local_date(request.closed_at) if request.closed_at else None,
        "working_days": case.days,
        "in_time": case.in_time,
        "returns": case.returns,
    }


def _running(part: Iterable[Request]) -> Iterable[dict[str, Any]]:
    calendar, day = working_calendar(), today()
    for one in part:
        since = one.submitted_on or day
        days = calendar.working_days_between(since, day)
        yield {
            **_told(one), "closed_on": None, "working_days": days, "in_time": None, "returns": None,
        }  # fmt: skip


def _steps(part: Iterable[RequestStep]) -> Iterable[dict[str, Any]]:
    calendar, day = working_calendar(), today()
    for one in part:
        done = local_date(one.done_at) if one.done_at else None
        yield {
            "id": one.uid,
            "request": one.request.uid,
            "number": one.request.number,
            "step": one.code,
            "section": one.section.code,
            "opened_on": one.opened_on,
            "due_on": one.due_on,
            "done_on": done,
            "working_days": one.days_used
            if done
            else calendar.working_days_between(one.opened_on or day, day),
            "round": one.round,
        }
