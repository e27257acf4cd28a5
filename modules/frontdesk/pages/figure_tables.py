"""Tables of the lists behind the figures: requests, steps and tickets with the days or minutes that were counted."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy

from frontend.tables import CodeColumn, Column, DateColumn, DeskTable, LinkColumn, StateColumn
from kernel.calendar.selectors import today, working_calendar
from kernel.terms import term_lazy
from modules.frontdesk.constants import TicketState
from modules.frontdesk.models import Request, RequestStep, Ticket
from modules.frontdesk.pages.showing import STATE_KINDS, applicant_name

LEFT = gettext_lazy("Left the hall")
TICKET_KINDS = {
    TicketState.WAITING: "info",
    TicketState.CALLED: "info",
    TicketState.SERVED: "ok",
    TicketState.ABSENT: "warn",
    TicketState.LEFT: "neutral",
}


class PlaceColumn(Column):
    """The row's place in the whole list, by which a median is found in it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            verbose_name=gettext_lazy("Place"), empty_values=(), orderable=False, **kwargs
        )

    def render(self, bound_row: Any, table: Any) -> int:
        page = getattr(table, "page", None)
        table.places = getattr(table, "places", page.start_index() - 1 if page else 0) + 1
        return int(table.places)


class MinutesColumn(Column):
    """Seconds as whole minutes."""

    def render(self, value: int) -> int:
        return round(value / 60)


class _OfRequests(DeskTable):
    """What tables of requests and of their steps share: who asked, or that the name is withheld."""

    def __init__(self, *args: Any, viewer: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def render_applicant(self, record: Any) -> str:
        return applicant_name(self.viewer, getattr(record, "request", record))

    value_applicant = render_applicant


class CaseTable(_OfRequests):
    """Requests that ended, by their working days."""

    place = PlaceColumn()
    number = LinkColumn(
        accessor="request__number",
        verbose_name=term_lazy("request_number"),
        url=lambda case: reverse("frontdesk:request", args=[case.request.uid]),
        code=True,
        orderable=False,
    )
    service = Column(
        accessor="request__service_version__title",
        verbose_name=gettext_lazy("Service"),
        orderable=False,
    )
    applicant = Column(
        accessor="request__applicant__full_name",
        verbose_name=term_lazy("applicant"),
        orderable=False,
    )
    submitted_on = DateColumn(
        accessor="request__submitted_on", verbose_name=gettext_lazy("Submitted on"), orderable=False
    )
    promised_on = DateColumn(
        accessor="request__promised_on", verbose_name=gettext_lazy("Promised on"), orderable=False
    )
    closed_at = DateColumn(
        accessor="request__closed_at", verbose_name=gettext_lazy("Finished on"), orderable=False
    )
    days = Column(verbose_name=gettext_lazy("Working days"), orderable=False)
    returns = Column(verbose_name=gettext_lazy("Returns"), orderable=False)

    empty_title = gettext_lazy("Nothing was counted here")
    empty_text = gettext_lazy("Choose another period, or another of the lists above.")


class OpenRequestTable(_OfRequests):
    """Requests that run, by how long they have been running."""

    number = LinkColumn(
        verbose_name=term_lazy("request_number"),
        url=lambda one: reverse("frontdesk:request", args=[one.uid]),
        code=True,
        orderable=False,
    )
    service = Column(
        accessor="service_version__title", verbose_name=gettext_lazy("Service"), orderable=False
    )
    applicant = Column(
        accessor="applicant__full_name", verbose_name=term_lazy("applicant"), orderable=False
    )
    submitted_on = DateColumn(verbose_name=gettext_lazy("Submitted on"), orderable=False)
    promised_on = DateColumn(verbose_name=gettext_lazy("Promised on"), orderable=False)
    age = Column(
        accessor="submitted_on", verbose_name=gettext_lazy("Open, working days"), orderable=False
    )
    state = StateColumn(kinds=STATE_KINDS, verbose_name=gettext_lazy("State"), orderable=False)

    empty_title = gettext_lazy("Nothing was counted here")

    class Meta(DeskTable.Meta):
        model = Request
        fields: ClassVar = (
            "number", "service", "applicant", "submitted_on", "promised_on", "age", "state",
        )  # fmt: skip

    def render_age(self, value: date) -> int:
        return working_calendar().working_days_between(value, today())

    value_age = render_age


class _StepTable(_OfRequests):
    number = LinkColumn(
        accessor="request__number",
        verbose_name=term_lazy("request_number"),
        url=lambda step: reverse("frontdesk:request", args=[step.request.uid]),
        code=True,
        orderable=False,
    )
    service = Column(
        accessor="request__service_version__title",
        verbose_name=gettext_lazy("Service"),
        orderable=False,
    )
    title = Column(accessor="title", verbose_name=gettext_lazy("Step"), orderable=False)
    section = Column(accessor="section__name", verbose_name=term_lazy("section"), orderable=False)
    opened_on = DateColumn(verbose_name=gettext_lazy("Opened on"), orderable=False)
    due_on = DateColumn(verbose_name=gettext_lazy("Due on"), orderable=False)

    empty_title = gettext_lazy("Nothing was counted here")


class DoneStepTable(_StepTable):
    """Steps that were done, by their working days."""

    place = PlaceColumn()
    done_at = DateColumn(verbose_name=gettext_lazy("Done on"), orderable=False)
    days_used = Column(verbose_name=gettext_lazy("Working days"), orderable=False)
    round = Column(verbose_name=gettext_lazy("Round"), orderable=False)
    done_by_name = Column(verbose_name=gettext_lazy("Done by"), orderable=False)

    class Meta(DeskTable.Meta):
        model = RequestStep
        fields: ClassVar = (
            "place", "number", "service", "title", "section", "opened_on", "due_on", "done_at",
            "days_used", "round", "done_by_name",
        )  # fmt: skip
        sequence = fields


class OpenStepTable(_StepTable):
    """Steps that wait for their section, by how long they have been open."""

    assignee = Column(
        accessor="assignee__full_name", verbose_name=gettext_lazy("With"), orderable=False
    )
    age = Column(
        accessor="opened_on", verbose_name=gettext_lazy("Open, working days"), orderable=False
    )

    class Meta(DeskTable.Meta):
        model = RequestStep
        fields: ClassVar = (
            "number", "service", "title", "section", "assignee", "opened_on", "due_on", "age",
        )  # fmt: skip
        sequence = fields

    def render_age(self, value: date) -> int:
        return working_calendar().working_days_between(value, today())

    value_age = render_age


class TicketTable(DeskTable):
    """Tickets with the minutes that their holders waited and were served."""

    place = PlaceColumn()
    label = CodeColumn(verbose_name=gettext_lazy("Ticket"), orderable=False)
    day = DateColumn(verbose_name=gettext_lazy("Day"), orderable=False)
    state = StateColumn(
        kinds=TICKET_KINDS,
        show=lambda one: LEFT if one.state == TicketState.LEFT else one.get_state_display(),
        verbose_name=gettext_lazy("State"),
        orderable=False,
    )
    counter = CodeColumn(verbose_name=gettext_lazy("Counter"), orderable=False)
    waited_seconds = MinutesColumn(
        verbose_name=gettext_lazy("Waited, minutes"), empty_values=(), orderable=False
    )
    served_seconds = MinutesColumn(
        verbose_name=gettext_lazy("Served, minutes"), empty_values=(), orderable=False
    )
    served_by_name = Column(verbose_name=gettext_lazy("Served by"), orderable=False)

    empty_title = gettext_lazy("Nothing was counted here")
    empty_text = gettext_lazy("Choose another period, or another of the lists above.")

    class Meta(DeskTable.Meta):
        model = Ticket
        fields: ClassVar = (
            "place", "label", "day", "state", "counter", "waited_seconds", "served_seconds",
            "served_by_name",
        )  # fmt: skip
