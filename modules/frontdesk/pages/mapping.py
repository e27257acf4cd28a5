"""«الشكاوى على الخريطة»: requests with a point, on the map and in the table beside it."""

from __future__ import annotations

from typing import ClassVar

from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend.pages import DeskRequest, page
from frontend.tables import Column, DateColumn, DeskTable, LinkColumn, StateColumn, list_page
from kernel.profile.selectors import profile
from kernel.terms import term_lazy
from modules.frontdesk.models import Request
from modules.frontdesk.pages.lists import RequestFilter
from modules.frontdesk.pages.showing import STATE_KINDS
from modules.frontdesk.points import centre_of
from modules.frontdesk.selectors.requests import requests_list


class PointTable(DeskTable):
    """What stands on the map, row by row; the map shows exactly the rows of this page."""

    number = LinkColumn(
        verbose_name=term_lazy("request_number"),
        url=lambda one: reverse("frontdesk:request", args=[one.uid]),
        code=True,
        order_by=("id",),
    )
    service = Column(
        accessor="service_version__title", verbose_name=gettext_lazy("Service"), orderable=False
    )
    what = Column(empty_values=(), verbose_name=gettext_lazy("About"), orderable=False)
    submitted_on = DateColumn(verbose_name=gettext_lazy("Submitted on"), orderable=False)
    state = StateColumn(kinds=STATE_KINDS, verbose_name=gettext_lazy("State"), orderable=False)
    point = Column(verbose_name=gettext_lazy("Point"), orderable=False)

    empty_title = gettext_lazy("Nothing stands on the map")
    empty_text = gettext_lazy(
        "A request stands here once its form asks for a point and somebody gave one."
    )

    class Meta(DeskTable.Meta):
        model = Request
        fields: ClassVar = ("number", "service", "what", "submitted_on", "state", "point")

    def render_what(self, record: Request) -> str:
        return what_is_asked(record)

    def render_point(self, record: Request) -> SafeString:
        """The point in numbers, and what the map reads of it."""
        return format_html(
            '<bdi dir="ltr" class="ltr" data-point="{}" data-point-label="{}" data-point-url="{}">{}</bdi>',
            record.point,
            f"{record.number} · {what_is_asked(record)}",
            reverse("frontdesk:request", args=[record.uid]),
            record.point,
        )

    def value_what(self, record: Request) -> str:
        return what_is_asked(record)


@require_safe
@page(module="frontdesk")
def requests_map(request: DeskRequest) -> HttpResponse:
    """Requests that have a point, filtered like any list."""
    found = requests_list(request.viewer).filter(latitude__isnull=False)
    town = profile()
    return list_page(
        request,
        table=PointTable,
        queryset=found,
        filters=RequestFilter,
        template="frontdesk/map.html",
        title=_("Complaints on the map"),
        context={"centre": centre_of(town.governorate_ar, gaza=town.dialect == "gaza")},
    )


def what_is_asked(request: Request) -> str:
    """The request's first choice from a list, in words: what the complaint is about."""
    for one in request.design.fields:
        if one.kind == "choice" and one.code in request.answers:
            chosen = request.answers[one.code]
            return next((str(c.label) for c in one.choices if c.code == chosen), str(chosen))
    return str(request.answers.get("subject", ""))
