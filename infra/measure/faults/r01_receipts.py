"""R1: kill -9 while cashiers receive money."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from machine.places import BIN, ROOT
from machine.report import say
from machine.serving import await_worker, beat_child, worker_child
from machine.supervisor import Child

from measure.browser import Browser, Unreachable
from measure.cashiers import PASSWORD
from measure.faults.account import Account
from measure.stage import HOST, Stage

LONGEST = 600
GIVE_UP = 0.15
REPEAT = 0.2
KINDS = ("web", "worker", "postgres")


@dataclass
class Journal:
    """What the cashiers know, on disk before and after each form: it must survive anything."""

    path: Path
    lock: threading.Lock = field(default_factory=threading.Lock)
    counts: dict[str, int] = field(default_factory=dict)

    def write(self, what: str, key: str, **more: str) -> None:
        """One line, synced."""
        with self.lock, self.path.open("a") as file:
            file.write(json.dumps({"what": what, "key": key, **more}) + "\n")
            file.flush()
            os.fsync(file.fileno())
            self.counts[what] = self.counts.get(what, 0) + 1


PROMISE = "every acknowledged receipt is there once, numbers have no gap, the books agree"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many receive how much, and how often they are disturbed."""
    parser.add_argument("--receipts", type=int, default=200, help="r1: in all (200)")
    parser.add_argument("--cashiers", type=int, default=4, help="r1: at once (4)")
    parser.add_argument("--kills", type=int, default=20, help="r1: at most (20)")


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """Web, worker and database are killed while the cashiers work."""
    seats = json.loads(made.inside("measure.cashiers", "--count", str(wishes.cashiers)))
    made.serve()
    worker = made.supervisor.add(worker_child(made.env, made.scratch / "worker.log"))
    made.supervisor.add(
        beat_child(made.env, made.scratch / "beat.log", schedule=made.scratch / "beat")
    )
    await_worker(made.supervisor, worker)
    say(f"  {wishes.receipts} receipts by {wishes.cashiers} cashiers, seed {wishes.seed}")
    journal = Journal(made.scratch / "journal")
    journal.path.touch()
    deadline = time.monotonic() + LONGEST
    share = wishes.receipts // len(seats)
    people = [
        threading.Thread(
            target=_cashier,
            args=(
                made.port,
                seat,
                share,
                random.Random(f"{wishes.seed}:{seat['box']}"),
                journal,
                deadline,
            ),
            daemon=True,
        )
        for seat in seats
    ]
    for person in people:
        person.start()
    kills = _kill_until_done(made, people, wishes, deadline)
    account.fault(
        ", ".join(f"{count} x {what}" for what, count in sorted(kills.items()))
        + f" killed with -9; {sum(c.restarts for c in made.supervisor.children)} restarts; "
        f"cashiers met {journal.counts.get('unsure', 0)} broken answers"
    )
    account.check("every cashier came to an end", not any(person.is_alive() for person in people))
    _checks(made, journal, account)


def _kill_until_done(
    made: Stage, people: Sequence[threading.Thread], wishes: argparse.Namespace, deadline: float
) -> dict[str, int]:
    """The supervisor's work, with a murder now and then. Both must be on this thread."""
    draw = random.Random(wishes.seed)
    killed: dict[str, int] = {}
    next_one = time.monotonic() + draw.uniform(0.5, 2)
    while any(person.is_alive() for person in people) and time.monotonic() < deadline + 5:
        made.supervisor.look()
        if time.monotonic() >= next_one and sum(killed.values()) < wishes.kills:
            what = _kill_one(made, draw)
            killed[what] = killed.get(what, 0) + 1
            next_one = time.monotonic() + draw.uniform(0.3, 3)
        time.sleep(0.05)
    for _ in range(200):  # everything up again before the books are read
        made.supervisor.look()
        if not any(child.has_ended() for child in made.supervisor.children):
            break
        time.sleep(0.1)
    return killed


def _kill_one(made: Stage, draw: random.Random) -> str:
    kind = draw.choice(KINDS)
    child = next(one for one in made.supervisor.children if one.name == kind)
    victims = [child.pid, *_descendants(child)] if child.pid else []
    whole = draw.random() < 0.5
    if not victims:
        return f"{kind} (already down)"
    pid = victims[0] if whole or len(victims) == 1 else draw.choice(victims[1:])
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return f"{kind} (already gone)"
    return kind if pid == child.pid else f"a process of {kind}"


def _descendants(child: Child) -> list[int]:
    path = Path(f"/proc/{child.pid}/task/{child.pid}/children")
    return [int(pid) for pid in path.read_text().split()] if path.exists() else []


def _cashier(
    port: int, seat: dict, count: int, draw: random.Random, journal: Journal, deadline: float
) -> None:
    """Receives, writes down what was said, tries again with the same form when nothing was said."""
    browser = Browser(HOST, port)
    address = f"/finance/desk/{seat['party_uid']}"
    for number in range(count):
        key = f"{seat['box']}-{number}-{draw.randrange(10**9):09d}"
        form = {
            "submission_key": key, "amount": f"{draw.randint(1, 400)}.00", "currency": "ILS",
            "method": "cash", "payer_name": "سامي الأسطل", "note": key,
            "charges": seat["charge_uid"],
        }  # fmt: skip
        journal.write("asked", key)
        gives_up, again = draw.random() < GIVE_UP, draw.random() < REPEAT
        while time.monotonic() < deadline:
            uid = _receive(browser, address, form, seat, journal)
            if uid:
                journal.write("acknowledged", key, uid=uid)
                if not again:
                    break
                again = False  # a double click, or a refreshed page
                continue
            if gives_up:
                break
            time.sleep(draw.uniform(0.05, 0.4))
        time.sleep(draw.uniform(0, 0.5))


def _receive(
    browser: Browser, address: str, form: dict, seat: dict, journal: Journal
) -> str | None:
    try:
        if "session" not in browser.cookies and not browser.sign_in(
            address, seat["username"], PASSWORD
        ):
            journal.write("shut out", form["submission_key"])
            return None
        token = {"csrfmiddlewaretoken": browser.cookies.get("csrf", "")}
        status, leads_to, text = browser.post(address, form | token)
    except Unreachable as fault:
        journal.write("unsure", form["submission_key"], why=str(fault))
        return None
    if status == 302 and "/receipts/" in leads_to:
        return leads_to.split("/receipts/", 1)[1].split("?")[0]
    if status in {302, 403}:
        browser.cookies.clear()  # signed out
    journal.write(
        "refused" if status < 500 else "unsure",
        form["submission_key"],
        why=f"{status} {leads_to} {_plain(text)}",
    )
    return None


def _plain(text: str) -> str:
    body = text.split("<main", 1)[-1]
    return " ".join("".join(c if c != "<" else " <" for c in body).split())[:300]


def _checks(made: Stage, journal: Journal, account: Account) -> None:
    refused = [line for line in journal.path.read_text().splitlines() if '"refused"' in line]
    for line in refused[:3]:
        say(f"    refused: {line[:400]}")
    done = subprocess.run(
        [BIN / "python", "-P", "-m", "measure.reconcile"],
        env=made.env | {"PYTHONPATH": str(ROOT / "infra")},
        cwd=ROOT, stdin=journal.path.open(), stdout=subprocess.PIPE, text=True, check=False,
        timeout=300,
    )  # fmt: skip
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            found = json.loads(line)
            account.check(found["promise"], found["holds"], found["found"])
    account.check("the books could be read", done.returncode == 0)
    acknowledged = journal.counts.get("acknowledged", 0)
    account.check(
        "the cashiers were answered",
        acknowledged > 0,
        f"{acknowledged} answers, {len(refused)} refusals",
    )
