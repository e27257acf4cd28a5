"""The municipality's whole policy sheet in memory: one load answers every `value()` until something changes."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from kernel import registry
from kernel.policies.kinds import checked, read
from kernel.policies.models import PolicySuspension, PolicyValue
from kernel.snapshots import Snapshot


@dataclass(frozen=True)
class Span:
    """One adopted value over its days (`until` is the first day after), or one suspension when `value` is None."""

    id: int
    since: date
    until: date | None
    value: Any = None
    article: str = ""

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Sheet:
    """Values and suspensions by (key, scope), and the fingerprint of everything that is or will be in force."""

    values: dict[tuple[str, str], tuple[Span, ...]]
    suspensions: dict[tuple[str, str], tuple[Span, ...]]
    release: str

    def value_on(self, key: str, scope: str, day: date) -> Span | None:
        return next((span for span in self.values.get((key, scope), ()) if span.covers(day)), None)

    def is_suspended(self, key: str, scope: str, day: date) -> bool:
        return any(span.covers(day) for span in self.suspensions.get((key, scope), ()))


def _load() -> Sheet:
    declared = registry.policy_keys()
    values: dict[tuple[str, str], list[Span]] = defaultdict(list)
    suspensions: dict[tuple[str, str], list[Span]] = defaultdict(list)
    told: list[Any] = [[code, checked(key, key.default)] for code, key in sorted(declared.items())]
    for row in PolicyValue.objects.filter(withdrawn_at=None).order_by("id"):
        days = row.valid_during
        told.append([row.pk, row.key, row.scope, row.value, days.lower, days.upper])
        if row.key in declared:
            value = read(declared[row.key], row.value)
            values[row.key, row.scope].append(
                Span(row.pk, days.lower, days.upper, value, row.article)
            )
    for stop in PolicySuspension.objects.order_by("id"):
        days = stop.during
        told.append(["suspended", stop.pk, stop.key, stop.scope, days.lower, days.upper])
        suspensions[stop.key, stop.scope].append(Span(stop.pk, days.lower, days.upper))
    canonical = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    return Sheet(
        values={name: tuple(spans) for name, spans in values.items()},
        suspensions={name: tuple(spans) for name, spans in suspensions.items()},
        release=hashlib.sha256(canonical.encode()).hexdigest(),
    )


sheet: Snapshot[Sheet] = Snapshot("policies.sheet", _load)
