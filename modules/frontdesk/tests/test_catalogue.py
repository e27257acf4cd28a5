"""The catalogue: changed by new versions; running requests stay on theirs; what is published stands in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.money import money
from kernel.policies.services import set_value
from kernel.tenancy import use
from kernel.viewer import Viewer
from modules.frontdesk.errors import (
    DefinitionInvalid,
    NothingChanged,
    SectionMissing,
    ServiceNotFound,
    ServiceSwitchedOff,
)
from modules.frontdesk.models import Service, ServiceVersion
from modules.frontdesk.selectors.catalogue import offered_services, service_for
from modules.frontdesk.services import offer_service, open_draft, publish_version, revise_service
from modules.frontdesk.services.nightly import put_versions_in_force
from modules.frontdesk.tests.factories import CLEARANCE, PETITION, draft, fresh, submitted

KEEPER = "frontdesk.catalogue"


@pytest.fixture
def keeper(hadi: Viewer) -> Viewer:
    return hadi.with_permissions(KEEPER)


def test_a_town_starts_with_150_services_in_its_own_dialect(town: str, other_town: str) -> None:
    assert Service.objects.count() == 150
    assert Service.objects.get(code="FD-004").title == "طلب خلو طرف"
    with use(other_town):
        assert Service.objects.get(code="FD-004").title == "طلب براءة ذمة"


def test_changing_days_makes_a_new_version_and_running_requests_keep_theirs(
    keeper: Viewer, amal: Viewer, nour: Any
) -> None:
    running = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    revise_service("FD-001", days=3, note="تسريع", by=keeper)
    later = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    assert (fresh(running).service_version.number, later.service_version.number) == (1, 2)
    assert (later.promised_on - today()).days == 3
    assert fresh(running).promised_on > later.promised_on


def test_a_fee_is_changed_by_a_version_too(
    keeper: Viewer, finance: Any, amal: Viewer, nour: Any
) -> None:
    revise_service("FD-004", fee_amounts={"certificate": money("15", "ILS")}, by=keeper)
    made = submitted("FD-004", by=amal, applicant=nour, answers=CLEARANCE)
    assert made.fees.get().amount == 15


def test_a_revision_that_changes_nothing_is_refused(keeper: Viewer) -> None:
    with pytest.raises(NothingChanged):
        revise_service("FD-001", days=5, by=keeper)


def test_only_who_keeps_the_catalogue_changes_it(amal: Viewer) -> None:
    with pytest.raises(NotPermitted):
        revise_service("FD-001", days=3, by=amal)
    with pytest.raises(NotPermitted):
        offer_service("FD-001", offered=False, by=amal)


def test_a_service_that_is_not_offered_opens_no_request(keeper: Viewer, amal: Viewer) -> None:
    offer_service("FD-001", offered=False, by=keeper)
    with pytest.raises(ServiceSwitchedOff):
        open_draft("FD-001", by=amal)
    with pytest.raises(ServiceNotFound):
        open_draft("ZZ-000", by=amal)


def test_a_route_to_a_section_that_is_not_there_is_not_published(keeper: Viewer) -> None:
    design = service_for(keeper, "FD-001").in_force.design
    stage = design.route[0]
    lost = replace(
        design,
        route=(
            replace(stage, steps=(replace(stage.steps[0], section="atlantis"),)),
            *design.route[1:],
        ),
    )
    with pytest.raises(SectionMissing):
        publish_version("FD-001", lost, by=keeper)
    with pytest.raises(DefinitionInvalid):
        publish_version("FD-001", replace(design, route=()), by=keeper)


def test_a_version_for_tomorrow_starts_tomorrow_by_itself(
    keeper: Viewer, system: Viewer, sunday: Any
) -> None:
    design = service_for(keeper, "FD-001").in_force.design
    publish_version(
        "FD-001", replace(design, days=2), in_force_from=today() + timedelta(days=1), by=keeper
    )
    assert service_for(keeper, "FD-001").in_force.number == 1
    sunday.shift(timedelta(days=1))
    assert put_versions_in_force(by=system) == 1
    assert service_for(keeper, "FD-001").in_force.number == 2
    assert put_versions_in_force(by=system) == 0


def test_the_municipality_may_promise_other_days_for_a_service_by_policy(
    system: Viewer, amal: Viewer, nour: Any
) -> None:
    set_value("FRD-02.days", 2, starts_on=today(), scope="FD-001", by=system)
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    assert (made.promised_on - today()).days == 2


def test_a_published_version_cannot_be_rewritten_by_anybody(town: str, system: Viewer) -> None:
    version = ServiceVersion.objects.filter(service__code="FD-001").get()
    for change in ({"definition": {}}, {"title_ar": "أخرى"}, {"in_force_from": None}):
        with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=system):
            ServiceVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), recorded(by=system):
        version.delete()


def test_citizens_are_shown_citizens_services_only(town: str) -> None:
    codes = set(offered_services(Viewer.citizen()).values_list("code", flat=True))
    assert "FD-004" in codes
    assert "CO-007" not in codes


def test_a_draft_begun_on_an_old_version_stays_on_it(
    keeper: Viewer, amal: Viewer, nour: Any
) -> None:
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION)
    revise_service("FD-001", days=1, by=keeper)
    assert fresh(made).service_version.number == 1
