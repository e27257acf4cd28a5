"""What the gates judge, and what a gate says. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from moneyed import Money

from kernel.policies.selectors import PolicyAnswer
from kernel.ports.dues import DueLine
from modules.frontdesk.constants import BLOCKING_OUTCOMES, GateCode, GateOutcome
from modules.frontdesk.definitions import ServiceDefinition
from modules.frontdesk.models import RequestPaper
from modules.frontdesk.rules.facts import facts_of_answers


@dataclass(frozen=True)
class Reason:
    code: str
    sentence: str
    target: str = ""

    def kept(self) -> dict[str, str]:
        return {"code": self.code, "sentence": self.sentence, "target": self.target}


@dataclass(frozen=True)
class Gate:
    """One gate's verdict with all that it was taken from."""

    code: GateCode
    outcome: GateOutcome
    reasons: tuple[Reason, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    answers: tuple[PolicyAnswer, ...] = ()
    lines: tuple[DueLine, ...] = ()
    total: tuple[Money, ...] = ()
    overridden_by: str = ""
    authority: str = ""

    @property
    def blocks(self) -> bool:
        return self.outcome in BLOCKING_OUTCOMES

    @property
    def label(self) -> str:
        return str(self.code.label)

    @property
    def sentence(self) -> str:
        return " ".join(one.sentence for one in self.reasons) or str(self.outcome.label)

    @property
    def article(self) -> str:
        return next((one.article for one in self.answers if one.article), "")


@dataclass(frozen=True)
class Asked:
    """What is being asked, filed or not: enough to say what will stop it.

    `dead` are those of the applicant, the beneficiary and the agent who died, by role, with the day.
    """

    service_code: str
    design: ServiceDefinition
    on: date
    party_ids: tuple[int, ...] = ()
    subjects: tuple[str, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    papers: Mapping[str, Sequence[RequestPaper]] = field(default_factory=dict)
    has_applicant: bool = True
    has_place: bool = True
    with_agent: bool = False
    has_agent: bool = True
    acts_by: str = ""
    agent_power_on: date | None = None
    agent_power_until: date | None = None
    applicant_kind: str = ""
    dead: Mapping[str, date] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    filing: bool = False

    @property
    def facts(self) -> dict[str, Any]:
        """What the service's rules may ask about."""
        return {**self.about, **facts_of_answers(self.design.fields, self.answers)}
