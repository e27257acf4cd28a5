"""What day it is here, which days are worked, and the holidays behind that.

Day counts are made on local dates of the municipality's own zone (Asia/Gaza and Asia/Hebron differ); instants are
stored in UTC and turned into local dates here, nowhere else.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from kernel.calendar.models import Holiday
from kernel.calendar.working_calendar import WorkingCalendar
from kernel.errors import NotVisible
from kernel.profile.selectors import profile
from kernel.snapshots import Snapshot
from kernel.viewer import Viewer


def zone() -> ZoneInfo:
    """The municipality's time zone."""
    return ZoneInfo(profile().timezone)


def now_local() -> datetime:
    """This instant on the municipality's clock."""
    return timezone.now().astimezone(zone())


def today() -> date:
    """Today in the municipality; not the server's day, nor UTC's."""
    return now_local().date()


def local_date(instant: datetime) -> date:
    """The municipality's date of an instant."""
    return instant.astimezone(zone()).date()


def end_of_day(day: date) -> datetime:
    """The first instant after a local day: what is due on that day is in time before it."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone())


def working_calendar() -> WorkingCalendar:
    """The municipality's weekend and holidays, without a query while they do not change."""
    return WorkingCalendar.of(profile().weekend, holiday_days.get())


def holidays(viewer: Viewer, *, year: int) -> QuerySet[Holiday]:
    """Holidays in force that touch the year, in order. Holidays are public: every viewer may see them."""
    return Holiday.objects.filter(
        withdrawn_at=None, first_day__lte=date(year, 12, 31), last_day__gte=date(year, 1, 1)
    ).order_by("first_day")


def holiday_for(viewer: Viewer, uid: UUID) -> Holiday:
    """The holiday of that uid, withdrawn or not; `NotVisible` when there is none."""
    holiday = Holiday.objects.filter(uid=uid).first()
    if holiday is None:
        raise NotVisible()
    return holiday


def _load_days() -> frozenset[date]:
    spans = Holiday.objects.filter(withdrawn_at=None).values_list("first_day", "last_day")
    return frozenset(
        first + timedelta(days=ahead)
        for first, last in spans
        for ahead in range((last - first).days + 1)
    )


holiday_days: Snapshot[frozenset[date]] = Snapshot("calendar.holidays", _load_days)
