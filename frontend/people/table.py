from __future__ import annotations

from typing import ClassVar

import django_tables2
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from frontend.tables import CodeColumn, DeskTable, LinkColumn
from kernel.parties.identifiers import national_form
from kernel.parties.models import Party
from kernel.terms import term_lazy


class PeopleTable(DeskTable):
    """The register of persons and organisations."""

    empty_title = _("Nobody is registered yet")
    empty_text = _("Enter the first person, or let the administrator import the register.")

    full_name = LinkColumn(
        verbose_name=_("Name"),
        url=lambda party: reverse("people:person", args=[party.uid]),
        order_by=("search_key", "id"),
    )
    id_number = CodeColumn(verbose_name=term_lazy("id_number"))
    kind = django_tables2.Column(verbose_name=_("Kind"), orderable=False)
    phones = django_tables2.Column(verbose_name=_("Telephone"), orderable=False)
    neighbourhood = django_tables2.Column(
        verbose_name=_("Neighbourhood"), accessor="address__neighbourhood", orderable=False
    )

    class Meta:
        model = Party
        fields = ("full_name", "id_number", "kind", "phones", "neighbourhood")
        attrs: ClassVar = {"class": "table table-cards"}

    def render_phones(self, value: list[str]) -> SafeString:
        shown = ((national_form(phone),) for phone in value if phone)
        return format_html_join(mark_safe("<br>"), '<bdi dir="ltr" class="ltr">{}</bdi>', shown)

    def value_phones(self, value: list[str]) -> str:
        return ", ".join(value)
