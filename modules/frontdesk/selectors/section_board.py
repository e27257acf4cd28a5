"""لوحة الأقسام: where the work stands, by section, for the mayor. Two statements, however many requests there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q
from django.db.models.functions import TruncDate

from kernel.calendar.selectors import today, working_calendar, zone
from kernel.organisation.models import Section
from kernel.viewer import Viewer
from modules.frontdesk.constants import PAUSED_STATES, State, StepKind, StepState
from modules.frontdesk.models import RequestStep
from modules.frontdesk.selectors.requests import visible_requests

WEEKS = 8


@dataclass(frozen=True)
class SectionLine:
    """One section today. `weeks` are the steps done in each of the last eight weeks, the oldest first."""

    code: str
    name: str
    open: int
    overdue: int
    oldest_on: date | None
    oldest_days: int | None
    this_week: int
    this_month: int
    on_time: int | None
    weeks: tuple[int, ...]

    @property
    def bars(self) -> list[tuple[int, int]]:
        """Each week's height in percent of the section's best, and its number."""
        most = max(self.weeks, default=0) or 1
        return [(round(100 * one / most), one) for one in self.weeks]


def section_board(viewer: Viewer, *, on: date | None = None) -> list[SectionLine]:
    """The sections that have or had work, who is most behind first. Waiting for others is open, never overdue.

    Done and on time are of the calendar month.
    """
    day = on or today()
    steps = RequestStep.objects.exclude(kind=StepKind.FEE_COLLECTION).exclude(
        request__state=State.DRAFT
    )
    if not viewer.may("frontdesk.see_all"):
        steps = steps.filter(request__in=visible_requests(viewer).values("pk"))
    first_week = week_of(day) - timedelta(weeks=WEEKS - 1)
    since = min(first_week, day.replace(day=1))
    waiting = {
        one["section_id"]: one
        for one in steps.filter(state=StepState.OPEN)
        .values("section_id")
        .annotate(
            open=Count("id"),
            overdue=Count("id", filter=Q(due_on__lt=day) & ~Q(request__state__in=PAUSED_STATES)),
            oldest=Min("opened_on"),
        )
    }
    done: dict[int, list[tuple[date, int, int]]] = {}
    start = datetime.combine(since, time.min, tzinfo=zone())
    for one in (
        steps.filter(state=StepState.DONE, done_at__gte=start)
        .annotate(day=TruncDate("done_at", tzinfo=zone()))
        .values("section_id", "day")
        .annotate(
            done=Count("id"), kept=Count("id", filter=Q(due_on=None) | Q(due_on__gte=F("day")))
        )
        .order_by()
    ):
        done.setdefault(one["section_id"], []).append((one["day"], one["done"], one["kept"]))
    rooms = Section.objects.filter(pk__in={*waiting, *done})
    lines = [_line(room, waiting.get(room.pk, {}), done.get(room.pk, []), day) for room in rooms]
    return sorted(lines, key=lambda one: (-one.overdue, -one.open, -one.this_month, one.code))


def week_of(day: date) -> date:
    """The first day of its week: the first working day after the weekend; Sunday in most towns."""
    weekend = working_calendar().weekend
    first = next(
        (one for one in range(7, 0, -1) if one not in weekend and (one - 2) % 7 + 1 in weekend), 7
    )
    return day - timedelta(days=(day.isoweekday() - first) % 7)


def _line(
    room: Section,
    waiting: Mapping[str, Any],
    done: list[tuple[date, int, int]],
    day: date,
) -> SectionLine:
    week, oldest = week_of(day), waiting.get("oldest")
    weeks = [0] * WEEKS
    for at, count, _kept in done:
        back = (week - week_of(at)).days // 7
        if 0 <= back < WEEKS:
            weeks[WEEKS - 1 - back] += count
    month = [(count, kept) for at, count, kept in done if at >= day.replace(day=1)]
    finished = sum(count for count, _kept in month)
    return SectionLine(
        code=room.code,
        name=room.name,
        open=waiting.get("open", 0),
        overdue=waiting.get("overdue", 0),
        oldest_on=oldest,
        oldest_days=working_calendar().working_days_between(oldest, day) if oldest else None,
        this_week=weeks[-1],
        this_month=finished,
        on_time=round(100 * sum(kept for _count, kept in month) / finished) if finished else None,
        weeks=tuple(weeks),
    )
