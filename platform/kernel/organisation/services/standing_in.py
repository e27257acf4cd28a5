"""Lending one's seats, and being away."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

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
    NothingToDelegate,
    ToOneself,
)
from kernel.organisation.events import (
    AbsenceDeclared,
    DelegationRevoked,
    SeatsDelegated,
)
from kernel.organisation.models import Absence, Delegation, Role, Section
from kernel.organisation.services.days import refuse_backward_days
from kernel.viewer import Viewer

MANAGE = "organisation.manage"


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
    refuse_backward_days(starts_on, ends_on)
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
    refuse_backward_days(starts_on, ends_on)
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


def _own_seats(
    user: User, first: date, last: date, section: Section | None, role: Role | None
) -> bool:
    seats = user.seats.filter(starts_on__lte=last).exclude(ends_on__lt=first)
    if section is not None:
        seats = seats.filter(section=section)
    if role is not None:
        seats = seats.filter(role=role)
    return bool(seats.exists())
