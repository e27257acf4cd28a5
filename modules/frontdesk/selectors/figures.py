"""Figures of a period, by service and by section; each can be counted again on the list behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from kernel.calendar.selectors import today, working_calendar
from kernel.calendar.working_calendar import WorkingCalendar
from kernel.viewer import Viewer
from modules.frontdesk.constants import PAUSED_STATES, StepState
from modules.frontdesk.models import Request
from modules.frontdesk.selectors.figure_cases import (
    done_steps,
    nine_of_ten,
    open_requests,
    request_cases,
    section_steps,
)


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
    """Requests finished in the period by their service, and those open now. In four statements."""
    cases: dict[str, list[_Case]] = {}
    for one in request_cases(viewer, since=since, until=until):
        code = one.request.service_code  # type: ignore[attr-defined]
        cases.setdefault(code, []).append(_Case(one.days, one.in_time, one.returns))
    waiting = {
        one["service_version__service__code"]: one
        for one in open_requests(viewer)
        .order_by()
        .select_related(None)
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
    return _rows(names, cases, waiting, working_calendar())


def by_section(viewer: Viewer, *, since: date, until: date) -> list[Row]:
    """Steps done in the period by their section, and those open now. In three statements."""
    mine = section_steps(viewer)
    cases: dict[str, list[_Case]] = {}
    done: QuerySet[Any, Any] = done_steps(viewer, since=since, until=until).order_by()
    for code, used, due_on, done_on, rounds in done.values_list(
        "section__code", "days_used", "due_on", "done_on", "round"
    ):
        in_time = due_on is None or done_on <= due_on
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
    return _rows(names, cases, waiting, working_calendar())


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


def _share(facts: Iterable[bool]) -> int | None:
    known = list(facts)
    return round(100 * sum(known) / len(known)) if known else None


def _ninetieth(days: Sequence[int]) -> int | None:
    """The smallest number of days in which nine of ten were done."""
    return days[nine_of_ten(len(days)) - 1] if days else None
