"""«عند مين المعاملة؟»: with whom a request is now, since when, and how long is left. One answer, readable from afar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.calendar.clock import Clock
from kernel.calendar.clock import Pause as ClockPause
from kernel.calendar.selectors import today, working_calendar
from modules.frontdesk.constants import (
    PauseKind,
    State,
    StepKind,
    StepOutcome,
    StepState,
)
from modules.frontdesk.models import Pause, Request, RequestStep

Kind = Literal["ok", "warn", "danger", "info", "neutral"]


@dataclass(frozen=True)
class Whereabouts:
    """One place where the request is. `kind` colours it; `sentence` says it without the colour."""

    kind: Kind
    sentence: str
    detail: str = ""


@dataclass(frozen=True)
class ShownStep:
    """A step as the timeline shows it."""

    step: RequestStep
    kind: str
    title: str
    more: str
    at: datetime | None
    used: int | None
    left: int | None

    @property
    def icon(self) -> str:
        return ""


def whereabouts(
    request: Request, steps: Sequence[RequestStep], pauses: Sequence[Pause]
) -> list[Whereabouts]:
    """Where the request is: usually one place, several while sections work side by side."""
    if request.is_draft:
        return [Whereabouts("neutral", _("A draft: nothing has been filed yet."))]
    if request.is_closed:
        return [_closed(request)]
    waiting = [one for one in pauses if one.is_open]
    citizen = next((one for one in waiting if one.kind == PauseKind.CITIZEN), None)
    if citizen is not None:
        sentence = _("With the citizen: the request waits to be completed.")
        return [Whereabouts("warn", sentence, _since(citizen.started_on))]
    if request.state == State.WAITING_PAYMENT:
        payment = next((one for one in waiting if one.kind == PauseKind.PAYMENT), None)
        return [
            Whereabouts(
                "warn",
                _("With the citizen: the fee is to be paid at the cash desk."),
                _since(payment.started_on) if payment else "",
            )
        ]
    outside = {one.step_id: one for one in waiting if one.kind == PauseKind.EXTERNAL}
    return [_at_step(one, outside.get(one.pk), pauses) for one in steps if one.is_open]


def shown_steps(steps: Sequence[RequestStep], pauses: Sequence[Pause]) -> list[ShownStep]:
    """The route for the timeline, each step with its section, person, and days used and left."""
    waiting = [one for one in pauses if one.is_open]
    return [_shown(one, waiting, pauses) for one in steps]


def days_of(step: RequestStep, pauses: Sequence[Pause]) -> Clock | None:
    """The step's clock, None before it was opened."""
    if step.opened_on is None:
        return None
    own = tuple(
        ClockPause(one.started_on, one.ended_on)
        for one in pauses
        if one.kind != PauseKind.EXTERNAL or one.step_id == step.pk
    )
    return Clock(working_calendar(), step.opened_on, step.days_allowed, own)


def _at_step(step: RequestStep, outside: Pause | None, pauses: Sequence[Pause]) -> Whereabouts:
    if outside is not None:
        sentence = _("With %(body)s: their opinion is awaited (%(step)s).") % {
            "body": outside.body,
            "step": step.title,
        }
        return Whereabouts("warn", sentence, _since(outside.started_on))
    who = step.assignee.full_name if step.assignee else _("not taken up yet")
    sentence = _("With %(section)s: %(step)s.") % {"section": step.section.name, "step": step.title}
    left = _left(step, pauses)
    kind: Kind = "danger" if left < 0 else "warn" if left == 0 else "info"
    return Whereabouts(kind, sentence, f"{who} · {_left_words(left)}")


def _left(step: RequestStep, pauses: Sequence[Pause]) -> int:
    clock = days_of(step, pauses)
    return step.days_allowed if clock is None else clock.remaining(today())


def _days_words(days: int) -> str:
    if days == 0:
        return _("the same day")
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def _left_words(left: int) -> str:
    if left < 0:
        return ngettext("%(days)s working day late", "%(days)s working days late", -left) % {
            "days": -left
        }
    if left == 0:
        return _("due today")
    return ngettext("%(days)s working day left", "%(days)s working days left", left) % {
        "days": left
    }


def _since(day: date) -> str:
    return _("since %(day)s") % {"day": f"{day:%d/%m/%Y}"}


def _closed(request: Request) -> Whereabouts:
    if request.state == State.CANCELLED:
        return Whereabouts("neutral", _("Closed without a decision."), request.closing_reason)
    if request.decision == "rejected":
        return Whereabouts(
            "danger", _("Finished: rejected, and the citizen was told."), request.decision_reason
        )
    return Whereabouts("ok", _("Finished."), "")


def _shown(step: RequestStep, waiting: Sequence[Pause], pauses: Sequence[Pause]) -> ShownStep:
    section = step.section.name
    if step.state == StepState.DONE:
        kind = (
            "refused"
            if step.outcome in (StepOutcome.REJECTED, StepOutcome.UNFAVOURABLE)
            else "done"
        )
        days = _days_words(step.days_used or 0)
        more = " · ".join(part for part in (section, step.done_by_name, days) if part)
        return ShownStep(step, kind, step.title, more, step.done_at, step.days_used, None)
    if step.state == StepState.SKIPPED:
        return ShownStep(
            step, "skipped", step.title, f"{section} · {_('not needed')}", None, None, None
        )
    if step.state == StepState.PLANNED:
        days = _days_words(step.days_allowed)
        return ShownStep(
            step, "waiting", step.title, f"{section} · {days}", None, None, step.days_allowed
        )
    left = _left(step, pauses)
    paused = any(one.kind != PauseKind.EXTERNAL or one.step_id == step.pk for one in waiting)
    kind = "paused" if paused else "late" if left < 0 else "now"
    who = step.assignee.full_name if step.assignee else _("not taken up yet")
    if step.kind == StepKind.FEE_COLLECTION:
        who = _("waits for payment")
    more = " · ".join((section, who, _("the clock is paused") if paused else _left_words(left)))
    return ShownStep(step, kind, step.title, more, step.opened_at, step.days_allowed - left, left)
