"""Filters of finance's lists at the edge."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from modules.finance.models import Charge, Receipt


class ChargeFilters(django_filters.FilterSet):
    party = django_filters.UUIDFilter(field_name="party__uid")
    kind = django_filters.CharFilter(field_name="kind__code")
    year = django_filters.NumberFilter()
    due_on_lte = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")
    source_module = django_filters.CharFilter()
    source_record = django_filters.CharFilter()
    open = django_filters.BooleanFilter(method="by_open")

    class Meta:
        model = Charge
        fields: tuple[str, ...] = ()

    def by_open(self, rows: QuerySet[Charge], name: str, value: bool) -> QuerySet[Charge]:
        return rows.filter(balance__gt=0) if value else rows.filter(balance__lte=0)


class ReceiptFilters(django_filters.FilterSet):
    party = django_filters.UUIDFilter(field_name="party__uid")
    number = django_filters.CharFilter(field_name="number_text")
    box = django_filters.CharFilter(field_name="box__code")
    received_on_gte = django_filters.DateFilter(field_name="received_on", lookup_expr="gte")
    received_on_lte = django_filters.DateFilter(field_name="received_on", lookup_expr="lte")

    class Meta:
        model = Receipt
        fields: tuple[str, ...] = ()
