"""Claim a key inside the business transaction, settle it with the result; a second asker gets the same result.

What must not live here: where a key comes from (a form's hidden field, the API's Idempotency-Key header).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from kernel.once.errors import KeyReused
from kernel.once.models import OnceClaim
from kernel.tasks import tenant_task

KEPT_DAYS = 30

_CLAIM = """
    INSERT INTO once_claim (scope, key, fingerprint, created_at) VALUES (%s, %s, %s, now())
    ON CONFLICT (scope, key) DO NOTHING RETURNING id
"""
_SETTLE = "UPDATE once_claim SET result = %s::jsonb WHERE id = %s"


class OutsideTransaction(RuntimeError):
    """A claim that would not commit with what it protects: a fault in our code."""


@dataclass(frozen=True)
class Claim:
    """The right to do a thing, or (`replayed`) the result of having done it."""

    id: int
    replayed: bool
    result: dict[str, Any] | None = None


def claim(scope: str, key: str, fingerprint: str) -> Claim:
    """Claim the key for this scope: the first asker does the work, all others replay its result.

    A second asker waits in the database until the first one's transaction ends: after a commit it replays, after
    a rollback it is the first. Raises `KeyReused` when the same key comes with another fingerprint, and
    `OutsideTransaction` when there is no transaction to commit with.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(
            f"{scope}: a key is claimed inside the transaction that it protects"
        )
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [scope, key, fingerprint])
        fresh = cursor.fetchone()
    if fresh:
        return Claim(id=fresh[0], replayed=False)
    earlier = OnceClaim.objects.get(scope=scope, key=key)
    if earlier.fingerprint != fingerprint:
        raise KeyReused()
    return Claim(id=earlier.pk, replayed=True, result=earlier.result)


def settle(claim: Claim, result: dict[str, Any]) -> None:
    """Keep what came of it (ids, an address, an answer) for those who ask again."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [json.dumps(result, ensure_ascii=False), claim.id])


def release(claim: Claim) -> None:
    """Give the key back: nothing was done under it, so it may come again with other content."""
    OnceClaim.objects.filter(pk=claim.id, result__isnull=True).delete()


def fingerprint_of(content: Any) -> str:
    """SHA-256 of JSON-like content, so that the same key with other content is noticed."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


@tenant_task(name="once.forget_old_claims")
def forget_old_claims() -> int:
    """Remove claims older than `KEPT_DAYS`; nobody repeats a click after a month."""
    old = OnceClaim.objects.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    removed, _by_table = old.delete()
    return removed
