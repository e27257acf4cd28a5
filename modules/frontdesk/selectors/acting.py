"""What a viewer may do on a request now. The same questions as the services ask, so that a page offers what will work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.viewer import Viewer
from modules.frontdesk.constants import Decision, PauseKind, StepKind, Verb
from modules.frontdesk.models import Pause, Request, RequestStep, TrailEntry

UNDOABLE = (Verb.STEP_TAKEN, Verb.ASSIGNED)


@dataclass(frozen=True)
class StepActions:
    """What may be done on one open step."""

    step: RequestStep
    is_mine: bool
    taken_by_other: bool
    complete: bool
    decide: bool
    hand_over: bool
    give_back: bool
    external: bool
    answered: bool
    assign: bool
    send_back: bool
    asked_body: str = ""


@dataclass(frozen=True)
class Actions:
    """What may be done on the whole request."""

    steps: tuple[StepActions, ...]
    add_paper: bool
    resubmit: bool
    issue: bool
    waive: bool
    withdraw: bool
    note: bool


def undoable(viewer: Viewer, trail: Sequence[TrailEntry]) -> bool:
    """Whether the newest movement (the trail's last) is the viewer's own taking up or assigning, which may be undone."""
    last = trail[-1] if trail else None
    return last is not None and last.verb in UNDOABLE and last.actor_id == viewer.user_id


def actions_for(
    viewer: Viewer, request: Request, steps: Sequence[RequestStep], pauses: Sequence[Pause]
) -> Actions:
    """Everything that this viewer may do here and now."""
    waiting = [one for one in pauses if one.is_open]
    citizen = any(one.kind == PauseKind.CITIZEN for one in waiting)
    outside = {one.step_id: one.body for one in waiting if one.kind == PauseKind.EXTERNAL}
    mine = tuple(
        _on_step(viewer, request, one, steps, citizen=citizen, body=outside.get(one.pk, ""))
        for one in steps
        if one.is_open and not request.is_closed and may_act(viewer, one)
    )
    is_open = request.is_open
    output = request.design.output
    decided = bool(request.decision) and (
        request.decision == Decision.APPROVED
        or (output is not None and output.template == "letter")
    )
    return Actions(
        steps=mine,
        add_paper=is_open and (viewer.may("frontdesk.open") or bool(mine)),
        resubmit=is_open and citizen and viewer.may("frontdesk.open"),
        issue=is_open
        and output is not None
        and request.document_id is None
        and decided
        and viewer.may("frontdesk.issue"),
        waive=is_open and viewer.may("frontdesk.waive"),
        withdraw=is_open and not request.decision and viewer.may("frontdesk.withdraw"),
        note=is_open,
    )


def may_act(viewer: Viewer, step: RequestStep) -> bool:
    """Whether the step is the viewer's to do, by seat, role or assignment."""
    if viewer.is_system:
        return True
    if not viewer.may("frontdesk.work"):
        return False
    in_section = step.section_id in viewer.sections
    in_role = (
        not step.role
        or viewer.may("frontdesk.lead")
        or (step.section_id, step.role) in viewer.seats
    )
    return (in_section and in_role) or step.assignee_id == viewer.user_id


def _on_step(
    viewer: Viewer,
    request: Request,
    step: RequestStep,
    steps: Sequence[RequestStep],
    *,
    citizen: bool,
    body: str,
) -> StepActions:
    decides = step.plan.decides
    delivers = step.kind == StepKind.DELIVERY
    collects = step.kind == StepKind.FEE_COLLECTION
    leads = viewer.may("frontdesk.lead") and step.section_id in viewer.sections
    is_mine = step.assignee_id == viewer.user_id
    other = (
        step.assignee_id is not None
        and not is_mine
        and step.assignee_id not in viewer.stands_in_for
    )
    free = not other or leads
    output = request.design.output
    hands_over = (
        delivers
        and output is not None
        and (request.decision != Decision.REJECTED or output.template == "letter")
    )
    earlier_done = any(one.is_done and one.stage < step.stage for one in steps)
    return StepActions(
        step=step,
        is_mine=is_mine,
        taken_by_other=other,
        complete=free and not decides and not hands_over and not collects and not body,
        decide=free and decides and not citizen and viewer.may("frontdesk.decide"),
        hand_over=free
        and delivers
        and viewer.may("frontdesk.hand_over")
        and (request.document_id is not None or not hands_over),
        give_back=free and not request.decision and not citizen and not collects,
        external=free and not body and not delivers and not collects and not request.decision,
        answered=bool(body) and free,
        assign=leads,
        send_back=free and not request.decision and earlier_done and not collects,
        asked_body=body,
    )
