"""Reads of the designer: the draft of a service, what this municipality has, a service as a file."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db.models import QuerySet

from kernel import registry
from kernel.calendar.selectors import today
from kernel.organisation.models import Assignment
from kernel.organisation.selectors import roles, sections
from kernel.ports import is_provided
from kernel.ports.charges import ChargePort
from kernel.profile.selectors import profile
from kernel.viewer import Viewer
from modules.frontdesk.definitions import ServiceDefinition, read_loosely
from modules.frontdesk.errors import DesignNotFound, ServiceNotFound
from modules.frontdesk.models import Service, ServiceVersion
from modules.frontdesk.publishing import Here, Verdict, judge_definition

CATALOGUE = "frontdesk.catalogue"
FILE_FORMAT = "baladiyat-service/1"


def designed_service(viewer: Viewer, code: str) -> Service:
    """The service of that code, published or not. Needs `frontdesk.catalogue`; refuses `ServiceNotFound`."""
    viewer.require(CATALOGUE)
    found = Service.objects.select_related("current").filter(code=code).first()
    if found is None:
        raise ServiceNotFound()
    return found


def design_of(viewer: Viewer, code: str) -> ServiceVersion:
    """The unpublished version that is being worked on. Refuses `ServiceNotFound` and `DesignNotFound`."""
    found = drafts_of_catalogue(viewer).filter(service__code=code).first()
    if found is None:
        raise DesignNotFound(service=designed_service(viewer, code).title)
    return found


def drafts_of_catalogue(viewer: Viewer) -> QuerySet[ServiceVersion]:
    """Every version that is being worked on."""
    viewer.require(CATALOGUE)
    return ServiceVersion.objects.filter(published_at=None).select_related("service__current")


def mark_of(raw: Any) -> str:
    """What a draft looked like when it was read: another mark means that somebody else changed it."""
    text = json.dumps(raw, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def here() -> Here:
    """What this municipality has, as the publishing of a service asks about it."""
    seats = Assignment.objects.filter(starts_on__lte=today()).exclude(ends_on__lt=today())
    return Here(
        sections=frozenset(sections().values_list("code", flat=True)),
        roles=frozenset(roles().values_list("code", flat=True)),
        accounts=frozenset(registry.dues_kinds()),
        papers=frozenset(registry.document_types()),
        seats=frozenset(seats.values_list("section__code", "role__code")),
        takes_money=is_provided(ChargePort),
    )


def judged_design(raw: Any) -> tuple[ServiceDefinition | None, Verdict]:
    """A draft as far as it can be read, and everything that stands against publishing it."""
    design, faults = read_loosely(raw)
    if design is None:
        return None, Verdict(tuple(faults))
    return design, judge_definition(design, here())


def service_file(version: ServiceVersion) -> dict[str, Any]:
    """A service as a file that another municipality can take in; its mark shows whether it was changed on the way."""
    return {
        "format": FILE_FORMAT,
        "code": version.service.code,
        "title": version.title_ar,
        "version": version.number,
        "from": profile().name_ar,
        "written_on": today().isoformat(),
        "mark": mark_of(version.definition),
        "definition": version.definition,
    }


def section_choices() -> list[tuple[str, str]]:
    """Open sections by their names."""
    return [(one.code, one.name) for one in sections()]


def role_choices() -> list[tuple[str, str]]:
    """Roles by their names."""
    return [(one.code, one.name) for one in roles()]
