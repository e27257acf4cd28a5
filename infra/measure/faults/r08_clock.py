"""R8: the clocks of web, worker and database jump about, each apart from the others."""

from __future__ import annotations

import argparse
import json
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from machine.serving import await_worker, beat_child, worker_child

from measure.faults.account import Account
from measure.faults.programmes import Programme, ask
from measure.faults.r05_back_in_time import embedded
from measure.faults.shifted import Clock, NoClock, made_clock
from measure.faults.tills import NEIGHBOUR
from measure.stage import HOST, TOWN, Stage

PROMISE = (
    "whatever the clock of web, worker or database does, numbers follow their sequence, days are the municipality's "
    "own, a receipt stays in its day, keys, codes and sign-ins end when they should, and everything is told once"
)
CLOCKS = "measure.faults.clocks"
HOUR, YEAR = 3600, 365 * 86400
APART = {"an hour ahead": HOUR, "an hour back": -HOUR, "a year ahead": YEAR, "right again": 0}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How often the clock jumps."""
    parser.add_argument("--rounds", type=int, default=2, help="r8: rounds of jumps (2)")


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """One town in Gaza's zone, one in Hebron's; then the served processes, each by its own clock."""
    account.fault(
        "the clock is shifted inside one process, to the second; the database keeps its own"
    )
    clients: dict[str, Any] = {}
    for town in (TOWN, NEIGHBOUR):
        clients[town] = ask(made, "keys", town, count=1)[0]
        ask(made, "seat", town, work="measure.faults.tills", count=1)
        found = ask(made, "jump", town, work=CLOCKS, rounds=wishes.rounds)
        account.fault(f"{found['zone']}: {found['faults']}")
        for check in found["checks"]:
            account.check(f"{found['zone']}: {check['promise']}", check["holds"],
                          json.dumps(check["found"], ensure_ascii=False).strip('"'))  # fmt: skip
    try:
        library = made_clock(made.scratch)
    except NoClock as why:
        account.leave_out(f"the clocks of web, worker and database apart: {why}")
        return
    clocks = {
        name: Clock(library, made.scratch / f"{name}.clock")
        for name in ("web", "worker", "database")
    }
    _serve(made, clocks)
    for name, clock in clocks.items():
        _apart(made, name, clock, clients[TOWN], wishes, account)


def _serve(made: Stage, clocks: dict[str, Clock]) -> None:
    """The database begins anew under its clock, then web and worker under theirs."""
    postgres = next(one for one in made.supervisor.children if one.name == "postgres")
    postgres.env = {**postgres.env, **clocks["database"].env}
    postgres.send("SIGINT")
    until = time.monotonic() + 60
    while time.monotonic() < until and not postgres.restarts:
        made.supervisor.look()
        time.sleep(0.05)
    embedded(made).wait_until_ready(postgres)
    made.serve(workers=1, **clocks["web"].env)
    worker = made.supervisor.add(
        worker_child({**made.env, **clocks["worker"].env}, made.scratch / "worker.log")
    )
    made.supervisor.add(
        beat_child(made.env, made.scratch / "beat.log", schedule=made.scratch / "beat")
    )
    await_worker(made.supervisor, worker)


def _apart(
    made: Stage,
    name: str,
    clock: Clock,
    client: dict[str, Any],
    wishes: argparse.Namespace,
    account: Account,
) -> None:
    """Requests are opened over HTTP while this one clock is wrong, and right again in between."""
    programme = Programme(HOST, made.port, client["key"])
    jumps = APART | (ask(made, "ahead", TOWN, work=CLOCKS) if name == "web" else {})
    names = [one for _ in range(wishes.rounds) for one in jumps]
    random.Random(wishes.seed).shuffle(names)
    opened: list[dict[str, Any]] = []
    refused: list[str] = []
    for jump in names:
        clock.jump(jumps[jump])
        ahead = jumps[jump] if name == "web" else 0
        answer = programme.post("/api/v1/requests", client["body"])
        if answer.status == 201:
            instant = datetime.now(UTC) + timedelta(seconds=ahead)
            opened.append({"uid": json.loads(answer.body)["id"], "at": instant.isoformat()})
        else:
            refused.append(f"{jump}: {answer.status} {answer.body[:120]}")
    clock.jump(-HOUR)  # wrong while it is told: what is due at an instant is not due yet
    told = ask(made, "requests", TOWN, wait=1)
    clock.jump(0)
    account.fault(f"the served {name}'s clock alone: {len(names)} jumps: {', '.join(jumps)}")
    place = made.scratch / "opened.json"
    place.write_text(json.dumps(opened))
    found = ask(made, "opened", TOWN, work=CLOCKS, list=str(place))
    account.check(f"{name}: every request was opened", not refused,
                  "; ".join(refused[:2]) or f"{len(opened)}")  # fmt: skip
    for check in found["checks"]:
        account.check(f"{name}: {check['promise']}", check["holds"], check["found"])
    account.check(f"{name}: every event was told, none twice to the same listener",
                  not (told["unplanned"] + told["open"] + told["told_twice"])
                  and told["told"] == len(told["uids"]),
                  f"{told['told']} told, {told['unplanned'] + told['open']} waiting, {told['told_twice']} twice")  # fmt: skip
