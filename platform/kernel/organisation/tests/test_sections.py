"""The tree of sections, and what a new municipality starts with."""

from __future__ import annotations

import csv

import pytest
from django.db import DatabaseError

from kernel import registry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotVisible
from kernel.organisation import selectors, services
from kernel.organisation.errors import (
    NameMissing,
    SectionBeneathItself,
    SectionCodeTaken,
    SectionIsInUse,
)
from kernel.organisation.models import Role, Section, SectionKind
from kernel.organisation.seeds import DATA, seed_organisation
from kernel.profile.models import Dialect
from kernel.profile.selectors import profile
from kernel.tenancy import use
from kernel.viewer import Viewer


def test_a_town_starts_with_the_sections_of_its_region(town: str, other_town: str) -> None:
    assert selectors.section_by_code("front_desk").name_ar == "قلم الجمهور"
    with use(other_town):
        assert selectors.section_by_code("front_desk").name_ar == "مركز خدمات الجمهور"
    assert selectors.section_by_code("civil_defence").is_outside


def test_every_role_template_is_there_and_a_second_seeding_adds_nothing(
    hadi: Viewer,
) -> None:
    templates = {
        one.code for module in registry.modules() if module.house != "hub" for one in module.roles
    }
    assert templates <= set(Role.objects.values_list("code", flat=True))
    services.rename_section(
        selectors.section_by_code("front_desk"), name_ar="خدمات الجمهور", by=hadi
    )
    before = (Section.objects.count(), Role.objects.count())
    seed_organisation(profile())
    assert (Section.objects.count(), Role.objects.count()) == before
    assert selectors.section_by_code("front_desk").name_ar == "خدمات الجمهور"


@pytest.mark.parametrize("dialect", Dialect.values)
def test_the_lists_of_sections_hold_together(dialect: str) -> None:
    with (DATA / f"sections_{dialect}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    seen: set[str] = set()
    for row in rows:
        assert row["code"] not in seen
        assert not row["parent"] or row["parent"] in seen
        assert row["kind"] in SectionKind.values
        assert row["name_ar"]
        assert row["name_en"]
        seen.add(row["code"])


def test_both_regions_call_the_sections_of_services_by_the_same_codes() -> None:
    codes = []
    for dialect in Dialect.values:
        with (DATA / f"sections_{dialect}.csv").open(encoding="utf-8", newline="") as lines:
            codes.append({row["code"] for row in csv.DictReader(lines) if row["kind"] != "outside"})
    assert codes[0] ^ codes[1] <= {"automatic_payment", "water_inspection"}


def test_a_moved_department_takes_all_beneath_it_along(hadi: Viewer) -> None:
    fleet = selectors.section_by_code("fleet")
    garage = services.create_section("garage", name_ar="الكراج", parent=fleet, by=hadi)
    projects = selectors.section_by_code("projects")
    services.move_section(fleet, parent=projects, by=hadi)
    garage.refresh_from_db()
    assert garage.lineage == [*projects.lineage, fleet.pk, garage.pk]
    assert garage in selectors.beneath(projects)
    assert garage not in selectors.beneath(selectors.section_by_code("health_environment"))


def test_nothing_lies_beneath_itself(hadi: Viewer) -> None:
    planning = selectors.section_by_code("planning")
    crafts = selectors.section_by_code("crafts")
    with pytest.raises(SectionBeneathItself):
        services.move_section(planning, parent=crafts, by=hadi)
    with pytest.raises(DatabaseError, match="beneath itself"), recorded(by=hadi):
        Section.objects.filter(pk=planning.pk).update(parent=crafts)


def test_a_section_in_use_is_not_closed(hadi: Viewer) -> None:
    with pytest.raises(SectionIsInUse) as refused:
        services.close_section(
            selectors.section_by_code("planning"), on=today(), reason="دمج", by=hadi
        )
    assert refused.value.facts["beneath"] > 0
    assert refused.value.facts["seats"] == 1
    gis = selectors.section_by_code("gis")
    services.close_section(gis, on=today(), reason="دمج", by=hadi)
    assert gis not in selectors.sections()
    assert gis in selectors.sections(with_closed=True)


def test_codes_are_single_and_names_are_needed(hadi: Viewer) -> None:
    with pytest.raises(SectionCodeTaken):
        services.create_section("archive", name_ar="أرشيف", by=hadi)
    with pytest.raises(NameMissing):
        services.create_section("new", name_ar=" ", by=hadi)


def test_the_organisation_is_known_to_staff_only(amal: Viewer) -> None:
    archive = selectors.section_by_code("archive")
    assert selectors.section_for(amal, archive.uid) == archive
    with pytest.raises(NotVisible):
        selectors.section_for(Viewer.citizen(), archive.uid)
