"""Lists of work: the inbox, all requests, and where a request is."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from frontend.pages import DeskRequest, page
from frontend.tables import Column, DateColumn, DeskTable, LinkColumn, StateColumn, list_page
from kernel.calendar.selectors import today
from kernel.organisation.selectors import section_names
from kernel.terms import term_lazy
from modules.frontdesk.constants import (
    OPEN_STATES,
    Channel,
    PauseKind,
    State,
    StepKind,
    StepState,
)
from modules.frontdesk.forms import WhereForm
from modules.frontdesk.models import Pause, Request, RequestStep
from modules.frontdesk.pages.showing import STATE_KINDS, applicant_name
from modules.frontdesk.selectors.catalogue import service_names
from modules.frontdesk.selectors.numbers import meant_numbers
from modules.frontdesk.selectors.refunds import with_refund_due
from modules.frontdesk.selectors.requests import pauses_of, requests_list, steps_of
from modules.frontdesk.selectors.where import shown_steps, whereabouts


class RequestTable(DeskTable):
    number = LinkColumn(
        verbose_name=term_lazy("request_number"),
        url=lambda one: reverse("frontdesk:request", args=[one.uid]),
        code=True,
        order_by=("id",),
    )
    service = Column(
        accessor="service_version__title", verbose_name=gettext_lazy("Service"), orderable=False
    )
    applicant = Column(
        accessor="applicant__full_name", verbose_name=term_lazy("applicant"), orderable=False
    )
    submitted_on = DateColumn(verbose_name=gettext_lazy("Submitted on"), orderable=False)
    promised_on = DateColumn(verbose_name=gettext_lazy("Promised on"), orderable=False)
    state = StateColumn(kinds=STATE_KINDS, verbose_name=gettext_lazy("State"), orderable=False)

    empty_title = gettext_lazy("No request fits")
    empty_text = gettext_lazy("Take a filter away, or look in the one box by number or name.")

    class Meta(DeskTable.Meta):
        model = Request
        fields: ClassVar = (
            "number",
            "service",
            "applicant",
            "submitted_on",
            "promised_on",
            "state",
        )

    def __init__(self, *args: Any, viewer: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def render_applicant(self, record: Request) -> str:
        return applicant_name(self.viewer, record)

    def value_applicant(self, record: Request) -> str:
        return applicant_name(self.viewer, record)


class RequestFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=gettext_lazy("Number"), method="by_number")
    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=[one for one in State.choices if one[0] != State.DRAFT]
    )
    service = django_filters.ChoiceFilter(
        label=gettext_lazy("Service"), field_name="service_version__service__code"
    )
    section = django_filters.ChoiceFilter(label=gettext_lazy("Now with"), method="now_with")
    channel = django_filters.ChoiceFilter(label=gettext_lazy("Channel"), choices=Channel.choices)
    submitted = django_filters.DateFromToRangeFilter(
        label=gettext_lazy("Submitted on"), field_name="submitted_on"
    )
    late = django_filters.BooleanFilter(
        label=gettext_lazy("Past the promised date"), method="is_late"
    )

    open = django_filters.BooleanFilter(label=gettext_lazy("Open now"), method="is_open")
    closed = django_filters.DateFromToRangeFilter(
        label=gettext_lazy("Finished on"), field_name="closed_at__date"
    )
    returned = django_filters.BooleanFilter(
        label=gettext_lazy("Was returned to the citizen"), method="was_returned"
    )

    missed = django_filters.BooleanFilter(
        label=gettext_lazy("Finished after the promised date"), method="was_missed"
    )
    passed = django_filters.ChoiceFilter(label=gettext_lazy("Step done by"), method="done_by")
    passed_on = django_filters.DateFromToRangeFilter(
        label=gettext_lazy("Step done on"), method="with_section"
    )

    refund = django_filters.BooleanFilter(
        label=gettext_lazy("Paid in vain, refund not asked yet"), method="refund_due"
    )

    class Meta:
        model = Request
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["service"].extra["choices"] = service_names()
        self.filters["section"].extra["choices"] = names = section_names()
        self.filters["passed"].extra["choices"] = names

    def was_missed(
        self, queryset: QuerySet[Request], name: str, missed: bool | None
    ) -> QuerySet[Request]:
        if missed is None:
            return queryset
        among = Q(closed_at__date__gt=F("promised_on"))
        return queryset.filter(among) if missed else queryset.exclude(among)

    def done_by(self, queryset: QuerySet[Request], name: str, section: str) -> QuerySet[Request]:
        """Through which section they went, on the days that are asked for beside it: as the figures count steps."""
        steps = RequestStep.objects.filter(section__code=section, state=StepState.DONE)
        span = self.form.cleaned_data.get("passed_on")
        if span and span.start:
            steps = steps.filter(done_at__gte=span.start)
        if span and span.stop:
            steps = steps.filter(done_at__lte=span.stop)
        done = steps.exclude(kind=StepKind.FEE_COLLECTION)
        return queryset.filter(pk__in=done.values("request_id"))

    def with_section(self, queryset: QuerySet[Request], name: str, span: Any) -> QuerySet[Request]:
        return queryset  # `done_by` asks for both of one step

    def refund_due(
        self, queryset: QuerySet[Request], name: str, wanted: bool | None
    ) -> QuerySet[Request]:
        return with_refund_due(queryset) if wanted else queryset

    def is_open(
        self, queryset: QuerySet[Request], name: str, is_open: bool | None
    ) -> QuerySet[Request]:
        if is_open is None:
            return queryset
        among = Q(state__in=OPEN_STATES)
        return queryset.filter(among) if is_open else queryset.exclude(among)

    def was_returned(
        self, queryset: QuerySet[Request], name: str, returned: bool | None
    ) -> QuerySet[Request]:
        if returned is None:
            return queryset
        came_back = Pause.objects.filter(kind=PauseKind.CITIZEN).values("request_id")
        among = Q(pk__in=came_back)
        return queryset.filter(among) if returned else queryset.exclude(among)

    def by_number(self, queryset: QuerySet[Request], name: str, typed: str) -> QuerySet[Request]:
        return queryset.filter(number__in=meant_numbers(typed) or [typed])

    def now_with(self, queryset: QuerySet[Request], name: str, section: Any) -> QuerySet[Request]:
        at = RequestStep.objects.filter(section__code=section, state="open").values("request_id")
        return queryset.filter(pk__in=at)

    def is_late(
        self, queryset: QuerySet[Request], name: str, late: bool | None
    ) -> QuerySet[Request]:
        overdue = Q(promised_on__lt=today(), closed_at=None)
        return (
            queryset
            if late is None
            else queryset.filter(overdue)
            if late
            else queryset.exclude(overdue)
        )


@require_safe
@page(module="frontdesk")
def all_requests(request: DeskRequest) -> HttpResponse:
    """Every request that the viewer may see, filtered."""
    return list_page(
        request,
        table=RequestTable,
        queryset=requests_list(request.viewer),
        filters=RequestFilter,
        template="frontdesk/list.html",
        title=_("All requests"),
        table_kwargs={"viewer": request.viewer},
    )


@require_safe
@page(module="frontdesk")
def where(request: DeskRequest) -> HttpResponse:
    """«عند مين المعاملة؟»: one number in, one large answer out."""
    form = WhereForm(request.GET or None)
    found, places, steps = None, [], []
    typed = request.GET.get("q", "")
    if typed:
        found = requests_list(request.viewer).filter(number__in=meant_numbers(typed)).first()
    if found is not None:
        route, pauses = steps_of(found), pauses_of(found)
        places, steps = whereabouts(found, route, pauses), shown_steps(route, pauses)
    return render(
        request,
        "frontdesk/where.html",
        {
            "form": form,
            "typed": typed,
            "found": found,
            "places": places,
            "steps": steps,
            "applicant": applicant_name(request.viewer, found) if found else "",
        },
    )
