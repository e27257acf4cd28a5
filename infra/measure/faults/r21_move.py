"""R21: a move that is killed in the middle."""

from __future__ import annotations

import argparse
import random
import subprocess
import time

from machine.places import BIN, ROOT

from measure.faults.account import Account
from measure.faults.r05_back_in_time import embedded, tell
from measure.stage import HOST, TOWN, Stage

PROMISE = "a municipality moves to another installation; wherever the move is killed, it is served at one at most, and after the same command again at exactly one"
STEPS = ("files", "close", "rows", "restore there", "open there", "aside")
SERVED = {"onboarding", "training", "live"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many receipts travel."""
    parser.add_argument("--luggage", type=int, default=30, help="r21: receipts that travel (30)")


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """From here to there and back again, killed at another step each time."""
    made.env["EXPORT_SCRATCH"] = str(made.scratch / "exports")
    seats = tell(made, "seat", TOWN)
    tell(made, "post", TOWN, count=wishes.luggage, seats=seats)
    ends = [dict(made.env), _second(made)]
    draw = random.Random(wishes.seed)
    for number, step in enumerate(STEPS):
        here, there = ends[number % 2], ends[(number + 1) % 2]
        rows = _asked(made, here, "tables")["tables"]
        _killed(here, there, step, draw.uniform(0, 0.4))
        account.fault(f"move killed with -9 at “{step}”")
        served = [_served(one) for one in (here, there)]
        account.check(f"killed at “{step}”: served at one at most", sum(served) <= 1, f"{served}")
        began = time.monotonic()
        said = _move(here, there).stdout.strip().splitlines()[-1]
        if not _served(there):  # the kill came after everything was done
            said = f"already there; {said}"
        served = [_served(one) for one in (here, there)]
        account.check("after the same command again: served there, and only there",
                      served == [False, True], f"{said} ({time.monotonic() - began:.1f} s)")  # fmt: skip
        now = _asked(made, there, "tables")["tables"]
        differ = {name for name in rows if rows[name] != now.get(name)}
        account.check("the rows are equal but for the trail's seals and its own address",
                      differ <= {"profile_profile", "audit_entry", "audit_seal"},
                      ", ".join(sorted(differ)))  # fmt: skip
    trail = _say(ends[len(STEPS) % 2], "audit", "verify", "--town", TOWN)
    account.check("the trail is unbroken", trail.returncode == 0, trail.stdout.strip()[-120:])


def _second(made: Stage) -> dict[str, str]:
    """Another installation: a database and a store of its own."""
    server = embedded(made)
    url = made.env["DATABASE_URL"]
    server.psql("CREATE DATABASE elsewhere TEMPLATE template0", database="postgres")
    owner = server.psql(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'baladiyat'",
        database="postgres",
    ).strip()
    server.psql(f'ALTER DATABASE elsewhere OWNER TO "{owner}"', database="postgres")
    env = dict(made.env) | {
        "DATABASE_URL": url.rsplit("/", 1)[0] + "/elsewhere",
        "STORAGE_URL": f"file://{made.scratch / 'files-elsewhere'}",
        "CACHE_URL": made.env["CACHE_URL"].rsplit("/", 1)[0] + "/9",
        "BROKER_URL": made.env["BROKER_URL"].rsplit("/", 1)[0] + "/8",
    }
    done = _say(env, "setup")
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return env


def _words(there: dict[str, str]) -> list[str]:
    return [
        "municipality", "move", TOWN, "--to-database", there["DATABASE_URL"],
        "--to-storage", there["STORAGE_URL"], "--to-cache", there["CACHE_URL"], "--host", HOST,
    ]  # fmt: skip


def _move(here: dict[str, str], there: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return _say(here, *_words(there))


def _killed(here: dict[str, str], there: dict[str, str], step: str, after: float) -> None:
    with subprocess.Popen(
        [BIN / "baladiyat", *_words(there)],
        env=here | {"PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as moving:
        for line in moving.stdout or ():
            if line.strip() == step:
                time.sleep(after)
                break
        moving.kill()
        moving.wait()
    time.sleep(3)  # what it had asked the other side to do comes to its own end


def _served(env: dict[str, str]) -> bool:
    listed = _say(env, "municipality", "list").stdout.splitlines()
    return any(
        line.split()[0] == TOWN and line.split()[1] in SERVED for line in listed if line.split()
    )


def _asked(made: Stage, env: dict[str, str], act: str) -> dict:
    kept, made.env = made.env, env
    try:
        return tell(made, act, TOWN)
    finally:
        made.env = kept


def _say(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "baladiyat", *words], env=env, cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=600,
    )  # fmt: skip
