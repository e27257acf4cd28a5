"""A new municipality, ready to log in, against the same by migrations."""

from __future__ import annotations

import argparse
import statistics
import time

from measure.stage import Stage
from measure.table import Row, emit, percentile, rows_in

TOWNS = 20


def measure(stage: Stage, wishes: argparse.Namespace) -> list[Row]:
    """Twenty towns from the register, one after another, and one schema by migrations."""
    del wishes
    return rows_in(stage.inside("measure.works.towns"))


def main() -> None:
    """Runs inside the product."""
    from measure.product import begin, tell

    begin("towns")
    from django.core.management import call_command
    from django.core.management.commands.migrate import Command as Migrate
    from django.db import connection

    from kernel.tenancy import as_owner, use, use_shared
    from kernel.viewer import Viewer
    from tenants.provisioning import Plan, create_municipality
    from tenants.register import rows

    took = []
    for number, row in enumerate(rows()[: TOWNS + 1]):
        plan = Plan(row=row, schema=f"bench_{number}", hosts=(f"bench{number}.localhost",))
        began = time.perf_counter()
        create_municipality(plan, by=Viewer.system("infra/bench"))
        took.append(time.perf_counter() - began)
    took = took[1:]  # the first one warms up
    tell(f"{len(took)} towns, median {statistics.median(took):.3f} s")

    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute('CREATE SCHEMA "bench_migrated"')
    began = time.perf_counter()
    with as_owner(), use("bench_migrated"):
        call_command(Migrate(), interactive=False, verbosity=0)
    migrated = time.perf_counter() - began

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


if __name__ == "__main__":
    main()
