"""What happened in the register of parties."""

from dataclasses import dataclass

from kernel.events.declaring import event


@event("parties.PartyRegistered")
@dataclass(frozen=True)
class PartyRegistered:
    """Somebody new stands in the register."""

    party_uid: str
    party_id: int
    kind: str


@event("parties.PartyCorrected")
@dataclass(frozen=True)
class PartyCorrected:
    """Facts of a party changed; `fields` lists them by name, separated by commas."""

    party_uid: str
    party_id: int
    fields: str


@event("parties.PartiesMerged")
@dataclass(frozen=True)
class PartiesMerged:
    """Two records turned out to be one: `alias` now answers as `kept`. Posted facts keep their ids."""

    kept_uid: str
    kept_id: int
    alias_uid: str
    alias_id: int


@event("parties.PartiesSeparated")
@dataclass(frozen=True)
class PartiesSeparated:
    """A merge was a mistake and was taken back."""

    kept_uid: str
    kept_id: int
    alias_uid: str
    alias_id: int
