"""R18: a release that is killed and run again, while a reader sits on a table and people go on working."""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import time

from machine.places import BIN, ROOT

from measure.faults.account import Account
from measure.stage import Stage

PROMISE = "a release killed anywhere is taken up; a long reader makes it wait and try again; the old code goes on working"
KILLS = 4


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """Kills the release at random moments, then lets it end while a reader holds one municipality's table."""
    towns = min(wishes.towns, 12)
    made.inside("measure.crowd", "--towns", str(towns), within=1200)
    made.inside("measure.later", "--prepare", "1")
    draw = random.Random(wishes.seed)
    for number in range(KILLS):
        with _release(made) as running:
            time.sleep(draw.uniform(1.0, 4.0))
            running.send_signal(signal.SIGKILL)
        account.fault(f"kill -9 of the release, number {number + 1}")
    account.fault("a reader holds a table of crowd_000 for ten seconds")
    with _inside(made, "measure.later", "--read", "10") as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        with _release(made) as running:
            said, _nothing = running.communicate(timeout=600)
    for line in said.splitlines():
        if line.startswith("{") and '"promise"' in line:
            found = json.loads(line)
            account.check(found["promise"], found["holds"], found["found"])
    account.check("the release came to its end", running.returncode == 0)


def _release(made: Stage) -> subprocess.Popen[str]:
    return _inside(made, "measure.later", "--release", "1")


def _inside(made: Stage, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [BIN / "python", "-P", "-m", *command],
        env=made.env | {"PYTHONPATH": str(ROOT / "infra")},
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
