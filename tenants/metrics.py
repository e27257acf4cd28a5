"""The fleet in numbers for a collector (Prometheus' text): each line names its municipality, none tells of a citizen.

Requests are not counted here: every line of the log carries municipality, status and time, whichever process wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from django.utils import timezone

from kernel.viewer import Viewer
from tenants.fleet import A_PAGE, Ship, fleet
from tenants.models import SERVED

MEANINGS = {
    "served": "1 while it is served",
    "release_newest": "1 when its tables are those of the newest release",
    "jobs_open": "Jobs that wait or run",
    "jobs_failed": "Jobs that failed in the last seven days",
    "events_late": "Events that wait for more than an hour to be delivered",
    "size_bytes": "Bytes of its tables on disk",
    "backup_age_seconds": "Age of its newest backup; no line without one",
}


def exposition() -> str:
    """All municipalities in the text format, number by number."""
    ships = list(_ships())
    lines: list[str] = []
    for name, meaning in MEANINGS.items():
        lines += [
            f"# HELP baladiyat_municipality_{name} {meaning}",
            f"# TYPE baladiyat_municipality_{name} gauge",
        ]
        for ship in ships:
            value = _numbers(ship)[name]
            if value is not None:
                lines.append(
                    f'baladiyat_municipality_{name}{{municipality="{ship.town.schema_name}"}} {value}'
                )
    return "\n".join(lines) + "\n"


def _ships() -> Iterator[Ship]:
    by = Viewer.system("metrics")
    for page in count(1):
        found = fleet(by, page=page)
        yield from found.ships
        if page * A_PAGE >= found.count:
            return


def _numbers(ship: Ship) -> dict[str, int | None]:
    age = timezone.now() - ship.backed_up_at if ship.backed_up_at else None
    return {
        "served": int(ship.town.stage in SERVED),
        "release_newest": int(ship.is_newest),
        "jobs_open": ship.jobs_open,
        "jobs_failed": ship.jobs_failed,
        "events_late": ship.events_late,
        "size_bytes": ship.size,
        "backup_age_seconds": None if age is None else int(age.total_seconds()),
    }
