"""`/revaluations`: what a month's end makes of balances in another currency, and posting it."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.idempotency import idempotent
from api.values import MoneyOut, money_out
from kernel.calendar.selectors import today
from modules.finance.constants import PeriodState
from modules.finance.models import Period
from modules.finance.selectors.books import period_for
from modules.finance.selectors.revaluation import (
    Revaluation,
    ended_months,
    last_day,
    revaluation_at,
    revaluations,
)
from modules.finance.services.revaluing import revalue_month


class RevaluationIn(serializers.Serializer[Any]):
    month = serializers.UUIDField(help_text="The id of a month that is over.")


class RevaluedOut(serializers.Serializer[Any]):
    """An account in one currency; amounts are above zero for what the municipality has, below for what it owes."""

    account = serializers.CharField()
    balance = MoneyOut()
    rate = serializers.CharField()
    in_books = MoneyOut(help_text="In base currency, before this month's end was revalued.")
    at_rate = MoneyOut()
    difference = MoneyOut(help_text="A gain when above zero.")


class RevaluationEntryOut(serializers.Serializer[Any]):
    number = serializers.CharField(source="number_text")
    date = serializers.DateField()
    reversal = serializers.CharField(source="reversal.number_text")
    reversed_on = serializers.DateField(source="reversal.date")


class RevaluationOut(serializers.Serializer[Any]):
    """`is_posted` says that nothing is left to post; `without_rate` why nothing can be."""

    id = serializers.UUIDField()
    month = serializers.CharField(help_text="Year and month, 2026-11.")
    on = serializers.DateField()
    is_over = serializers.BooleanField(help_text="Only a month that is over is revalued.")
    is_posted = serializers.BooleanField()
    gain = MoneyOut()
    loss = MoneyOut()
    rows = RevaluedOut(many=True)
    without_rate = serializers.ListField(child=serializers.CharField())
    entries = RevaluationEntryOut(many=True)


class MonthOut(serializers.Serializer[Any]):
    """A month that is over."""

    id = serializers.UUIDField(source="uid")
    month = serializers.SerializerMethodField()
    state = serializers.CharField(help_text=", ".join(PeriodState.values))

    def get_month(self, month: Period) -> str:
        return name_of(month)


def name_of(month: Period) -> str:
    return f"{month.year}-{month.month:02d}"


class Revaluations(Endpoint):
    """The ends of months."""

    module = "finance"
    scope = "finance"
    permissions: ClassVar = {
        "list": "finance.read",
        "retrieve": "finance.read",
        "create": "finance.revalue",
    }
    serializer_class = RevaluationOut
    queryset = Period.objects.none()

    @extend_schema(operation_id="revaluations_list", responses=MonthOut(many=True))
    def list(self, request: Request) -> Response:
        """Months of the books that are over, newest first."""
        return self.page(ended_months(self.viewer), MonthOut)

    @extend_schema(operation_id="revaluations_retrieve", responses=RevaluationOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """A month's end: each balance, what the books say and what it is worth at the last day's rate."""
        return Response(self._told(period_for(self.viewer, UUID(uid))))

    @extend_schema(
        operation_id="revaluations_create",
        request=RevaluationIn,
        responses={201: RevaluationOut, 200: RevaluationOut},
    )
    @idempotent(required=True)
    def create(self, request: Request) -> Response:
        """Post what differs, and its reversal on the first of the next month. 200 when nothing differs."""
        month = period_for(self.viewer, self.parsed(RevaluationIn)["month"])
        entry = revalue_month(year=month.year, month=month.month, by=self.viewer)
        return Response(self._told(month), status=200 if entry is None else 201)

    def _told(self, month: Period) -> dict[str, Any]:
        found = revaluation_at(self.viewer, on=last_day(month.year, month.month))
        entries = revaluations(self.viewer, on=found.on)
        return {
            "id": month.uid,
            "month": name_of(month),
            "on": found.on.isoformat(),
            "is_over": found.on <= today(),
            "is_posted": bool(entries) and not found.to_post and not found.without_rate,
            "gain": money_out(found.gain, found.base),
            "loss": money_out(found.loss, found.base),
            "rows": _rows(found),
            "without_rate": [str(one) for one in found.without_rate],
            "entries": RevaluationEntryOut(entries, many=True).data,
        }


def _rows(found: Revaluation) -> list[dict[str, Any]]:
    return [
        {
            "account": one.code,
            "balance": money_out(one.balance, one.currency),
            "rate": f"{one.rate.normalize():f}",
            "in_books": money_out(one.before, found.base),
            "at_rate": money_out(one.at_rate, found.base),
            "difference": money_out(one.difference, found.base),
        }
        for one in found.rows
    ]
