"""Reads of the catalogue. Services are public: citizens read the same guide as clerks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import get_language

from kernel.db import ReadyQuery, Slot
from kernel.viewer import Viewer
from modules.frontdesk.constants import FREQUENT, Audience
from modules.frontdesk.definitions import ServiceDefinition
from modules.frontdesk.errors import ServiceNotFound, ServiceSwitchedOff
from modules.frontdesk.models import Service, ServiceVersion

GROUPS = (
    "front_desk",
    "subscriptions",
    "crafts",
    "planning",
    "leases",
    "court",
    "inspection",
    "finance",
    "correspondence",
    "fleet",
    "policies",
)


_by_code = ReadyQuery(lambda: Service.objects.select_related("current").filter(code=Slot(0)))


def services(viewer: Viewer) -> QuerySet[Service]:
    """Every service of the catalogue with its version in force, by code."""
    return Service.objects.select_related("current").order_by("code")


def service_names() -> list[tuple[str, str]]:
    """Code and title of every service, by code: what a list is filtered by."""
    in_english = (get_language() or "ar").startswith("en")
    named = Service.objects.order_by("code").values_list(
        "code", "current__title_ar", "current__title_en"
    )
    return [
        (code, f"{code} {(english if in_english and english else arabic) or ''}".strip())
        for code, arabic, english in named
    ]


def offered_services(viewer: Viewer) -> QuerySet[Service]:
    """What may be asked for now: to citizens their services, to staff the municipality's own too."""
    offered = services(viewer).filter(is_offered=True, current__isnull=False)
    if not viewer.is_staff and not viewer.is_system:
        offered = offered.filter(audience=Audience.CITIZEN)
    return offered


def service_for(viewer: Viewer, code: str) -> Service:
    """The service of that code, offered or not; `ServiceNotFound` when there is none (or none for a citizen)."""
    found = _by_code.first(code)
    if found is None or found.current is None:
        raise ServiceNotFound()
    if not viewer.is_staff and not viewer.is_system and found.audience != Audience.CITIZEN:
        raise ServiceNotFound()
    return found


def offered_version(viewer: Viewer, code: str) -> ServiceVersion:
    """The version in force of a service that may be asked for. Refuses `ServiceSwitchedOff` besides."""
    service = service_for(viewer, code)
    if not service.is_offered:
        raise ServiceSwitchedOff(service=service.title)
    return service.in_force


def versions_of(service: Service) -> QuerySet[ServiceVersion]:
    """Every version of the service, newest first."""
    return (
        ServiceVersion.objects.filter(service=service)
        .select_related("published_by")
        .order_by("-number")
    )


def version_on(service: Service, on: date) -> ServiceVersion | None:
    """The version in force on a day: the one that came into force last, of one day the newest."""
    return (
        versions_of(service)
        .filter(published_at__isnull=False, in_force_from__lte=on)
        .order_by("-in_force_from", "-number")
        .first()
    )


def grouped(found: Iterable[Service]) -> dict[str, list[Service]]:
    """Services by group, in the order in which the desk lists them; empty groups left out."""
    by_group: dict[str, list[Service]] = {group: [] for group in GROUPS}
    for service in found:
        by_group.setdefault(service.group, []).append(service)
    return {group: many for group, many in by_group.items() if many}


def unknown_sections(design: ServiceDefinition, known: Iterable[str]) -> list[str]:
    """Sections on the route that this municipality does not have."""
    return sorted(design.section_codes - set(known))


def most_asked_first(services: Sequence[Service]) -> list[Service]:
    """The same services with those that citizens ask for most in front, in that order."""
    places = {code: place for place, code in enumerate(FREQUENT)}
    return sorted(services, key=lambda one: places.get(one.code, len(places)))
