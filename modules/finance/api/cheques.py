"""`/cheques`: the register of cheques, for reading."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.values import MoneyOut, money_out
from modules.finance.constants import ChequeState, ChequeWay
from modules.finance.models import Cheque, Step
from modules.finance.selectors.cheques import cheque_for, cheques, steps_of


class ChequeFilters(django_filters.FilterSet):
    party = django_filters.UUIDFilter(field_name="party__uid")
    way = django_filters.ChoiceFilter(choices=ChequeWay.choices)
    state = django_filters.ChoiceFilter(choices=ChequeState.choices)
    number = django_filters.CharFilter()
    dated_on_gte = django_filters.DateFilter(field_name="dated_on", lookup_expr="gte")
    dated_on_lte = django_filters.DateFilter(field_name="dated_on", lookup_expr="lte")

    class Meta:
        model = Cheque
        fields: tuple[str, ...] = ()


class ChequeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    way = serializers.ChoiceField(choices=ChequeWay.choices)
    state = serializers.ChoiceField(choices=ChequeState.choices)
    number = serializers.CharField()
    bank = serializers.CharField()
    branch = serializers.CharField()
    drawer = serializers.CharField()
    party = serializers.UUIDField(source="party.uid")
    amount = serializers.SerializerMethodField()
    dated_on = serializers.DateField()
    taken_on = serializers.DateField()
    moved_on = serializers.DateField()

    @extend_schema_field(MoneyOut)
    def get_amount(self, cheque: Cheque) -> dict[str, str]:
        return money_out(cheque.amount, cheque.currency)


class ChequeStepOut(serializers.Serializer[Any]):
    state = serializers.ChoiceField(source="to_state", choices=ChequeState.choices)
    on_date = serializers.DateField()
    holder = serializers.CharField()
    note = serializers.CharField()
    by = serializers.CharField(source="taken_by_name")


class ChequeDetailOut(ChequeOut):
    steps = serializers.SerializerMethodField()

    @extend_schema_field(ChequeStepOut(many=True))
    def get_steps(self, cheque: Cheque) -> Any:
        steps: list[Step] = list(steps_of(self.context["viewer"], cheque))
        return ChequeStepOut(steps, many=True).data


class Cheques(Endpoint):
    """Cheques received and issued."""

    module = "finance"
    scope = "finance"
    permissions: ClassVar = {"list": "finance.read_cheques", "retrieve": "finance.read_cheques"}
    queryset = Cheque.objects.none()
    serializer_class = ChequeOut
    filterset_class = ChequeFilters

    @extend_schema(responses=ChequeOut(many=True))
    def list(self, request: Request) -> Response:
        """The register, by the day on which each cheque is due."""
        return self.page(cheques(self.viewer), ChequeOut)

    @extend_schema(responses=ChequeDetailOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One cheque with every move it made."""
        cheque = cheque_for(self.viewer, UUID(uid))
        return Response(ChequeDetailOut(cheque, context={"viewer": self.viewer}).data)
