"""Owe the municipality something, once: assess a charge, ask for it, credit it. Provided by finance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from moneyed import Money

from kernel.viewer import Viewer


@dataclass(frozen=True)
class ChargeSource:
    """What the charge is for. The four together are unique: the same thing is never charged twice."""

    module: str
    record: str
    code: str
    period: str = ""


@dataclass(frozen=True)
class ChargeRef:
    uid: str
    amount: Decimal
    balance: Decimal
    currency: str
    receipt_numbers: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        return self.balance <= 0


class ChargePort(Protocol):
    """Has no absent answer: whoever charges depends on finance, or says that fees cannot be taken."""

    def assess(
        self,
        *,
        source: ChargeSource,
        party_id: int,
        kind: str,
        amount: Money,
        due_on: date,
        description: str,
        by: Viewer,
    ) -> ChargeRef:
        """Charge once; the same source again gives the same charge back."""
        ...

    def status(self, charge_uids: Sequence[str]) -> dict[str, ChargeRef]: ...

    def credit(self, *, charge_uid: str, amount: Money, reason: str, by: Viewer) -> ChargeRef: ...
