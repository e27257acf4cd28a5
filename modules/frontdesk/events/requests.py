"""What happens to a request as a whole, from the desk to the hand-over; and to a service. Ids and values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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


@event("frontdesk.RequestMerged")
@dataclass(frozen=True)
class RequestMerged:
    """Closed as the double of another, which stays."""

    request_uid: str
    number: str
    into_uid: str
    into_number: str


@event("frontdesk.ObjectionOpened")
@dataclass(frozen=True)
class ObjectionOpened:
    """The citizen objects to a decision within its days; the objection is a request of its own."""

    request_uid: str
    number: str
    objection_uid: str


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
