"""Receipts by thirty-two cashiers at once, against one cashier."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time

from measure.stage import TOWN, Stage
from measure.table import Row, emit, rows_in

CASHIERS = 32
PROCESSES = 4


def measure(stage: Stage, wishes: argparse.Namespace) -> list[Row]:
    """Each cashier posts receipts that settle a part of a due, one after another."""
    return rows_in(stage.inside("measure.works.receipts", "--seconds", str(wishes.seconds)))


def main() -> None:
    """Runs inside the product: seats everybody, lets one work, lets all work, looks for gaps."""
    from measure.product import begin, tell

    wishes = begin("receipts", seconds=10.0)
    from measure.cashiers import seat_cashiers

    seats = seat_cashiers(CASHIERS)
    alone, busy = _run([seats[:1]], wishes.seconds)
    tell(f"one cashier: {alone:.0f} receipts a second, {busy:.2f} cores busy")
    shifts = [seats[i::PROCESSES] for i in range(PROCESSES)]
    together, busy_together = _run(shifts, wishes.seconds)
    tell(f"{CASHIERS} cashiers: {together:.0f} receipts a second, {busy_together:.2f} cores busy")
    gaps, doubles, unbalanced, count = _proofs()
    emit(
        Row(
            work=f"receipts, {CASHIERS} cashiers at once",
            figure=together,
            unit="a second",
            against="one cashier, a second",
            comparison=alone,
            ratio=together / alone,
            goal=">= 2x",
            holds=together / alone >= 2,
        )
    )
    cores = os.cpu_count() or 1
    emit(
        Row(
            work="cores that one cashier keeps busy",
            figure=busy,
            unit=f"of {cores}",
            against="so many times one cashier is all that these cores can give",
            comparison=cores / busy,
        )
    )
    emit(
        Row(
            work=f"gaps, doubles, unbalanced entries in {count:,} receipts",
            figure=gaps + doubles + unbalanced,
            unit="",
            goal="0",
            holds=gaps + doubles + unbalanced == 0,
        )
    )


def _run(shifts: list[list], seconds: float) -> tuple[float, float]:
    """Receipts a second over all shifts, and how many cores the computer kept busy meanwhile.

    Each shift is a process, each cashier a thread of it.
    """
    from dataclasses import asdict

    helpers = [
        subprocess.Popen(
            [sys.executable, "-P", "-m", "measure.works.receipts", "--shift"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in shifts
    ]
    for helper, seats in zip(helpers, shifts, strict=True):
        assert helper.stdin is not None
        told = {"seconds": seconds, "seats": [asdict(seat) for seat in seats]}
        helper.stdin.write(json.dumps(told) + "\n")
        helper.stdin.flush()
    for helper in helpers:  # everybody is loaded and warm before the whistle
        assert helper.stdout is not None and helper.stdout.readline() == "ready\n"
    for helper in helpers:
        assert helper.stdin is not None
        helper.stdin.write("go\n")
        helper.stdin.close()
    began, worked = time.perf_counter(), _worked()
    rates = [json.loads(helper.stdout.readline()) for helper in helpers if helper.stdout]
    busy = (_worked() - worked) / (time.perf_counter() - began)
    if any(helper.wait(timeout=60) for helper in helpers):
        raise SystemExit("a shift of cashiers failed")
    return sum(rates), busy


def _worked() -> float:
    """Seconds that all cores together have worked, as Linux counts them."""
    with open("/proc/stat", encoding="ascii") as counted:
        ticks = [int(one) for one in counted.readline().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def _shift() -> None:
    import django

    django.setup()
    told = json.loads(sys.stdin.readline())
    begin, end = threading.Event(), threading.Event()
    warm = threading.Barrier(len(told["seats"]) + 1)
    counts: list[int] = []
    threads = [
        threading.Thread(target=_cashier, args=(seat, begin, end, warm, counts))
        for seat in told["seats"]
    ]
    for thread in threads:
        thread.start()
    warm.wait(timeout=60)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    begin.set()
    time.sleep(told["seconds"])
    end.set()
    for thread in threads:
        thread.join(timeout=30)
    sys.stdout.write(f"{sum(counts) / told['seconds']}\n")


def _cashier(
    seat: dict, begin: threading.Event, end: threading.Event, warm: threading.Barrier, counts: list
) -> None:
    from kernel.identity.models import User
    from kernel.money import money
    from kernel.organisation.selectors import viewer_for
    from kernel.tenancy import use
    from modules.finance.constants import Method
    from modules.finance.services.receiving import Payment, Tender, receive

    with use(TOWN):
        viewer = viewer_for(User.objects.get(pk=seat["user_id"]))
        payment = Payment(
            party_id=seat["party_id"],
            payer_name="سامي الأسطل",
            tenders=(Tender(method=Method.CASH, amount=money("1.00", "ILS")),),
            charge_ids=(seat["charge_id"],),
        )
        receive(payment, by=viewer)
        warm.wait(timeout=60)
        begin.wait()
        count = 0
        while not end.is_set():
            receive(payment, by=viewer)
            count += 1
        counts.append(count)


def _proofs() -> tuple[int, int, int, int]:
    from django.db import connection

    from kernel.tenancy import use

    with use(TOWN), connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(last - first + 1 - numbers), 0), coalesce(sum(n - numbers), 0),"
            " coalesce(sum(n), 0) FROM (SELECT min(number) AS first, max(number) AS last,"
            " count(DISTINCT number) AS numbers, count(*) AS n FROM finance_receipt"
            " GROUP BY box_id, year) book"
        )
        gaps, doubles, count = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM (SELECT entry_id FROM finance_line GROUP BY entry_id, currency"
            " HAVING sum(debit) <> sum(credit)) wrong"
        )
        return int(gaps), int(doubles), cursor.fetchone()[0], int(count)


if __name__ == "__main__":
    if "--shift" in sys.argv:
        _shift()
    else:
        main()
