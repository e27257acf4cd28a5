"""Pay dues from home. Provided by finance; without it, or before a gateway is set up, nothing is offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from kernel.viewer import Viewer


@dataclass(frozen=True)
class Payable:
    """One due as it can be paid now: `amount` is what is asked after the reductions of the day."""

    charge_uid: str
    title: str
    year: int
    due_on: date | None
    balance: Decimal
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class PayingOffer:
    """`is_open` False: the municipality takes no payments on the web now."""

    is_open: bool
    lines: tuple[Payable, ...] = ()
    in_parts: bool = False
    currencies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PayingWish:
    """Who pays for which dues, and where answers come back to (`home` is the scheme and the host of the page)."""

    party_id: int
    charge_uids: Sequence[str]
    amount: str = ""
    phone: str = ""
    home: str = ""


class PayingPort(Protocol):
    def is_open(self) -> bool: ...

    def offer(self, party_id: int) -> PayingOffer:
        """What this person may pay on the web now, oldest first. For who was shown to be that person."""
        ...

    def begin(self, wish: PayingWish, *, by: Viewer) -> str:
        """Begin a payment; gives the address of its page with us. Refuses when it cannot be."""
        ...

    @staticmethod
    def absent() -> PayingPort:
        return _NotOffered()


class _NotOffered:
    def is_open(self) -> bool:
        return False

    def offer(self, party_id: int) -> PayingOffer:
        return PayingOffer(is_open=False)

    def begin(self, wish: PayingWish, *, by: Viewer) -> str:
        raise NotImplementedError("nothing is offered, so nothing is begun")

    @staticmethod
    def absent() -> PayingPort:
        return _NotOffered()
