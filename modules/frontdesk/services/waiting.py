"""Waiting for others: the citizen completes, an outside body answers. The clock stands still meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.text import listed
from kernel.viewer import Viewer
from modules.frontdesk.constants import PAPER_DEFICIENCIES, DeficiencyKind, PauseKind, Verb
from modules.frontdesk.errors import (
    AlreadyDecided,
    ClockPaused,
    DeficienciesOpen,
    NothingToComplete,
    ReasonRequired,
)
from modules.frontdesk.events import (
    ExternalOpinionAsked,
    ExternalOpinionGiven,
    RequestResubmitted,
    RequestReturned,
)
from modules.frontdesk.models import Deficiency, Pause, Request, RequestStep
from modules.frontdesk.selectors.missing import deficiency_words
from modules.frontdesk.selectors.requests import counting_papers
from modules.frontdesk.services.deadlines import refresh_deadlines
from modules.frontdesk.services.draft import save_answers
from modules.frontdesk.services.recording import lock_open_step, lock_running, note, settle
from modules.frontdesk.services.steps import require_own_step


@dataclass(frozen=True)
class DeficiencyInput:
    """One thing to mend: a kind, the paper or answer concerned, and words for the citizen."""

    kind: str
    target: str = ""
    note: str = ""


def return_to_citizen(
    uid: UUID | str,
    step_uid: UUID | str,
    *,
    deficiencies: Sequence[DeficiencyInput],
    text: str = "",
    seen: int | None = None,
    by: Viewer,
) -> Request:
    """Send the request home with a list of what is wrong; the clock stops today.

    Refuses `ReasonRequired` for an empty list or an unclear entry, `ClockPaused` when it is already returned,
    `AlreadyDecided`, and `NotYourStep`.
    """
    if not deficiencies:
        raise ReasonRequired(field="deficiencies")
    for one in deficiencies:
        if one.kind not in DeficiencyKind.values or not (one.target or one.note.strip()):
            raise ReasonRequired(field="deficiencies")
    with recorded(by=by, reason=text):
        request = lock_running(uid, by=by)
        step = lock_open_step(request, step_uid, seen=seen)
        require_own_step(step, by=by)
        if request.decision:
            raise AlreadyDecided(number=request.number, decision=request.get_decision_display())
        if Pause.objects.filter(request=request, kind=PauseKind.CITIZEN, ended_at=None).exists():
            raise ClockPaused(number=request.number, whom=str(PauseKind.CITIZEN.label))
        pause = Pause.objects.create(
            request=request,
            step=step,
            kind=PauseKind.CITIZEN,
            reason=text.strip(),
            started_at=timezone.now(),
            started_on=today(),
            started_by_name=by.name,
        )
        Deficiency.objects.bulk_create(
            Deficiency(pause=pause, kind=one.kind, target=one.target, note=one.note.strip())
            for one in deficiencies
        )
        note(
            request,
            Verb.RETURNED,
            by=by,
            step=step,
            text=text.strip(),
            deficiencies=len(deficiencies),
        )
        settle(request, by=by)
        emit(
            RequestReturned(
                request_uid=str(request.uid),
                number=request.number or "",
                party_id=request.told_party_id,
                deficiencies=len(deficiencies),
            ),
            by=by,
        )
    return request


def resubmit(
    uid: UUID | str,
    *,
    mended: Sequence[UUID | str] = (),
    answers: Mapping[str, Any] | None = None,
    text: str = "",
    by: Viewer,
) -> Request:
    """The citizen came back: what a new paper or another answer mends is mended by itself, the rest is ticked; the clock
    goes on. `answers` count only for questions that were asked again; `text` is what the citizen said.

    Refuses `NothingToComplete`, `AnswersInvalid`, and `DeficienciesOpen` naming what is still missing.
    """
    by.require("frontdesk.open")
    ticked = {str(one) for one in mended}
    with recorded(by=by):
        if answers:
            ticked |= _answered_again(uid, answers, by=by)
        request = lock_running(uid, by=by)
        pause = Pause.objects.filter(request=request, kind=PauseKind.CITIZEN, ended_at=None).first()
        if pause is None:
            raise NothingToComplete(number=request.number)
        still_open = []
        for one in Deficiency.objects.filter(pause=pause, resolved_at=None).order_by("id"):
            if str(one.uid) in ticked or _is_mended(request, one):
                one.resolved_at, one.resolved_by_name = timezone.now(), by.name
                one.save()
            else:
                still_open.append(one)
        if still_open:
            raise DeficienciesOpen(
                what=listed(deficiency_words(request, one) for one in still_open)
            )
        _end(pause, answer=text)
        note(request, Verb.RESUBMITTED, by=by, text=text.strip())
        _clock_goes_on(request, by=by)
        emit(
            RequestResubmitted(
                request_uid=str(request.uid),
                number=request.number or "",
                promised_on=request.promised_on,
            ),
            by=by,
        )
    return request


def wait_external(
    uid: UUID | str,
    step_uid: UUID | str,
    *,
    body: str,
    reason: str = "",
    seen: int | None = None,
    by: Viewer,
) -> Request:
    """Ask an outside body; the step's clock, and the promised date, wait for its answer.

    Refuses `ReasonRequired` without the body's name and `ClockPaused` when one is already asked.
    """
    if not body.strip():
        raise ReasonRequired(field="body")
    with recorded(by=by, reason=reason):
        request = lock_running(uid, by=by)
        step = lock_open_step(request, step_uid, seen=seen)
        require_own_step(step, by=by)
        asked = Pause.objects.filter(
            request=request, step=step, kind=PauseKind.EXTERNAL, ended_at=None
        ).first()
        if asked is not None:
            raise ClockPaused(number=request.number, whom=asked.body)
        Pause.objects.create(
            request=request,
            step=step,
            kind=PauseKind.EXTERNAL,
            body=body.strip(),
            reason=reason.strip(),
            started_at=timezone.now(),
            started_on=today(),
            started_by_name=by.name,
        )
        note(request, Verb.WAITING_EXTERNAL, by=by, step=step, text=f"{body}: {reason}".strip(": "))
        settle(request, by=by)
        emit(
            ExternalOpinionAsked(
                request_uid=str(request.uid),
                number=request.number or "",
                step_uid=str(step.uid),
                body=body.strip(),
            ),
            by=by,
        )
    return request


def external_answered(uid: UUID | str, step_uid: UUID | str, *, answer: str, by: Viewer) -> Request:
    """The outside body answered: the clock goes on. Refuses `NothingToComplete` and `ReasonRequired`."""
    if not answer.strip():
        raise ReasonRequired(field="answer")
    with recorded(by=by):
        request = lock_running(uid, by=by)
        step = lock_open_step(request, step_uid)
        require_own_step(step, by=by)
        pause = Pause.objects.filter(
            request=request, step=step, kind=PauseKind.EXTERNAL, ended_at=None
        ).first()
        if pause is None:
            raise NothingToComplete(number=request.number)
        _end(pause, answer=answer)
        note(request, Verb.EXTERNAL_ANSWERED, by=by, step=step, text=f"{pause.body}: {answer}")
        _clock_goes_on(request, by=by)
        emit(
            ExternalOpinionGiven(str(request.uid), request.number or "", str(step.uid), pause.body),
            by=by,
        )
    return request


def _is_mended(request: Request, deficiency: Deficiency) -> bool:
    """A missing or bad paper is mended by a newer one under the same requirement."""
    if deficiency.kind not in PAPER_DEFICIENCIES:
        return False
    papers = counting_papers(request).get(deficiency.target, [])
    return any(paper.created_at >= deficiency.created_at for paper in papers)


def _answered_again(uid: UUID | str, answers: Mapping[str, Any], *, by: Viewer) -> set[str]:
    """Keep the new answers to the questions that were asked again; the deficiencies that they mend."""
    request = lock_running(uid, by=by)
    asked = Deficiency.objects.filter(
        pause__request=request,
        pause__kind=PauseKind.CITIZEN,
        pause__ended_at=None,
        kind=DeficiencyKind.WRONG_ANSWER,
        resolved_at=None,
    )
    targets = {one.target: str(one.uid) for one in asked if one.target in answers}
    if not targets:
        return set()
    before = request.answers
    new = {**before, **{code: answers[code] for code in targets}}
    after = save_answers(uid, answers=new, by=by).answers
    return {mends for code, mends in targets.items() if after.get(code) != before.get(code)}


def _end(pause: Pause, *, answer: str) -> None:
    pause.ended_at, pause.ended_on, pause.answer = timezone.now(), today(), answer.strip()
    pause.save()


def _clock_goes_on(request: Request, *, by: Viewer) -> None:
    steps = list(RequestStep.objects.filter(request=request))
    refresh_deadlines(request, steps)
    settle(request, by=by, steps=steps)
