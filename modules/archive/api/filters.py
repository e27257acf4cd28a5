"""Filters of the archive at the edge."""

from __future__ import annotations

import django_filters

from modules.archive.models import Record


class RecordFilters(django_filters.FilterSet):
    number = django_filters.CharFilter()
    type = django_filters.CharFilter(field_name="type_code")
    subject = django_filters.CharFilter()
    party = django_filters.UUIDFilter(field_name="party__uid")
    filed_on_gte = django_filters.DateFilter(field_name="filed_on", lookup_expr="gte")
    filed_on_lte = django_filters.DateFilter(field_name="filed_on", lookup_expr="lte")

    class Meta:
        model = Record
        fields: tuple[str, ...] = ()
