"""Give a new municipality the titles of the policies manual."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

from kernel.audit.recording import recorded
from kernel.policies.models import ManualTitle
from kernel.viewer import Viewer

MANUAL = Path(__file__).parent.parent / "data" / "manual.csv"


def seed_manual(profile: Any = None) -> int:
    """Enter the proposed titles that are not there yet; what the municipality renamed stays. Rerunnable."""
    with recorded(by=Viewer.system("seeds"), reason="titles of the policies manual"):
        known = set(ManualTitle.objects.values_list("code", flat=True))
        new = [
            ManualTitle(position=place, **title)
            for place, title in enumerate(_titles())
            if title["code"] not in known
        ]
        ManualTitle.objects.bulk_create(new)
    return len(new)


@cache
def _titles() -> tuple[dict[str, str], ...]:
    with MANUAL.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
