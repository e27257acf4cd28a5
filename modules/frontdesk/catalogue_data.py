"""The catalogue a new municipality starts with: the services of its region in its own words, as definitions.

Reads `data/*.json`; touches no table. Compact rows (services.json) name steps of a library (steps.json); four
services are written out in full (designed.json).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from kernel.terms import term
from modules.frontdesk.definitions import ServiceDefinition, read_definition

DATA = Path(__file__).parent / "data"
_PLACEHOLDER = re.compile(r"\{(clearance_certificate)\}")
_REUSABLE_DAYS = {"identity_card": 1825, "title_deed": 180, "survey_plan": 180}
_LOST_TITLE = [
    ["inheritance_deed"],
    ["sale_contract"],
    ["notarised_ownership_declaration", "mukhtar_certificate", "neighbourhood_committee_statement"],
]


@dataclass(frozen=True)
class CatalogueEntry:
    """One service as it is seeded. `is_offered` is False where the region does not use it."""

    code: str
    definition: ServiceDefinition
    is_offered: bool


def entries(*, dialect: str, sections: Collection[str]) -> tuple[CatalogueEntry, ...]:
    """Every service in the words of the dialect, routed to sections that this municipality has.

    Read once for the same dialect and sections: nearly every new municipality of a region begins alike.
    """
    return _entries(dialect, frozenset(sections))


@lru_cache(maxsize=4)
def _entries(dialect: str, sections: frozenset[str]) -> tuple[CatalogueEntry, ...]:
    return tuple(_read(dialect, sections))


def _read(dialect: str, sections: frozenset[str]) -> Iterator[CatalogueEntry]:
    steps = _load("steps.json")
    fields = _load("fields.json")
    for row in _load("designed.json"):
        yield _entry(row["code"], row["definition"], dialect, sections, offered=True)
    for row in _load("services.json"):
        raw = _expand(row, steps, fields, dialect)
        offered = row.get("region", dialect) == dialect
        yield _entry(row["code"], raw, dialect, sections, offered=offered)


def available_section(wanted: str, sections: Collection[str]) -> str:
    """The section itself where the municipality has it, else the one that does its work in a smaller town."""
    if wanted in sections:
        return wanted
    for stand_in in _load("sections.json").get(wanted, ()):
        if stand_in in sections:
            return str(stand_in)
    return wanted


@cache
def _load(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def _entry(
    code: str, raw: dict[str, Any], dialect: str, sections: Collection[str], *, offered: bool
) -> CatalogueEntry:
    definition = read_definition(_in_dialect(raw, dialect))
    return CatalogueEntry(code, reroute(definition, sections), offered)


def reroute(definition: ServiceDefinition, sections: Collection[str]) -> ServiceDefinition:
    """The definition with each step at a section that exists here."""
    return replace(
        definition,
        route=tuple(
            replace(
                stage,
                steps=tuple(
                    replace(step, section=available_section(step.section, sections))
                    for step in stage.steps
                ),
            )
            for stage in definition.route
        ),
    )


def _in_dialect(raw: Any, dialect: str) -> Any:
    if isinstance(raw, str):
        return _PLACEHOLDER.sub(lambda found: term(found.group(1), dialect, "ar"), raw)
    if isinstance(raw, list):
        return [_in_dialect(one, dialect) for one in raw]
    if isinstance(raw, dict):
        return {key: _in_dialect(value, dialect) for key, value in raw.items()}
    return raw


def _expand(
    row: Mapping[str, Any], steps: Mapping[str, Any], fields: Mapping[str, Any], dialect: str
) -> dict[str, Any]:
    """A compact row as a whole definition."""
    raw: dict[str, Any] = {
        "title": {"ar": row.get("names", {}).get(dialect, row["ar"]), "en": row["en"]},
        "group": row["group"],
        "days": row["days"],
        "days_text": row["days_text"],
        "fee_text": {"ar": row["fee_ar"], "en": row["fee_en"]},
        "result": {"ar": _spoken(row["output"], dialect)},
        "gates": {"dues": row["dues"]},
        "fields": [_field(token, fields) for token in row["fields"]],
        "papers": [_paper(token) for token in row["papers"]],
        "route": [_stage(token, steps, row["own"]) for token in row["route"]],
    }
    for name in ("audience", "place", "online"):
        if name in row:
            raw[name] = row[name]
    if row["dues"] == "never":
        raw["gates"]["holds"] = []
    if row["fee"] == "assessed":
        raw["fees"] = [_assessed_fee(row)]
    return raw


def _assessed_fee(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": "service",
        "kind": "assessed",
        "assessed_by": "assess",
        "title": {"ar": f"رسوم {row['ar']}", "en": f"Fees: {row['en']}"},
        "basis": {"ar": row["fee_ar"], "en": row["fee_en"]},
    }


def _spoken(words: str | Mapping[str, str], dialect: str) -> str:
    return words if isinstance(words, str) else words[dialect]


def _field(token: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    code = token.removesuffix("?")
    return {"code": code, "required": not token.endswith("?"), **fields[code]}


def _paper(token: str) -> dict[str, Any]:
    code, _at, agent = token.partition("@")
    need = "with_agent" if agent else "if_any" if code.endswith("?") else "always"
    code = code.removesuffix("?")
    paper: dict[str, Any] = {"code": code, "need": need}
    if code in _REUSABLE_DAYS:
        paper["reuse_days"] = _REUSABLE_DAYS[code]
    if code == "title_deed":
        paper["substitutes"] = _LOST_TITLE
    if code == "clearance_certificate":
        paper["note"] = {
            "ar": "تُفحص الذمم آلياً عند التقديم.",
            "en": "Dues are checked at submission.",
        }
    return paper


def _stage(token: str, steps: Mapping[str, Any], own: str) -> dict[str, Any]:
    return {"steps": [_step(one, steps, own) for one in token.split("+")]}


def _step(token: str, steps: Mapping[str, Any], own: str) -> dict[str, Any]:
    code = token.removesuffix("*")
    step = {"code": code, **steps[code]}
    step["section"] = step["section"] or own
    if token.endswith("*"):
        step["visit"] = True
    if step["kind"] in ("technical_check", "legal_check"):
        step["fields"] = [
            {
                "code": "opinion",
                "kind": "longtext",
                "label": {"ar": "الرأي", "en": "Opinion"},
                "required": True,
            }
        ]
    if token.endswith("*"):
        step["fields"] = [
            {
                "code": "findings",
                "kind": "longtext",
                "label": {"ar": "نتيجة الكشف", "en": "Findings"},
                "required": True,
            }
        ]
    return step
