"""What happened at the front desk, for whoever listens: ids and values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.events.declaring import event


@event("frontdesk.ServicePublished")
@dataclass(frozen=True)
class ServicePublished:
    service_code: str
    version: int
    in_force_from: date


@event("frontdesk.RequestSubmitted")
@dataclass(frozen=True)
class RequestSubmitted:
    request_uid: str
    number: str
    service_code: str
    party_id: int | None
    channel: str
    submitted_on: date
    promised_on: date | None


@event("frontdesk.StepOpened")
@dataclass(frozen=True)
class StepOpened:
    """Work arrived at a section: its bell rings."""

    request_uid: str
    number: str
    step_uid: str
    step_code: str
    kind: str
    section_id: int
    role: str
    due_on: date | None


@event("frontdesk.StepCompleted")
@dataclass(frozen=True)
class StepCompleted:
    request_uid: str
    number: str
    step_uid: str
    step_code: str
    section_id: int
    outcome: str
    days_used: int


@event("frontdesk.RequestReturned")
@dataclass(frozen=True)
class RequestReturned:
    """The citizen has something to mend; the clock stands still."""

    request_uid: str
    number: str
    party_id: int | None
    deficiencies: int


@event("frontdesk.RequestResubmitted")
@dataclass(frozen=True)
class RequestResubmitted:
    request_uid: str
    number: str
    promised_on: date | None


@event("frontdesk.ExternalOpinionAsked")
@dataclass(frozen=True)
class ExternalOpinionAsked:
    request_uid: str
    number: str
    step_uid: str
    body: str


@event("frontdesk.FeeAssessed")
@dataclass(frozen=True)
class FeeAssessed:
    request_uid: str
    number: str
    party_id: int | None
    fee_code: str
    charge_uid: str
    amount: Decimal
    currency: str


@event("frontdesk.FeeSettled")
@dataclass(frozen=True)
class FeeSettled:
    request_uid: str
    number: str
    fee_code: str
    charge_uid: str


@event("frontdesk.RequestDecided")
@dataclass(frozen=True)
class RequestDecided:
    request_uid: str
    number: str
    service_code: str
    party_id: int | None
    decision: str
    decided_on: date


@event("frontdesk.DocumentIssued")
@dataclass(frozen=True)
class DocumentIssued:
    request_uid: str
    number: str
    document_uid: str
    kind: str


@event("frontdesk.RequestHandedOver")
@dataclass(frozen=True)
class RequestHandedOver:
    request_uid: str
    number: str
    recipient: str


@event("frontdesk.RequestCompleted")
@dataclass(frozen=True)
class RequestCompleted:
    request_uid: str
    number: str
    service_code: str
    in_time: bool


@event("frontdesk.RequestWithdrawn")
@dataclass(frozen=True)
class RequestWithdrawn:
    """Withdrawn by the citizen, or closed as abandoned (`lapsed`). `refund_due`: a fee was paid before."""

    request_uid: str
    number: str
    lapsed: bool
    refund_due: bool


@event("frontdesk.RequestRated")
@dataclass(frozen=True)
class RequestRated:
    """What the citizen thinks of a finished request, 1 to 5. Their words stay on the request."""

    request_uid: str
    number: str
    service_code: str
    score: int


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


@event("frontdesk.OnlineRequestReceived")
@dataclass(frozen=True)
class OnlineRequestReceived:
    """A citizen sent a request from the web (again, when it was returned); it waits to be verified."""

    request_uid: str
    reference: str
    service_code: str
    match: str
    received_on: date


@event("frontdesk.OnlineRequestReturned")
@dataclass(frozen=True)
class OnlineRequestReturned:
    request_uid: str
    reference: str
    deficiencies: int


@event("frontdesk.OnlineRequestVerified")
@dataclass(frozen=True)
class OnlineRequestVerified:
    """Accepted under a number, or rejected with a coded reason and without one."""

    request_uid: str
    reference: str
    outcome: str
    number: str
    reason_code: str


@event("frontdesk.CitizenWrote")
@dataclass(frozen=True)
class CitizenWrote:
    request_uid: str
    number: str


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
