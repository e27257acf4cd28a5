"""R4: a municipality is copied out and brought in while the others work."""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from pathlib import Path
from statistics import quantiles

from machine.report import Trouble

from measure.browser import Browser, Unreachable
from measure.cashiers import PASSWORD
from measure.faults.account import Account
from measure.faults.r05_back_in_time import tell
from measure.faults.tills import NEIGHBOUR, NEIGHBOUR_HOST
from measure.stage import TOWN, Stage

PROMISE = (
    "a municipality is copied out, proved and restored elsewhere while the others go on working"
)
CLIENTS = 2
ALONE = 6.0
MOST = 1.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much there is to copy, and how often."""
    parser.add_argument("--rows", type=int, default=150, help="r4: receipts in the town (150)")
    parser.add_argument("--copies", type=int, default=4, help="r4: exports and restores (4)")


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """Somebody works in the next town, first alone, then beside exports, proofs and restores."""
    for name, place in (("BACKUP_DIR", "backups"), ("EXPORT_SCRATCH", "exports")):
        made.env[name] = str(made.scratch / place)
    made.env["BACKUP_IDENTITY_FILE"] = str(made.scratch / "identity")
    seats = {town: tell(made, "seat", town) for town in (TOWN, NEIGHBOUR)}
    tell(made, "post", TOWN, count=wishes.rows, seats=seats[TOWN])
    made.serve()
    path = f"/finance/desk/{seats[NEIGHBOUR][0]['party_uid']}"
    with _Work(made.port, path) as work:
        time.sleep(ALONE)
        work.took()
        alone, during = _copy_often(made, wishes, account, work)
        beside = [took for times in during.values() for took in times]
        account.check("nobody in the next town met a fault", not work.faults,
                      f"{len(alone)} pages alone, {len(beside)} beside the copying")  # fmt: skip
    p95 = _p95(alone), _p95(beside)
    account.check(f"the next town's pages take less than {MOST}x as long (p95)",
                  p95[1] < MOST * p95[0],
                  f"{p95[0]:.0f} ms alone, {p95[1]:.0f} ms beside, {p95[1] / p95[0]:.2f}x; "
                  + ", ".join(f"{what} {_p95(times):.0f} ms" for what, times in during.items()))  # fmt: skip
    _comes_whole_or_not(made, account)


def _copy_often(
    made: Stage, wishes: argparse.Namespace, account: Account, work: _Work
) -> tuple[list[float], dict[str, list[float]]]:
    """Milliseconds of the next town's pages alone and beside each command, turn by turn: what else the computer does
    meets both."""
    alone: list[float] = []
    beside: dict[str, list[float]] = {}

    def said(*arguments: str) -> str:
        work.took()
        time.sleep(ALONE)
        alone.extend(work.took())
        answer = made.baladiyat("municipality", *arguments)
        beside.setdefault(arguments[0], []).extend(work.took())
        return answer

    key = made.scratch / "key"
    key.write_text(made.baladiyat("municipality", "key", TOWN))
    for number in range(wishes.copies):
        place = made.scratch / f"copy-{number}.tar.gz.age"
        name = f"copy_{number}"
        out = said("export", TOWN, "--to", str(place))
        back = said("restore", str(place), "--key", str(key),
                    "--schema", name, "--host", f"copy{number}.localhost")  # fmt: skip
        account.fault(f"export: {_last(out)}")
        account.fault(f"restore: {_last(back)}")
        here, there = (tell(made, "tables", town)["tables"] for town in (TOWN, name))
        differ = sorted(one for one in here if here[one] != there[one])
        account.check(f"the rows of copy {number} are equal but for its own address and seals",
                      set(differ) <= {"profile_profile", "audit_entry", "audit_seal"},
                      f"{len(here) - len(differ)} of {len(here)} tables equal, {', '.join(differ)}")  # fmt: skip
        trail = made.baladiyat("audit", "verify", "--town", name)
        account.check(f"the trail of copy {number} is unbroken", "sound" in trail, _last(trail))
    said("backup", TOWN)
    proof = said("prove", TOWN)
    account.check("the newest backup was restored and compared", "compared" in proof, _last(proof))
    return alone, beside


def _comes_whole_or_not(made: Stage, account: Account) -> None:
    """A flipped bit, a wrong key, a restore killed in the middle."""
    place = made.scratch / "copy-0.tar.gz.age"
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 4
    (made.scratch / "bent.tar.gz.age").write_bytes(content)
    account.fault("one bit of an export flipped")
    for what, source, key in (
        ("a flipped bit", "bent.tar.gz.age", ["--key", str(made.scratch / "key")]),
        ("another's key", "copy-0.tar.gz.age", []),
    ):
        try:
            made.baladiyat("municipality", "restore", str(made.scratch / source), *key,
                           "--schema", "bent", "--host", "bent.localhost")  # fmt: skip
            refused = False
        except Trouble:
            refused = True
        towns = made.baladiyat("municipality", "list")
        account.check(f"{what} is refused, and nothing of it stays",
                      refused and "bent" not in towns)  # fmt: skip


def _last(said: str) -> str:
    return said.strip().splitlines()[-1].replace(os.fspath(Path.cwd()), ".")


class _Work:
    """People of the next town, who look at a page again and again."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path
        self.times: list[float] = []
        self.faults: list[str] = []
        self.over = threading.Event()
        self.people = [
            threading.Thread(target=self._look, args=(n,), daemon=True) for n in range(CLIENTS)
        ]

    def __enter__(self) -> _Work:
        for person in self.people:
            person.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self.over.set()
        for person in self.people:
            person.join(30)

    def took(self) -> list[float]:
        """Milliseconds of each page since the last time of asking."""
        times, self.times = self.times, []
        return times

    def _look(self, number: int) -> None:
        browser = Browser(NEIGHBOUR_HOST, self.port)
        if not browser.sign_in(self.path, f"cashier{number + 1:02d}", PASSWORD):
            self.faults.append("could not sign in")
            return
        while not self.over.is_set():
            began = time.monotonic()
            try:
                status, _, _ = browser.get(self.path)
            except Unreachable as fault:
                self.faults.append(str(fault))
                continue
            self.times.append((time.monotonic() - began) * 1000)
            if status != 200:
                self.faults.append(json.dumps(status))
            self.over.wait(0.05)


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 20 else float("nan")
