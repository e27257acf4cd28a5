"""Blocks of provisional numbers: reserved for a person, a computer and a day; told about; given back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotVisible
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.frontdesk.models import OfflineBlock

LOW = 10
"""With fewer numbers left than these, the next block is reserved while there is a line."""


@dataclass(frozen=True)
class Told:
    """What a computer says of a block: the highest number that it printed."""

    block: UUID
    printed_to: int


def sit_down(
    store: UUID, *, told: tuple[Told, ...] = (), waiting: int = 0, by: Viewer
) -> list[OfflineBlock]:
    """The blocks out of which this person may number on this computer today, the one in use first.

    Reserves a first one, and another when few numbers are left; blocks of former days that nothing waits under are
    given back. Needs `frontdesk.open`.
    """
    by.require("frontdesk.open")
    with recorded(by=by):
        mine = _mine(store, by=by)
        for block in mine:
            _hear(block, told, waiting=waiting)
        old = [one for one in mine if one.day < today()]
        if not waiting:
            for block in old:
                block.returned_at = timezone.now()
        OfflineBlock.objects.bulk_update(mine, ["printed_to", "waiting", "heard_at", "returned_at"])
        usable = [one for one in mine if one.day == today()]
        if sum(one.last - one.printed_to for one in usable) < LOW:
            usable.append(_reserve(store, by=by))
    return [one for one in usable if one.printed_to < one.last]


def stand_up(store: UUID, *, told: tuple[Told, ...] = (), by: Viewer) -> int:
    """Give back this computer's blocks: whoever logs out prints no more. Returns how many."""
    by.require("frontdesk.open")
    with recorded(by=by):
        mine = _mine(store, by=by)
        for block in mine:
            _hear(block, told, waiting=0)
            block.returned_at = timezone.now()
        OfflineBlock.objects.bulk_update(mine, ["printed_to", "waiting", "heard_at", "returned_at"])
    return len(mine)


def own_account(by: Viewer) -> int:
    """Whoever sits at a desk has an account: the house itself, or a programme without one, does not sit there."""
    if by.user_id is None:
        raise NotVisible()
    return by.user_id


def _mine(store: UUID, *, by: Viewer) -> list[OfflineBlock]:
    return list(
        OfflineBlock.objects.select_for_update()
        .filter(owner_id=by.user_id, store=store, returned_at=None)
        .order_by("id")
    )


def _hear(block: OfflineBlock, told: tuple[Told, ...], *, waiting: int) -> None:
    said = next((one.printed_to for one in told if one.block == block.uid), block.printed_to)
    block.printed_to = max(block.printed_to, min(said, block.last))
    block.waiting, block.heard_at = min(waiting, 9999), timezone.now()


def _reserve(store: UUID, *, by: Viewer) -> OfflineBlock:
    """The next numbers; the database moves them behind the last block (BA048)."""
    size = int(value("INF-03.numbers_per_block", on=today()).value)
    made = OfflineBlock.objects.create(
        owner_id=own_account(by),
        owner_name=by.name,
        desk=f"D{by.user_id}",
        store=store,
        day=today(),
        first=1,
        last=size,
    )
    made.refresh_from_db()
    return made
