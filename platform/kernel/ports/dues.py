"""What does this person owe? Provided by finance, or by an adapter to a municipality's own finance system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True)
class DueLine:
    """One due. Amounts are in `currency`, to its own decimals; `balance` is what is still owed.

    `covered` is the part of the balance for which post-dated cheques wait: covered, not settled.
    """

    charge_uid: str
    kind: str
    kind_title: str
    year: int
    principal: Decimal
    paid: Decimal
    balance: Decimal
    currency: str
    due_on: date | None
    description: str = ""
    plan: str = ""
    party_id: int | None = None
    covered: Decimal = Decimal(0)


@dataclass(frozen=True)
class DuesAnswer:
    """`known` False means that nobody could tell: never to be read as “owes nothing”."""

    known: bool
    lines: tuple[DueLine, ...] = ()
    totals: Mapping[str, Decimal] = field(default_factory=dict)
    as_of: date | None = None

    @property
    def is_clear(self) -> bool:
        return self.known and all(line.balance <= 0 for line in self.lines)


class DuesPort(Protocol):
    def dues_of(self, party_ids: Sequence[int], *, on: date) -> DuesAnswer:
        """Open dues of these parties (give the whole alias family), oldest first, as of a day."""
        ...

    def watermark(self) -> int:
        """How far the books go at this moment: the id of the last entry; 0 where nobody can tell."""
        ...

    @staticmethod
    def absent() -> DuesPort:
        return _Unknown()


class _Unknown:
    def dues_of(self, party_ids: Sequence[int], *, on: date) -> DuesAnswer:
        return DuesAnswer(known=False, as_of=on)

    def watermark(self) -> int:
        return 0

    @staticmethod
    def absent() -> DuesPort:
        return _Unknown()
