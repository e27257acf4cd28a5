"""The decision: taken by who may, at the step that decides, once, with reasons where it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.policies.selectors import value
from kernel.text import listed
from kernel.viewer import Viewer
from modules.frontdesk.answers import clean_answers
from modules.frontdesk.constants import (
    AFTER_REJECTION,
    Decision,
    PaperStatus,
    PauseKind,
    RejectionReason,
    StepState,
    Verb,
)
from modules.frontdesk.errors import (
    AlreadyDecided,
    ClockPaused,
    ConditionalPaperMissing,
    EarlierStepsOpen,
    OnlyTheDecidingStep,
    OwnRequest,
    ReasonRequired,
)
from modules.frontdesk.events import RequestDecided
from modules.frontdesk.models import Pause, Request, RequestPaper, RequestStep
from modules.frontdesk.selectors.gates import is_fulfilled, paper_title
from modules.frontdesk.selectors.requests import counting_papers
from modules.frontdesk.services.recording import lock_open_step, lock_running, note
from modules.frontdesk.services.route import mark_done, skip_planned
from modules.frontdesk.services.steps import advance, require_own_step, require_running_clock


def decide_request(
    uid: UUID | str,
    step_uid: UUID | str,
    *,
    decision: str,
    reason: str = "",
    reason_code: str = "",
    answers: Mapping[str, Any] | None = None,
    seen: int | None = None,
    by: Viewer,
) -> Request:
    """Approve, or reject with a reason (policy FRD-08). After a rejection only telling the citizen is left.

    Needs `frontdesk.decide`. Refuses `AlreadyDecided`, `OnlyTheDecidingStep`, `EarlierStepsOpen`, `ClockPaused`,
    `ReasonRequired`, `ConditionalPaperMissing`, and `OwnRequest` for who opened it, where policy GOV-04 says so.
    """
    by.require("frontdesk.decide")
    verdict = Decision(decision)
    with recorded(by=by, reason=reason):
        request = lock_running(uid, by=by)
        if request.decision:
            raise AlreadyDecided(number=request.number, decision=request.get_decision_display())
        step = lock_open_step(request, step_uid, seen=seen)
        require_own_step(step, by=by)
        if not step.plan.decides:
            raise OnlyTheDecidingStep(step=step.title)
        _require_not_own(request, by=by)
        _require_nothing_open(request, step)
        if verdict == Decision.REJECTED:
            reason_code = _rejection_code(reason_code, reason)
        else:
            _require_conditional_papers(request)
        request.decision = verdict
        request.decided_at = timezone.now()
        request.decided_by_id = by.user_id
        request.decision_reason = reason.strip()
        request.decision_reason_code = reason_code
        step.answers = clean_answers(
            step.plan.fields, answers or {}, complete=True, prefix="answers."
        )
        step.note = reason.strip()
        mark_done(request, step, verdict, by=by)
        verb = Verb.APPROVED if verdict == Decision.APPROVED else Verb.REJECTED
        note(request, verb, by=by, step=step, text=reason.strip(), reason_code=reason_code)
        request.save()
        if verdict == Decision.REJECTED:
            skip_planned(list(RequestStep.objects.filter(request=request)), keep=AFTER_REJECTION)
        advance(request, by=by)
        emit(
            RequestDecided(
                request_uid=str(request.uid),
                number=request.number or "",
                service_code=request.service_version.service.code,
                party_id=request.told_party_id,
                decision=verdict.value,
                decided_on=today(),
            ),
            by=by,
        )
    return request


def _rejection_code(code: str, reason: str) -> str:
    """A rejection has a text, and a coded reason unless policy FRD-08 does without."""
    if not reason.strip():
        raise ReasonRequired()
    if code in RejectionReason.values:
        return code
    if value("FRD-08.reason_code_required", on=today()).value:
        raise ReasonRequired(field="reason_code")
    return RejectionReason.OTHER


def _require_not_own(request: Request, *, by: Viewer) -> None:
    own = by.user_id is not None and request.opened_by_id == by.user_id
    if own and not value("GOV-04.opener_may_decide", on=today()).value:
        raise OwnRequest(number=request.number)


def _require_nothing_open(request: Request, step: RequestStep) -> None:
    others = RequestStep.objects.filter(request=request, state=StepState.OPEN).exclude(pk=step.pk)
    titles = []
    for other in others:
        other.request = request
        titles.append(other.title)
    if titles:
        raise EarlierStepsOpen(steps=listed(titles))
    if Pause.objects.filter(request=request, kind=PauseKind.CITIZEN, ended_at=None).exists():
        raise ClockPaused(number=request.number, whom=str(PauseKind.CITIZEN.label))
    require_running_clock(request, step)


def _require_conditional_papers(request: Request) -> None:
    """What was let pass on condition (policy FRD-03) is there by now."""
    papers = counting_papers(request)
    conditional = RequestPaper.objects.filter(
        request=request, status=PaperStatus.WAIVED, valid_until__isnull=False
    )
    for waived in conditional:
        asked = request.design_asked.requirement(waived.requirement)
        brought = [one for one in papers.get(waived.requirement, []) if one.file_id is not None]
        if asked is not None and not is_fulfilled(asked, brought):
            raise ConditionalPaperMissing(paper=paper_title(waived.requirement))
