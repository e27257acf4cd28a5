"""Filters of the list of requests at the edge."""

from __future__ import annotations

from uuid import UUID

import django_filters
from django.db.models import Q, QuerySet

from kernel.calendar.selectors import today
from modules.frontdesk.constants import Channel, State, StepState
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.selectors.requests import SEE_HIDDEN

SUBMITTED_STATES = [one for one in State.choices if one[0] != State.DRAFT]


class StateIn(django_filters.BaseInFilter, django_filters.ChoiceFilter):
    """Several states, with commas between."""


class RequestFilters(django_filters.FilterSet):
    number = django_filters.CharFilter()
    state = django_filters.ChoiceFilter(choices=SUBMITTED_STATES)
    state_in = StateIn(field_name="state", lookup_expr="in", choices=SUBMITTED_STATES)
    service = django_filters.CharFilter(field_name="service_version__service__code")
    applicant = django_filters.UUIDFilter(method="by_applicant")
    section = django_filters.CharFilter(method="at_section")
    channel = django_filters.ChoiceFilter(choices=Channel.choices)
    submitted_on_gte = django_filters.DateFilter(field_name="submitted_on", lookup_expr="gte")
    submitted_on_lte = django_filters.DateFilter(field_name="submitted_on", lookup_expr="lte")
    promised_on_lte = django_filters.DateFilter(field_name="promised_on", lookup_expr="lte")
    late = django_filters.BooleanFilter(method="is_late")

    class Meta:
        model = Request
        fields: tuple[str, ...] = ()

    def by_applicant(self, rows: QuerySet[Request], name: str, uid: UUID) -> QuerySet[Request]:
        """By person; who may not learn of hidden complainants does not find them this way either."""
        viewer = self.request.viewer
        rows = rows.filter(applicant__uid=uid)
        if viewer.may(SEE_HIDDEN):
            return rows
        return rows.filter(Q(is_hidden=False) | Q(opened_by_id=viewer.user_id))

    def at_section(self, rows: QuerySet[Request], name: str, code: str) -> QuerySet[Request]:
        open_there = RequestStep.objects.filter(section__code=code, state=StepState.OPEN)
        return rows.filter(pk__in=open_there.values("request_id"))

    def is_late(self, rows: QuerySet[Request], name: str, late: bool) -> QuerySet[Request]:
        overdue = Q(promised_on__lt=today(), closed_at=None)
        return rows.filter(overdue) if late else rows.exclude(overdue)
