"""The designer: a version that is worked on, and published when nothing stands against it.

A draft is kept as it was typed, faults and all; only publishing judges it. There is at most one draft of a service.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Max

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.organisation.selectors import sections
from kernel.viewer import Viewer
from modules.frontdesk.catalogue_data import reroute
from modules.frontdesk.definitions import (
    ServiceDefinition,
    read_definition,
    read_loosely,
    write_definition,
)
from modules.frontdesk.errors import (
    DefinitionInvalid,
    DesignChanged,
    DesignNotFound,
    FileNotAService,
    ServiceCodeTaken,
)
from modules.frontdesk.models import Service, ServiceVersion
from modules.frontdesk.selectors.designing import (
    CATALOGUE,
    FILE_FORMAT,
    designed_service,
    judged_design,
    mark_of,
)
from modules.frontdesk.services.catalogue import publish_checked

CODE = re.compile(r"[A-Z]{2}-\d{3}")
LARGEST_FILE = 512 * 1024


def new_service(
    code: str, *, title_ar: str, title_en: str = "", group: str, by: Viewer
) -> ServiceVersion:
    """A service of the municipality's own: not offered, with a draft that has a title and a decision to begin with.

    Refuses `ServiceCodeTaken`.
    """
    raw = {
        "title": {"ar": title_ar, "en": title_en},
        "group": group,
        "days": 5,
        "days_text": "5",
        "route": [
            {"steps": [_step("check", "تدقيق الطلب وإحالته", "intake", "front_desk", 1)]},
            {
                "steps": [
                    {**_step("decide", "القرار", "decision", "mayor_office", 3), "decides": True}
                ]
            },
            {"steps": [_step("deliver", "تسليم وإبلاغ", "delivery", "front_desk", 1)]},
        ],
    }
    return _create(code, raw, by=by)


def start_design(code: str, *, by: Viewer) -> ServiceVersion:
    """A draft that begins as the version in force; the one that is there already when somebody began before."""
    by.require(CATALOGUE)
    with recorded(by=by):
        service = _lock(code, by=by)
        begun = _draft(service)
        if begun is not None:
            return begun
        raw = service.current.definition if service.current else {}
        return _begin(service, raw)


def change_design(
    code: str, definition: Mapping[str, Any], *, seen: str = "", by: Viewer
) -> ServiceVersion:
    """Keep a draft as it is now, sound or not. Refuses `DesignNotFound`, and `DesignChanged` when `seen` is old."""
    by.require(CATALOGUE)
    with recorded(by=by):
        service = _lock(code, by=by)
        draft = _draft(service)
        if draft is None:
            raise DesignNotFound(service=service.title)
        if seen and seen != mark_of(draft.definition):
            raise DesignChanged()
        _write(draft, definition)
        draft.save()
    return draft


def discard_design(code: str, *, by: Viewer) -> None:
    """Throw the draft away; what is in force stays. A service that never was published goes with it."""
    by.require(CATALOGUE)
    with recorded(by=by):
        service = _lock(code, by=by)
        draft = _draft(service)
        if draft is None:
            raise DesignNotFound(service=service.title)
        draft.delete()
        if not ServiceVersion.objects.filter(service=service).exists():
            service.delete()


def publish_design(
    code: str,
    *,
    in_force_from: date | None = None,
    note: str = "",
    seen: str = "",
    by: Viewer,
) -> ServiceVersion:
    """Publish the draft from a day on; requests that run stay on the version they began with.

    Refuses `DefinitionInvalid` with a sentence for everything that stands against it, `DesignChanged`,
    `NothingChanged`, and a day that is past.
    """
    by.require(CATALOGUE)
    with recorded(by=by, reason=note):
        service = _lock(code, by=by)
        draft = _draft(service)
        if draft is None:
            raise DesignNotFound(service=service.title)
        if seen and seen != mark_of(draft.definition):
            raise DesignChanged()
        design, verdict = judged_design(draft.definition)
        if design is None or not verdict.is_sound:
            raise DefinitionInvalid(verdict.faults)
        draft.delete()
        return publish_checked(
            service, design, in_force_from=in_force_from or today(), note=note, by=by
        )


def take_in(file: Mapping[str, Any], *, code: str = "", by: Viewer) -> ServiceVersion:
    """A service from another municipality's file as a draft here, its steps at the sections that exist here.

    Under a code that exists it becomes the next version's draft; nothing comes into force. Refuses `FileNotAService`.
    """
    by.require(CATALOGUE)
    if not isinstance(file, Mapping) or file.get("format") != FILE_FORMAT:
        raise FileNotAService(why=FILE_FORMAT)
    raw = file.get("definition")
    if file.get("mark") != mark_of(raw):
        raise FileNotAService(why="mark")
    try:
        design = read_definition(raw)
    except DefinitionInvalid as refusal:
        raise FileNotAService(why="; ".join(refusal.faults[:3])) from None
    known = frozenset(sections().values_list("code", flat=True))
    taken = write_definition(reroute(design, known))
    wanted = code or str(file.get("code", ""))
    with recorded(by=by, reason=str(file.get("from", ""))):
        if not Service.objects.filter(code=wanted).exists():
            return _create(wanted, taken, by=by)
        service = _lock(wanted, by=by)
        draft = _draft(service)
        if draft is None:
            return _begin(service, taken)
        _write(draft, taken)
        draft.save()
    return draft


def _create(code: str, raw: Mapping[str, Any], *, by: Viewer) -> ServiceVersion:
    by.require(CATALOGUE)
    if not CODE.fullmatch(code) or Service.objects.filter(code=code).exists():
        raise ServiceCodeTaken(code=code)
    with recorded(by=by):
        service = Service.objects.create(
            code=code, group=str(raw.get("group", "front_desk")), is_offered=False
        )
        return _begin(service, raw)


def _begin(service: Service, raw: Mapping[str, Any]) -> ServiceVersion:
    last = ServiceVersion.objects.filter(service=service).aggregate(last=Max("number"))["last"] or 0
    draft = ServiceVersion(service=service, number=last + 1)
    _write(draft, raw)
    draft.save()
    return draft


def _write(draft: ServiceVersion, raw: Mapping[str, Any]) -> None:
    """The definition in its shortest form where it can be read, as it is where it cannot."""
    design, _faults = read_loosely(raw)
    draft.definition = (
        write_definition(design) if isinstance(design, ServiceDefinition) else dict(raw)
    )
    title = raw.get("title") if isinstance(raw.get("title"), Mapping) else {}
    draft.title_ar = str((title or {}).get("ar", ""))[:200] or draft.title_ar or "—"
    draft.title_en = str((title or {}).get("en", ""))[:200]


def _draft(service: Service) -> ServiceVersion | None:
    return ServiceVersion.objects.filter(service=service, published_at=None).first()


def _lock(code: str, *, by: Viewer) -> Service:
    service = designed_service(by, code)
    return (
        Service.objects.select_for_update(of=("self",)).select_related("current").get(pk=service.pk)
    )


def _step(code: str, title: str, kind: str, section: str, days: int) -> dict[str, Any]:
    return {
        "code": code,
        "title": {"ar": title},
        "kind": kind,
        "section": section,
        "days": days,
    }
