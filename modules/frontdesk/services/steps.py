"""Work on the route: take a step up, assign it, complete it, send it back, add a note.

A step belongs to a section, and sometimes to a role there. Whoever sits there and holds `frontdesk.work` may act;
`frontdesk.lead` acts on any step of its own sections, whoever took it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone
from moneyed import Money

from kernel.audit.recording import recorded
from kernel.events.services import emit
from kernel.identity.models import User
from kernel.viewer import Viewer
from modules.frontdesk.answers import clean_answers
from modules.frontdesk.constants import (
    Decision,
    PaperStatus,
    PauseKind,
    StepKind,
    StepOutcome,
    StepState,
    Verb,
)
from modules.frontdesk.errors import (
    AlreadyDecided,
    ClockPaused,
    DecisionNeedsItsStep,
    DeliveryNeedsHandOver,
    FeeNotSettled,
    NotYourStep,
    ReasonRequired,
    StepNotFound,
    StepTakenByOther,
    VisitReportMissing,
)
from modules.frontdesk.events import StepAssigned, StepSentBack
from modules.frontdesk.models import Pause, Request, RequestPaper, RequestStep
from modules.frontdesk.selectors.lonely import may_assign_in
from modules.frontdesk.services.deadlines import refresh_deadlines
from modules.frontdesk.services.fees import assess_fees, fees_settled
from modules.frontdesk.services.mentioning import mention
from modules.frontdesk.services.papers import STEP_PHOTOS
from modules.frontdesk.services.recording import lock_open_step, lock_running, note, settle, told
from modules.frontdesk.services.route import mark_done, open_next

LEAD = "frontdesk.lead"
WORK = "frontdesk.work"


def take_step(uid: UUID | str, step_uid: UUID | str, *, by: Viewer) -> RequestStep:
    """Take an open step up, so that colleagues see who works on it. Taking it again changes nothing.

    Refuses `NotYourStep`, and `StepTakenByOther` naming the one who has it.
    """
    with recorded(by=by):
        request = lock_running(uid, by=by)
        step = lock_open_step(request, step_uid)
        require_own_step(step, by=by)
        if step.assignee_id == by.user_id:
            return step
        before = step.assignee_id
        step.assignee_id = by.user_id
        step.taken_at = timezone.now()
        step.save()
        request.show_to(user_ids=[by.user_id])
        note(request, Verb.STEP_TAKEN, by=by, step=step, before=before)
        settle(request, by=by)
        _tell_assigned(request, step, by.name, by=by)
    return step


def assign_step(
    uid: UUID | str, step_uid: UUID | str, *, to: User | None, reason: str, by: Viewer
) -> RequestStep:
    """Give a step to a colleague (or back to the section), with a reason. Needs `frontdesk.lead` in its section.

    Where nobody sits in the section, `frontdesk.lead` anywhere and `frontdesk.see_all` will do.
    """
    by.require(LEAD)
    if not reason.strip():
        raise ReasonRequired()
    with recorded(by=by, reason=reason):
        request = lock_running(uid, by=by)
        step = lock_open_step(request, step_uid)
        if not may_assign_in(by, step.section):
            raise NotYourStep(step=step.title, section=step.section.name)
        before = step.assignee_id
        step.assignee = to
        request.show_to(user_ids=[to.pk if to else None])
        step.taken_at = timezone.now() if to else None
        step.save()
        whom = to.full_name if to else step.section.name
        note(request, Verb.ASSIGNED, by=by, step=step, text=f"{whom}: {reason}", before=before)
        settle(request, by=by)
        _tell_assigned(request, step, to.full_name if to else "", by=by)
    return step


def complete_step(
    uid: UUID | str,
    step_uid: UUID | str,
    *,
    outcome: str = StepOutcome.DONE,
    answers: Mapping[str, Any] | None = None,
    text: str = "",
    fees: Mapping[str, Money] | None = None,
    seen: int | None = None,
    by: Viewer,
) -> Request:
    """Finish a step: its form, its recommendation, the fee it computes; the next stage opens by itself.

    Refuses `StepAlreadyDone` (naming who), `NotYourStep`, `DecisionNeedsItsStep`, `ClockPaused` while its answer is
    awaited, `AnswersInvalid`, `VisitReportMissing`, `FeeNotAssessed`, `FeeNotSettled`, and `RequestChanged`.
    """
    with recorded(by=by):
        request = lock_running(uid, by=by)
        step = lock_open_step(request, step_uid, seen=seen)
        require_own_step(step, by=by)
        plan = step.plan
        if plan.decides:
            raise DecisionNeedsItsStep(step=step.title)
        if step.kind == StepKind.DELIVERY and hands_something_over(request):
            raise DeliveryNeedsHandOver(step=step.title)
        if step.kind == StepKind.FEE_COLLECTION and not fees_settled(request):
            raise FeeNotSettled(amount="")
        require_running_clock(request, step)
        step.answers = clean_answers(plan.fields, answers or {}, complete=True, prefix="answers.")
        step.note = text.strip()
        if plan.visit:
            _require_visit_report(step)
        assess_fees(request, step, fees or {}, by=by)
        mark_done(request, step, outcome, by=by)
        note(request, Verb.STEP_COMPLETED, by=by, step=step, text=step.note, outcome=outcome)
        advance(request, by=by)
    return request


def send_back(
    uid: UUID | str, step_uid: UUID | str, *, to_code: str, reason: str, by: Viewer
) -> Request:
    """Ask an earlier section to do its step again: a new round of it opens, this step waits its turn.

    Refuses `ReasonRequired`, `NotYourStep`, `AlreadyDecided`, and `StepNotFound` for a step that was not done before.
    """
    if not reason.strip():
        raise ReasonRequired()
    with recorded(by=by, reason=reason):
        request = lock_running(uid, by=by)
        if request.decision:
            raise AlreadyDecided(number=request.number, decision=request.get_decision_display())
        step = lock_open_step(request, step_uid)
        require_own_step(step, by=by)
        steps = list(
            RequestStep.objects.select_for_update()
            .filter(request=request)
            .order_by("stage", "round", "id")
        )
        done = [
            one
            for one in steps
            if one.code == to_code and one.state == StepState.DONE and one.stage < step.stage
        ]
        if not done:
            raise StepNotFound()
        again = done[-1]
        _unopen(steps, step.stage)
        RequestStep.objects.create(
            request=request,
            code=again.code,
            round=again.round + 1,
            stage=again.stage,
            kind=again.kind,
            section_id=again.section_id,
            role=again.role,
            days_allowed=again.days_allowed,
        )
        note(request, Verb.STEP_REPEATED, by=by, step=step, text=reason, to=to_code)
        advance(request, by=by)
        emit(StepSentBack(str(request.uid), request.number or "", str(step.uid), to_code), by=by)
    return request


def add_note(uid: UUID | str, *, text: str, by: Viewer) -> Request:
    """An internal note on the trail, seen by every section on the route, never by the citizen."""
    if not text.strip():
        raise ReasonRequired(field="text")
    with recorded(by=by):
        request = lock_running(uid, by=by)
        note(request, Verb.NOTE, by=by, text=text.strip())
        mention(request, text, by=by)
        request.save()
    return request


def hands_something_over(request: Request) -> bool:
    """Whether the citizen leaves with a printed document: then delivery is a hand-over with proof."""
    output = request.design.output
    if output is None:
        return False
    return request.decision != Decision.REJECTED or output.template == "letter"


def advance(request: Request, *, by: Viewer) -> None:
    """Open what comes next, work out the dates, derive the state."""
    steps = list(
        RequestStep.objects.select_for_update()
        .filter(request=request)
        .order_by("stage", "round", "id")
    )
    for step in steps:
        step.request = request
    open_next(request, steps, by=by)
    refresh_deadlines(request, steps)
    settle(request, by=by, steps=steps)


def require_own_step(step: RequestStep, *, by: Viewer) -> None:
    """The actor works in the step's section (and role, where it has one), and nobody else has taken it."""
    if by.is_system:
        return
    leads = by.may(LEAD)
    in_section = step.section_id in by.sections
    in_role = not step.role or leads or (step.section_id, step.role) in by.seats
    if step.assignee_id != by.user_id and not (in_section and in_role):
        raise NotYourStep(step=step.title, section=step.section.name)
    by.require(WORK)
    taken = step.assignee is not None and step.assignee_id != by.user_id
    if (
        step.assignee is not None
        and taken
        and not leads
        and step.assignee_id not in by.stands_in_for
    ):
        raise StepTakenByOther(
            step=step.title, name=step.assignee.full_name, when=told(step.taken_at)
        )


def require_running_clock(request: Request, step: RequestStep) -> None:
    """The step's own outside opinion is in; what the citizen owes holds up decisions, not colleagues' checks."""
    pause = Pause.objects.filter(
        request=request, step=step, kind=PauseKind.EXTERNAL, ended_at=None
    ).first()
    if pause is not None:
        raise ClockPaused(number=request.number, whom=pause.body)


def _tell_assigned(request: Request, step: RequestStep, to: str, *, by: Viewer) -> None:
    emit(StepAssigned(str(request.uid), request.number or "", str(step.uid), step.code, to), by=by)


def _require_visit_report(step: RequestStep) -> None:
    """A site visit is reported with findings and at least one photo."""
    photos = RequestPaper.objects.filter(
        step=step, requirement=STEP_PHOTOS, status=PaperStatus.ATTACHED
    )
    if not photos.exists():
        raise VisitReportMissing()


def _unopen(steps: list[RequestStep], stage: int) -> None:
    """Steps already open wait again until the repeated one is done; who had taken them keeps them."""
    for one in steps:
        if one.stage >= stage and one.state == StepState.OPEN:
            one.state, one.opened_at, one.opened_on, one.due_on = (
                StepState.PLANNED,
                None,
                None,
                None,
            )
            one.save()
