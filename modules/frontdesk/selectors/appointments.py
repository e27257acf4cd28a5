"""When appointments may be taken, which are, and what stands on a day's sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import get_language

from kernel.calendar.selectors import now_local, today, working_calendar
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.frontdesk.constants import AppointmentState, ToolKind
from modules.frontdesk.errors.online import AppointmentNotFound, SlotsNotFound
from modules.frontdesk.models import Appointment, DeskTool
from modules.frontdesk.selectors.hall import HALL
from modules.frontdesk.selectors.hall_hours import Hours, within_fasting


@dataclass(frozen=True)
class Special:
    """Days on which other hours hold (Ramadan), or none (closed)."""

    first: date
    last: date
    hours: Hours
    why: str = ""

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Slots:
    """A kind of appointment: when, how long, how many at once, for which services, in which queue of the hall.

    `hours` by weekday (ISO: Monday 1 … Sunday 7). Without services of its own it serves all.
    """

    name: str
    title_ar: str
    title_en: str
    category: str
    minutes: int
    capacity: int
    hours: Mapping[int, Hours]
    services: tuple[str, ...] = ()
    special: tuple[Special, ...] = ()
    online: bool = True

    @property
    def title(self) -> str:
        return self.title_en if get_language() == "en" and self.title_en else self.title_ar

    def serves(self, service_code: str) -> bool:
        return not service_code or not self.services or service_code in self.services

    def hours_on(self, day: date) -> Hours:
        """Opening hours on a day; none on the weekend, on holidays and while closed.

        Days with hours of their own keep these; the hours of the week are cut to those of Ramadan while it lasts.
        """
        if not working_calendar().is_working(day):
            return ()
        for one in self.special:
            if one.covers(day):
                return one.hours
        return within_fasting(self.hours.get(day.isoweekday(), ()), day)

    def times_on(self, day: date) -> list[time]:
        """When appointments begin on a day; each ends before the doors close."""
        found = [
            at
            for opens, closes in self.hours_on(day)
            for at in times_within(opens, closes, self.minutes)
        ]
        return sorted(set(found))


def times_within(opens: time, closes: time, minutes: int) -> list[time]:
    """Beginnings of whole appointments between two times of a day."""
    first, last = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    return [time(at // 60, at % 60) for at in range(first, last - minutes + 1, minutes)]


@dataclass(frozen=True)
class Free:
    """A time with the places that are left."""

    at: time
    left: int


def every_slots() -> list[Slots]:
    """Every kind of appointment, by its name."""
    rows = DeskTool.objects.filter(kind=ToolKind.SLOTS).order_by("name")
    return [read_slots(row.name, row.definition) for row in rows]


def slots_named(name: str) -> Slots:
    """One kind of appointment. Refuses `SlotsNotFound`."""
    row = DeskTool.objects.filter(kind=ToolKind.SLOTS, name=name).first()
    if row is None:
        raise SlotsNotFound()
    return read_slots(row.name, row.definition)


def slots_online(service_code: str = "") -> list[Slots]:
    """Kinds that a citizen may book alone, for a service where one is named."""
    return [one for one in every_slots() if one.online and one.serves(service_code)]


def read_slots(name: str, kept: Mapping[str, Any]) -> Slots:
    """A kind of appointment from its row."""
    raw = dict(kept)
    hours = {int(day): _hours(many) for day, many in dict(raw.pop("hours", {})).items()}
    special = tuple(
        Special(
            date.fromisoformat(one["first"]),
            date.fromisoformat(one["last"]),
            _hours(one["hours"]),
            one.get("why", ""),
        )
        for one in raw.pop("special", ())
    )
    services = tuple(raw.pop("services", ()))
    return Slots(name=name, hours=hours, special=special, services=services, **raw)


def write_slots(slots: Slots) -> dict[str, Any]:
    """The same as its row keeps it."""
    return {
        "title_ar": slots.title_ar,
        "title_en": slots.title_en,
        "category": slots.category,
        "minutes": slots.minutes,
        "capacity": slots.capacity,
        "online": slots.online,
        "services": list(slots.services),
        "hours": {str(day): _texts(many) for day, many in slots.hours.items()},
        "special": [
            {
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
                "hours": _texts(one.hours),
                "why": one.why,
            }
            for one in slots.special
        ],
    }


def free_days(slots: Slots, *, for_desk: bool = False) -> list[date]:
    """Days from today on with a place left, as far ahead as policy FRD-01 lets book."""
    on = today()
    days = int(value("FRD-01.appointment_ahead_days", on=on).value)
    span = [on + timedelta(days=ahead) for ahead in range(days + 1)]
    taken = _taken(slots, span[0], span[-1])
    earliest = _earliest(for_desk=for_desk)
    return [day for day in span if _free(slots, day, taken, earliest)]


def free_times(slots: Slots, day: date, *, for_desk: bool = False) -> list[Free]:
    """Times of a day with a place left; none on days that may not be booked."""
    on = today()
    days = int(value("FRD-01.appointment_ahead_days", on=on).value)
    if not on <= day <= on + timedelta(days=days):
        return []
    return _free(slots, day, _taken(slots, day, day), _earliest(for_desk=for_desk))


def day_sheet(viewer: Viewer, day: date, *, slots: str = "") -> list[Appointment]:
    """Everybody who has an appointment that day, in order; cancelled ones left out."""
    viewer.require(HALL)
    rows = Appointment.objects.filter(day=day).exclude(state=AppointmentState.CANCELLED)
    if slots:
        rows = rows.filter(slots=slots)
    return list(rows.select_related("ticket").order_by("starts_at", "slots", "seat"))


def appointments(viewer: Viewer) -> QuerySet[Appointment]:
    """All appointments, newest day first, for who works in the hall."""
    viewer.require(HALL)
    return Appointment.objects.select_related("ticket", "party").order_by("-day", "-id")


def appointment_for(viewer: Viewer, uid: UUID | str) -> Appointment:
    """One of them. Refuses `AppointmentNotFound`."""
    found = appointments(viewer).filter(uid=uid).first()
    if found is None:
        raise AppointmentNotFound()
    return found


def appointments_of_phone(phone: str) -> list[Appointment]:
    """What is booked under a telephone from today on, for whoever proved to hold it."""
    if not phone:
        return []
    ahead = Appointment.objects.filter(phone=phone, state=AppointmentState.BOOKED, day__gte=today())
    return list(ahead.order_by("day", "starts_at"))


def appointment_of_phone(uid: UUID | str, phone: str) -> Appointment:
    """One of them. Refuses `AppointmentNotFound`."""
    found = Appointment.objects.filter(uid=uid, phone=phone).first() if phone else None
    if found is None:
        raise AppointmentNotFound()
    return found


def free_seats(slots: Slots, day: date, at: time) -> list[int]:
    """Places of a slot that nobody holds."""
    held = set(
        _standing().filter(slots=slots.name, day=day, starts_at=at).values_list("seat", flat=True)
    )
    return [seat for seat in range(1, slots.capacity + 1) if seat not in held]


def is_offered(slots: Slots, day: date, at: time, *, for_desk: bool) -> bool:
    """Whether the slot exists and may still be booked, full or not."""
    days = int(value("FRD-01.appointment_ahead_days", on=today()).value)
    return (
        today() <= day <= today() + timedelta(days=days)
        and at in slots.times_on(day)
        and datetime.combine(day, at) >= _earliest(for_desk=for_desk)
    )


def _free(
    slots: Slots, day: date, taken: Mapping[tuple[date, time], int], earliest: datetime
) -> list[Free]:
    return [
        Free(at, left)
        for at in slots.times_on(day)
        if (left := slots.capacity - taken.get((day, at), 0)) > 0
        and datetime.combine(day, at) >= earliest
    ]


def _taken(slots: Slots, first: date, last: date) -> Mapping[tuple[date, time], int]:
    rows = (
        _standing()
        .filter(slots=slots.name, day__gte=first, day__lte=last)
        .values_list("day", "starts_at")
        .annotate(many=Count("id"))
        .order_by()
    )
    return Counter({(day, at): many for day, at, many in rows})


def _standing() -> QuerySet[Appointment]:
    return Appointment.objects.exclude(state=AppointmentState.CANCELLED)


def _earliest(*, for_desk: bool) -> datetime:
    """From when on a slot may be booked: at the desk now, by a citizen some hours ahead (policy FRD-01)."""
    now = now_local().replace(tzinfo=None)
    if for_desk:
        return now
    return now + timedelta(hours=int(value("FRD-01.appointment_notice_hours", on=today()).value))


def _hours(many: Iterable[Sequence[str]]) -> Hours:
    return tuple((time.fromisoformat(one[0]), time.fromisoformat(one[1])) for one in many)


def _texts(hours: Hours) -> list[list[str]]:
    return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in hours]
