"""What happened in the register of places. Several ids stand in one text, separated by commas."""

from dataclasses import dataclass
from datetime import date

from kernel.events.declaring import event


@event("places.LandUnitRegistered")
@dataclass(frozen=True)
class LandUnitRegistered:
    land_unit_uid: str
    land_unit_id: int


@event("places.LandUnitsSucceeded")
@dataclass(frozen=True)
class LandUnitsSucceeded:
    """Parcels were split, merged or renumbered; holds and dues pass on by explicit rule, never silently."""

    kind: str
    parent_ids: str
    child_ids: str
    happened_on: date
    order_ref: str


@event("places.HoldingRecorded")
@dataclass(frozen=True)
class HoldingRecorded:
    holding_uid: str
    party_id: int
    subject: str
    relation: str


@event("places.HoldingEnded")
@dataclass(frozen=True)
class HoldingEnded:
    holding_uid: str
    party_id: int
    subject: str
    relation: str
    ended_on: date
