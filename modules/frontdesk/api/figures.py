"""`/desk-figures`: what a board or a report of another programme reads. Nothing about a citizen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.filters import refuse_unknown
from kernel.calendar.selectors import today
from kernel.errors import InvalidInput
from modules.frontdesk.selectors.figures import by_section, by_service
from modules.frontdesk.selectors.hall import Figures, hall_figures
from modules.frontdesk.selectors.section_board import section_board

_SPAN = timedelta(days=90)
_LONGEST = timedelta(days=366)


class PeriodQuery(serializers.Serializer[Any]):
    since = serializers.DateField(required=False, help_text="90 days before `until` unless told.")
    until = serializers.DateField(required=False, help_text="Today unless told.")


class FigureOut(serializers.Serializer[Any]):
    """Shares are whole percent, days are working days without pauses; null where nothing was finished."""

    code = serializers.CharField()
    name = serializers.CharField()
    finished = serializers.IntegerField()
    on_time = serializers.IntegerField(allow_null=True)
    median_days = serializers.FloatField(allow_null=True)
    ninetieth = serializers.IntegerField(allow_null=True)
    returned = serializers.IntegerField()
    first_time = serializers.IntegerField(allow_null=True)
    open = serializers.IntegerField()
    late = serializers.IntegerField()
    oldest_days = serializers.IntegerField(allow_null=True)


class SectionLineOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
    oldest_on = serializers.DateField(allow_null=True)
    oldest_days = serializers.IntegerField(allow_null=True)
    this_week = serializers.IntegerField()
    this_month = serializers.IntegerField()
    on_time = serializers.IntegerField(allow_null=True)
    weeks = serializers.ListField(child=serializers.IntegerField())


class WaitOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    code = serializers.CharField(help_text="The category's letter, by which its tickets are read.")
    taken = serializers.IntegerField()
    served = serializers.IntegerField()
    absent = serializers.IntegerField()
    left = serializers.IntegerField()
    waited = serializers.IntegerField(allow_null=True, help_text="Median minutes.")
    waited_ninetieth = serializers.IntegerField(allow_null=True)
    served_minutes = serializers.IntegerField(allow_null=True)


class DeskFiguresOut(serializers.Serializer[Any]):
    since = serializers.DateField()
    until = serializers.DateField()
    services = FigureOut(many=True)
    sections = FigureOut(many=True)
    hall = WaitOut(many=True)


class DeskFigures(Endpoint):
    """Figures of the front desk, for who sees every request."""

    module = "frontdesk"
    scope = "frontdesk"
    permissions: ClassVar = {"list": "frontdesk.see_all", "sections": "frontdesk.see_all"}
    extra_parameters = ("since", "until")
    pagination_class = None
    filterset_class = None

    @extend_schema(operation_id="desk_figures", parameters=[PeriodQuery], responses=DeskFiguresOut)
    def list(self, request: ApiRequest) -> Response:
        """On time, median and ninetieth percentile, returns, waits of a period; open and late now."""
        refuse_unknown(request, self)
        query = PeriodQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        period = period_of(query.validated_data)
        waits: tuple[list[Figures], list[Figures]] = hall_figures(**period)
        told = {
            **period,
            "services": [asdict(one) for one in by_service(self.viewer, **period)],
            "sections": [asdict(one) for one in by_section(self.viewer, **period)],
            "hall": [asdict(one) for one in waits[0]],
        }
        return Response(DeskFiguresOut(told).data)

    @extend_schema(operation_id="desk_figures_sections", responses=SectionLineOut(many=True))
    @action(detail=False, methods=["get"])
    def sections(self, request: ApiRequest) -> Response:
        """The board of sections as it stands today."""
        refuse_unknown(request, self)
        return Response(SectionLineOut(section_board(self.viewer), many=True).data)


def period_of(given: Mapping[str, Any]) -> dict[str, date]:
    """The period that is asked for. Refuses `InvalidInput` for one that ends before it begins, or is longer than a year."""
    until: date = given.get("until", today())
    since: date = given.get("since", until - _SPAN)
    if not timedelta() <= until - since <= _LONGEST:
        raise InvalidInput({"since": [f"0 … {_LONGEST.days}"]})
    return {"since": since, "until": until}
