"""Facts about who stands where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.events.declaring import event


@event("organisation.SeatGiven")
@dataclass(frozen=True)
class SeatGiven:
    user_id: int
    section_id: int
    role_code: str
    starts_on: date
    ends_on: date | None


@event("organisation.SeatEnded")
@dataclass(frozen=True)
class SeatEnded:
    user_id: int
    section_id: int
    role_code: str
    ends_on: date


@event("organisation.SeatsDelegated")
@dataclass(frozen=True)
class SeatsDelegated:
    delegation_uid: str
    from_user_id: int
    to_user_id: int
    starts_on: date
    ends_on: date


@event("organisation.DelegationRevoked")
@dataclass(frozen=True)
class DelegationRevoked:
    delegation_uid: str
    from_user_id: int
    to_user_id: int


@event("organisation.AbsenceDeclared")
@dataclass(frozen=True)
class AbsenceDeclared:
    user_id: int
    substitute_id: int | None
    starts_on: date
    ends_on: date
