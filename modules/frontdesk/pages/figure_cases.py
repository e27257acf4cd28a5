"""The lists behind the figures: each number, share, median and wait opens what it was counted from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from frontend.pages import DeskRequest, page
from frontend.tables import list_page as listed
from kernel.calendar.selectors import today
from kernel.organisation.selectors import section_names
from modules.frontdesk.pages.figure_tables import (
    LEFT,
    CaseTable,
    DoneStepTable,
    OpenRequestTable,
    OpenStepTable,
    TicketTable,
)
from modules.frontdesk.pages.figures import SPAN, PeriodForm, period_query
from modules.frontdesk.selectors.catalogue import service_names
from modules.frontdesk.selectors.figure_cases import (
    FINISHED,
    NOW,
    TICKETS,
    counted_steps,
    counted_tickets,
    done_steps,
    middle,
    nine_of_ten,
    open_requests,
    open_steps,
    overdue_requests,
    request_cases,
    tickets,
)
from modules.frontdesk.selectors.hall import hall

TITLES = {
    "finished": gettext_lazy("Done in the period"),
    "in_time": gettext_lazy("On time"),
    "late": gettext_lazy("After the day"),
    "returned": gettext_lazy("Returns"),
    "first": gettext_lazy("Complete at first"),
    "open": gettext_lazy("Open now"),
    "overdue": gettext_lazy("Late"),
    "taken": gettext_lazy("Tickets"),
    "called": gettext_lazy("Called, by the wait"),
    "served": gettext_lazy("Served, by the service"),
    "absent": gettext_lazy("Did not come"),
    "left": LEFT,
}


@require_safe
@page(permission="frontdesk.see_all", module="frontdesk")
def requests_behind(request: DeskRequest) -> HttpResponse:
    """Requests behind a service's figures, or behind those of all services."""
    names = dict(service_names())
    asked = _Asked(request, known=names, by="service", kinds=(*FINISHED, *NOW))
    viewer, code = request.viewer, asked.code
    cases = request_cases(viewer, **asked.period, service=code, shown=True)
    running = open_requests(viewer, service=code)
    late = overdue_requests(viewer, service=code)
    counts = {kind: sum(1 for one in cases if one.is_among(kind)) for kind in FINISHED}
    counts |= {"open": running.count(), "overdue": late.count()}
    rows: Any = [one for one in cases if one.is_among(asked.kind)]
    if asked.kind in NOW:
        rows = running if asked.kind == "open" else late
    timed = len(cases) if asked.kind == "finished" else 0
    return listed(
        request,
        table=OpenRequestTable if asked.kind in NOW else CaseTable,
        queryset=rows,
        template="frontdesk/figure_cases.html",
        title=asked.title(_("All services")),
        context=asked.context(counts, _marks(timed, lambda place: cases[place - 1].days)),
        totals=lambda found: (
            {"returns": sum(one.returns for one in found)} if asked.kind == "returned" else {}
        ),
        table_kwargs={"viewer": viewer},
    )


@require_safe
@page(permission="frontdesk.see_all", module="frontdesk")
def steps_behind(request: DeskRequest) -> HttpResponse:
    """Steps behind a section's figures, or behind those of all sections."""
    asked = _Asked(request, known=dict(section_names()), by="section", kinds=(*FINISHED, *NOW))
    viewer, code = request.viewer, asked.code
    counts = {
        **counted_steps(viewer, **asked.period, section=code),
        "open": open_steps(viewer, section=code).count(),
        "overdue": open_steps(viewer, section=code, overdue=True).count(),
    }
    rows = (
        open_steps(viewer, section=code, overdue=asked.kind == "overdue")
        if asked.kind in NOW
        else done_steps(viewer, **asked.period, section=code, kind=asked.kind)
    )
    timed = counts["finished"] if asked.kind == "finished" else 0
    return listed(
        request,
        table=OpenStepTable if asked.kind in NOW else DoneStepTable,
        queryset=rows.select_related(
            "section", "assignee", "request__service_version", "request__applicant"
        ),
        template="frontdesk/figure_cases.html",
        title=asked.title(_("All sections")),
        context=asked.context(counts, _marks(timed, _of(rows, "days_used"))),
        table_kwargs={"viewer": viewer},
    )


@require_safe
@page(permission="frontdesk.see_all", module="frontdesk")
def tickets_behind(request: DeskRequest) -> HttpResponse:
    """Tickets behind the waiting times of a category or a counter."""
    known = {one.code: f"{one.code} · {one.title}" for one in hall().categories}
    counter = request.GET.get("counter", "")[:20]
    asked = _Asked(request, known=known, by="category", kinds=TICKETS)
    which: dict[str, Any] = {**asked.period, "category": asked.code, "counter": counter}
    counts = counted_tickets(**which)
    rows = tickets(**which, kind=asked.kind)
    timed = counts[asked.kind] if asked.kind in ("called", "served") else 0
    seconds = "served_seconds" if asked.kind == "served" else "waited_seconds"
    marks = _marks(timed, _of(rows, seconds), minutes=True)
    whole = _("Counter %(name)s") % {"name": counter} if counter else _("All categories")
    return listed(
        request,
        table=TicketTable,
        queryset=rows,
        template="frontdesk/hall/tickets.html",
        title=asked.title(whole),
        context=asked.context(counts, marks, counter=counter),
    )


class _Asked:
    """What a list behind a figure is asked for: whose, of which period, which of its lists."""

    def __init__(
        self, request: DeskRequest, *, known: Mapping[str, str], by: str, kinds: tuple[str, ...]
    ) -> None:
        form = PeriodForm(request.GET or None)
        given = form.cleaned_data if form.is_valid() else {}
        until = given.get("until") or today()
        self.period = {"since": given.get("since") or until - SPAN, "until": until}
        self.code = request.GET.get(by, "")[:60]
        self.kind = request.GET.get("show", "")
        if self.kind not in kinds:
            self.kind = kinds[0]
        self.by, self.known, self.kinds = by, known, kinds
        self.form = PeriodForm(initial=self.period)

    def title(self, whole: str) -> str:
        return self.known.get(self.code, self.code) or whole

    def context(
        self, counts: Mapping[str, int], marks: Sequence[Mapping[str, Any]], **more: str
    ) -> dict[str, Any]:
        kept = {self.by: self.code, **more}
        span = period_query(**self.period)
        tabs = [
            {
                "title": TITLES[kind],
                "count": counts[kind],
                "current": kind == self.kind,
                "url": f"?{urlencode({**kept, 'show': kind})}&{span}",
            }
            for kind in self.kinds
        ]
        return {
            "tabs": tabs,
            "marks": marks,
            "period_form": self.form,
            "kept": {**kept, "show": self.kind},
            "period": None if self.kind in NOW else self.period,
        }


def _marks(many: int, at: Callable[[int], int], *, minutes: bool = False) -> list[dict[str, Any]]:
    """The median and the ninetieth percentile of a sorted list, and at which places of it they stand."""
    if not many:
        return []
    low, high = middle(many)
    nine = nine_of_ten(many)
    median: float = (at(low) + at(high)) / 2
    most: float = at(nine)
    if minutes:
        median, most = round(median / 60), round(most / 60)
    places = f"{low}–{high}" if low != high else f"{low}"
    unit = _("minutes") if minutes else _("working days")
    return [
        {
            "value": f"{value:g}",
            "label": f"{title}, {unit}" if get_language() == "en" else f"{title}، {unit}",
            "more": _("at place %(place)s of %(many)s") % {"place": place, "many": many},
        }
        for value, title, place in (
            (median, _("Median"), places),
            (most, _("Nine of ten took at most"), f"{nine}"),
        )
    ]


def _of(rows: QuerySet[Any, Any], name: str) -> Callable[[int], int]:
    """The number at a place of a sorted list, places counted from one."""
    return lambda place: rows.values_list(name, flat=True)[place - 1] or 0
