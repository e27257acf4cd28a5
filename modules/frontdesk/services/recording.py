"""How every write of the front desk goes: lock the request, change it, note it on the trail, derive its state.

Private to `services`. Whoever changes a request holds its row; a second writer waits, then sees what the first did.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format

from kernel.calendar.selectors import now_local, today
from kernel.events.services import emit
from kernel.viewer import Viewer
from modules.frontdesk.constants import (
    PAPER_DEFICIENCIES,
    PauseKind,
    State,
    StepState,
    Verb,
)
from modules.frontdesk.errors import (
    NotADraft,
    RequestChanged,
    RequestClosed,
    RequestNotFound,
    StepAlreadyDone,
    StepNotFound,
    StepNotOpen,
    StillADraft,
)
from modules.frontdesk.events import RequestCompleted
from modules.frontdesk.models import Deficiency, Pause, Request, RequestStep, TrailEntry
from modules.frontdesk.progress import Facts, StepFacts, state_of
from modules.frontdesk.selectors.requests import visible_requests


def lock_request(uid: UUID | str, *, by: Viewer, seen: int | None = None) -> Request:
    """The request itself, held until the transaction ends, if the actor may see it.

    Refuses `RequestNotFound`, and `RequestChanged` naming who was faster when `seen` is no longer its version.
    """
    request = (
        visible_requests(by)
        .select_for_update(of=("self",))
        .select_related("service_version__service", "applicant")
        .filter(uid=uid)
        .first()
    )
    if request is None:
        raise RequestNotFound()
    if seen is not None and seen != request.version:
        raise changed_by(request)
    return request


def lock_running(uid: UUID | str, *, by: Viewer, seen: int | None = None) -> Request:
    """A submitted request that is not closed. Refuses `StillADraft` and `RequestClosed` besides."""
    request = lock_request(uid, by=by, seen=seen)
    if request.is_draft:
        raise StillADraft()
    if request.is_closed:
        raise RequestClosed(number=request.number, state=request.get_state_display())
    return request


def lock_draft(uid: UUID | str, *, by: Viewer, seen: int | None = None) -> Request:
    """A draft. Refuses `NotADraft` once it has a number."""
    request = lock_request(uid, by=by, seen=seen)
    if not request.is_draft:
        raise NotADraft(number=request.number)
    return request


def lock_open_step(
    request: Request, step_uid: UUID | str, *, seen: int | None = None
) -> RequestStep:
    """An open step of a locked request. Refuses `StepNotFound`, `StepAlreadyDone` (naming who did it),
    `StepNotOpen`, and `RequestChanged` when `seen` is no longer the step's version.
    """
    step = (
        RequestStep.objects.select_for_update(of=("self",))
        .select_related("section", "assignee")
        .filter(request=request, uid=step_uid)
        .first()
    )
    if step is None:
        raise StepNotFound()
    step.request = request
    if step.state == StepState.DONE:
        raise StepAlreadyDone(step=step.title, name=step.done_by_name, when=told(step.done_at))
    if step.state != StepState.OPEN:
        raise StepNotOpen(step=step.title, state=step.get_state_display())
    if seen is not None and seen != step.version:
        raise changed_by(request)
    return step


def changed_by(request: Request) -> RequestChanged:
    """The refusal that tells the second writer who was first, when, and with what."""
    verb = Verb(request.last_verb).label if request.last_verb else ""
    return RequestChanged(name=request.last_actor, when=told(request.last_at), what=verb)


def told(instant: Any) -> str:
    """An instant as people say it here."""
    if instant is None:
        return ""
    local = instant.astimezone(now_local().tzinfo)
    return date_format(local, "d/m/Y H:i")


def note(
    request: Request,
    verb: Verb,
    *,
    by: Viewer,
    step: RequestStep | None = None,
    text: str = "",
    **facts: Any,
) -> None:
    """Put the movement on the trail and remember it as the last one. The caller saves the request."""
    tell_trail(request, [entry(request, verb, by=by, step=step, text=text, **facts)])


def entry(
    request: Request,
    verb: Verb,
    *,
    by: Viewer,
    step: RequestStep | None = None,
    text: str = "",
    **facts: Any,
) -> TrailEntry:
    """A movement, not written yet: `tell_trail` writes several at once."""
    return TrailEntry(
        request=request,
        step=step,
        verb=verb,
        actor_id=by.user_id,
        actor_name=by.name,
        on_behalf_of=by.on_behalf_of,
        text=text,
        facts=facts,
    )


def tell_trail(request: Request, entries: Sequence[TrailEntry]) -> None:
    """Write movements in their order; the last one is remembered by the request. The caller saves it."""
    TrailEntry.objects.bulk_create(entries)
    remember_last(request, entries)


def remember_last(request: Request, entries: Sequence[TrailEntry]) -> None:
    """The request itself tells who did what last. The caller saves it."""
    last = entries[-1]
    request.last_verb, request.last_actor, request.last_at = (
        last.verb,
        last.actor_name,
        timezone.now(),
    )


def settle(request: Request, *, by: Viewer, steps: Sequence[RequestStep] | None = None) -> None:
    """Derive the state from the facts, close the request when its route is done, and save it."""
    known = list(RequestStep.objects.filter(request=request)) if steps is None else list(steps)
    before = request.state
    request.state = state_of(facts_of(request, known))
    if request.state == State.COMPLETED and before != State.COMPLETED:
        request.closed_at = timezone.now()
        note(request, Verb.COMPLETED, by=by)
        in_time = request.promised_on is None or today() <= request.promised_on
        emit(
            RequestCompleted(
                request_uid=str(request.uid),
                number=request.number or "",
                service_code=request.service_version.service.code,
                in_time=in_time,
            ),
            by=by,
        )
    request.save()


def facts_of(request: Request, steps: Sequence[RequestStep]) -> Facts:
    """The facts of a request as they stand in the tables."""
    pauses = list(Pause.objects.filter(request=request, ended_at=None))
    citizen = next((one for one in pauses if one.kind == PauseKind.CITIZEN), None)
    waited_for = {one.step_id for one in pauses if one.kind == PauseKind.EXTERNAL}
    return Facts(
        submitted=request.submitted_at is not None,
        steps=tuple(facts_of_step(step) for step in steps),
        open_pauses=frozenset(one.kind for one in pauses),
        externally_paused=frozenset(
            f"{one.code}.{one.round}" for one in steps if one.pk in waited_for
        ),
        papers_missing=citizen is not None and _only_papers(citizen),
        decision=request.decision,
        withdrawn=request.state == State.CANCELLED,
        archived=request.state == State.ARCHIVED,
    )


def facts_of_step(step: RequestStep) -> StepFacts:
    return StepFacts(
        code=f"{step.code}.{step.round}",
        stage=step.stage,
        kind=step.kind,
        state=step.state,
        taken=step.assignee_id is not None,
    )


def _only_papers(pause: Pause) -> bool:
    kinds = set(
        Deficiency.objects.filter(pause=pause, resolved_at=None).values_list("kind", flat=True)
    )
    return bool(kinds) and kinds <= set(PAPER_DEFICIENCIES)
