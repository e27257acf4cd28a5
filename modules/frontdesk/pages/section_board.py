"""The board of sections: on the wall, on paper, as a sheet."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend.pages import DeskRequest, page
from frontend.tables import Column, DateColumn, DeskTable
from frontend.tables.sheets import sheet_response
from kernel.calendar.selectors import today
from modules.frontdesk.pages.figures import period_query
from modules.frontdesk.selectors.section_board import WEEKS, section_board, week_of


class SectionSheet(DeskTable):
    """What the sheet has."""

    name = Column(verbose_name=gettext_lazy("Section"))
    open = Column(verbose_name=gettext_lazy("Open now"))
    overdue = Column(verbose_name=gettext_lazy("Late"))
    oldest_on = DateColumn(verbose_name=gettext_lazy("Oldest since"))
    oldest_days = Column(verbose_name=gettext_lazy("Oldest open, days"))
    this_week = Column(verbose_name=gettext_lazy("Done this week"))
    this_month = Column(verbose_name=gettext_lazy("Done this month"))
    on_time = Column(verbose_name=gettext_lazy("On time this month, %"))

    class Meta(DeskTable.Meta):
        fields: ClassVar = (
            "name",
            "open",
            "overdue",
            "oldest_on",
            "oldest_days",
            "this_week",
            "this_month",
            "on_time",
        )


@require_safe
@page(permission="frontdesk.see_all", module="frontdesk")
def board(request: DeskRequest) -> HttpResponse:
    """Open, late, oldest, done and on time of each section; every number opens its list."""
    lines = section_board(request.viewer)
    if request.GET.get("export") == "xlsx":
        return sheet_response(SectionSheet(lines), title=_("Board of sections"))
    day = today()
    week = week_of(day)
    context = {
        "lines": lines,
        "on": day,
        "spans": {
            "week": period_query(week, day),
            "weeks": period_query(week - timedelta(weeks=WEEKS - 1), day),
            "month": period_query(day.replace(day=1), day),
        },
        "weeks": WEEKS,
        "open": sum(one.open for one in lines),
        "overdue": sum(one.overdue for one in lines),
        "this_week": sum(one.this_week for one in lines),
        "this_month": sum(one.this_month for one in lines),
    }
    return render(request, "frontdesk/section_board.html", context)
