"""A new municipality, ready to log in: against the same by migrations, from spare tables, and what a neighbour feels."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any

from measure.stage import Stage
from measure.table import Row, emit, percentile, rows_in

TOWNS, SPARES, CLONES = 20, 10, 3
# Municipalities are made now and then, never one upon the other: the neighbour is asked at such a pace.
BETWEEN = 2.0


def measure(stage: Stage, wishes: argparse.Namespace) -> list[Row]:
    """Towns from the register, one after another, some of spare tables, and one schema by migrations."""
    del wishes
    return rows_in(stage.inside("measure.works.towns"))


def main() -> None:
    """Runs inside the product."""
    from measure.product import begin, tell

    begin("towns")
    from tenants.spares import keep_spares

    took = [_make(number) for number in range(TOWNS + 1)][1:]  # the first one warms up
    tell(f"{len(took)} towns, median {statistics.median(took):.3f} s")
    migrated = _by_migrations()
    middle, high = statistics.median(took), percentile(took, 0.95)
    emit(
        Row(
            work="a new municipality (median)",
            figure=middle,
            unit="s",
            against="schema alone by migrations, s",
            comparison=migrated,
            ratio=migrated / middle,
            goal=">= 30x",
            holds=migrated / middle >= 30,
        )
    )
    emit(Row(work="a new municipality (p95)", figure=high, unit="s", goal="< 1 s", holds=high < 1))
    cloned = _by_clone()
    emit(
        Row(
            work="... against a clone of the template's schema",
            figure=middle,
            unit="s",
            against="schema alone by clone_schema of django-tenants, s",
            comparison=cloned,
            ratio=cloned / middle,
            goal=">= 2x",
            holds=cloned / middle >= 2,
        )
    )
    keep_spares(SPARES)
    with _Neighbour() as neighbour:
        alone = neighbour.rests(SPARES * BETWEEN)
        began, quick = time.time(), []
        for number in range(TOWNS + 1, TOWNS + 1 + SPARES):
            quick.append(_make(number))
            time.sleep(max(0.0, BETWEEN - quick[-1]))
        beside = (began, time.time())
    high = percentile(quick, 0.95)
    emit(
        Row(
            work="... of spare tables (p95)",
            figure=high,
            unit="s",
            against="without, median",
            comparison=middle,
            ratio=middle / statistics.median(quick),
            goal="< 1 s",
            holds=high < 1,
        )
    )
    before, during = (percentile(neighbour.within(*span), 0.99) for span in (alone, beside))
    emit(
        Row(
            work=f"a neighbour's reading meanwhile, one made each {BETWEEN:.0f} s (p99)",
            figure=during,
            unit="ms",
            against="alone",
            comparison=before,
            ratio=before / during,
            goal="<= 2x",
            holds=during <= 2 * before,
        )
    )


def _make(number: int) -> float:
    """Seconds, by a connection of its own as a command or a job has it."""
    from django.db import connection

    from kernel.viewer import Viewer
    from tenants.provisioning import Administrator, Plan, create_municipality
    from tenants.register import rows

    connection.close()
    connection.close_pool()
    plan = Plan(
        row=rows()[number],
        schema=f"bench_{number}",
        hosts=(f"bench{number}.localhost",),
        administrator=Administrator(username="first", name_ar="مدير النظام"),
    )
    began = time.perf_counter()
    create_municipality(plan, by=Viewer.system("infra/bench"))
    return time.perf_counter() - began


def _by_migrations() -> float:
    from django.core.management import call_command
    from django.core.management.commands.migrate import Command as Migrate
    from django.db import connection

    from kernel.tenancy import as_owner, use, use_shared

    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute('CREATE SCHEMA "bench_migrated"')
    began = time.perf_counter()
    with as_owner(), use("bench_migrated"):
        call_command(Migrate(), interactive=False, verbosity=0)
    return time.perf_counter() - began


def _by_clone() -> float:
    """The function that django-tenants brings: tables and the template's rows, without role, register and administrator."""
    from django.db import connection
    from django_tenants.clone import CLONE_SCHEMA_FUNCTION

    from kernel.tenancy import TEMPLATE, as_owner, use_shared

    took = []
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        cursor.execute(CLONE_SCHEMA_FUNCTION.format(db_user=cursor.fetchone()[0]))
        for number in range(CLONES):
            began = time.perf_counter()
            cursor.execute(
                "SELECT clone_schema(%s, %s, 'DATA')", [TEMPLATE, f"bench_cloned_{number}"]
            )
            took.append(time.perf_counter() - began)
    return statistics.median(took)


class _Neighbour:
    """Somebody in a process of his own, who reads in a municipality that stands already."""

    def __enter__(self) -> _Neighbour:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "measure.neighbour", "--town", "1"],
            env=dict(os.environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._line()
        time.sleep(2)
        return self

    def __exit__(self, *fault: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.took: list[list[float]] = json.loads(self._line() or "[]")
        self.process.wait(30)

    def rests(self, seconds: float) -> tuple[float, float]:
        """A span in which nothing is made."""
        began = time.time()
        time.sleep(seconds)
        return began, time.time()

    def within(self, since: float, until: float) -> list[float]:
        return [took for moment, took in self.took if since <= moment <= until]

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


if __name__ == "__main__":
    main()
