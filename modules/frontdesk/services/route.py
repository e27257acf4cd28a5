"""The route: planned at submission, opened stage by stage. Private to `services`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from kernel.calendar.clock import Clock
from kernel.calendar.clock import Pause as ClockPause
from kernel.calendar.selectors import today, working_calendar
from kernel.db import ReadyQuery, any_of
from kernel.events.services import emit
from kernel.organisation.models import Section
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.frontdesk.applying import facts_of_steps, step_needed
from modules.frontdesk.constants import PauseKind, StepKind, StepOutcome, StepState, Verb
from modules.frontdesk.errors import SectionMissing
from modules.frontdesk.events import StepCompleted, StepOpened
from modules.frontdesk.models import Pause, Request, RequestStep
from modules.frontdesk.progress import StepFacts, stage_to_open
from modules.frontdesk.rules.facts import facts_of_answers
from modules.frontdesk.selectors.asking import about_request
from modules.frontdesk.selectors.clock_days import days_of_step
from modules.frontdesk.services.fees import charge_fees, fees_settled
from modules.frontdesk.services.recording import note

_sections = ReadyQuery(lambda: Section.objects.filter(any_of("code", 0, "text")))


def plan_route(request: Request) -> list[RequestStep]:
    """Every step of the version's route as a planned row. Refuses `SectionMissing`."""
    design = request.design
    service, on = request.service_version.service.code, request.submitted_on or today()
    sections = {one.code: one for one in _sections.all(sorted(design.section_codes))}
    steps = []
    for stage, step in design.steps():
        if step.section not in sections:
            raise SectionMissing(section=step.section)
        planned = RequestStep(
            request=request,
            code=step.code,
            stage=stage,
            kind=step.kind,
            section=sections[step.section],
            role=step.role,
            days_allowed=days_of_step(service, step, on=on),
        )
        steps.append(planned)
    return steps


def open_next(request: Request, steps: Sequence[RequestStep], *, by: Viewer) -> None:
    """Open the next stage when nothing before it is left, and go on through steps that need nobody."""
    while (stage := stage_to_open(_facts(steps))) is not None:
        planned = [one for one in steps if one.stage == stage and one.state == StepState.PLANNED]
        opening = needed_steps(request, planned, steps)
        for step in planned:
            if step not in opening:
                step.state = StepState.SKIPPED
                step.save()
                note(request, Verb.STEP_SKIPPED, by=by, step=step)
        for step in opening:
            mark_open(step)
        for step in opening:
            note(request, Verb.STEP_OPENED, by=by, step=step)
            announce(request, step, by=by)
        _collect_fees(request, opening, by=by)


def open_planned_first(steps: Sequence[RequestStep]) -> list[RequestStep]:
    """Put the first stage into work before its rows are written. None where fees are collected first, or where
    rules of the service leave steps of it out: then the stage opens like any other.
    """
    first = [one for one in steps if one.stage == 1]
    if any(one.kind == StepKind.FEE_COLLECTION for one in first):
        return []
    if first and len(needed_steps(first[0].request, first, steps)) < len(first):
        return []
    for step in first:
        start_clock(step)
    return first


def needed_steps(
    request: Request, planned: Sequence[RequestStep], steps: Sequence[RequestStep]
) -> list[RequestStep]:
    """Those of a stage that the service's rules ask for here. A rule that cannot be judged leaves the step in."""
    design = request.design
    plans = {step.code: step for _stage, step in design.steps()}
    if not any(one.code in plans and plans[one.code].done_if for one in planned):
        return list(planned)
    facts = {
        **about_request(request, on=today()),
        **facts_of_answers(design.fields, request.answers),
        **facts_of_steps(steps),
        "decision": request.decision,
    }
    return [
        one
        for one in planned
        if one.code not in plans
        or step_needed(plans[one.code], design, one.stage, facts) is not False
    ]


def mark_open(step: RequestStep) -> None:
    """Put a step into work today, with its own due date in working days."""
    start_clock(step)
    step.save()


def start_clock(step: RequestStep) -> None:
    step.state = StepState.OPEN
    step.opened_at = timezone.now()
    step.opened_on = today()
    step.due_on = Clock(working_calendar(), step.opened_on, step.days_allowed).due_on()


def mark_done(request: Request, step: RequestStep, outcome: str, *, by: Viewer) -> None:
    """Close a step under the actor's name, with the working days it took (pauses not counted)."""
    step.state = StepState.DONE
    step.done_at = timezone.now()
    step.done_by_id = by.user_id
    step.done_by_name = by.name
    step.outcome = outcome
    step.days_used = days_used(request, step, on=today())
    step.save()
    emit(
        StepCompleted(
            request_uid=str(request.uid),
            number=request.number or "",
            step_uid=str(step.uid),
            step_code=step.code,
            section_id=step.section_id,
            outcome=outcome,
            days_used=step.days_used,
        ),
        by=by,
    )


def skip_planned(steps: Sequence[RequestStep], *, keep: frozenset[str] = frozenset()) -> None:
    """Mark what is left of the route as not needed, except steps of the kinds to keep."""
    for step in steps:
        if step.state in (StepState.PLANNED, StepState.OPEN) and step.kind not in keep:
            step.state = StepState.SKIPPED
            step.save()


def end_payment_pause(request: Request) -> None:
    """The money came: the clock goes on."""
    Pause.objects.filter(request=request, kind=PauseKind.PAYMENT, ended_at=None).update(
        ended_at=timezone.now(), ended_on=today()
    )


def start_payment_pause(request: Request, *, by: Viewer) -> None:
    """The request waits for the citizen's money, not for the municipality."""
    Pause.objects.get_or_create(
        request=request,
        kind=PauseKind.PAYMENT,
        ended_at=None,
        defaults={"started_at": timezone.now(), "started_on": today(), "started_by_name": by.name},
    )


def days_used(request: Request, step: RequestStep, *, on: date) -> int:
    """Working days a step took so far, without those on which it waited for somebody else."""
    if step.opened_on is None:
        return 0
    pauses = clock_pauses(request, step=step)
    return Clock(working_calendar(), step.opened_on, step.days_allowed, pauses).used(on)


def clock_pauses(request: Request, *, step: RequestStep | None = None) -> tuple[ClockPause, ...]:
    """Pauses that stop the clock of the request, or of one step: those of the whole request and its own.

    Policy FRD-02 may let waiting for the citizen count; waiting for outside bodies never does.
    """
    stops = value("FRD-02.pause_on_citizen", on=today()).value
    found = []
    for pause in Pause.objects.filter(request=request):
        if pause.kind != PauseKind.EXTERNAL and not stops:
            continue
        if step is not None and pause.kind == PauseKind.EXTERNAL and pause.step_id != step.pk:
            continue
        found.append(ClockPause(pause.started_on, pause.ended_on))
    return tuple(found)


def _collect_fees(request: Request, opening: Sequence[RequestStep], *, by: Viewer) -> None:
    """When collection opens: charge what is due; without anything to pay the step needs nobody."""
    for step in opening:
        if step.kind != StepKind.FEE_COLLECTION:
            continue
        charge_fees(request, by=by)
        if fees_settled(request):
            mark_done(request, step, StepOutcome.DONE, by=by)
            note(request, Verb.STEP_COMPLETED, by=by, step=step)
        else:
            start_payment_pause(request, by=by)


def announce(request: Request, step: RequestStep, *, by: Viewer) -> None:
    """Tell that work arrived at a section."""
    emit(arrival(request, step), by=by)


def arrival(request: Request, step: RequestStep) -> StepOpened:
    """The fact that work arrived at a section."""
    return StepOpened(
        request_uid=str(request.uid),
        number=request.number or "",
        step_uid=str(step.uid),
        step_code=step.code,
        kind=step.kind,
        section_id=step.section_id,
        role=step.role,
        due_on=step.due_on,
    )


def _facts(steps: Sequence[RequestStep]) -> list[StepFacts]:
    return [StepFacts(one.code, one.stage, one.kind, one.state) for one in steps]
