"""R5: one municipality goes back to an instant."""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from machine.archive import take_base
from machine.places import BIN, ROOT, secret
from machine.postgres import Postgres
from machine.report import Trouble

from measure.faults.account import Account
from measure.faults.tills import NEIGHBOUR
from measure.stage import TOWN, Stage

PROMISE = "one municipality goes back to an instant; its neighbours keep every row they wrote since"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much happens before and after the instant."""
    parser.add_argument(
        "--before", type=int, default=20, help="r5: receipts before the instant (20)"
    )
    parser.add_argument("--after", type=int, default=12, help="r5: receipts after it (12)")


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """A base backup, receipts in two towns, an instant, more receipts; one of the towns goes back."""
    archive = made.scratch / "archive"
    made.env["WAL_ARCHIVE"] = str(archive)
    made.env["EXPORT_SCRATCH"] = str(made.scratch / "exports")
    seats = {town: tell(made, "seat", town) for town in (TOWN, NEIGHBOUR)}
    take_base(embedded(made))
    for town, who in seats.items():
        tell(made, "post", town, count=wishes.before, seats=who)
    time.sleep(1.1)
    instant = datetime.now(UTC)
    time.sleep(1.1)
    for town, who in seats.items():
        tell(made, "post", town, count=wishes.after, seats=who)
    account.fault(f"{wishes.after} receipts posted in {TOWN} that must not have been")

    before = {town: tell(made, "tables", town)["whole"] for town in seats}
    listed = made.scratch / "since.xlsx"
    said = rewind(made, instant, listed, "--dry-run")
    account.check(
        "a dry run changes nothing",
        tell(made, "tables", TOWN)["whole"] == before[TOWN] and listed.exists(),
        said,
    )
    listed.unlink()
    said = rewind(made, instant, listed)
    there = tell(made, "receipts", TOWN)
    account.check("the receipts of the instant are there, and no other",
                  there["count"] == wishes.before, f"{there['count']}; {said}")  # fmt: skip
    account.check("the neighbour's rows are the same, the later ones with them",
                  tell(made, "tables", NEIGHBOUR)["whole"] == before[NEIGHBOUR],
                  f"{tell(made, 'receipts', NEIGHBOUR)['count']} receipts")  # fmt: skip
    listing = tell(made, "papers", TOWN, listed=listed)
    found = listing["summary"].get("finance_receipt", 0)
    account.check("the accountant's list has every receipt since",
                  found == wishes.after and found in listing["rows"].values(), f"{found}")  # fmt: skip
    _goes_on(made, account, seats[TOWN], wishes)


def _goes_on(made: Stage, account: Account, seats: list[dict], wishes: argparse.Namespace) -> None:
    numbers = tell(made, "post", TOWN, count=len(seats), seats=seats)["numbers"]
    next_one = (wishes.before + wishes.after) // len(seats) + 1
    account.check("no number is given twice", min(numbers) == next_one,
                  f"the next receipt is {min(numbers)}")  # fmt: skip
    try:
        said = made.baladiyat("audit", "verify", "--town", TOWN).strip().splitlines()[-1]
        account.check("the trail is unbroken", True, said)
    except Trouble as trouble:
        account.check("the trail is unbroken", False, str(trouble))


def rewind(made: Stage, instant: datetime, listed: Path, *more: str) -> str:
    """Runs the command; gives what it said of the time it took."""
    said = made.baladiyat(
        "municipality", "rewind", TOWN, "--to", instant.isoformat(), "--list", str(listed), *more
    )
    return "; ".join(line for line in said.splitlines() if " s." in line)


def tell(
    made: Stage,
    act: str,
    town: str,
    *,
    count: int = 2,
    seats: list[dict] | None = None,
    listed: Path | None = None,
) -> dict:
    """Asks `tills` inside the product."""
    done = subprocess.run(
        [BIN / "python", "-P", "-m", "measure.faults.tills", act, town, "--count", str(count),
         "--seats", json.dumps(seats or []), "--list", str(listed or "")],
        env=made.env | {"PYTHONPATH": str(ROOT / "infra")},
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if done.returncode:
        raise Trouble(f"tills {act} {town} failed:\n" + "\n".join(done.stderr.splitlines()[-15:]))
    return json.loads(done.stdout.splitlines()[-1])


def embedded(made: Stage) -> Postgres:
    """The stage's own server."""
    server = Postgres(made.scratch / "postgres", made.scratch / "postgres.log")
    server.port = int((server.home / "port").read_text())
    server.password = secret("postgres", made.scratch / "secret")
    return server
