"""Writes to the tree of sections."""

from __future__ import annotations

from datetime import date

from kernel.audit.recording import recorded
from kernel.identity.models import User
from kernel.organisation.errors import (
    AccountIsClosed,
    NameMissing,
    SectionBeneathItself,
    SectionCodeTaken,
    SectionIsClosed,
    SectionIsInUse,
)
from kernel.organisation.models import Section, SectionKind
from kernel.organisation.selectors import beneath
from kernel.viewer import Viewer

MANAGE = "organisation.manage"


def create_section(
    code: str,
    *,
    name_ar: str,
    by: Viewer,
    name_en: str = "",
    kind: str = SectionKind.SECTION,
    parent: Section | None = None,
    position: int = 0,
) -> Section:
    """Add a section or an outside body. Refuses `NameMissing`, `SectionCodeTaken`, `SectionIsClosed`."""
    by.require(MANAGE)
    if not code.strip() or not name_ar.strip():
        raise NameMissing()
    if parent is not None and parent.closed_on is not None:
        raise SectionIsClosed(section=parent.name)
    with recorded(by=by):
        if Section.objects.filter(code=code).exists():
            raise SectionCodeTaken(taken=code)
        section = Section.objects.create(
            code=code,
            name_ar=name_ar.strip(),
            name_en=name_en.strip(),
            kind=kind,
            parent=parent,
            position=position,
        )
        section.refresh_from_db(fields=["lineage"])
    return section


def rename_section(section: Section, *, name_ar: str, by: Viewer, name_en: str = "") -> Section:
    """Give a section another name; its code, by which routes find it, stays. Refuses `NameMissing`."""
    by.require(MANAGE)
    if not name_ar.strip():
        raise NameMissing()
    with recorded(by=by):
        section.name_ar, section.name_en = name_ar.strip(), name_en.strip()
        section.save(update_fields=["name_ar", "name_en"])
    return section


def move_section(section: Section, *, parent: Section | None, by: Viewer) -> Section:
    """Place a section, with all beneath it, elsewhere. Refuses `SectionBeneathItself`."""
    by.require(MANAGE)
    if parent is not None and beneath(section).filter(pk=parent.pk).exists():
        raise SectionBeneathItself(section=section.name)
    with recorded(by=by):
        section.parent = parent
        section.save(update_fields=["parent"])
        section.refresh_from_db(fields=["lineage"])
    return section


def appoint_head(section: Section, *, head: User | None, by: Viewer) -> Section:
    """Name who answers for the section on papers; it gives no rights: a seat does."""
    by.require(MANAGE)
    if head is not None and not head.is_active:
        raise AccountIsClosed(name=head.full_name)
    with recorded(by=by):
        section.head = head
        section.save(update_fields=["head"])
    return section


def close_section(section: Section, *, on: date, reason: str, by: Viewer) -> Section:
    """Close a section from a day. Refuses `SectionIsInUse` while seats or sections in it go on."""
    by.require(MANAGE)
    with recorded(by=by, reason=reason):
        section = Section.objects.select_for_update().get(pk=section.pk)
        seats = section.seats.exclude(ends_on__lt=on).count()
        open_beneath = section.children.filter(closed_on=None).count()
        if seats or open_beneath:
            raise SectionIsInUse(section=section.name, seats=seats, beneath=open_beneath)
        section.closed_on = on
        section.save(update_fields=["closed_on"])
    return section
