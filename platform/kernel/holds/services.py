"""Raise and clear holds. What a hold blocks is decided by the gates that ask `holds_on`, under a policy."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.events.services import emit
from kernel.holds.errors import HoldAlreadyCleared, HoldNeedsReason
from kernel.holds.events import HoldCleared, HoldRaised
from kernel.holds.models import EVERYTHING, Hold
from kernel.holds.selectors import hold_for, hold_history, holds_on
from kernel.viewer import Viewer

__all__ = [
    "EVERYTHING",
    "clear_hold",
    "clear_holds_of",
    "hold_for",
    "hold_history",
    "holds_on",
    "raise_hold",
]


def raise_hold(
    subject: str,
    *,
    effect: str = EVERYTHING,
    reason: str,
    source: str = "desk",
    policy: str = "",
    by: Viewer,
) -> Hold:
    """Put a hold on a subject. The same source raising the same effect again gets the hold that stands.

    Modules raise holds by their own right in their services; a person at the desk needs `holds.manage`, which
    the page asks for. Refuses `HoldNeedsReason`.
    """
    if not reason.strip():
        raise HoldNeedsReason()
    with recorded(by=by, reason=reason):
        try:
            with transaction.atomic():
                hold = Hold.objects.create(
                    subject=subject,
                    effect=effect,
                    reason=reason.strip(),
                    source=source,
                    policy=policy,
                    raised_by=by.user_id,
                    raised_by_name=by.name,
                )
        except IntegrityError:
            return Hold.objects.get(subject=subject, effect=effect, source=source, cleared_at=None)
        emit(
            HoldRaised(hold_uid=str(hold.uid), subject=subject, effect=effect, source=source), by=by
        )
    return hold


def clear_hold(uid: UUID, *, reason: str, by: Viewer) -> Hold:
    """Lift a hold. Refuses `HoldNeedsReason`, and `HoldAlreadyCleared` for the second of two who try."""
    if not reason.strip():
        raise HoldNeedsReason()
    with recorded(by=by, reason=reason):
        hold = Hold.objects.select_for_update().get(id=hold_for(by, uid).pk)
        if hold.is_cleared:
            raise HoldAlreadyCleared()
        _clear(hold, reason, by)
    return hold


def clear_holds_of(source: str, *, subject: str = "", reason: str, by: Viewer) -> int:
    """Lift every hold that a record raised (a paid charge, a closed file). Returns how many; none is no fault."""
    if not reason.strip():
        raise HoldNeedsReason()
    with recorded(by=by, reason=reason):
        standing = Hold.objects.select_for_update().filter(source=source, cleared_at=None)
        if subject:
            standing = standing.filter(subject=subject)
        holds = list(standing.order_by("id"))
        for hold in holds:
            _clear(hold, reason, by)
    return len(holds)


def _clear(hold: Hold, reason: str, by: Viewer) -> None:
    hold.cleared_at = timezone.now()
    hold.cleared_by = by.user_id
    hold.cleared_by_name = by.name
    hold.cleared_reason = reason.strip()
    hold.save(update_fields=["cleared_at", "cleared_by", "cleared_by_name", "cleared_reason"])
    emit(
        HoldCleared(
            hold_uid=str(hold.uid), subject=hold.subject, effect=hold.effect, source=hold.source
        ),
        by=by,
    )
