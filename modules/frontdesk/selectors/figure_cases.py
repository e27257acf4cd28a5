"""The cases behind the figures: which requests, steps and tickets each number was counted from.

The figures count what stands here, so that a list cannot have more or less than its figure says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncDate

from kernel.calendar.clock import Clock
from kernel.calendar.clock import Pause as ClockPause
from kernel.calendar.selectors import end_of_day, local_date, today, working_calendar, zone
from kernel.viewer import Viewer
from modules.frontdesk.constants import (
    OPEN_STATES,
    PAUSED_STATES,
    PauseKind,
    State,
    StepKind,
    StepState,
    TicketState,
)
from modules.frontdesk.models import Pause, Request, RequestStep, Ticket
from modules.frontdesk.selectors.clock_days import start_of
from modules.frontdesk.selectors.requests import requests_list

FINISHED = ("finished", "in_time", "late", "returned", "first")
"""Lists of what ended in the period: all of it, kept or missed its day, came back, was complete at first."""
NOW = ("open", "overdue")
TICKETS = ("taken", "called", "served", "absent", "left")


@dataclass(frozen=True)
class RequestCase:
    """A request that ended: its working days without pauses, whether it kept its day, how often it came back."""

    request: Request
    days: int
    in_time: bool
    returns: int

    def is_among(self, kind: str) -> bool:
        return {
            "in_time": self.in_time,
            "late": not self.in_time,
            "returned": self.returns > 0,
            "first": self.returns == 0,
        }.get(kind, True)


def request_cases(
    viewer: Viewer, *, since: date, until: date, service: str = "", shown: bool = False
) -> list[RequestCase]:
    """Requests that ended in the period, the quickest first. In two statements.

    `shown` reads what a row of a list says, too.
    """
    ended = requests_list(viewer).order_by().select_related(None)
    ended = ended.filter(
        state__in=[State.COMPLETED, State.ARCHIVED],
        closed_at__range=instants(since, until),
    )
    if service:
        ended = ended.filter(service_version__service__code=service)
    columns = ["id", "closed_at", "submitted_at", "submitted_on", "promised_on", "days_allowed"]
    found = ended.annotate(service_code=F("service_version__service__code"))
    if shown:
        found = found.select_related("service_version", "applicant")
        columns += ["uid", "number", "state", "is_hidden", "opened_by", "applicant__full_name"]
        columns += ["service_version__title_ar", "service_version__title_en"]
    pauses: dict[int, list[Pause]] = {}
    for pause in Pause.objects.filter(request__in=ended.values("pk")):
        pauses.setdefault(pause.request_id, []).append(pause)
    cases = [
        _case(one, local_date(one.closed_at), pauses.get(one.pk, ()))
        for one in found.only(*columns)
        if one.closed_at
    ]
    return sorted(cases, key=lambda one: (one.days, one.request.pk))


def open_requests(viewer: Viewer, *, service: str = "") -> QuerySet[Request]:
    """Requests that run, the oldest first."""
    found = requests_list(viewer).filter(state__in=OPEN_STATES).order_by("submitted_on", "id")
    return found.filter(service_version__service__code=service) if service else found


def overdue_requests(viewer: Viewer, *, service: str = "") -> QuerySet[Request]:
    """Requests that run past the promised date, the oldest first."""
    return open_requests(viewer, service=service).filter(promised_on__lt=today())


def section_steps(viewer: Viewer, *, section: str = "") -> QuerySet[RequestStep]:
    """Steps that count as a section's work: the cash desk's is the citizen's own."""
    mine = RequestStep.objects.filter(request__in=requests_list(viewer).order_by().values("pk"))
    mine = mine.exclude(kind=StepKind.FEE_COLLECTION)
    return mine.filter(section__code=section) if section else mine


def done_steps(
    viewer: Viewer, *, since: date, until: date, section: str = "", kind: str = "finished"
) -> QuerySet[RequestStep]:
    """Steps done in the period, the quickest first."""
    done = section_steps(viewer, section=section).filter(
        state=StepState.DONE, done_at__range=instants(since, until)
    )
    done = done.annotate(done_on=TruncDate("done_at", tzinfo=zone()))
    return done.filter(_STEPS[kind]).order_by("days_used", "id")


def counted_steps(
    viewer: Viewer, *, since: date, until: date, section: str = ""
) -> Mapping[str, int]:
    """How many stand on each list of what was done. In one statement."""
    done = done_steps(viewer, since=since, until=until, section=section).order_by()
    counts: Mapping[str, int] = done.aggregate(
        **{kind: Count("id", filter=_STEPS[kind]) for kind in FINISHED}
    )
    return counts


def open_steps(
    viewer: Viewer, *, section: str = "", overdue: bool = False
) -> QuerySet[RequestStep]:
    """Steps that wait for their section, the oldest first; overdue ones without those that wait for others."""
    waiting = section_steps(viewer, section=section).filter(state=StepState.OPEN)
    if overdue:
        waiting = waiting.filter(due_on__lt=today()).exclude(request__state__in=PAUSED_STATES)
    return waiting.order_by("opened_on", "id")


def tickets(
    *, since: date, until: date, category: str = "", counter: str = "", kind: str = "taken"
) -> QuerySet[Ticket]:
    """Tickets of the period; called ones by how long they waited, served ones by how long that took."""
    found = _tickets(since, until, category, counter)
    order = {"called": ("waited_seconds", "id"), "served": ("served_seconds", "id")}
    return found.filter(_TICKETS[kind]).order_by(*order.get(kind, ("day", "category", "number")))


def counted_tickets(
    *, since: date, until: date, category: str = "", counter: str = ""
) -> Mapping[str, int]:
    """How many stand on each list of tickets. In one statement."""
    counts: Mapping[str, int] = _tickets(since, until, category, counter).aggregate(
        **{kind: Count("id", filter=_TICKETS[kind]) for kind in TICKETS}
    )
    return counts


def instants(since: date, until: date) -> tuple[datetime, datetime]:
    """From the first to the last instant of the local days, so that an index of instants can answer."""
    start = datetime.combine(since, time.min, tzinfo=zone())
    return start, end_of_day(until) - timedelta(microseconds=1)


def middle(many: int) -> tuple[int, int]:
    """The places, counted from one, between which the median of so many lies: one place where they are odd."""
    return (many + 1) // 2, many // 2 + 1


def nine_of_ten(many: int) -> int:
    """The place, counted from one, of the ninetieth percentile: the smallest with nine of ten before it or on it."""
    return -(-9 * many // 10)


def _case(request: Request, closed: date, pauses: Sequence[Pause]) -> RequestCase:
    spans = tuple(ClockPause(one.started_on, one.ended_on) for one in pauses)
    started = min(start_of(request) or closed, closed)
    return RequestCase(
        request,
        Clock(working_calendar(), started, request.days_allowed, spans).used(closed),
        request.promised_on is None or closed <= request.promised_on,
        sum(1 for one in pauses if one.kind == PauseKind.CITIZEN),
    )


def _tickets(since: date, until: date, category: str, counter: str) -> QuerySet[Ticket]:
    found = Ticket.objects.filter(day__range=(since, until))
    if category:
        found = found.filter(category=category)
    return found.filter(counter=counter, calls__gt=0) if counter else found


_ALL = ~Q(pk__in=[])
_KEPT = Q(due_on=None) | Q(due_on__gte=F("done_on"))
_STEPS: Mapping[str, Q] = {
    "finished": _ALL,
    "in_time": _KEPT,
    "late": Q(due_on__lt=F("done_on")),
    "returned": Q(round__gt=1),
    "first": Q(round=1),
}
_TICKETS: Mapping[str, Q] = {
    "taken": _ALL,
    "called": Q(calls__gt=0),
    "served": Q(state=TicketState.SERVED),
    "absent": Q(state=TicketState.ABSENT),
    "left": Q(state=TicketState.LEFT),
}
