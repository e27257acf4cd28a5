"""infra/bench: figure, comparison and ratio for each work that the house carries."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import time
from collections.abc import Sequence

from machine.report import Trouble, complain, say, seconds

from measure.stage import Stage, stage
from measure.table import Row, as_text

WORKS = (
    "towns",
    "fleet",
    "requests",
    "search",
    "receipts",
    "books",
    "papers",
    "pages",
    "manual",
    "sheet",
    "million",
    "inbox",
)


def main(arguments: Sequence[str]) -> int:
    """Measures and prints the table. 1 when a work could not be measured or a goal is missed."""
    wishes = _parse(arguments)
    began = time.monotonic()
    rows: list[Row] = []
    failed: list[str] = []
    try:
        with stage(wishes.seed) as made:
            for name in wishes.only or WORKS:
                _measure(name, made, wishes, rows, failed)
    except Trouble as trouble:
        complain(f"\n{trouble}")
        return 1
    except KeyboardInterrupt:
        complain("\nStopped.")
        return 130
    say(
        f"\n{_machine()}, seed {wishes.seed}, scale {wishes.scale:,}, "
        f"{seconds(time.monotonic() - began)}\n"
    )
    if rows:
        say(as_text(rows))
    for sentence in failed:
        say(f"NOT MEASURED: {sentence}")
    missed = [row for row in rows if row.holds is False]
    say(
        f"\n{len(rows) - len(missed)} figures within their goals or without one, {len(missed)} "
        f"missed, {len(failed)} works not measured"
    )
    return 1 if failed or missed else 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="infra/bench",
        description="Builds its own data on servers of its own, measures on loopback, cleans up. "
        "Times are of this computer; compare the ratios.",
    )
    parser.add_argument("--only", action="append", choices=WORKS, help="may be repeated")
    parser.add_argument("--seed", type=int, default=20261122, help="for the synthetic data")
    parser.add_argument(
        "--scale",
        type=int,
        default=1_000_000,
        metavar="PERSONS",
        help="persons in the register of the search (1,000,000)",
    )
    parser.add_argument(
        "--lines", type=int, default=5_000_000, help="lines of the books (5,000,000)"
    )
    parser.add_argument("--towns", type=int, default=200, help="municipalities of the fleet (200)")
    parser.add_argument("--seconds", type=float, default=10, help="length of each load (10)")
    return parser.parse_args(arguments)


def _measure(
    name: str, made: Stage, wishes: argparse.Namespace, rows: list[Row], failed: list[str]
) -> None:
    work = importlib.import_module(f"measure.works.{name}")
    say(f"\n=== {(work.__doc__ or name).splitlines()[0]}")
    started = time.monotonic()
    try:
        rows.extend(work.measure(made, wishes))
    except Trouble as trouble:
        failed.append(f"{name}: {trouble}")
        complain(str(trouble))
    say(f"    {seconds(time.monotonic() - started)}")


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
