"""R3: kill -9 of the database that holds many municipalities; how long until it serves again."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import time
from urllib.parse import urlsplit

from machine.places import BIN, ROOT, secret
from machine.postgres import Postgres
from machine.supervisor import Child

from measure.faults.account import Account
from measure.stage import Stage

PROMISE = (
    "after kill -9 the database is ready within five seconds, however many municipalities it holds"
)
MOST_SECONDS = 5.0
KILLS = 3
# Made in a row and killed at once, each leaves some six hundred files that the start must sync: said, not promised.
IN_A_ROW = 5
MANY = 460


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many municipalities it holds."""
    parser.add_argument("--towns", type=int, default=40, help="r3, r18: municipalities (40)")


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """Each kill comes just after a municipality was made, so that there is something to recover."""
    made.inside("measure.crowd", "--towns", str(wishes.towns), within=1800)
    _settle(made)
    postgres = next(one for one in made.supervisor.children if one.name == "postgres")
    for number in range(wishes.towns, wishes.towns + KILLS):
        made.inside("measure.crowd", "--first", str(number), "--towns", "1")
        took = _kill(made, postgres)
        account.fault(f"kill -9 of the database, {number + 1} municipalities in it")
        account.check(f"ready within {MOST_SECONDS:.0f} s", took <= MOST_SECONDS, f"{took:.2f} s")
    first = wishes.towns + KILLS
    made.inside("measure.crowd", "--first", str(first), "--towns", str(IN_A_ROW))
    took = _kill(made, postgres)
    account.fault(
        f"kill -9 straight after {IN_A_ROW} municipalities in a row: ready in {took:.2f} s"
    )
    said = made.baladiyat("release", "--dry-run")
    account.check("every municipality is whole, on the newest release", ", 0 behind" in said)
    if wishes.towns < MANY:
        account.leave_out(
            f"{MANY} municipalities: --towns {MANY} makes as many, and takes ten minutes more"
        )


def _settle(made: Stage) -> None:
    """As some minutes later: what was made is on the disk. Else the start would sync each of their files."""
    database = Postgres(made.scratch / "postgres", made.scratch / "postgres.log")
    database.password = secret("postgres", made.scratch / "secret")
    database.port = urlsplit(made.env["DATABASE_URL"]).port or 0
    database.psql("CHECKPOINT", database="postgres")


def _kill(made: Stage, postgres: Child) -> float:
    """Seconds from the first unanswered question to the first answer, the supervisor at its work meanwhile."""
    with subprocess.Popen(
        [BIN / "python", "-P", "-m", "measure.waiting"],
        env=made.env | {"PYTHONPATH": str(ROOT / "infra")},
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    ) as watcher:  # fmt: skip
        assert watcher.stdout is not None
        watcher.stdout.readline()
        if postgres.pid is not None:
            os.kill(postgres.pid, signal.SIGKILL)
        while watcher.poll() is None:
            made.supervisor.look()
            time.sleep(0.02)
        return float(watcher.stdout.readline() or "inf")
