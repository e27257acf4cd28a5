"""What happens on the route: steps, and outside bodies that are asked. Ids and values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.events.declaring import event


@event("frontdesk.StepOpened")
@dataclass(frozen=True)
class StepOpened:
    """Work arrived at a section: its bell rings."""

    request_uid: str
    number: str
    step_uid: str
    step_code: str
    kind: str
    section_id: int
    role: str
    due_on: date | None


@event("frontdesk.StepCompleted")
@dataclass(frozen=True)
class StepCompleted:
    request_uid: str
    number: str
    step_uid: str
    step_code: str
    section_id: int
    outcome: str
    days_used: int


@event("frontdesk.ExternalOpinionAsked")
@dataclass(frozen=True)
class ExternalOpinionAsked:
    request_uid: str
    number: str
    step_uid: str
    body: str


@event("frontdesk.ExternalOpinionGiven")
@dataclass(frozen=True)
class ExternalOpinionGiven:
    """The outside body answered; the clock goes on."""

    request_uid: str
    number: str
    step_uid: str
    body: str


@event("frontdesk.StepAssigned")
@dataclass(frozen=True)
class StepAssigned:
    """Taken up, given to a colleague, or (without a name) given back to the section."""

    request_uid: str
    number: str
    step_uid: str
    step_code: str
    to: str


@event("frontdesk.StepSentBack")
@dataclass(frozen=True)
class StepSentBack:
    """An earlier section does its step again."""

    request_uid: str
    number: str
    step_uid: str
    to_code: str


@event("frontdesk.StepEscalated")
@dataclass(frozen=True)
class StepEscalated:
    request_uid: str
    number: str
    step_uid: str
    role: str
