"""`/bank-statements` and `/suppliers`: what the bank said, how far it is reconciled, and whom the municipality pays."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.values import MoneyOut, money_out
from modules.finance.models import BankLine, BankStatement, Supplier
from modules.finance.selectors.bank import (
    bank_lines,
    reconciliation,
    statement_for,
    statements,
)
from modules.finance.selectors.suppliers import supplier_for, suppliers


class StatementFilters(django_filters.FilterSet):
    account = django_filters.CharFilter(field_name="account__code")
    number = django_filters.CharFilter(field_name="reference")
    until_gte = django_filters.DateFilter(field_name="until", lookup_expr="gte")
    until_lte = django_filters.DateFilter(field_name="until", lookup_expr="lte")

    class Meta:
        model = BankStatement
        fields: tuple[str, ...] = ()


class BankStatementOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    account = serializers.CharField(source="account.code")
    number = serializers.CharField(source="reference")
    since = serializers.DateField()
    until = serializers.DateField()
    opening = serializers.SerializerMethodField()
    closing = serializers.SerializerMethodField()
    prepared_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(MoneyOut)
    def get_opening(self, statement: BankStatement) -> dict[str, str]:
        return money_out(statement.opening, statement.currency)

    @extend_schema_field(MoneyOut)
    def get_closing(self, statement: BankStatement) -> dict[str, str]:
        return money_out(statement.closing, statement.currency)


class ReconciliationOut(serializers.Serializer[Any]):
    """As of the statement's last day: both adjusted balances are equal when nothing is wrong."""

    on = serializers.DateField()
    bank_balance = MoneyOut()
    book_balance = MoneyOut()
    adjusted_bank = MoneyOut()
    adjusted_books = MoneyOut()
    difference = MoneyOut()


class BankStatementDetailOut(BankStatementOut):
    reconciliation = serializers.SerializerMethodField()

    @extend_schema_field(ReconciliationOut)
    def get_reconciliation(self, statement: BankStatement) -> dict[str, Any]:
        currency = statement.currency
        found = reconciliation(
            self.context["viewer"], statement.account, currency, on=statement.until
        )
        amounts = {
            name: money_out(getattr(found, name), currency)
            for name in (
                "bank_balance",
                "book_balance",
                "adjusted_bank",
                "adjusted_books",
                "difference",
            )
        }
        return {"on": found.on.isoformat(), **amounts}


class BankLineOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    on_date = serializers.DateField()
    reference = serializers.CharField()
    text = serializers.CharField()
    amount = serializers.SerializerMethodField()
    matched = serializers.SerializerMethodField()

    @extend_schema_field(MoneyOut)
    def get_amount(self, line: BankLine) -> dict[str, str]:
        return money_out(line.amount, line.currency)  # type: ignore[attr-defined]

    @extend_schema_field(MoneyOut)
    def get_matched(self, line: BankLine) -> dict[str, str]:
        return money_out(line.matched, line.currency)  # type: ignore[attr-defined]


class BankStatements(Endpoint):
    """Statements of the municipality's bank accounts."""

    module = "finance"
    scope = "finance"
    permissions: ClassVar = {
        "list": "finance.read_bank",
        "retrieve": "finance.read_bank",
        "lines": "finance.read_bank",
    }
    queryset = BankStatement.objects.none()
    serializer_class = BankStatementOut
    filterset_class = StatementFilters

    @extend_schema(operation_id="bank_statements_list", responses=BankStatementOut(many=True))
    def list(self, request: Request) -> Response:
        """Statements, newest first."""
        return self.page(statements(self.viewer), BankStatementOut)

    @extend_schema(operation_id="bank_statements_retrieve", responses=BankStatementDetailOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One statement with the reconciliation as of its last day."""
        found = statement_for(self.viewer, UUID(uid))
        return Response(BankStatementDetailOut(found, context={"viewer": self.viewer}).data)

    @extend_schema(operation_id="bank_statements_lines", responses=BankLineOut(many=True))
    @action(detail=True, methods=["get"], url_path="lines", filterset_class=None)
    def lines(self, request: Request, uid: str) -> Response:
        """Its movements, each with how much of it is in the books."""
        found = statement_for(self.viewer, UUID(uid))
        rows = bank_lines(found.account, found.currency).filter(statement=found)
        return self.page(rows, BankLineOut)


class SupplierOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    party = serializers.UUIDField(source="party.uid")
    name = serializers.CharField(source="party.full_name")
    bank = serializers.CharField()
    iban = serializers.CharField()
    tax_file = serializers.CharField()
    certificate_until = serializers.DateField(allow_null=True)
    terms_days = serializers.IntegerField()
    is_blocked = serializers.BooleanField()


class Suppliers(Endpoint):
    """The register of suppliers, for reading."""

    module = "finance"
    scope = "finance"
    permissions: ClassVar = {"list": "finance.read_spending", "retrieve": "finance.read_spending"}
    queryset = Supplier.objects.none()
    serializer_class = SupplierOut

    @extend_schema(operation_id="suppliers_list", responses=SupplierOut(many=True))
    def list(self, request: Request) -> Response:
        """Suppliers by name."""
        return self.page(suppliers(self.viewer), SupplierOut)

    @extend_schema(operation_id="suppliers_retrieve", responses=SupplierOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One supplier."""
        return Response(SupplierOut(supplier_for(self.viewer, UUID(uid))).data)
