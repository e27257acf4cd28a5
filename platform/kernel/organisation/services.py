"""Writes to the organisation: sections, roles, seats, delegations, absences.

What must not live here: accounts (identity), and what a permission allows (each module's services).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from kernel import registry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.identity.models import User
from kernel.organisation.errors import (
    AccountIsClosed,
    AlreadyAbsent,
    AlreadyOver,
    DelegationNeedsReason,
    DelegationTooLong,
    EndsBeforeItStarts,
    NameMissing,
    NothingToDelegate,
    RoleCodeTaken,
    SeatTaken,
    SectionBeneathItself,
    SectionCodeTaken,
    SectionIsClosed,
    SectionIsInUse,
    ToOneself,
    UnknownPermission,
)
from kernel.organisation.events import (
    AbsenceDeclared,
    DelegationRevoked,
    SeatEnded,
    SeatGiven,
    SeatsDelegated,
)
from kernel.organisation.models import Absence, Assignment, Delegation, Role, Section, SectionKind
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


def define_role(
    code: str,
    *,
    name_ar: str,
    permissions: Iterable[str],
    by: Viewer,
    name_en: str = "",
    is_template: bool = False,
) -> Role:
    """Add a role. Refuses `NameMissing`, `RoleCodeTaken`, `UnknownPermission`."""
    by.require(MANAGE)
    if not code.strip() or not name_ar.strip():
        raise NameMissing()
    known = _known(permissions)
    with recorded(by=by):
        if Role.objects.filter(code=code).exists():
            raise RoleCodeTaken(taken=code)
        return Role.objects.create(
            code=code, name_ar=name_ar, name_en=name_en, permissions=known, is_template=is_template
        )


def change_role(role: Role, *, by: Viewer, reason: str = "", **changes: Any) -> Role:
    """Change a role's name or permissions; all who hold it feel it with their next click.

    Refuses `UnknownPermission`.
    """
    by.require(MANAGE)
    if set(changes) - {"name_ar", "name_en", "permissions"}:
        raise TypeError(f"not of a role: {sorted(changes)}")
    if "permissions" in changes:
        changes["permissions"] = _known(changes["permissions"])
    with recorded(by=by, reason=reason):
        for name, value in changes.items():
            setattr(role, name, value)
        role.save(update_fields=list(changes))
    return role


def assign(
    user: User,
    *,
    section: Section,
    role: Role,
    by: Viewer,
    starts_on: date | None = None,
    ends_on: date | None = None,
    reason: str = "",
) -> Assignment:
    """Give a person a seat, from today on unless said otherwise.

    Refuses `AccountIsClosed`, `SectionIsClosed`, `EndsBeforeItStarts` and `SeatTaken`.
    """
    by.require(MANAGE)
    starts_on = starts_on or today()
    if not user.is_active:
        raise AccountIsClosed(name=user.full_name)
    if section.closed_on is not None and section.closed_on <= starts_on:
        raise SectionIsClosed(section=section.name)
    _in_order(starts_on, ends_on)
    with recorded(by=by, reason=reason):
        try:
            with transaction.atomic():
                seat = Assignment.objects.create(
                    user=user, section=section, role=role, starts_on=starts_on, ends_on=ends_on
                )
        except IntegrityError:
            raise SeatTaken(name=user.full_name, role=role.name, section=section.name) from None
        emit(
            SeatGiven(
                user_id=user.pk,
                section_id=section.pk,
                role_code=role.code,
                starts_on=starts_on,
                ends_on=ends_on,
            ),
            by=by,
        )
    return seat


def end_assignment(
    seat: Assignment, *, by: Viewer, reason: str, on: date | None = None
) -> Assignment:
    """End a seat with a day, at once when that day is past. A seat that never began is taken back whole.

    Refuses `AlreadyOver`.
    """
    by.require(MANAGE)
    last_day = on or _yesterday()
    with recorded(by=by, reason=reason):
        seat = (
            Assignment.objects.select_for_update(of=("self",))
            .select_related("role", "section")
            .get(pk=seat.pk)
        )
        if seat.ends_on is not None and seat.ends_on <= last_day:
            raise AlreadyOver()
        if last_day < seat.starts_on:
            seat.delete()
        else:
            seat.ends_on = last_day
            seat.save(update_fields=["ends_on"])
        emit(
            SeatEnded(
                user_id=seat.user_id,
                section_id=seat.section_id,
                role_code=seat.role.code,
                ends_on=last_day,
            ),
            by=by,
        )
    return seat


def delegate(
    *,
    from_user: User,
    to_user: User,
    starts_on: date,
    ends_on: date,
    reason: str,
    by: Viewer,
    max_days: int | None = None,
    section: Section | None = None,
    role: Role | None = None,
) -> Delegation:
    """Lend one's seats, or those of one section or role, for stated days (policy GOV-02).

    One lends one's own; who keeps the organisation may enter it for another. `max_days` is the policy's
    value on the first day. Refuses `ToOneself`, `DelegationNeedsReason`, `EndsBeforeItStarts`,
    `DelegationTooLong`, `AccountIsClosed`, and `NothingToDelegate` when the giver holds no such seat.
    """
    if by.user_id != from_user.pk:
        by.require(MANAGE)
    if from_user.pk == to_user.pk:
        raise ToOneself(field="to_user")
    if not reason.strip():
        raise DelegationNeedsReason()
    _in_order(starts_on, ends_on)
    days = (ends_on - starts_on).days + 1
    if max_days is not None and days > max_days:
        raise DelegationTooLong(most=max_days, days=days)
    for user in (from_user, to_user):
        if not user.is_active:
            raise AccountIsClosed(name=user.full_name)
    if not _own_seats(from_user, starts_on, ends_on, section, role):
        raise NothingToDelegate(name=from_user.full_name)
    with recorded(by=by, reason=reason):
        delegation = Delegation.objects.create(
            from_user=from_user,
            to_user=to_user,
            starts_on=starts_on,
            ends_on=ends_on,
            section=section,
            role=role,
            reason=reason.strip(),
        )
        emit(
            SeatsDelegated(
                delegation_uid=str(delegation.uid),
                from_user_id=from_user.pk,
                to_user_id=to_user.pk,
                starts_on=starts_on,
                ends_on=ends_on,
            ),
            by=by,
        )
    return delegation


def revoke_delegation(delegation: Delegation, *, by: Viewer, reason: str) -> Delegation:
    """Take lent seats back, at once. The giver may, and who keeps the organisation. Refuses `AlreadyOver`."""
    if by.user_id != delegation.from_user_id:
        by.require(MANAGE)
    with recorded(by=by, reason=reason):
        delegation = Delegation.objects.select_for_update().get(pk=delegation.pk)
        if delegation.revoked_at is not None or delegation.ends_on < today():
            raise AlreadyOver()
        delegation.revoked_at = timezone.now()
        delegation.save(update_fields=["revoked_at"])
        emit(
            DelegationRevoked(
                delegation_uid=str(delegation.uid),
                from_user_id=delegation.from_user_id,
                to_user_id=delegation.to_user_id,
            ),
            by=by,
        )
    return delegation


def declare_absence(
    user: User,
    *,
    starts_on: date,
    ends_on: date,
    by: Viewer,
    substitute: User | None = None,
    reason: str = "",
) -> Absence:
    """Enter that somebody is away; on these days the substitute may use his seats.

    Only who keeps the organisation names a substitute: it gives rights. Refuses `ToOneself`,
    `EndsBeforeItStarts`, `AccountIsClosed` and `AlreadyAbsent`.
    """
    if by.user_id != user.pk or substitute is not None:
        by.require(MANAGE)
    _in_order(starts_on, ends_on)
    if substitute is not None and substitute.pk == user.pk:
        raise ToOneself(field="substitute")
    if substitute is not None and not substitute.is_active:
        raise AccountIsClosed(field="substitute", name=substitute.full_name)
    with recorded(by=by, reason=reason):
        try:
            with transaction.atomic():
                absence = Absence.objects.create(
                    user=user,
                    starts_on=starts_on,
                    ends_on=ends_on,
                    substitute=substitute,
                    reason=reason,
                )
        except IntegrityError:
            raise AlreadyAbsent(name=user.full_name) from None
        emit(
            AbsenceDeclared(
                user_id=user.pk,
                substitute_id=substitute.pk if substitute else None,
                starts_on=starts_on,
                ends_on=ends_on,
            ),
            by=by,
        )
    return absence


def cancel_absence(absence: Absence, *, by: Viewer, reason: str = "") -> Absence:
    """He is back: the substitute's rights end at once. Refuses `AlreadyOver`."""
    if by.user_id != absence.user_id:
        by.require(MANAGE)
    with recorded(by=by, reason=reason):
        absence = Absence.objects.select_for_update().get(pk=absence.pk)
        if absence.cancelled_at is not None:
            raise AlreadyOver()
        absence.cancelled_at = timezone.now()
        absence.save(update_fields=["cancelled_at"])
    return absence


def _known(permissions: Iterable[str]) -> list[str]:
    wanted = sorted(set(permissions))
    known = registry.permissions()
    for permission in wanted:
        if permission not in known:
            raise UnknownPermission(permission=permission)
    return wanted


def _in_order(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise EndsBeforeItStarts()


def _own_seats(
    user: User, first: date, last: date, section: Section | None, role: Role | None
) -> bool:
    seats = user.seats.filter(starts_on__lte=last).exclude(ends_on__lt=first)
    if section is not None:
        seats = seats.filter(section=section)
    if role is not None:
        seats = seats.filter(role=role)
    return bool(seats.exists())


def _yesterday() -> date:
    return date.fromordinal(today().toordinal() - 1)
