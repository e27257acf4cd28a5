"""Appointments: booked, moved, cancelled, kept, missed; reminders. The database holds each seat for one person."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.selectors import now_local, today
from kernel.events.services import emit
from kernel.notifications.services import send_sms
from kernel.parties.identifiers import read_phone
from kernel.parties.models import Party
from kernel.policies.selectors import value
from kernel.profile.selectors import profile
from kernel.text import clean
from kernel.viewer import Viewer
from modules.frontdesk.constants import AppointmentState, Channel, TicketPriority, ToolKind
from modules.frontdesk.errors import ReasonRequired
from modules.frontdesk.errors.hall import CategoryNotFound
from modules.frontdesk.errors.online import (
    AppointmentNotFound,
    AppointmentNotToday,
    AppointmentOver,
    SlotFull,
    SlotNotOffered,
    SlotsInUse,
    SlotsNotFound,
    TooManyAppointments,
)
from modules.frontdesk.events import AppointmentBooked, AppointmentEnded, AppointmentMoved
from modules.frontdesk.models import Appointment, DeskTool
from modules.frontdesk.selectors.appointments import (
    Slots,
    appointments_of_phone,
    free_seats,
    is_offered,
    slots_named,
    write_slots,
)
from modules.frontdesk.selectors.hall import HALL, KEEP, hall
from modules.frontdesk.services.hall import give_ticket
from modules.frontdesk.services.online import on_the_web
from modules.frontdesk.services.references import new_reference

_SEAT = "frontdesk_appointment_seat"
REMIND_FROM, REMIND_UNTIL = 9, 20
"""Hours of the day between which a telephone may ring."""


def save_slots(slots: Slots, *, by: Viewer) -> Slots:
    """Add a kind of appointment, or rewrite the one of that name. What is booked stays booked.

    Refuses `CategoryNotFound` for a queue that the hall does not have.
    """
    by.require(KEEP)
    if hall().category(slots.category) is None:
        raise CategoryNotFound(category=slots.category)
    with recorded(by=by):
        row, _made = DeskTool.objects.select_for_update().get_or_create(
            kind=ToolKind.SLOTS, name=slots.name
        )
        row.definition = write_slots(slots)
        row.save()
    return slots


def drop_slots(name: str, *, by: Viewer) -> None:
    """Take a kind of appointment away. Refuses `SlotsNotFound`, and `SlotsInUse` while somebody has one."""
    by.require(KEEP)
    with recorded(by=by):
        row = DeskTool.objects.select_for_update().filter(kind=ToolKind.SLOTS, name=name).first()
        if row is None:
            raise SlotsNotFound()
        ahead = Appointment.objects.filter(
            slots=name, state=AppointmentState.BOOKED, day__gte=today()
        )
        if ahead.exists():
            raise SlotsInUse()
        row.delete()


def book(
    slots: str,
    *,
    day: date,
    at: time,
    name: str,
    phone: str,
    service_code: str = "",
    party: Party | None = None,
    priority: str = "",
    note: str = "",
    channel: str = Channel.DESK,
    by: Viewer,
) -> Appointment:
    """Give somebody a place. At the desk any open time may be given; a citizen books some hours ahead.

    Refuses `SlotsNotFound`, `SlotNotOffered`, `SlotFull` when others were faster, `ReasonRequired` without a name,
    `PhoneNotUnderstood`, and `TooManyAppointments` for a telephone.
    """
    for_desk = by.is_staff or by.is_system
    if for_desk:
        by.require(HALL)
    kind = slots_named(slots)
    if not clean(name):
        raise ReasonRequired(field="name")
    if not is_offered(kind, day, at, for_desk=for_desk) or not kind.serves(service_code):
        raise SlotNotOffered()
    if not for_desk and not kind.online:
        raise SlotsNotFound()
    made = Appointment(
        reference=new_reference(),
        slots=kind.name,
        day=day,
        starts_at=at,
        minutes=kind.minutes,
        service_code=service_code,
        name=clean(name)[:160],
        phone=read_phone(phone).e164 if phone.strip() else "",
        party=party,
        priority=TicketPriority(priority) if priority else TicketPriority.BOOKED,
        note=clean(note)[:300],
        channel=channel,
    )
    actor = by if for_desk else on_the_web(by)
    made.booked_by_name = actor.name
    with recorded(by=actor):
        _require_few(made)
        _seat(made, kind)
        emit(
            AppointmentBooked(
                str(made.uid), made.reference, made.slots, service_code, day, f"{at:%H:%M}", channel
            ),
            by=actor,
        )
        _tell(made, kind, by=actor)
    return made


def move(uid: UUID | str, *, day: date, at: time, by: Viewer) -> Appointment:
    """Another time for the same person; their old place is free at once.

    Refuses `AppointmentOver`, `SlotNotOffered` and `SlotFull`; then the old place stays theirs.
    """
    for_desk = by.is_staff or by.is_system
    actor = by if for_desk else on_the_web(by)
    with recorded(by=actor):
        found = _lock_booked(uid)
        kind = slots_named(found.slots)
        if (found.day, found.starts_at) == (day, at):
            return found
        if not is_offered(kind, day, at, for_desk=for_desk):
            raise SlotNotOffered()
        found.day, found.starts_at, found.minutes = day, at, kind.minutes
        found.reminded_at = None
        _seat(found, kind)
        emit(
            AppointmentMoved(str(found.uid), found.reference, found.slots, day, f"{at:%H:%M}"),
            by=actor,
        )
        _tell(found, kind, by=actor)
    return found


def cancel(uid: UUID | str, *, reason: str = "", by: Viewer) -> Appointment:
    """Give the place back. Refuses `AppointmentOver`."""
    actor = by if by.is_staff or by.is_system else on_the_web(by)
    with recorded(by=actor, reason=reason):
        found = _lock_booked(uid)
        _end(found, AppointmentState.CANCELLED, by=actor)
        if by.is_staff and found.phone:
            with in_language("ar"):
                text = _("Your appointment %(reference)s on %(when)s was cancelled. %(reason)s") % {
                    "reference": found.reference,
                    "when": _when(found),
                    "reason": reason.strip(),
                }
                _send(found, text.strip(), by=actor)
    return found


def arrive(uid: UUID | str, *, by: Viewer) -> Appointment:
    """They are here: the appointment becomes a ticket of its queue, called before those who came without one.

    Refuses `AppointmentNotToday`, `AppointmentOver`, and what `give_ticket` refuses.
    """
    by.require(HALL)
    with recorded(by=by):
        found = _lock(uid)
        if found.state not in (AppointmentState.BOOKED, AppointmentState.MISSED):
            raise AppointmentOver(reference=found.reference, state=found.get_state_display())
        if found.day != today():
            raise AppointmentNotToday(reference=found.reference)
        category = slots_named(found.slots).category
        found.ticket = give_ticket(category, priority=found.priority, phone=found.phone, by=by)
        _end(found, AppointmentState.ARRIVED, by=by)
    return found


def miss(uid: UUID | str, *, by: Viewer) -> Appointment:
    """They did not come; who comes late on the same day may still be let in. Refuses `AppointmentOver`."""
    by.require(HALL)
    with recorded(by=by):
        found = _lock_booked(uid)
        if found.day > today():
            raise AppointmentNotToday(reference=found.reference)
        _end(found, AppointmentState.MISSED, by=by)
    return found


def remind(*, by: Viewer) -> int:
    """Tell everybody who has an appointment on the next day, once, at an hour at which one may ring. Rerunnable."""
    if not REMIND_FROM <= now_local().hour < REMIND_UNTIL:
        return 0
    told = 0
    tomorrow = today() + timedelta(days=1)
    with recorded(by=by):
        due = Appointment.objects.select_for_update(skip_locked=True).filter(
            day=tomorrow, state=AppointmentState.BOOKED, reminded_at=None
        )
        for one in due.exclude(phone="").order_by("id"):
            with in_language("ar"):
                text = _("Your appointment %(reference)s is tomorrow, %(when)s.") % {
                    "reference": one.reference,
                    "when": _when(one),
                }
                _send(one, text, by=by)
            one.reminded_at = timezone.now()
            one.save()
            told += 1
    return told


def close_missed(*, by: Viewer) -> int:
    """After the day: who was booked and not let in did not come. Rerunnable."""
    closed = 0
    with recorded(by=by):
        old = Appointment.objects.select_for_update().filter(
            day__lt=today(), state=AppointmentState.BOOKED
        )
        for one in old.order_by("id"):
            _end(one, AppointmentState.MISSED, by=by)
            closed += 1
    return closed


def _require_few(made: Appointment) -> None:
    if not made.phone or made.channel != Channel.WEB:
        return
    most = int(value("FRD-01.appointment_most_open", on=today()).value)
    if len(appointments_of_phone(made.phone)) >= most:
        raise TooManyAppointments(limit=most)


def _seat(appointment: Appointment, kind: Slots) -> None:
    """Take the first free place; whoever was faster keeps theirs, and the next place is tried."""
    for seat in free_seats(kind, appointment.day, appointment.starts_at):
        appointment.seat = seat
        try:
            with transaction.atomic():
                appointment.save()
        except IntegrityError as error:
            broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
            if broken == _SEAT:
                continue
            if broken == "frontdesk_appointment_phone":
                raise TooManyAppointments(limit=1) from None
            raise
        return
    raise SlotFull()


def _end(appointment: Appointment, state: AppointmentState, *, by: Viewer) -> None:
    appointment.state, appointment.ended_at = state, timezone.now()
    appointment.save()
    emit(
        AppointmentEnded(
            str(appointment.uid),
            appointment.reference,
            appointment.slots,
            str(state),
            appointment.ticket.label if appointment.ticket else "",
        ),
        by=by,
    )


def _lock(uid: UUID | str) -> Appointment:
    found = Appointment.objects.select_for_update().filter(uid=uid).first()
    if found is None:
        raise AppointmentNotFound()
    return found


def _lock_booked(uid: UUID | str) -> Appointment:
    found = _lock(uid)
    if not found.is_booked:
        raise AppointmentOver(reference=found.reference, state=found.get_state_display())
    return found


def _when(appointment: Appointment) -> str:
    return f"{appointment.day:%d/%m/%Y} {appointment.starts_at:%H:%M}"


def _tell(appointment: Appointment, kind: Slots, *, by: Viewer) -> None:
    if not appointment.phone:
        return
    with in_language("ar"):
        text = _("Your appointment %(reference)s: %(title)s, %(when)s.") % {
            "reference": appointment.reference,
            "title": kind.title_ar,
            "when": _when(appointment),
        }
        _send(appointment, text, by=by)


def _send(appointment: Appointment, text: str, *, by: Viewer) -> None:
    send_sms(
        phone=appointment.phone,
        text=f"{profile().name_ar}: {text}",
        about=f"appointment:{appointment.uid}",
        by=by,
    )
