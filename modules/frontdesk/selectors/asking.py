"""What is being asked, as the gates judge it: from a request, or from what is only intended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kernel.parties.models import Party
from kernel.parties.selectors import ids_of_all
from kernel.places.models import LandUnit
from modules.frontdesk.applying import about, has_rules
from modules.frontdesk.definitions import ServiceDefinition
from modules.frontdesk.models import Request, RequestPaper
from modules.frontdesk.selectors.requests import by_requirement, counting_papers
from modules.frontdesk.selectors.standing import died
from modules.frontdesk.selectors.verdicts import Asked


def asked_of(request: Request, *, on: date, papers: Iterable[RequestPaper] | None = None) -> Asked:
    """A request as the gates judge it on a day; with its papers where they are not written yet."""
    family = party_family(request.payer_id, request.applicant_id)
    subjects = [f"party:{one}" for one in family]
    if request.land_unit_id:
        subjects.append(f"land_unit:{request.land_unit_id}")
    return Asked(
        service_code=request.service_version.service.code,
        design=request.design_asked,
        on=on,
        party_ids=family,
        subjects=(*subjects, request.subject_ref),
        answers=request.answers,
        papers=counting_papers(request) if papers is None else by_requirement(papers),
        has_applicant=request.applicant_id is not None,
        has_place=request.land_unit_id is not None or request.premises_id is not None,
        with_agent=request.with_agent,
        has_agent=request.agent_id is not None,
        acts_by=request.acting_by,
        agent_power_on=request.agent_power_on,
        agent_power_until=request.agent_power_until,
        applicant_kind=request.applicant.kind if request.applicant else "",
        dead=died(
            applicant=request.applicant, beneficiary=request.beneficiary, agent=request.agent
        ),
        about=about_request(request, on=on),
        filing=True,
    )


def asked_before(
    service_code: str,
    design: ServiceDefinition,
    *,
    applicant: Party | None,
    land_unit: LandUnit | None = None,
    answers: Mapping[str, Any] | None = None,
    on: date,
) -> Asked:
    """What would be asked, before anything is filed: the preview that spares the citizen a journey."""
    family = party_family(applicant.alias_of_id or applicant.pk) if applicant else ()
    subjects = [f"party:{one}" for one in family]
    if land_unit is not None:
        subjects.append(f"land_unit:{land_unit.pk}")
    return Asked(
        service_code=service_code,
        design=design,
        on=on,
        party_ids=family,
        subjects=tuple(subjects),
        answers=answers or {},
        has_applicant=applicant is not None,
        has_place=land_unit is not None,
        applicant_kind=applicant.kind if applicant else "",
        dead=died(applicant=applicant),
        about=about(on=on, applicant=applicant, land_unit=land_unit),
    )


def about_request(request: Request, *, on: date) -> dict[str, Any]:
    """The facts of a request that rules ask about besides its answers; none are gathered where there is no rule."""
    if not has_rules(request.design):
        return {}
    return about(
        on=on,
        channel=request.channel,
        applicant=request.applicant,
        with_agent=request.with_agent,
        land_unit=request.land_unit,
        has_place=request.land_unit_id is not None or request.premises_id is not None,
    )


def party_family(*party_ids: int | None) -> tuple[int, ...]:
    """The persons and every record that was merged into them: dues stand where they were posted."""
    return tuple(ids_of_all(one for one in party_ids if one))
