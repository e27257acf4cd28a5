"""A service tried on a sample: what would be asked, what it would cost, where it would go. Pure; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kernel.calendar.clock import Clock
from kernel.calendar.working_calendar import WorkingCalendar
from kernel.errors import Sentence
from modules.frontdesk.answers import clean_answers
from modules.frontdesk.applying import asked_fields, asked_papers, fee_amount, step_needed
from modules.frontdesk.definitions import Fee, Field, Requirement, ServiceDefinition, Step
from modules.frontdesk.errors import AnswersInvalid
from modules.frontdesk.rules.facts import facts_of_answers


@dataclass(frozen=True)
class Trial:
    """The sample's answers are `faults` where they would be refused. None in a pair: a person decides."""

    fields: tuple[tuple[Field, bool | None], ...]
    faults: Mapping[str, list[Sentence]]
    papers: tuple[tuple[Requirement, bool], ...]
    fees: tuple[tuple[Fee, Decimal | None], ...]
    route: tuple[tuple[tuple[Step, bool | None], ...], ...]
    promised_on: date | None
    days_on_route: int


def try_out(
    design: ServiceDefinition,
    answers: Mapping[str, Any],
    *,
    about: Mapping[str, Any],
    decision: str = "approved",
    on: date,
    calendar: WorkingCalendar,
) -> Trial:
    """Run a sample through a definition, published or not."""
    faults: Mapping[str, list[Sentence]] = {}
    try:
        kept = clean_answers(
            design.fields, answers, complete=True, sections=design.sections, known=about
        )
    except AnswersInvalid as refusal:
        faults = {name: list(many) for name, many in refusal.errors.items()}
        right = {code: value for code, value in answers.items() if code not in faults}
        try:
            kept = clean_answers(
                design.fields, right, complete=False, sections=design.sections, known=about
            )
        except AnswersInvalid:
            kept = {}
    facts = {**about, **facts_of_answers(design.fields, kept), "decision": decision}
    route = tuple(
        tuple((step, step_needed(step, design, number, facts)) for step in stage.steps)
        for number, stage in enumerate(design.route, 1)
    )
    return Trial(
        fields=tuple(asked_fields(design.fields, kept, sections=design.sections, known=about)),
        faults=faults,
        papers=tuple(
            (one, one.is_mandatory(with_agent=bool(about.get("with_agent"))))
            for one in asked_papers(design, facts)
        ),
        fees=tuple(
            (one, fee_amount(one, design, facts) if one.is_computed else None)
            for one in design.fees
        ),
        route=route,
        promised_on=Clock(calendar, on, design.days).due_on() if design.days >= 0 else None,
        days_on_route=sum(
            max((step.days for step, needed in stage if needed is not False), default=0)
            for stage in route
        ),
    )
