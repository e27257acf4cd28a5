"""Writes to roles and to who holds them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from kernel import registry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.identity.models import User
from kernel.organisation.errors import (
    AccountIsClosed,
    AlreadyOver,
    NameMissing,
    RoleCodeTaken,
    SeatTaken,
    SectionIsClosed,
    UnknownPermission,
)
from kernel.organisation.events import (
    SeatEnded,
    SeatGiven,
)
from kernel.organisation.models import Assignment, Role, Section
from kernel.organisation.services.days import refuse_backward_days
from kernel.viewer import Viewer

MANAGE = "organisation.manage"


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

    What a release brought is no longer marked as new, and what is taken out of a template's role is not given again.

    Refuses `UnknownPermission`.
    """
    by.require(MANAGE)
    if set(changes) - {"name_ar", "name_en", "permissions"}:
        raise TypeError(f"not of a role: {sorted(changes)}")
    if "permissions" in changes:
        changes["permissions"] = _known(changes["permissions"])
        changes |= {"brought": [], "brought_at": None}  # seen, and decided
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
    refuse_backward_days(starts_on, ends_on)
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


def _known(permissions: Iterable[str]) -> list[str]:
    wanted = sorted(set(permissions))
    known = registry.permissions()
    for permission in wanted:
        if permission not in known:
            raise UnknownPermission(permission=permission)
    return wanted


def _yesterday() -> date:
    return date.fromordinal(today().toordinal() - 1)
