"""Open a year, close a month, open it again, lock it (policy FIN-09)."""

from __future__ import annotations

from datetime import date

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.db import ReadyQuery, Slot
from kernel.viewer import Viewer
from modules.finance.constants import PeriodState
from modules.finance.errors import (
    PeriodClosed,
    PeriodHasOpenSession,
    PeriodLocked,
    PeriodMissing,
    ReasonMissing,
)
from modules.finance.models import CashSession, Period

_of_month = ReadyQuery(lambda: Period.objects.filter(year=Slot(0), month=Slot(1)))


def period_of(on: date) -> Period:
    """The open month of a date. The current year opens by itself; refuses `PeriodMissing` and `PeriodClosed`."""
    found = _of_month.first(on.year, on.month)
    if found is None:
        if on.year != today().year:
            raise PeriodMissing(year=on.year)
        open_year(year=on.year, by=Viewer.system("finance.new_year"))
        found = Period.objects.get(year=on.year, month=on.month)
    if found.state != PeriodState.OPEN:
        raise PeriodClosed(month=str(found), state=PeriodState(found.state).label)
    return found


def open_year(*, year: int, by: Viewer) -> None:
    """Twelve open months; those that exist already stay as they are."""
    by.require("finance.manage_periods")
    with recorded(by=by):
        Period.objects.bulk_create(
            [Period(year=year, month=month) for month in range(1, 13)], ignore_conflicts=True
        )


def close_period(period: Period, *, by: Viewer) -> Period:
    """Nothing more is posted into the month. Refuses `PeriodHasOpenSession` and `PeriodLocked`.

    Waits for entries that are being posted into it at this moment.
    """
    by.require("finance.manage_periods")
    with recorded(by=by):
        held = _held(period)
        waiting = (
            CashSession.objects.filter(
                closed_at=None, on_date__year=held.year, on_date__month=held.month
            )
            .select_related("cashier", "box")
            .first()
        )
        if waiting is not None:
            raise PeriodHasOpenSession(cashier=waiting.cashier, box=waiting.box, month=str(held))
        _become(held, PeriodState.CLOSED)
    return held


def reopen_period(period: Period, *, reason: str, by: Viewer) -> Period:
    """Open a closed month again, with the reason on the trail. Refuses `ReasonMissing` and `PeriodLocked`."""
    by.require("finance.reopen_period")
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        held = _held(period)
        _become(held, PeriodState.OPEN)
    return held


def lock_period(period: Period, *, by: Viewer) -> Period:
    """Close a month for good, after the accounts were handed in. Only a closed month is locked."""
    by.require("finance.reopen_period")
    with recorded(by=by):
        held = _held(period)
        if held.state == PeriodState.OPEN:
            raise PeriodClosed(month=str(held), state=PeriodState.OPEN.label)
        _become(held, PeriodState.LOCKED)
    return held


def _held(period: Period) -> Period:
    held = Period.objects.select_for_update().get(pk=period.pk)
    if held.state == PeriodState.LOCKED:
        raise PeriodLocked(month=str(held))
    return held


def _become(period: Period, state: PeriodState) -> None:
    if period.state != state:
        period.state = state
        period.save(update_fields=["state"])
