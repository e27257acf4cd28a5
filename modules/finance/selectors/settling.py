"""What paying a due today saves: the answer of a campaign, as the desk and the allocator need it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class Reduction:
    """By which campaign, how many percent, and how much at most (when the due is paid whole)."""

    campaign_id: int
    title: str
    percent: Decimal
    whole_only: bool
    most: Money
