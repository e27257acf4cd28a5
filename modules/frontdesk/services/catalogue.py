"""The catalogue: a change is a new version; what is published is never edited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone
from moneyed import Money

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.organisation.models import Section
from kernel.viewer import Viewer
from modules.frontdesk.definitions import ServiceDefinition, check, write_definition
from modules.frontdesk.errors import (
    DefinitionInvalid,
    NothingChanged,
    PublishInThePast,
    SectionMissing,
    ServiceNotFound,
)
from modules.frontdesk.events import ServicePublished
from modules.frontdesk.models import Service, ServiceVersion
from modules.frontdesk.selectors.catalogue import service_for, unknown_sections

CATALOGUE = "frontdesk.catalogue"


def offer_service(code: str, *, offered: bool, reason: str = "", by: Viewer) -> Service:
    """Offer a service at the desk, or stop offering it; requests that run go on."""
    by.require(CATALOGUE)
    with recorded(by=by, reason=reason):
        service = _lock(code, by=by)
        if service.is_offered != offered:
            service.is_offered = offered
            service.save()
    return service


def revise_service(
    code: str,
    *,
    days: int | None = None,
    fee_amounts: dict[str, Money] | None = None,
    note: str = "",
    by: Viewer,
) -> ServiceVersion:
    """Change days or flat fees of a service: a new version, in force from today. Running requests keep theirs.

    Refuses `NothingChanged` and `DefinitionInvalid`.
    """
    by.require(CATALOGUE)
    with recorded(by=by, reason=note):
        service = _lock(code, by=by)
        design = service.in_force.design
        revised = _with_changes(design, days=days, fee_amounts=fee_amounts or {})
        if revised == design:
            raise NothingChanged()
        return _publish(service, revised, in_force_from=today(), note=note, by=by)


def publish_version(
    code: str,
    design: ServiceDefinition,
    *,
    in_force_from: date | None = None,
    note: str = "",
    by: Viewer,
) -> ServiceVersion:
    """Publish a design as the service's next version. Refuses `DefinitionInvalid` and `SectionMissing`."""
    by.require(CATALOGUE)
    with recorded(by=by, reason=note):
        service = _lock(code, by=by)
        if service.current is not None and service.current.design == design:
            raise NothingChanged()
        return _publish(service, design, in_force_from=in_force_from or today(), note=note, by=by)


def add_services(found: Iterable[tuple[str, ServiceDefinition, bool]], *, by: Viewer) -> int:
    """Enter services that the catalogue does not have yet, each with its first version. Rerunnable."""
    with recorded(by=by, reason="catalogue"):
        there = set(Service.objects.values_list("code", flat=True))
        new = [one for one in found if one[0] not in there]
        services = Service.objects.bulk_create(
            Service(code=code, group=design.group, audience=design.audience, is_offered=offered)
            for code, design, offered in new
        )
        now, from_today = timezone.now(), today()  # asked once: a new town reads its profile anew
        versions = ServiceVersion.objects.bulk_create(
            ServiceVersion(
                service=service,
                number=1,
                title_ar=design.title.ar,
                title_en=design.title.en,
                definition=write_definition(design),
                in_force_from=from_today,
                published_at=now,
            )
            for service, (_code, design, _offered) in zip(services, new, strict=True)
        )
        first = ServiceVersion.objects.filter(service=OuterRef("pk"), number=1)
        Service.objects.filter(pk__in=[version.service_id for version in versions]).update(
            current=Subquery(first.values("pk"))
        )
    return len(new)


def _lock(code: str, *, by: Viewer) -> Service:
    service_for(by, code)
    service = (
        Service.objects.select_for_update(of=("self",))
        .select_related("current")
        .filter(code=code)
        .first()
    )
    if service is None:
        raise ServiceNotFound()
    return service


def publish_checked(
    service: Service, design: ServiceDefinition, *, in_force_from: date, note: str, by: Viewer
) -> ServiceVersion:
    """Publish a design that was judged, of a service that is held. Refuses what `publish_version` refuses."""
    if service.current is not None and service.current.design == design:
        raise NothingChanged()
    return _publish(service, design, in_force_from=in_force_from, note=note, by=by)


def _publish(
    service: Service, design: ServiceDefinition, *, in_force_from: date, note: str, by: Viewer
) -> ServiceVersion:
    faults = check(design)
    if faults:
        raise DefinitionInvalid(faults)
    missing = unknown_sections(design, Section.objects.values_list("code", flat=True))
    if missing:
        raise SectionMissing(section=missing[0])
    if in_force_from < today():
        raise PublishInThePast()
    last = ServiceVersion.objects.filter(service=service).aggregate(last=Max("number"))["last"] or 0
    version = ServiceVersion.objects.create(
        service=service,
        number=last + 1,
        title_ar=design.title.ar,
        title_en=design.title.en,
        definition=write_definition(design),
        in_force_from=in_force_from,
        published_at=timezone.now(),
        published_by_id=by.user_id,
        note=note,
    )
    if in_force_from <= today():
        service.current = version
        service.audience, service.group = design.audience, design.group
        service.save()
    emit(
        ServicePublished(
            service_code=service.code, version=version.number, in_force_from=in_force_from
        ),
        by=by,
    )
    return version


def _with_changes(
    design: ServiceDefinition, *, days: int | None, fee_amounts: dict[str, Money]
) -> ServiceDefinition:
    fees = tuple(
        replace(
            fee,
            amount=_plain(fee_amounts[fee.code].amount),
            currency=fee_amounts[fee.code].currency.code,
        )
        if fee.code in fee_amounts and fee.kind == "flat"
        else fee
        for fee in design.fees
    )
    revised = replace(design, fees=fees)
    if days is not None:
        revised = replace(
            revised, days=days, days_text=str(days) if days != design.days else design.days_text
        )
    return revised


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
