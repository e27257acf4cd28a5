"""What it costs and what is owed: fees, quotations, what was done about dues. Ids and values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.events.declaring import event


@event("frontdesk.DuesActionTaken")
@dataclass(frozen=True)
class DuesActionTaken:
    """What was done about the dues that stop a draft: pays now, a plan, refused, let pass. No amount is told."""

    request_uid: str
    service_code: str
    action: str
    article: str


@event("frontdesk.ActionPlanSigned")
@dataclass(frozen=True)
class ActionPlanSigned:
    """The citizen signed and it was accepted: the gate of dues is open until that day."""

    request_uid: str
    plan_uid: str
    expires_on: date


@event("frontdesk.QuotationPrinted")
@dataclass(frozen=True)
class QuotationPrinted:
    """What a draft will cost was printed for the citizen, under a number."""

    request_uid: str
    service_code: str
    number: str
    valid_until: date


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
