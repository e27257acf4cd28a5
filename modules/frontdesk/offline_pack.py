"""What a cut-off desk needs of the catalogue, as plain JSON: services, their forms and papers. Nothing of any person.

Rules go out as they were parsed, so that the browser judges them without reading a language of its own; what it cannot
judge is asked, and the server judges again when the line is back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language

from kernel.calendar.selectors import today
from kernel.policies.selectors import value
from kernel.terms import term
from kernel.viewer import Viewer
from modules.frontdesk.definitions import Field, FormSection, Requirement, ServiceDefinition
from modules.frontdesk.definitions.proofs import PROOFS
from modules.frontdesk.models import Service
from modules.frontdesk.rules import Kind, RuleFault, as_lists, read_rule
from modules.frontdesk.rules.facts import names_at_intake, names_of_form
from modules.frontdesk.selectors.catalogue import most_asked_first, offered_services
from modules.frontdesk.selectors.gates import paper_title

MOST_FILES = 12
MOST_FILE_BYTES = 10 * 1024 * 1024


def offline_pack(viewer: Viewer) -> dict[str, Any]:
    """The catalogue for this reader's language, with a mark that changes when anything in it does."""
    viewer.require("frontdesk.open")
    pack: dict[str, Any] = {
        "language": get_language() or "ar",
        "hours": int(value("INF-03.max_offline_hours", on=today()).value),
        "most_files": MOST_FILES,
        "most_bytes": MOST_FILE_BYTES,
        "terms": {
            "applicant": term("applicant"),
            "block": term("land_block_number"),
            "parcel": term("land_parcel_number"),
        },
        "proofs": {
            str(acts_by): {"code": code, "title": paper_title(code)}
            for acts_by, code in PROOFS.items()
        },
        "services": [_service(one) for one in most_asked_first(list(offered_services(viewer)))],
    }
    told = json.dumps(pack, ensure_ascii=False, sort_keys=True).encode()
    return {**pack, "mark": hashlib.sha256(told).hexdigest()[:16]}


def _service(service: Service) -> dict[str, Any]:
    design = service.in_force.design
    return {
        "code": service.code,
        "version": service.in_force.number,
        "title": service.title,
        "group": service.group,
        "days": design.days,
        "fee": str(design.fee_text) if design.fee_text.ar else "",
        "pays_first": any(one.when == "at_intake" for one in design.fees),
        "place": design.place,
        "anonymous": design.applicant.anonymous,
        "hidden": design.applicant.hidden,
        "agent": design.applicant.agent,
        "sections": [_section(one, design) for one in design.sections],
        "fields": [_field(one, design) for one in design.fields],
        "papers": [_paper(one, design) for one in design.papers],
    }


def _section(section: FormSection, design: ServiceDefinition) -> dict[str, Any]:
    return _lean(
        {
            "code": section.code,
            "title": str(section.title),
            "help": str(section.help) if section.help.ar else "",
            "shown_if": _rule(section.shown_if, names_of_form(design.fields).kinds),
        }
    )


def _field(field: Field, design: ServiceDefinition) -> dict[str, Any]:
    return _lean(
        {
            "code": field.code,
            "kind": field.kind,
            "label": str(field.label),
            "required": field.required,
            "help": str(field.help) if field.help.ar else "",
            "min": field.min,
            "max": field.max,
            "choices": [[one.code, str(one.label)] for one in field.choices],
            "prefill": field.prefill,
            "section": field.section,
            "shown_if": _rule(field.shown_if, names_of_form(design.fields).kinds),
            "columns": [_field(one, design) for one in field.columns],
        }
    )


def _paper(paper: Requirement, design: ServiceDefinition) -> dict[str, Any]:
    others: Sequence[str] = sorted(paper.accepted - {paper.code})
    return _lean(
        {
            "code": paper.code,
            "title": paper_title(paper.code),
            "need": paper.need,
            "note": str(paper.note) if paper.note.ar else "",
            "others": [[one, paper_title(one)] for one in others],
            "asked_if": _rule(paper.asked_if, names_at_intake(design).kinds),
        }
    )


def _rule(text: str, kinds: Mapping[str, Kind]) -> Any:
    """The parsed rule as lists: see `as_lists`; nothing for none and for what cannot be read."""
    if not text:
        return None
    try:
        return as_lists(read_rule(text, kinds, answers="bool"))
    except RuleFault:
        return None


def _lean(facts: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing: the pack travels over slow lines."""
    return {name: fact for name, fact in facts.items() if fact not in ("", None, [], False)}
