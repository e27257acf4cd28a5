from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import django_filters
import django_tables2
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from frontend.tables import DeskTable, LinkColumn, StateColumn
from kernel.places.constants import LandKind
from kernel.places.models import LandUnit
from kernel.places.selectors import neighbourhoods
from kernel.terms import term_lazy


class LandFilter(django_filters.FilterSet):
    block = django_filters.CharFilter(label=term_lazy("land_block_number"), field_name="block_no")
    kind = django_filters.ChoiceFilter(label=_("Kind of land"), choices=LandKind.choices)
    neighbourhood = django_filters.ModelChoiceFilter(
        label=_("Neighbourhood"), queryset=lambda request: neighbourhoods()
    )
    standing = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        choices=[("standing", _("Standing")), ("retired", _("Retired"))],
    )

    class Meta:
        model = LandUnit
        fields: ClassVar[list[str]] = []

    def by_state(self, rows: QuerySet[LandUnit], name: str, wanted: str) -> QuerySet[LandUnit]:
        return rows.filter(retired_on__isnull=wanted == "standing")


class LandTable(DeskTable):
    empty_title = _("No parcels are registered yet")

    label = LinkColumn(
        verbose_name=term_lazy("land_unit"),
        url=lambda unit: reverse("places:land", args=[unit.uid]),
        order_by=("search_key",),
    )
    kind = django_tables2.Column(verbose_name=_("Kind of land"))
    neighbourhood = django_tables2.Column(verbose_name=_("Neighbourhood"), orderable=False)
    area_m2 = django_tables2.Column(
        verbose_name=_("Area m²"), attrs={"td": {"class": "cell-number"}}
    )
    retired_on = StateColumn(
        verbose_name=_("State"),
        kinds=lambda unit: "neutral" if unit.is_retired else "ok",
        show=lambda unit: _("Retired") if unit.is_retired else _("Standing"),
        empty_values=(),
    )

    class Meta:
        model = LandUnit
        fields = ("label", "kind", "neighbourhood", "area_m2", "retired_on")

    def render_area_m2(self, value: Decimal) -> SafeString:
        return format_html('<bdi dir="ltr" class="amount">{}</bdi>', f"{value:,.2f}")
