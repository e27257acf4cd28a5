"""Declare and withdraw holidays. Whoever keeps due dates listens to `calendar.HolidaysChanged`."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.errors import (
    DayAlreadyHoliday,
    HolidayAlreadyWithdrawn,
    HolidayEndsBeforeItStarts,
    HolidayNeedsName,
    HolidayTooLong,
)
from kernel.calendar.events import HolidaysChanged
from kernel.calendar.models import Holiday
from kernel.calendar.selectors import holiday_days, holiday_for, today
from kernel.events.services import emit
from kernel.tasks import tenant_task
from kernel.viewer import Viewer

FIXED_HOLIDAYS = Path(__file__).parent / "data" / "fixed_holidays.csv"
LONGEST_HOLIDAY = 31


def declare_holiday(
    *,
    first_day: date,
    last_day: date | None = None,
    name_ar: str,
    name_en: str = "",
    reason: str = "",
    by: Viewer,
) -> Holiday:
    """Close the municipality on these days, by decision (`reason`). Due dates that count over them move.

    Refuses `HolidayNeedsName`, `HolidayEndsBeforeItStarts`, `HolidayTooLong` and `DayAlreadyHoliday`.
    """
    by.require("calendar.manage")
    last_day = last_day or first_day
    if not name_ar.strip():
        raise HolidayNeedsName()
    if last_day < first_day:
        raise HolidayEndsBeforeItStarts()
    days = (last_day - first_day).days + 1
    if days > LONGEST_HOLIDAY:
        raise HolidayTooLong(days=days)
    with recorded(by=by, reason=reason):
        try:
            with transaction.atomic():
                holiday = Holiday.objects.create(
                    first_day=first_day,
                    last_day=last_day,
                    name_ar=name_ar.strip(),
                    name_en=name_en.strip(),
                    declared_by=by.user_id,
                    declared_by_name=by.name,
                )
        except IntegrityError:
            raise DayAlreadyHoliday(name=_holiday_within(first_day, last_day)) from None
        _tell(holiday.first_day, holiday.last_day, by)
    return holiday


def withdraw_holiday(uid: UUID, *, reason: str, by: Viewer) -> Holiday:
    """Open these days again. The row stays with who and why. Refuses `HolidayAlreadyWithdrawn`."""
    by.require("calendar.manage")
    with recorded(by=by, reason=reason):
        holiday = Holiday.objects.select_for_update().get(id=holiday_for(by, uid).id)
        if holiday.withdrawn_at is not None:
            raise HolidayAlreadyWithdrawn()
        holiday.withdrawn_at = timezone.now()
        holiday.withdrawn_by = by.user_id
        holiday.withdrawn_by_name = by.name
        holiday.withdrawn_reason = reason
        holiday.save(
            update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_by_name", "withdrawn_reason"]
        )
        _tell(holiday.first_day, holiday.last_day, by)
    return holiday


def declare_fixed_holidays(year: int, *, by: Viewer) -> list[Holiday]:
    """Declare the year's holidays that fall on a fixed date. Rerunnable; days withdrawn on purpose stay open.

    Moving holidays (the two Eids, the Prophet's birthday) are declared when the cabinet announces them.
    """
    by.require("calendar.manage")
    named = _fixed_in(year)
    touching = Holiday.objects.filter(first_day__lte=max(named), last_day__gte=min(named))
    spans = list(touching.values_list("first_day", "last_day"))
    free = [day for day in named if not any(first <= day <= last for first, last in spans)]
    if not free:
        return []
    with recorded(by=by):
        declared = Holiday.objects.bulk_create(
            Holiday(
                first_day=day,
                last_day=day,
                name_ar=named[day]["name_ar"],
                name_en=named[day]["name_en"],
                declared_by=by.user_id,
                declared_by_name=by.name,
            )
            for day in free
        )
        _tell(free[0], free[-1], by)
    return declared


def seed_holidays(profile: Any = None) -> None:
    """Give a new municipality the fixed holidays of this and the next year. Rerunnable."""
    year = today().year
    for one in (year, year + 1):
        declare_fixed_holidays(one, by=Viewer.system("calendar"))


@tenant_task(name="calendar.prepare_next_year")
def prepare_next_year() -> None:
    """Keep the fixed holidays of this and the next year declared, so that long due dates count right."""
    seed_holidays()


def _holiday_within(first_day: date, last_day: date) -> str:
    taken = Holiday.objects.filter(
        withdrawn_at=None, first_day__lte=last_day, last_day__gte=first_day
    )
    holiday = taken.order_by("first_day").first()
    return holiday.name if holiday else ""


def _tell(first_day: date, last_day: date, by: Viewer) -> None:
    holiday_days.changed()
    emit(HolidaysChanged(first_day=first_day, last_day=last_day), by=by)


def _fixed_in(year: int) -> dict[date, dict[str, str]]:
    """The year's fixed holidays by day, in order."""
    with FIXED_HOLIDAYS.open(encoding="utf-8", newline="") as lines:
        return {
            date(year, int(one["month"]), int(one["day"])): one for one in csv.DictReader(lines)
        }
