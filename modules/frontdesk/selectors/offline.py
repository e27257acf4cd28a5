"""Reads of the offline desk: what a cut-off computer is given before, and what came back afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.frontdesk.constants import OfflineOutcome
from modules.frontdesk.models import OfflineBlock, OfflineTaking, Request

REMEMBERED = 200
"""Persons of the clerk's latest requests, kept sealed on the computer so that an ID number need not be typed twice."""


@dataclass(frozen=True)
class TakingRow:
    """One thing taken without a line, with what became of it."""

    taking: OfflineTaking
    request: Request | None

    @property
    def kind(self) -> str:
        if self.taking.outcome == OfflineOutcome.VOID or self.request is None:
            return "neutral"
        return "ok" if self.request.number else "warn"

    @property
    def is_open(self) -> bool:
        """Stopped by a gate, and nobody has corrected it yet."""
        return self.request is not None and not self.request.number


@dataclass(frozen=True)
class BlockRow:
    """A block with its numbers: used, printed but not received, and never used."""

    block: OfflineBlock
    used: tuple[int, ...] = ()
    takings: tuple[TakingRow, ...] = field(default_factory=tuple)

    @property
    def unsent(self) -> list[str]:
        """Printed, as far as the computer told, and not received."""
        used, block = set(self.used), self.block
        return [
            block.label(one) for one in range(block.first, block.printed_to + 1) if one not in used
        ]

    @property
    def unused(self) -> int:
        return self.block.last - self.block.printed_to

    @property
    def unused_from(self) -> str:
        return self.block.label(self.block.printed_to + 1) if self.unused else ""


def when_taken(request: Request) -> datetime | None:
    """When the citizen stood at the desk, for a request that came from a computer without a line."""
    return (
        OfflineTaking.objects.filter(request_uid=request.uid)
        .values_list("taken_at", flat=True)
        .first()
    )


def people_remembered(viewer: Viewer) -> list[Party]:
    """Whom this clerk served lately: applicants of the newest requests that they opened."""
    viewer.require("frontdesk.open")
    viewer.require("parties.read")
    since = timezone.now() - timedelta(days=60)
    latest = (
        Request.objects.filter(
            seen_by__contains=[-(viewer.user_id or 0)],
            opened_by_id=viewer.user_id,
            applicant__isnull=False,
            is_hidden=False,
            created_at__gte=since,
        )
        .order_by("-id")
        .values_list("applicant_id", flat=True)[:REMEMBERED]
    )
    return list(Party.objects.filter(pk__in=list(latest), alias_of=None))


def blocks_of(viewer: Viewer, *, since: date, until: date) -> list[BlockRow]:
    """The blocks of these days with what was taken under each. Needs `frontdesk.see_all`."""
    viewer.require("frontdesk.see_all")
    blocks = list(OfflineBlock.objects.filter(day__range=(since, until)).order_by("-id")[:200])
    takings = _rows(OfflineTaking.objects.filter(block__in=blocks).order_by("number"))
    by_block: dict[int | None, list[TakingRow]] = {}
    for row in takings:
        by_block.setdefault(row.taking.block_id, []).append(row)
    return [
        BlockRow(
            one,
            tuple(row.taking.number or 0 for row in by_block.get(one.pk, ())),
            tuple(by_block.get(one.pk, ())),
        )
        for one in blocks
    ]


def takings_without_number(viewer: Viewer, *, since: date, until: date) -> list[TakingRow]:
    """What was taken when the block was used up."""
    viewer.require("frontdesk.see_all")
    return _rows(
        OfflineTaking.objects.filter(block=None, created_at__date__range=(since, until)).order_by(
            "-id"
        )[:200]
    )


def stopped_of(viewer: Viewer) -> list[TakingRow]:
    """What this clerk took offline and a gate stopped, as long as it is a draft."""
    mine = OfflineTaking.objects.filter(
        taken_by_id=viewer.user_id, outcome=OfflineOutcome.STOPPED
    ).order_by("-id")[:100]
    return [row for row in _rows(mine) if row.is_open]


def request_of_slip(number: int) -> Request | None:
    """The request behind a provisional number, None before it was received."""
    uid = OfflineTaking.objects.filter(number=number).values_list("request_uid", flat=True).first()
    return Request.objects.filter(uid=uid).first() if uid else None


def _rows(takings: Iterable[OfflineTaking]) -> list[TakingRow]:
    found = list(takings)
    requests = {
        one.uid: one
        for one in Request.objects.filter(
            uid__in=[one.request_uid for one in found if one.request_uid]
        )
    }
    return [
        TakingRow(one, requests.get(one.request_uid) if one.request_uid else None) for one in found
    ]
