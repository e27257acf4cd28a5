"""R18: a release that is killed and run again, while a reader sits on a table and people go on working."""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import threading
import time

from machine.places import BIN, ROOT

from measure.faults.account import Account
from measure.stage import Stage

PROMISE = "a release killed anywhere is taken up; a long reader makes it wait and try again; the old code goes on working"
# What the release says when it is killed, a moment later. Killed by the clock it would mostly die while it starts.
MOMENTS = ("plan from", ": done", ": done")
# Two at a time are under way at each kill and may come to their end unsaid: some must be left for the reader.
FEWEST, MOST = 12, 16
LONGEST = 180


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """Kills the release while it works, then lets it end while a reader holds one municipality's table."""
    towns = max(FEWEST, min(wishes.towns, MOST))
    made.inside("measure.crowd", "--towns", str(towns), within=1200)
    made.inside("measure.later", "--prepare", "1")
    draw = random.Random(wishes.seed)
    done = 0
    for number, moment in enumerate(MOMENTS, start=1):
        done += _kill_at(made, moment, draw.uniform(0, 0.05))
        account.fault(f"kill -9 of the release, number {number}, after “{moment.strip(': ')}”")
    account.check("some were done before the kills, not all", 0 < done < towns, f"{done}")
    account.fault(
        "a reader holds a table of the last municipality until the release has tried in vain"
    )
    said = []
    with _inside(made, "measure.later", "--read", str(LONGEST), "--town", str(towns - 1)) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        with _release(made) as running:
            assert running.stdout is not None
            for line in running.stdout:
                said.append(line)
                if "somebody holds a table" in line:
                    reader.kill()
        reader.kill()
    for line in said:
        if line.startswith("{") and '"promise"' in line:
            found = json.loads(line)
            account.check(found["promise"], found["holds"], found["found"])
    account.check("the release came to its end", running.returncode == 0)


def _kill_at(made: Stage, moment: str, later: float) -> int:
    """Kill the release a moment after it said this; how many municipalities it had called done."""
    with _release(made) as running:
        assert running.stdout is not None
        latest = threading.Timer(LONGEST, running.kill)
        latest.start()
        done = 0
        for line in running.stdout:
            done += ": done" in line
            if moment in line:
                time.sleep(later)
                break
        running.send_signal(signal.SIGKILL)
        latest.cancel()
        return done + sum(": done" in line for line in running.stdout)


def _release(made: Stage) -> subprocess.Popen[str]:
    return _inside(made, "measure.later", "--release", "1")


def _inside(made: Stage, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [BIN / "python", "-P", "-m", *command],
        env=made.env | {"PYTHONPATH": str(ROOT / "infra")},
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
