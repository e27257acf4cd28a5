"""`/spending`: requests to spend and the payments that came of them, for reading."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.values import MoneyOut, money_out
from modules.finance.constants import SpendingKind, SpendingState
from modules.finance.models import Spending
from modules.finance.selectors.spending import account_codes, spending_for, spendings


class SpendingFilters(django_filters.FilterSet):
    party = django_filters.UUIDFilter(field_name="party__uid")
    kind = django_filters.ChoiceFilter(choices=SpendingKind.choices)
    state = django_filters.ChoiceFilter(choices=SpendingState.choices)
    number = django_filters.CharFilter(field_name="number_text")
    asked_on_gte = django_filters.DateFilter(field_name="asked_on", lookup_expr="gte")
    asked_on_lte = django_filters.DateFilter(field_name="asked_on", lookup_expr="lte")

    class Meta:
        model = Spending
        fields: tuple[str, ...] = ()


class SpendingOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    number = serializers.CharField(source="number_text")
    kind = serializers.CharField(help_text=", ".join(SpendingKind.values))
    state = serializers.CharField(help_text=", ".join(SpendingState.values))
    party = serializers.UUIDField(source="party.uid")
    purpose = serializers.CharField()
    amount = serializers.SerializerMethodField()
    set_off = serializers.SerializerMethodField()
    asked_on = serializers.DateField()
    moved_on = serializers.DateField()
    invoice = serializers.CharField(allow_blank=True)

    @extend_schema_field(MoneyOut)
    def get_amount(self, spending: Spending) -> dict[str, str]:
        return money_out(spending.amount, spending.currency)

    @extend_schema_field(MoneyOut)
    def get_set_off(self, spending: Spending) -> dict[str, str]:
        """What receipts set off against it; its payment pays the rest."""
        return money_out(spending.set_off, spending.currency)


class SpendingLineOut(serializers.Serializer[Any]):
    account = serializers.CharField()
    amount = MoneyOut()
    text = serializers.CharField(allow_blank=True)


class SpendingStepOut(serializers.Serializer[Any]):
    state = serializers.CharField(source="to_state")
    on_date = serializers.DateField()
    voucher = serializers.CharField(source="facts.voucher", default="", allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    by = serializers.CharField(source="taken_by_name")


class SpendingChequeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    number = serializers.CharField()
    state = serializers.CharField()


class SpendingDetailOut(SpendingOut):
    lines = serializers.SerializerMethodField()
    steps = SpendingStepOut(many=True)
    cheques = SpendingChequeOut(many=True)

    @extend_schema_field(SpendingLineOut(many=True))
    def get_lines(self, spending: Spending) -> list[dict[str, Any]]:
        codes = account_codes(spending)
        return [
            {
                "account": codes[one["account"]],
                "amount": money_out(Decimal(one["amount"]), spending.currency),
                "text": one.get("text", ""),
            }
            for one in spending.lines
        ]


class Spendings(Endpoint):
    """Money that goes out: what was asked for, how far it is, by which voucher and cheque it was paid."""

    module = "finance"
    scope = "finance"
    permissions: ClassVar = {"list": "finance.read_spending", "retrieve": "finance.read_spending"}
    queryset = Spending.objects.none()
    serializer_class = SpendingOut
    filterset_class = SpendingFilters

    @extend_schema(responses=SpendingOut(many=True))
    def list(self, request: Request) -> Response:
        """Spendings, newest first."""
        return self.page(spendings(self.viewer), SpendingOut)

    @extend_schema(responses=SpendingDetailOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One spending with its lines, its steps and the cheques that pay it."""
        return Response(SpendingDetailOut(spending_for(self.viewer, UUID(uid))).data)
