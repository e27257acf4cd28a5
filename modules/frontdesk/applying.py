"""A service's rules applied to the facts of one request: what is asked, which papers, what it costs, which steps.

Pure. A rule that cannot be judged never opens or waives anything: the paper is asked for, the step is left to its
section, the fee to a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from kernel.parties.models import Party
from kernel.places.models import LandUnit
from modules.frontdesk.definitions import (
    Fee,
    Field,
    FormSection,
    Requirement,
    ServiceDefinition,
    Step,
)
from modules.frontdesk.rules import Kind, RuleFault, amount_of, holds, read_rule
from modules.frontdesk.rules.facts import (
    facts_of_answers,
    names_at_intake,
    names_before,
    names_of_form,
)

Facts = Mapping[str, Any]


def about(
    *,
    on: date,
    channel: str = "desk",
    applicant: Party | None = None,
    with_agent: bool = False,
    land_unit: LandUnit | None = None,
    has_place: bool | None = None,
) -> dict[str, Any]:
    """What every service may ask about, whatever its form."""
    return {
        "today": on,
        "channel": channel,
        "applicant.kind": applicant.kind if applicant else "",
        "with_agent": with_agent,
        "has_place": land_unit is not None if has_place is None else has_place,
        "place.area": land_unit.area_m2 if land_unit else None,
    }


def judged(text: str, kinds: Mapping[str, Kind], facts: Facts) -> bool | None:
    """Whether a rule holds; an empty one always does, one that cannot be read or decided is None."""
    if not text:
        return True
    try:
        return holds(read_rule(text, kinds, answers="bool"), facts)
    except RuleFault:
        return None


def has_rules(design: ServiceDefinition) -> bool:
    """Whether anything of the form or the papers depends on a rule: then the facts are worth gathering."""
    return any(
        (
            any(one.shown_if or one.valid_if for one in design.fields),
            any(one.shown_if for one in design.sections),
            any(one.asked_if for one in design.papers),
            any(one.is_computed and (one.kind != "flat" or one.charged_if) for one in design.fees),
            any(step.done_if for _stage, step in design.steps()),
        )
    )


def asked_fields(
    fields: Sequence[Field],
    answers: Mapping[str, Any],
    *,
    sections: Sequence[FormSection] = (),
    known: Facts | None = None,
) -> list[tuple[Field, bool | None]]:
    """Every question with whether it is asked: True, False, or None while that cannot be known yet."""
    if not any(one.shown_if for one in fields) and not any(one.shown_if for one in sections):
        return [(one, True) for one in fields]
    facts = {**(known or {}), **facts_of_answers(fields, answers)}
    kinds = names_of_form(fields).kinds
    headings = {one.code: judged(one.shown_if, kinds, facts) for one in sections}
    found: list[tuple[Field, bool | None]] = []
    for one in fields:
        shown = _both(headings.get(one.section, True), judged(one.shown_if, kinds, facts))
        if shown is False:  # what is not asked answers nothing for the questions after it
            facts.update(facts_of_answers([one], {}))
        found.append((one, shown))
    return found


def breaks(
    field: Field, fields: Sequence[Field], answers: Mapping[str, Any], known: Facts | None = None
) -> bool:
    """Whether an answer breaks the question's own rule."""
    if not field.valid_if:
        return False
    facts = {**(known or {}), **facts_of_answers(fields, answers)}
    return judged(field.valid_if, names_of_form(fields).kinds, facts) is False


def asked_papers(design: ServiceDefinition, facts: Facts) -> list[Requirement]:
    """The papers that these facts ask for."""
    if not any(one.asked_if for one in design.papers):
        return list(design.papers)
    kinds = names_at_intake(design).kinds
    return [one for one in design.papers if judged(one.asked_if, kinds, facts) is not False]


def fee_amount(fee: Fee, design: ServiceDefinition, facts: Facts) -> Decimal | None:
    """What a computed fee comes to; zero where it is not charged, None where a person must compute it."""
    kinds = names_at_intake(design).kinds
    charged = judged(fee.charged_if, kinds, facts)
    if charged is not True:
        return None if charged is None else Decimal(0)
    amount = _raw_amount(fee, kinds, facts)
    if amount is None or amount < 0:
        return None
    if fee.least:
        amount = max(amount, Decimal(fee.least))
    return min(amount, Decimal(fee.most)) if fee.most else amount


def step_needed(step: Step, design: ServiceDefinition, stage: int, facts: Facts) -> bool | None:
    """Whether a step of that stage is done for these facts; None leaves it to its section."""
    return judged(step.done_if, names_before(design, stage).kinds, facts) if step.done_if else True


def facts_of_steps(steps: Iterable[Any]) -> dict[str, Any]:
    """What the steps found so far; the newest round of each counts."""
    facts: dict[str, Any] = {}
    for row in sorted(steps, key=lambda one: one.round):
        if row.outcome:
            facts[f"{row.code}.outcome"] = row.outcome
            plan = row.plan
            facts.update(facts_of_answers(plan.fields, row.answers, f"{row.code}."))
    return facts


def _raw_amount(fee: Fee, kinds: Mapping[str, Kind], facts: Facts) -> Decimal | None:
    if fee.kind == "flat":
        return Decimal(fee.amount)
    if fee.kind == "formula":
        try:
            return amount_of(read_rule(fee.formula, kinds, answers="number"), facts)
        except RuleFault:
            return None
    answer = facts.get(fee.of)
    if fee.kind == "table":
        return next((Decimal(one.amount) for one in fee.cells if one.answer == str(answer)), None)
    if not isinstance(answer, Decimal) or answer < 0:
        return None
    below = Decimal(0)
    for band in fee.bands:
        if not band.upto or answer <= Decimal(band.upto):
            return Decimal(band.amount) + Decimal(band.rate) * (answer - below)
        below = Decimal(band.upto)
    return None


def _both(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True
