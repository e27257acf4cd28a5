"""The expected answers: `answers.csv`, one line a door and method, one column an actor.

Written by `MATRIX_WRITE=1 infra/test tests/matrix`, read by a person before it is committed (docs/architecture.md).

`yes` it opens, `form` it is open and refuses what was filled in (nothing), `moved` it leads to another page, `no` the
permission is missing and named, `-` there is no such thing, `login` somebody must come in first, `key` a key or its
scope is missing. Doors about objects have three answers: own section's / another section's / another municipality's.
"""

from __future__ import annotations

import csv
import fcntl
from pathlib import Path

FILE = Path(__file__).with_name("answers.csv")
Table = dict[tuple[str, str], dict[str, str]]


def read() -> Table:
    """(door, method) -> {asks and every actor: answer}."""
    if not FILE.exists():
        return {}
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {(line.pop("door"), line.pop("method")): line for line in csv.DictReader(lines)}


def write_column(
    actor: str, told: dict[tuple[str, str], str], *, asks: dict[tuple[str, str], str]
) -> None:
    """Put one actor's answers into the file; doors that are no longer there go."""
    with FILE.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # several processes write, each its actors
        table = read()
        merged: Table = {}
        for door in sorted(asks):
            merged[door] = {**table.get(door, {}), "asks": asks[door], actor: told.get(door, "")}
        actors = sorted({name for line in merged.values() for name in line if name != "asks"})
        with FILE.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, ["door", "method", "asks", *actors], lineterminator="\n")
            writer.writeheader()
            for (door, method), line in merged.items():
                writer.writerow({"door": door, "method": method, **line})
