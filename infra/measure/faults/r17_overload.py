"""R17: one municipality sends five times as much as can be served."""

from __future__ import annotations

import argparse
import json
import random
import threading
import time

from machine.report import say

from measure.faults.account import Account
from measure.faults.programmes import Answer, Programme, ask, p95
from measure.faults.tills import NEIGHBOUR, NEIGHBOUR_HOST
from measure.stage import HOST, TOWN, Stage

PROMISE = "five times the capacity: who is admitted is answered in a bounded time, the others at once by 503; another town keeps half of its rate, and no town is worked on more often at once than it has turns"
TIMES = 5
APPLICATION, PEAKS = "measure.faults.watched:application", "MEASURE_PEAKS"
SENDERS = 64
PATH = "/api/v1/requests?page_size=50"
SHARE = 0.5
AT_WORK = 4  # TOWN_AT_WORK as it is when nothing is said
BOUND = 5_000.0  # milliseconds; half of the patience of tenants.turns


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long each part lasts."""
    parser.add_argument("--rush", type=float, default=12, help="r17: seconds of the rush (12)")


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """Capacity first, then the neighbour alone, then the neighbour beside the rush."""
    noisy = [one["key"] for one in ask(made, "keys", TOWN, count=16)]
    quiet = [one["key"] for one in ask(made, "keys", NEIGHBOUR, count=2)]
    peaks = made.scratch / "peaks.json"
    made.serve(workers=1, application=APPLICATION, **{PEAKS: str(peaks)})
    _drive(made, HOST, noisy[:4], 3, 0)  # warm up
    full = _drive(made, HOST, noisy[:4], 6, 0)
    capacity = _served(full) / 6
    _drive(made, NEIGHBOUR_HOST, quiet, 2, 0)
    alone = _drive(made, NEIGHBOUR_HOST, quiet, 6, 0.2)
    rush: list[Answer] = []
    beside: list[Answer] = []
    alive: list[Answer] = []
    parts = [
        threading.Thread(target=lambda: rush.extend(_rush(made, noisy, capacity * TIMES, wishes))),
        threading.Thread(
            target=lambda: beside.extend(_drive(made, NEIGHBOUR_HOST, quiet, wishes.rush, 0.2))
        ),
        threading.Thread(
            target=lambda: alive.extend(_drive(made, HOST, ["-"], wishes.rush, 0.5, "/livez"))
        ),
    ]
    for part in parts:
        part.start()
    for part in parts:
        part.join(wishes.rush + 90)
    sent_away = [one for one in rush if one.status == 503]
    admitted = [one for one in rush if one.status == 200]
    account.fault(
        f"{len(rush)} requests of one town in {wishes.rush:.0f} s by {SENDERS} senders, "
        f"aimed at {TIMES} times its capacity of {capacity:.0f} a second, seed {wishes.seed}"
    )
    say(f"  p95 at capacity, 4 clients: {p95([one.milliseconds for one in full]):.0f} ms")
    high = p95([one.milliseconds for one in admitted])
    account.check(f"p95 of the admitted within {BOUND:.0f} ms", bool(admitted) and high <= BOUND,
                  f"{len(admitted)} admitted, p95 {high:.0f} ms, {len(admitted) / wishes.rush:.0f} a second")  # fmt: skip
    account.check("the others were sent away with a time to come back",
                  bool(sent_away) and all(one.retry_after and one.code == "busy" for one in sent_away),
                  f"{len(sent_away)} by 503, p95 {p95([one.milliseconds for one in sent_away]):.0f} ms")  # fmt: skip
    others = sorted({one.status for one in rush} - {200, 503})
    account.check("nothing else was answered", not others, f"{others}")
    before, during = (p95([one.milliseconds for one in answers]) for answers in (alone, beside))
    share = (_served(beside) / wishes.rush) / (_served(alone) / 6)
    account.check("the other town was never sent away", all(one.status == 200 for one in beside),
                  f"{_served(beside)} answers, p95 {before:.0f} ms alone, {during:.0f} ms beside")  # fmt: skip
    account.check(
        f"the other town keeps at least {SHARE:.0%} of its rate alone",
        share >= SHARE,
        f"{share:.0%}",
    )
    most = json.loads(peaks.read_text())
    account.check(f"the noisy town was never worked on more than {AT_WORK} times at once, and was that often",
                  most.get(TOWN) == AT_WORK, f"at most {most.get(TOWN)}, the other town {most.get(NEIGHBOUR)}")  # fmt: skip
    account.check("the other town waits less than the noisy one", during < high,
                  f"{during:.0f} ms, {high:.0f} ms")  # fmt: skip
    account.check("the probe was answered throughout", bool(alive) and all(one.status == 200 for one in alive),
                  f"{len(alive)} times, p95 {p95([one.milliseconds for one in alive]):.0f} ms")  # fmt: skip


def _served(answers: list[Answer]) -> int:
    return sum(one.status == 200 for one in answers)


def _drive(
    made: Stage, host: str, keys: list[str], seconds: float, pause: float, path: str = PATH
) -> list[Answer]:
    """Each asks again when it is answered, after a pause."""
    answers: list[Answer] = []
    until = time.monotonic() + seconds

    def one(key: str) -> None:
        programme = Programme(host, made.port, key)
        while time.monotonic() < until:
            answers.append(programme.get(path))
            time.sleep(pause)

    threads = [threading.Thread(target=one, args=(key,), daemon=True) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)
    return answers


def _rush(made: Stage, keys: list[str], rate: float, wishes: argparse.Namespace) -> list[Answer]:
    """By the clock, whether answered or not, as far as the senders reach."""
    answers: list[Answer] = []
    began = time.monotonic()
    draw = random.Random(wishes.seed)
    starts = [draw.uniform(0, SENDERS / rate) for _ in range(SENDERS)]

    def one(number: int) -> None:
        programme = Programme(HOST, made.port, keys[number % len(keys)])
        due = began + starts[number]
        while due < began + wishes.rush:
            time.sleep(max(0.0, due - time.monotonic()))
            answers.append(programme.get(PATH))
            due = max(due + SENDERS / rate, time.monotonic() - SENDERS / rate)

    threads = [threading.Thread(target=one, args=(n,), daemon=True) for n in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(wishes.rush + 60)
    return answers
