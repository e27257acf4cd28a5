"""What a service is: read from JSON with every fault told at once, written back without loss."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils.translation import override

from modules.frontdesk.catalogue_data import available_section, entries
from modules.frontdesk.definitions import (
    ServiceDefinition,
    check,
    read_definition,
    write_definition,
)
from modules.frontdesk.errors import DefinitionInvalid

ALL_SECTIONS = frozenset(json.loads("[]")) | {
    "front_desk", "collection", "cash_desk", "finance", "legal", "planning", "surveying", "crafts", "archive",
    "health_environment", "water", "electricity", "subscriptions", "public_works", "inspection", "municipal_court",
    "properties", "fleet", "council_secretary", "mayor_office", "municipal_director", "human_resources", "warehouse",
    "purchasing", "planning_committee",
}  # fmt: skip
SMALLEST: dict[str, Any] = {
    "title": {"ar": "خدمة"},
    "days": 1,
    "route": [
        {
            "steps": [
                {
                    "code": "deliver",
                    "title": {"ar": "تسليم"},
                    "kind": "delivery",
                    "section": "front_desk",
                }
            ]
        }
    ],
}


def _with(**changes: Any) -> dict[str, Any]:
    return {**SMALLEST, **changes}


@pytest.fixture(params=["gaza", "west_bank"])
def seeded(request: pytest.FixtureRequest) -> dict[str, ServiceDefinition]:
    return {
        one.code: one.definition for one in entries(dialect=request.param, sections=ALL_SECTIONS)
    }


def test_every_one_of_the_150_services_is_a_sound_definition(
    seeded: dict[str, ServiceDefinition],
) -> None:
    assert len(seeded) == 150
    for code, design in seeded.items():
        assert check(design) == [], code
        assert design.section_codes <= ALL_SECTIONS, code


def test_every_seeded_definition_survives_json(seeded: dict[str, ServiceDefinition]) -> None:
    for design in seeded.values():
        assert read_definition(json.loads(json.dumps(write_definition(design)))) == design


def test_each_region_says_its_own_word() -> None:
    titles = {
        dialect: {
            one.code: one.definition for one in entries(dialect=dialect, sections=ALL_SECTIONS)
        }["FD-004"]
        for dialect in ("gaza", "west_bank")
    }
    assert titles["gaza"].title.ar == "طلب خلو طرف"
    assert titles["west_bank"].title.ar == "طلب براءة ذمة"


def test_services_of_the_other_region_are_there_but_not_offered() -> None:
    offered = {one.code: one.is_offered for one in entries(dialect="gaza", sections=ALL_SECTIONS)}
    assert offered["PL-020"]
    assert not offered["PL-021"]


def test_complaints_objections_and_payments_are_never_blocked_by_dues(
    seeded: dict[str, ServiceDefinition],
) -> None:
    for code in ("FD-002", "FD-003", "SB-016", "CR-015", "CT-003", "SB-014", "SB-015", "PL-032"):
        assert seeded[code].gates.dues == "never", code


def test_a_small_town_routes_to_the_section_that_does_the_work_there() -> None:
    assert available_section("surveying", {"engineering", "front_desk"}) == "engineering"
    assert available_section("front_desk", {"front_desk"}) == "front_desk"


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("text", "definition: must be an object"),
        (_with(days="seven"), "days: must be int"),
        (_with(days=True), "days: must be int"),
        (_with(nonsense=1), "nonsense: is not known"),
        ({"title": {"ar": "x"}, "days": 1}, "route: is missing"),
        (_with(route=[]), "route: has no step"),
        (_with(route=[{"steps": []}]), "route: has no step"),
        (_with(days=-1), "days: cannot be negative"),
        (
            _with(route=[*SMALLEST["route"], *SMALLEST["route"]]),
            "route: the code 'deliver' stands twice",
        ),
        (_with(gates={"dues": "perhaps"}), "gates.dues: must be one of block, warn, never"),
        (
            _with(fields=[{"code": "a", "kind": "choice", "label": {"ar": "س"}}]),
            "fields.a.choices: a choice needs something to choose from",
        ),
        (
            _with(
                fees=[
                    {
                        "code": "f",
                        "kind": "flat",
                        "title": {"ar": "ر"},
                        "when": "at_intake",
                        "amount": "0",
                    }
                ]
            ),
            "fees.f.amount: a flat fee needs an amount above zero",
        ),
        (
            _with(
                fees=[
                    {"code": "f", "kind": "assessed", "title": {"ar": "ر"}, "assessed_by": "nobody"}
                ]
            ),
            "fees.f.assessed_by: no step is called 'nobody'",
        ),
        (
            _with(fees=[{"code": "f", "kind": "flat", "title": {"ar": "ر"}, "amount": "5"}]),
            "fees.f: no step of the route collects it",
        ),
    ],
)
def test_a_fault_is_told_with_the_place_where_it_stands(raw: Any, fault: str) -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        read_definition(raw)
    assert fault in refused.value.faults


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        read_definition({"title": 3, "days": "x", "route": "y", "zzz": 1})
    assert len(refused.value.faults) == 4


@pytest.mark.parametrize(
    ("days", "text", "words"),
    [
        (0, "0", "في اليوم نفسه"),
        (1, "", "يوم عمل واحد"),
        (2, "", "يوما عمل"),
        (7, "5-7", "من 5 إلى 7 أيام عمل"),
        (20, "7-20", "من 7 إلى 20 يوم عمل"),
        (1, "0-1", "في اليوم نفسه أو خلال يوم عمل"),
        (30, "حسب الموازنة", "حسب الموازنة"),
        (12, "7 - 12", "7 - 12"),
    ],
)
def test_how_long_it_takes_is_said_as_people_say_it(days: int, text: str, words: str) -> None:
    design = read_definition({**SMALLEST, "days": days or 1, "days_text": text})
    with override("ar"):
        assert design.days_words == words
