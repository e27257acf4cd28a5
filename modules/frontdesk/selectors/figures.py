"""Figures of a period, by service and by section; each can be counted again on the list behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, F, Min, Q

from kernel.calendar.clock import Clock
from kernel.calendar.clock import Pause as ClockPause
from kernel.calendar.selectors import end_of_day, local_date, today, working_calendar, zone
from kernel.calendar.working_calendar import WorkingCalendar
from kernel.viewer import Viewer
from modules.frontdesk.constants import (
    OPEN_STATES,
    PAUSED_STATES,
    PauseKind,
    State,
    StepKind,
    StepState,
)
from modules.frontdesk.models import Pause, Request, RequestStep
from modules.frontdesk.selectors.clock_days import start_of
from modules.frontdesk.selectors.requests import requests_list


@dataclass(frozen=True)
class Row:
    """One service or section. Shares are in whole percent; None where nothing was finished."""

    code: str
    name: str
    finished: int
    on_time: int | None
    median_days: float | None
    ninetieth: int | None
    returned: int
    first_time: int | None
    open: int
    late: int
    oldest_days: int | None


@dataclass(frozen=True)
class _Case:
    days: int
    in_time: bool
    returns: int


def by_service(viewer: Viewer, *, since: date, until: date) -> list[Row]:
    """Requests finished in the period by their service, and those open now. In five statements."""
    calendar = working_calendar()
    visible = requests_list(viewer).order_by().select_related(None)
    ended = visible.filter(
        state__in=[State.COMPLETED, State.ARCHIVED], closed_at__range=_instants(since, until)
    )
    finished = ended.annotate(service_code=F("service_version__service__code")).only(
        "id", "closed_at", "submitted_at", "submitted_on", "promised_on", "days_allowed"
    )
    pauses: dict[int, list[Pause]] = {}
    for pause in Pause.objects.filter(request__in=ended.values("pk")):
        pauses.setdefault(pause.request_id, []).append(pause)
    cases: dict[str, list[_Case]] = {}
    for one in finished:
        if one.closed_at is None:
            continue
        own = pauses.get(one.pk, [])
        spans = tuple(ClockPause(each.started_on, each.ended_on) for each in own)
        closed = local_date(one.closed_at)
        started = min(start_of(one) or closed, closed)
        cases.setdefault(one.service_code, []).append(
            _Case(
                Clock(calendar, started, one.days_allowed, spans).used(closed),
                one.promised_on is None or closed <= one.promised_on,
                sum(1 for each in own if each.kind == PauseKind.CITIZEN),
            )
        )
    waiting = {
        one["service_version__service__code"]: one
        for one in visible.filter(state__in=OPEN_STATES)
        .values("service_version__service__code")
        .annotate(
            open=Count("id"),
            late=Count("id", filter=Q(promised_on__lt=today())),
            oldest=Min("submitted_on"),
        )
    }
    names = dict(
        Request.objects.filter(service_version__service__code__in={*cases, *waiting})
        .order_by("service_version_id")
        .values_list("service_version__service__code", "service_version__title_ar")
    )
    return _rows(names, cases, waiting, calendar)


def by_section(viewer: Viewer, *, since: date, until: date) -> list[Row]:
    """Steps done in the period by their section, and those open now. In three statements."""
    calendar = working_calendar()
    mine = RequestStep.objects.filter(request__in=requests_list(viewer).order_by().values("pk"))
    mine = mine.exclude(kind=StepKind.FEE_COLLECTION)
    done = mine.filter(state=StepState.DONE, done_at__range=_instants(since, until))
    cases: dict[str, list[_Case]] = {}
    for code, used, done_at, due_on, rounds in done.values_list(
        "section__code", "days_used", "done_at", "due_on", "round"
    ):
        in_time = due_on is None or done_at is None or local_date(done_at) <= due_on
        cases.setdefault(code, []).append(_Case(used or 0, in_time, int(rounds > 1)))
    waiting = {
        one["section__code"]: one
        for one in mine.filter(state=StepState.OPEN)
        .values("section__code")
        .annotate(
            open=Count("id"),
            late=Count("id", filter=Q(due_on__lt=today()) & ~Q(request__state__in=PAUSED_STATES)),
            oldest=Min("opened_on"),
        )
    }
    found = mine.filter(section__code__in={*cases, *waiting}).order_by()
    names = dict(found.values_list("section__code", "section__name_ar").distinct())
    return _rows(names, cases, waiting, calendar)


def _rows(
    names: Mapping[str, str],
    cases: Mapping[str, Sequence[_Case]],
    waiting: Mapping[str, Mapping[str, Any]],
    calendar: WorkingCalendar,
) -> list[Row]:
    rows = []
    for code, name in names.items():
        own, now = cases.get(code, []), waiting.get(code, {})
        days = sorted(one.days for one in own)
        oldest = now.get("oldest")
        rows.append(
            Row(
                code=code,
                name=name,
                finished=len(own),
                on_time=_share(one.in_time for one in own),
                median_days=median(days) if days else None,
                ninetieth=_ninetieth(days),
                returned=sum(one.returns for one in own),
                first_time=_share(one.returns == 0 for one in own),
                open=now.get("open", 0),
                late=now.get("late", 0),
                oldest_days=calendar.working_days_between(oldest, today()) if oldest else None,
            )
        )
    return sorted(rows, key=lambda one: (-one.late, -one.open, -one.finished, one.code))


def _instants(since: date, until: date) -> tuple[datetime, datetime]:
    """From the first to the last instant of the local days, so that an index of instants can answer."""
    start = datetime.combine(since, time.min, tzinfo=zone())
    return start, end_of_day(until) - timedelta(microseconds=1)


def _share(facts: Iterable[bool]) -> int | None:
    known = list(facts)
    return round(100 * sum(known) / len(known)) if known else None


def _ninetieth(days: Sequence[int]) -> int | None:
    """The smallest number of days in which nine of ten were done."""
    return days[max(0, -(-9 * len(days) // 10) - 1)] if days else None
