"""Where a request stands. Pure: the facts of its steps, pauses, fees and decision in; stage and state out.

A state is never set by hand: it follows from the facts, so two ways to the same facts end in the same state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from modules.frontdesk.constants import Decision, PauseKind, State, StepKind, StepState

_LEFT = (StepState.DONE, StepState.SKIPPED)


@dataclass(frozen=True)
class StepFacts:
    code: str
    stage: int
    kind: str
    state: str
    taken: bool = False


@dataclass(frozen=True)
class Facts:
    """All that decides the state. `papers_missing`: the citizen was sent home for papers, not for anything else."""

    submitted: bool
    steps: tuple[StepFacts, ...] = ()
    open_pauses: frozenset[str] = frozenset()
    externally_paused: frozenset[str] = frozenset()
    papers_missing: bool = False
    decision: str = ""
    withdrawn: bool = False
    archived: bool = False


def state_of(facts: Facts) -> State:
    """The state that these facts make. Withdrawn and finished requests are told first, then who is waited for."""
    if not facts.submitted:
        return State.DRAFT
    if facts.withdrawn:
        return State.CANCELLED
    if is_finished(facts.steps):
        return State.ARCHIVED if facts.archived else State.COMPLETED
    if PauseKind.CITIZEN in facts.open_pauses:
        return State.MISSING_ITEMS if facts.papers_missing else State.WAITING_CITIZEN
    if PauseKind.PAYMENT in facts.open_pauses and _only_money_is_missing(facts.steps):
        return State.WAITING_PAYMENT
    open_codes = {step.code for step in facts.steps if step.state == StepState.OPEN}
    if open_codes and open_codes <= facts.externally_paused:
        return State.WAITING_EXTERNAL
    if facts.decision == Decision.REJECTED:
        return State.REJECTED
    if facts.decision == Decision.APPROVED:
        return State.APPROVED
    if any(step.taken or step.state in _LEFT for step in facts.steps):
        return State.IN_PROGRESS
    return State.SUBMITTED


def is_finished(steps: Collection[StepFacts]) -> bool:
    """True when the route has steps and none of them is left to do."""
    return bool(steps) and all(step.state in _LEFT for step in steps)


def stage_to_open(steps: Iterable[StepFacts]) -> int | None:
    """The first stage with planned steps, when everything before it is behind us; None while something is open."""
    planned, still_open = [], []
    for step in steps:
        if step.state == StepState.PLANNED:
            planned.append(step.stage)
        elif step.state == StepState.OPEN:
            still_open.append(step.stage)
    if not planned:
        return None
    first = min(planned)
    return None if any(stage <= first for stage in still_open) else first


def _only_money_is_missing(steps: Iterable[StepFacts]) -> bool:
    """No step is open but the collection of fees (or none is open yet, for a fee at intake)."""
    return all(
        step.kind == StepKind.FEE_COLLECTION for step in steps if step.state == StepState.OPEN
    )
