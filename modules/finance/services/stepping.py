"""Take a step: the only place that moves a cheque, a plan, a spending or a warning from one state to another.

What must not live here: what a step posts (the service of each record says so).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kernel.viewer import Viewer
from modules.finance.models import Cheque, Entry, Plan, Spending, Step, Warning


@dataclass(frozen=True, kw_only=True)
class Move:
    """Where to, when, and what is worth knowing about it."""

    to: str
    on: date
    holder: str = ""
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    entry: Entry | None = None


def take_steps(cheques: Sequence[Cheque], move: Move, *, by: Viewer) -> list[Step]:
    """The same step of several cheques, in one statement; their states are the new ones afterwards."""
    steps = Step.objects.bulk_create([_step(one, move, by, cheque=one) for one in cheques])
    for one in cheques:
        one.state = move.to
        one.moved_on = move.on
    return steps


def take_step_of_plan(plan: Plan, move: Move, *, by: Viewer) -> Step:
    """A step of an instalment plan; its state is the new one afterwards."""
    step = _step(plan, move, by, plan=plan)
    step.save(force_insert=True)
    plan.state, plan.moved_on = move.to, move.on
    return step


def take_step_of_spending(spending: Spending, move: Move, *, by: Viewer) -> Step:
    """A step of a spending; its state is the new one afterwards."""
    step = _step(spending, move, by, spending=spending)
    step.save(force_insert=True)
    spending.state, spending.moved_on = move.to, move.on
    return step


def take_step_of_warning(warning: Warning, move: Move, *, by: Viewer) -> Step:
    """A step of a warning; its state is the new one afterwards."""
    step = _step(warning, move, by, warning=warning)
    step.save(force_insert=True)
    warning.state, warning.moved_on = move.to, move.on
    return step


def _step(record: Any, move: Move, by: Viewer, **subject: Any) -> Step:
    return Step(
        **subject,
        from_state=record.state,
        to_state=move.to,
        on_date=move.on,
        holder=move.holder.strip(),
        note=move.note.strip(),
        facts=dict(move.facts),
        entry=move.entry,
        taken_by_id=by.user_id,
        taken_by_name=by.name,
    )
