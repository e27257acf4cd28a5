"""Promised and due dates: a function of the start, the days and the pauses, worked out anew when any of them changes.

Worked example in the README.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kernel.audit.recording import recorded
from kernel.calendar.clock import Clock
from kernel.calendar.selectors import working_calendar
from kernel.viewer import Viewer
from modules.frontdesk.constants import OPEN_STATES, StepState, Verb
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.selectors.clock_days import start_of
from modules.frontdesk.services.recording import note
from modules.frontdesk.services.route import clock_pauses


def promised_date(request: Request) -> date | None:
    """The date the citizen was promised, with pauses added; None while the clock stands still."""
    start = start_of(request)
    if start is None:
        return None
    pauses = clock_pauses(request)
    return Clock(working_calendar(), start, request.days_allowed, pauses).due_on()


def refresh_deadlines(request: Request, steps: Sequence[RequestStep]) -> bool:
    """Work out the promised date and the due dates of open steps. Saves changed steps; the caller saves the request.

    While a pause is open the last known date stands: nobody knows the new one yet. Says whether anything moved.
    """
    moved = False
    promised = promised_date(request)
    if promised is not None and promised != request.promised_on:
        request.promised_on, moved = promised, True
    for step in steps:
        if step.state != StepState.OPEN or step.opened_on is None:
            continue
        pauses = clock_pauses(request, step=step)
        due = Clock(working_calendar(), step.opened_on, step.days_allowed, pauses).due_on()
        if due is not None and due != step.due_on:
            step.due_on, moved = due, True
            step.save()
    return moved


def move_deadlines(*, first_day: date, last_day: date, by: Viewer) -> int:
    """A holiday was declared or withdrawn: every open request that counts over it gets its new dates. Rerunnable."""
    touched = Request.objects.filter(state__in=OPEN_STATES, submitted_on__lte=last_day).values_list(
        "id", flat=True
    )
    moved = 0
    for request_id in list(touched.order_by("id")):
        moved += _move(request_id, first_day, by=by)
    return moved


def _move(request_id: int, first_day: date, *, by: Viewer) -> bool:
    with recorded(by=by):
        request = Request.objects.select_for_update().get(pk=request_id)
        if request.is_closed or (
            request.promised_on and request.promised_on < first_day and not request.is_paused
        ):
            return False
        before = request.promised_on
        steps = list(RequestStep.objects.filter(request=request, state=StepState.OPEN))
        if not refresh_deadlines(request, steps):
            return False
        if request.promised_on != before:
            note(
                request,
                Verb.DEADLINE_MOVED,
                by=by,
                before=_iso(before),
                after=_iso(request.promised_on),
            )
        request.save()
    return True


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()
