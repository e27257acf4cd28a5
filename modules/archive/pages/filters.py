"""What the archive's list is filtered by."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField
from kernel.organisation.models import Section
from kernel.text import tokens
from modules.archive.models import Record
from modules.archive.selectors import matching, own_sections, type_choices


class DayFilter(django_filters.Filter):
    """A day typed as people write it."""

    field_class = DateField


class RecordFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number or words"), method="by_text")
    type = django_filters.ChoiceFilter(
        label=_("Type"), field_name="type_code", choices=type_choices
    )
    since = DayFilter(label=_("From"), field_name="filed_on", lookup_expr="gte")
    until = DayFilter(label=_("To"), field_name="filed_on", lookup_expr="lte")
    section = django_filters.ModelChoiceFilter(
        label=_("Section"), queryset=lambda request: own_sections(), method="by_section"
    )
    party = django_filters.CharFilter(label=_("Person or ID number"), method="by_party")

    class Meta:
        model = Record
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Record], name: str, value: str) -> QuerySet[Record]:
        return matching(rows, value)

    def by_section(self, rows: QuerySet[Record], name: str, value: Section) -> QuerySet[Record]:
        return rows.filter(section_ids__contains=[value.pk])

    def by_party(self, rows: QuerySet[Record], name: str, value: str) -> QuerySet[Record]:
        text = value.strip()
        if text.isdigit():
            return rows.filter(party__id_number=text.zfill(9))
        words = tokens(text)
        return rows.filter(party__search_words__contains=words) if words else rows.none()
