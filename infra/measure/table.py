"""A measurement beside what it is compared with."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

MARK = "ROW "


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. `ratio` is figure to comparison in the direction that is better high.

    `holds` is what the goal says of it; None where there is no goal to hold.
    """

    work: str
    figure: float
    unit: str
    against: str = ""
    comparison: float | None = None
    ratio: float | None = None
    goal: str = ""
    holds: bool | None = None


def emit(row: Row) -> None:
    """Hands a row from a measuring process to infra/bench."""
    sys.stdout.write(MARK + json.dumps(asdict(row), ensure_ascii=False) + "\n")
    sys.stdout.flush()


def rows_in(output: str) -> list[Row]:
    """The rows in what a measuring process wrote."""
    return [
        Row(**json.loads(line.removeprefix(MARK)))
        for line in output.splitlines()
        if line.startswith(MARK)
    ]


def as_text(rows: Sequence[Row]) -> str:
    """The table as a person reads it."""
    heads = ("work", "figure", "against", "", "ratio", "goal", "")
    cells = [heads] + [
        (
            row.work,
            f"{_number(row.figure)} {row.unit}".strip(),
            row.against,
            "" if row.comparison is None else _number(row.comparison),
            "" if row.ratio is None else f"{_number(row.ratio)}x",
            row.goal,
            {True: "ok", False: "MISSED", None: ""}[row.holds],
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The value under which this share of the values lies (0.95: p95). Refuses an empty list."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _number(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}"
