"""What a rule of a service may ask about: the names with their kinds, and their values for one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from modules.frontdesk.definitions import Field, ServiceDefinition
from modules.frontdesk.rules.reading import Kind

_KINDS: Mapping[str, Kind] = {
    "number": "number",
    "money": "number",
    "bool": "bool",
    "date": "date",
    "table": "list",
}
ABOUT: Mapping[str, Kind] = {
    "today": "date",
    "channel": "text",
    "applicant.kind": "text",
    "with_agent": "bool",
    "has_place": "bool",
    "place.area": "number",
    "decision": "text",
}
CHOICES_ABOUT: Mapping[str, Sequence[str]] = {
    "channel": ("desk", "web", "api", "phone"),
    "applicant.kind": ("person", "organisation", "heirs", "public_body", "unknown"),
    "decision": ("approved", "rejected"),
}
OUTCOMES = ("done", "favourable", "unfavourable", "approved", "rejected")


@dataclass(frozen=True)
class Names:
    """Names that are known at some point of a request's way, and what each may be."""

    kinds: Mapping[str, Kind]
    choices: Mapping[str, Sequence[str]]


def names_at_intake(design: ServiceDefinition) -> Names:
    """What the form, the papers and the fees may ask about."""
    return names_of_form(design.fields)


def names_of_form(fields: Sequence[Field]) -> Names:
    """What a form with these questions may ask about."""
    kinds: dict[str, Kind] = {**ABOUT}
    choices: dict[str, Sequence[str]] = {**CHOICES_ABOUT}
    del kinds["decision"], choices["decision"]
    _add(kinds, choices, fields, "")
    return Names(kinds, choices)


def names_before(design: ServiceDefinition, stage: int) -> Names:
    """What a step of that stage may ask about: the form, and what the stages before it found."""
    at_intake = names_at_intake(design)
    kinds, choices = dict(at_intake.kinds), dict(at_intake.choices)
    kinds["decision"], choices["decision"] = "text", CHOICES_ABOUT["decision"]
    for number, step in design.steps():
        if number >= stage:
            continue
        kinds[f"{step.code}.outcome"], choices[f"{step.code}.outcome"] = "text", OUTCOMES
        _add(kinds, choices, step.fields, f"{step.code}.")
    return Names(kinds, choices)


def facts_of_answers(
    fields: Sequence[Field], answers: Mapping[str, Any], prefix: str = ""
) -> dict[str, Any]:
    """Answers as rules read them: decimals, booleans, dates; an empty text is a text, an empty number unknown."""
    return {f"{prefix}{one.code}": _value(one, answers.get(one.code)) for one in fields}


def _value(field: Field, answer: Any) -> Any:
    kind = _KINDS.get(field.kind, "text")
    if kind == "bool":
        return bool(answer)
    if kind == "list":
        return tuple(answer or ())
    if answer in (None, ""):
        return "" if kind == "text" else None
    if kind == "number":
        return Decimal(str(answer))
    return date.fromisoformat(str(answer)) if kind == "date" else str(answer)


def _add(
    kinds: dict[str, Kind], choices: dict[str, Sequence[str]], fields: Sequence[Field], prefix: str
) -> None:
    for one in fields:
        kinds[f"{prefix}{one.code}"] = _KINDS.get(one.kind, "text")
        if one.kind == "choice":
            choices[f"{prefix}{one.code}"] = tuple(choice.code for choice in one.choices)
