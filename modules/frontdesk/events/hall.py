"""What happens in the hall: tickets and appointments. Ids and values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.events.declaring import event


@event("frontdesk.TicketTaken")
@dataclass(frozen=True)
class TicketTaken:
    """Somebody waits in the hall. `category` is the letter on the slip."""

    ticket_uid: str
    label: str
    category: str
    on: date


@event("frontdesk.TicketCalled")
@dataclass(frozen=True)
class TicketCalled:
    """The first call, and each one after a transfer; ringing again is no new call."""

    ticket_uid: str
    label: str
    counter: str


@event("frontdesk.TicketClosed")
@dataclass(frozen=True)
class TicketClosed:
    """Served, did not come, or left; with the seconds waited and the seconds at counters."""

    ticket_uid: str
    label: str
    outcome: str
    counter: str
    waited_seconds: int
    served_seconds: int


@event("frontdesk.AppointmentBooked")
@dataclass(frozen=True)
class AppointmentBooked:
    appointment_uid: str
    reference: str
    slots: str
    service_code: str
    day: date
    starts_at: str
    channel: str


@event("frontdesk.AppointmentMoved")
@dataclass(frozen=True)
class AppointmentMoved:
    appointment_uid: str
    reference: str
    slots: str
    day: date
    starts_at: str


@event("frontdesk.AppointmentEnded")
@dataclass(frozen=True)
class AppointmentEnded:
    """Arrived, missed or cancelled; `ticket` is its ticket of the hall, where it became one."""

    appointment_uid: str
    reference: str
    slots: str
    state: str
    ticket: str
