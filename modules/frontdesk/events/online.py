"""What citizens send from the web, until the desk has taken it in. Ids and values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.events.declaring import event


@event("frontdesk.OnlineRequestReceived")
@dataclass(frozen=True)
class OnlineRequestReceived:
    """A citizen sent a request from the web (again, when it was returned); it waits to be verified."""

    request_uid: str
    reference: str
    service_code: str
    match: str
    received_on: date
    online_uid: str = ""


@event("frontdesk.OnlineRequestReturned")
@dataclass(frozen=True)
class OnlineRequestReturned:
    """Sent back to be mended before it is accepted; no clock runs yet."""

    request_uid: str
    reference: str
    deficiencies: int
    online_uid: str = ""


@event("frontdesk.OnlineRequestAccepted")
@dataclass(frozen=True)
class OnlineRequestAccepted:
    """Verified by the desk and taken in under a number; its days begin."""

    online_uid: str
    request_uid: str
    reference: str
    number: str


@event("frontdesk.OnlineRequestRejected")
@dataclass(frozen=True)
class OnlineRequestRejected:
    """Refused by the desk with a coded reason, without a number."""

    online_uid: str
    request_uid: str
    reference: str
    reason_code: str


@event("frontdesk.CitizenWrote")
@dataclass(frozen=True)
class CitizenWrote:
    request_uid: str
    number: str
