"""Open a request over HTTP in one municipality, and in each of many in turn: rates, and what the serving process grows by."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from machine.report import Trouble
from machine.supervisor import Child

from measure.faults.r05_back_in_time import embedded
from measure.stage import Stage
from measure.table import Row, percentile

CLIENTS = 4
WARM = 6
"""Rounds before the measured one: a municipality is then known to two or three of the process's connections, as after
the first minutes of a day. What the first round costs is a row of its own."""


@dataclass
class Took:
    """Seconds of each answer, what was refused, and how long it all lasted."""

    each: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    length: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.each) / self.length if self.length else 0.0


def in_turn(stage: Stage, towns: Sequence[dict[str, Any]], seconds: float) -> list[Row]:
    """One process serves; `towns` are host, key and body of a programme in each. Loopback only, bounded in time."""
    web = stage.serve(workers=1)
    try:
        return _rows(stage, web, towns, seconds)
    finally:  # the works behind this one are served by two processes of their own
        stage.supervisor.children.remove(web)
        web.send("SIGTERM")
        if web.process is not None:
            web.process.wait(web.stop_within)
        web.sweep()
        stage.port = 0


def _rows(stage: Stage, web: Child, towns: Sequence[dict[str, Any]], seconds: float) -> list[Row]:
    _round(stage, towns[:1], seconds)  # warm up
    grown = _grown(stage, web.pid or 0)
    first = _round(stage, towns, 120, once=True)
    for _ in range(WARM - 1):
        _round(stage, towns, 120, once=True)
    alone = [_round(stage, towns[:1], seconds)]
    turn = _round(stage, towns, max(seconds, len(towns) / 20))
    alone.append(_round(stage, towns[:1], seconds))
    one = sum(took.rate for took in alone) / 2
    if not (one and turn.rate):
        raise Trouble(f"No request was opened: {[*turn.errors, *alone[0].errors][:1]}")
    process, before, after, backend = grown()
    errors = len(first.errors) + len(turn.errors) + sum(len(took.errors) for took in alone)
    return [
        Row(
            work=f"open a request in each of {len(towns)} municipalities in turn, {CLIENTS} clients",
            figure=turn.rate,
            unit=f"a second, p95 {percentile(turn.each, 0.95) * 1000:.0f} ms, {errors} errors",
            against="in one, a second",
            comparison=one,
            ratio=turn.rate / one,
            goal=">= 0.9x, no errors",
            holds=not errors and turn.rate / one >= 0.9,
        ),
        Row(
            work="... the first time in each",
            figure=first.rate,
            unit=f"a second, p95 {percentile(first.each, 0.95) * 1000:.0f} ms",
            against="in one, a second",
            comparison=one,
            ratio=first.rate / one,
        ),
        Row(
            work=f"memory of the serving process (RssAnon of {process}) after them",
            figure=after,
            unit="MB",
            against="before, one municipality",
            comparison=before,
            ratio=before / after,
            goal="<= 1.3x",
            holds=after <= 1.3 * before,
        ),
        Row(
            work="memory of its largest database connection after them",
            figure=backend,
            unit="MB",
            goal="<= 150 MB",
            holds=backend <= 150,
        ),
    ]


def _round(
    stage: Stage, towns: Sequence[dict[str, Any]], seconds: float, *, once: bool = False
) -> Took:
    """Each client goes from town to town, again and again or once."""
    took, began = Took(), time.perf_counter()
    until = began + seconds
    share = -(-len(towns) // CLIENTS)
    threads = []
    for number in range(CLIENTS):
        start = (number * len(towns)) // CLIENTS
        path = [towns[(start + step) % len(towns)] for step in range(len(towns))]
        path = path[:share] if once else path
        threads.append(
            threading.Thread(target=_client, args=(stage, path, until, once, took), daemon=True)
        )
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)
    took.length = time.perf_counter() - began
    return took


def _client(
    stage: Stage, path: Sequence[dict[str, Any]], until: float, once: bool, took: Took
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=30)
    while True:
        for town in path:
            if time.perf_counter() >= until:
                connection.close()
                return
            headers = {
                "Host": f"{town['host']}:{stage.port}",
                "Authorization": f"Bearer {town['key']}",
                "Content-Type": "application/json",
                "Idempotency-Key": uuid.uuid4().hex,
            }
            began = time.perf_counter()
            try:
                connection.request(
                    "POST", "/api/v1/requests", body=json.dumps(town["body"]), headers=headers
                )
                response = connection.getresponse()
                answer = response.read()
            except (OSError, http.client.HTTPException) as error:
                took.errors.append(repr(error))
                connection.close()
                continue
            if response.status == 201:
                took.each.append(time.perf_counter() - began)
            else:
                took.errors.append(f"{town['host']}: {response.status} {answer[:200]!r}")
                time.sleep(0.05)
        if once:
            connection.close()
            return


def _grown(stage: Stage, web: int) -> Callable[[], tuple[int, float, float, float]]:
    """The serving process's private memory now; called again: its number, then, now, and the largest backend's."""
    process = max(_below(web), key=private_mb)
    before = private_mb(process)

    def now() -> tuple[int, float, float, float]:
        listed = embedded(stage).psql(
            "SELECT pid FROM pg_stat_activity WHERE datname = 'baladiyat' AND usename = 'baladiyat'"
        )
        largest = max((private_mb(int(pid)) for pid in listed.split()), default=0.0)
        return process, before, private_mb(process), largest

    return now


def _below(parent: int) -> list[int]:
    """The process and its descendants."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(told[1])
    found = [parent]
    for one in found:
        found += [pid for pid, above in parents.items() if above == one]
    return found


def private_mb(process: int | str) -> float:
    """Memory that the process shares with nobody; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    for line in lines:
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    return 0.0
