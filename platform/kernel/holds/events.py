from dataclasses import dataclass

from kernel.events.declaring import event


@event("holds.HoldRaised")
@dataclass(frozen=True)
class HoldRaised:
    hold_uid: str
    subject: str
    effect: str
    source: str


@event("holds.HoldCleared")
@dataclass(frozen=True)
class HoldCleared:
    hold_uid: str
    subject: str
    effect: str
    source: str
