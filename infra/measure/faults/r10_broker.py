"""R10: the broker and the cache are killed while people work, and come back."""

from __future__ import annotations

import argparse
import json
import threading
import time

from machine.report import say
from machine.serving import await_worker, beat_child, worker_child

from measure.faults.account import Account
from measure.faults.programmes import Answer, Programme, ask, p95
from measure.stage import HOST, TOWN, Stage

PROMISE = "without broker and cache requests succeed and wait to be told; when they are back everything is told once; a poisonous event is parked"
CLIENTS = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long it is away."""
    parser.add_argument("--away", type=float, default=12, help="r10: seconds without broker (12)")


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """Requests are opened before, during and after."""
    clients = ask(made, "keys", TOWN, count=CLIENTS)
    made.serve()
    worker = made.supervisor.add(worker_child(made.env, made.scratch / "worker.log"))
    made.supervisor.add(
        beat_child(made.env, made.scratch / "beat.log", schedule=made.scratch / "beat")
    )
    await_worker(made.supervisor, worker)
    valkey = next(one for one in made.supervisor.children if one.name == "valkey")
    said: dict[str, list[Answer]] = {"before": [], "away": [], "after": []}
    phase = ["before"]
    over = threading.Event()
    people = [
        threading.Thread(target=_open, args=(made, one, said, phase, over), daemon=True)
        for one in clients
    ]
    for person in people:
        person.start()
    time.sleep(5)
    phase[0] = "away"
    valkey.send("SIGKILL")
    account.fault(f"kill -9 of Valkey (broker and cache); gone for {wishes.away:.0f} s")
    time.sleep(wishes.away)
    waiting = ask(made, "requests", TOWN)["unplanned"]
    phase[0] = "after"
    until = time.monotonic() + 8
    while time.monotonic() < until:
        made.supervisor.look()  # starts it again
        time.sleep(0.1)
    over.set()
    for person in people:
        person.join(60)
    opened = {
        json.loads(one.body)["id"] for part in said.values() for one in part if one.status == 201
    }
    for name, answers in said.items():
        good = [one.milliseconds for one in answers if one.status == 201]
        say(f"  {name}: {len(good)} opened, p95 {p95(good):.0f} ms")
    bad = [one for part in said.values() for one in part if one.status != 201]
    for one in bad[:2]:
        say(f"    refused: {one.status} {one.body[:300]}")
    account.check("every request succeeded, the ones without broker too",
                  bool(said["away"]) and not bad, f"{len(opened)} opened, {len(bad)} refused")  # fmt: skip
    account.check("meanwhile the outbox grew", waiting > 0, f"{waiting} events waiting")
    keeper = threading.Event()
    keeping = threading.Thread(target=lambda: _keep(made, keeper), daemon=True)
    keeping.start()
    began = time.monotonic()
    told = ask(made, "requests", TOWN, wait=1)
    account.check("every event was told after its return", not told["unplanned"] + told["open"],
                  f"within {time.monotonic() - began:.0f} s")  # fmt: skip
    account.check("every opened request is there, none besides", set(told["uids"]) == opened,
                  f"{len(told['uids'])} there, {len(opened)} acknowledged, {told['doubled']} numbers twice")  # fmt: skip
    account.check("each was told, none twice to the same listener",
                  told["told"] == len(opened) and not told["told_twice"] and not told["doubled"],
                  f"{told['told']} told, {told['told_twice']} twice")  # fmt: skip
    found = ask(made, "poison", TOWN)
    account.fault("an event that its listener cannot read")
    account.check("it is parked with its error after its tries, and left alone",
                  found["parked"] == found["deliveries"] > 0 and found["tried_again"] == 0,
                  f"{found['tries']} tries: {found['error']}")  # fmt: skip
    more = Programme(HOST, made.port, clients[0]["key"]).post(
        "/api/v1/requests", clients[0]["body"]
    )
    told = ask(made, "requests", TOWN, wait=1)
    account.check("what comes behind it is told",
                  more.status == 201 and told["told"] == len(opened) + 1)  # fmt: skip
    keeper.set()
    keeping.join(10)


def _keep(made: Stage, over: threading.Event) -> None:
    while not over.wait(0.2):
        made.supervisor.look()


def _open(
    made: Stage,
    client: dict,
    said: dict[str, list[Answer]],
    phase: list[str],
    over: threading.Event,
) -> None:
    programme = Programme(HOST, made.port, client["key"])
    while not over.is_set():
        now = phase[0]
        said[now].append(programme.post("/api/v1/requests", client["body"]))
        over.wait(0.3)
