"""Seal the trail in batches and verify it: delete, alter, swap, insert or cut an entry, and `verify` names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from kernel.audit.models import AuditEntry, AuditSeal

BATCH = 5_000
SETTLING = timedelta(seconds=30)
FIRST = "0" * 64
_ENDLESS = 1 << 63


@dataclass(frozen=True)
class Verdict:
    """`sound` with the counts, or the first bad entry or seal and what is wrong with it."""

    sound: bool
    seals: int
    entries: int
    head: str
    first_bad: str = ""


def seal(*, settling: timedelta = SETTLING, alone: bool = False) -> int:
    """Seal all settled entries and return how many. One sealer at a time; a second one leaves at once.

    An entry settles when no older transaction can still add one with a smaller id: entries younger than
    `settling` and those of running transactions wait for the next round. `alone` says that nobody else can be
    writing: in a restored trail the transactions are another server's and tell nothing here.
    """
    sealed = 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [_lock_name()])
            if not cursor.fetchone()[0]:
                return 0
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            oldest_running = _ENDLESS if alone else cursor.fetchone()[0]
        last = AuditSeal.objects.order_by("-id").first()
        previous, after = (last.digest, last.last_entry) if last else (FIRST, 0)
        while batch := list(_settled(after, oldest_running, settling)):
            digest = _digest(previous, batch)
            AuditSeal.objects.create(
                sealed_at=timezone.now(),
                first_entry=batch[0]["id"],
                last_entry=batch[-1]["id"],
                entries=len(batch),
                digest=digest,
            )
            previous, after = digest, batch[-1]["id"]
            sealed += len(batch)
    return sealed


def verify() -> Verdict:
    """Walk every seal. Names the first entry or seal that is not as it was sealed; changes nothing."""
    previous, after, seals, entries = FIRST, 0, 0, 0
    for one in AuditSeal.objects.order_by("id").iterator():
        if one.first_entry <= after:
            return Verdict(
                False, seals, entries, previous, f"seal {one.id}: overlaps the one before it"
            )
        batch = list(_entries(after, one.last_entry))
        if len(batch) != one.entries or not batch:
            return Verdict(False, seals, entries, previous, _count_fault(one, batch))
        if _digest(previous, batch) != one.digest:
            return Verdict(
                False,
                seals,
                entries,
                previous,
                f"seal {one.id}: an entry between {one.first_entry} and {one.last_entry} was altered",
            )
        previous, after = one.digest, one.last_entry
        seals += 1
        entries += len(batch)
    return Verdict(True, seals, entries, previous)


def _lock_name() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return f"audit-seal:{cursor.fetchone()[0]}"


_COLUMNS = (
    "id",
    "at",
    "table_name",
    "row_id",
    "operation",
    "actor_id",
    "actor_name",
    "channel",
    "on_behalf_of",
    "reason",
    "request_id",
    "transaction_id",
    "before",
    "after",
)


def _entries(after: int, until: int) -> Iterable[dict[str, Any]]:
    return AuditEntry.objects.filter(id__gt=after, id__lte=until).order_by("id").values(*_COLUMNS)  # type: ignore[no-any-return]


def _settled(after: int, oldest_running: int, settling: timedelta) -> Iterable[dict[str, Any]]:
    """The next batch, cut before the first entry that has not settled, so that ids stay in order."""
    settled_before = timezone.now() - settling
    for entry in AuditEntry.objects.filter(id__gt=after).order_by("id").values(*_COLUMNS)[:BATCH]:
        if entry["at"] > settled_before or (entry["transaction_id"] or 0) >= oldest_running:
            return
        yield entry


def _count_fault(one: AuditSeal, batch: list[dict[str, Any]]) -> str:
    more = len(batch) > one.entries
    what = "an entry was put in" if more else "an entry is missing"
    return (
        f"seal {one.id}: {what} between {one.first_entry} and {one.last_entry}"
        f" ({one.entries} were sealed, {len(batch)} are there)"
    )


def _digest(previous: str, batch: Iterable[dict[str, Any]]) -> str:
    digest = hashlib.sha256(previous.encode())
    for entry in batch:
        digest.update(_canonical(entry))
    return digest.hexdigest()


def _canonical(entry: dict[str, Any]) -> bytes:
    return json.dumps(
        {**entry, "at": entry["at"].isoformat()},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        default=str,
    ).encode()
