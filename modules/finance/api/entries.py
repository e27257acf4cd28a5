"""`/entries`: the journal with its lines, vouchers written by hand, and taking one back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.idempotency import idempotent
from api.values import MoneyOut, ReasonIn, money_out
from kernel.money import CURRENCIES, parse_amount
from kernel.organisation.selectors import sections
from kernel.parties.selectors import party_for
from kernel.viewer import Viewer
from modules.finance.constants import EntryKind, Fund
from modules.finance.errors import AccountUnknown
from modules.finance.models import Account, BudgetLine, Entry, Line
from modules.finance.selectors.books import base_currency, entries, entry_for, lines_of
from modules.finance.selectors.dimensions import Dimensions, entries_with
from modules.finance.selectors.spending import budget_line_for
from modules.finance.services.vouchers import HandLine, post_voucher, reverse_voucher

MOST_LINES = 200


class EntryFilters(django_filters.FilterSet):
    date_gte = django_filters.DateFilter(field_name="date", lookup_expr="gte")
    date_lte = django_filters.DateFilter(field_name="date", lookup_expr="lte")
    kind = django_filters.ChoiceFilter(choices=EntryKind.choices)
    journal = django_filters.CharFilter()
    year = django_filters.NumberFilter()
    number = django_filters.NumberFilter()
    fund = django_filters.ChoiceFilter(choices=Fund.choices, method="by_fund")
    project = django_filters.CharFilter(method="by_project")
    budget_line = django_filters.UUIDFilter(method="by_budget_line")
    section = django_filters.UUIDFilter(method="by_section")

    class Meta:
        model = Entry
        fields: tuple[str, ...] = ()

    def by_fund(self, rows: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        return entries_with(rows, Dimensions(fund=value))

    def by_project(self, rows: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        return entries_with(rows, Dimensions(project=value))

    def by_budget_line(self, rows: QuerySet[Entry], name: str, value: UUID) -> QuerySet[Entry]:
        line = BudgetLine.objects.filter(uid=value).first()
        return entries_with(rows, Dimensions(budget_line=line)) if line else rows.none()

    def by_section(self, rows: QuerySet[Entry], name: str, value: UUID) -> QuerySet[Entry]:
        section = sections(with_closed=True).filter(uid=value).first()
        return entries_with(rows, Dimensions(section=section)) if section else rows.none()


class EntryOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    number = serializers.CharField(source="number_text")
    date = serializers.DateField()
    kind = serializers.CharField(help_text=", ".join(EntryKind.values))
    description = serializers.CharField()
    by = serializers.CharField(source="posted_by_name")
    posted_at = serializers.DateTimeField()


class EntryLineOut(serializers.Serializer[Any]):
    """One side: the amount in its currency and in the books' own. An exchange difference has the latter alone."""

    account = serializers.CharField(source="account.code")
    side = serializers.SerializerMethodField(help_text="debit, credit")
    amount = serializers.SerializerMethodField()
    in_base = serializers.SerializerMethodField()
    party = serializers.UUIDField(source="party.uid", default=None, allow_null=True)
    charge = serializers.UUIDField(source="charge.uid", default=None, allow_null=True)
    text = serializers.CharField(source="description")

    def get_side(self, line: Line) -> str:
        return "debit" if line.debit or line.base_debit else "credit"

    @extend_schema_field(MoneyOut)
    def get_amount(self, line: Line) -> dict[str, str]:
        return money_out(line.debit or line.credit, line.currency)

    @extend_schema_field(MoneyOut)
    def get_in_base(self, line: Line) -> dict[str, str]:
        return money_out(line.base_debit or line.base_credit, self.context["base"])


class EntryDetailOut(EntryOut):
    reverses = serializers.UUIDField(source="reverses.uid", default=None, allow_null=True)
    reversed_by = serializers.SerializerMethodField()
    lines = serializers.SerializerMethodField()

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_reversed_by(self, entry: Entry) -> str | None:
        mirror = getattr(entry, "reversal", None)
        return str(mirror.uid) if mirror is not None else None

    @extend_schema_field(EntryLineOut(many=True))
    def get_lines(self, entry: Entry) -> Any:
        lines = lines_of(self.context["viewer"], entry)
        return EntryLineOut(lines, many=True, context={"base": base_currency(entry.date)}).data


class VoucherLineIn(serializers.Serializer[Any]):
    account = serializers.CharField(
        max_length=30, help_text="The code of an account that takes postings."
    )
    side = serializers.ChoiceField(choices=["debit", "credit"])
    amount = serializers.CharField(max_length=30, help_text='In the voucher\'s currency, "12.50".')
    text = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    party = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Whose the line is; needed on accounts that are kept by person.",
    )
    budget_line = serializers.UUIDField(required=False, allow_null=True, default=None)


class VoucherIn(serializers.Serializer[Any]):
    date = serializers.DateField()
    currency = serializers.ChoiceField(choices=sorted(CURRENCIES))
    description = serializers.CharField(max_length=300)
    lines = serializers.ListField(child=VoucherLineIn(), min_length=2, max_length=MOST_LINES)


class Entries(Endpoint):
    """The journal: what was posted, whatever posted it."""

    module = "finance"
    scope = "finance"
    permissions: ClassVar = {
        "list": "finance.read",
        "retrieve": "finance.read",
        "create": "finance.post_voucher",
        "reversal": "finance.post_voucher",
    }
    queryset = Entry.objects.none()
    serializer_class = EntryOut
    filterset_class = EntryFilters

    def get_queryset(self) -> QuerySet[Entry]:
        return entries(self.viewer)

    @extend_schema(responses=EntryOut(many=True))
    def list(self, request: Request) -> Response:
        """Posted entries, newest first, without their lines."""
        return self.page(self.get_queryset(), EntryOut)

    @extend_schema(responses=EntryDetailOut)
    def retrieve(self, request: Request, uid: str) -> Response:
        """One entry with its lines, what it reverses and what reversed it."""
        return Response(self._told(UUID(uid)))

    @extend_schema(request=VoucherIn, responses={201: EntryDetailOut})
    @idempotent(required=True)
    def create(self, request: Request) -> Response:
        """Post a voucher by hand: debit and credit equal, in one currency, in an open month."""
        asked = self.parsed(VoucherIn)
        entry = post_voucher(
            on=asked["date"],
            description=asked["description"],
            currency=asked["currency"],
            lines=_hand_lines(self.viewer, asked),
            by=self.viewer,
        )
        response = Response(self._told(entry.uid), status=201)
        response["Location"] = reverse("entry-detail", args=[entry.uid])
        return response

    @extend_schema(request=ReasonIn, responses={201: EntryDetailOut})
    @action(detail=True, methods=["post"])
    @idempotent(required=True)
    def reversal(self, request: Request, uid: str) -> Response:
        """Take a voucher written by hand back by its opposite; answers the opposite."""
        reason = self.parsed(ReasonIn)["reason"]
        mirror = reverse_voucher(entry_for(self.viewer, UUID(uid)), reason=reason, by=self.viewer)
        return Response(self._told(mirror.uid), status=201)

    def _told(self, uid: UUID) -> Any:
        return EntryDetailOut(entry_for(self.viewer, uid), context={"viewer": self.viewer}).data


def _hand_lines(viewer: Viewer, asked: dict[str, Any]) -> list[HandLine]:
    """Refuses `AccountUnknown`, a budget line that is not there, amounts that are none."""
    codes = {one["account"] for one in asked["lines"]}
    by_code = {one.code: one for one in Account.objects.filter(code__in=codes)}
    found = []
    for one in asked["lines"]:
        if one["account"] not in by_code:
            raise AccountUnknown(account=one["account"])
        amount = parse_amount(one["amount"], asked["currency"]).amount
        is_debit = one["side"] == "debit"
        found.append(
            HandLine(
                account=by_code[one["account"]],
                debit=amount if is_debit else Decimal(0),
                credit=Decimal(0) if is_debit else amount,
                party_id=party_for(viewer, one["party"]).pk if one["party"] else None,
                description=one["text"],
                budget_line=budget_line_for(viewer, one["budget_line"])
                if one["budget_line"]
                else None,
            )
        )
    return found
