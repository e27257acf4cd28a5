"""Many municipalities (`--towns`, 200): a release over all of them, requests in each in turn, memory and tables."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from typing import Any

from measure.stage import Stage
from measure.table import Row, emit, percentile, rows_in
from measure.works.rounds import in_turn, private_mb

TOWNS = 200
MOST_TABLES, MOST_INDEXES = 110, 450
HOT = (
    "identity_user",
    "organisation_assignment",
    "parties_party",
    "places_landunit",
    "frontdesk_request",
    "frontdesk_step",
    "finance_charge",
    "finance_receipt",
    "files_storedfile",
    "audit_entry",
)


def measure(stage: Stage, wishes: argparse.Namespace) -> list[Row]:
    """Makes the municipalities on servers of the run; they go with them."""
    output = stage.inside("measure.works.fleet", "--towns", str(wishes.towns), within=3000)
    told = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
    return rows_in(output) + in_turn(stage, told["towns"], wishes.seconds)


def main() -> None:
    """Runs inside the product."""
    from measure.product import begin

    wishes = begin("fleet", towns=TOWNS)
    names = _make(wishes.towns)
    _counts()
    _nothing_to_do(len(names))
    _one_column_and_index(len(names))
    _memory(names)
    sys.stdout.write(json.dumps({"towns": _programmes(names)}, ensure_ascii=False) + "\n")


def _programmes(names: list[str]) -> list[dict[str, Any]]:
    """In each a programme with its key and the request that it opens again and again."""
    from kernel.tenancy import use
    from kernel.testing.people import seat_person
    from measure.works.requests import _integrator

    found = []
    for number, name in enumerate(names):
        with use(name):
            clerk = seat_person(
                username="integrator", name_ar="برنامج التكامل", name_en="Integrator",
                role="service_clerk", section="front_desk",
            )  # fmt: skip
            found.append({"host": f"fleet{number}.localhost", **_integrator(clerk, number % 200)})
    return found


def _make(count: int) -> list[str]:
    """One after another, each by a connection of its own: one that has made many is slower by each."""
    from django.db import connection

    from kernel.viewer import Viewer
    from measure.product import tell
    from tenants.provisioning import Plan, create_municipality
    from tenants.register import rows

    took, names, register = [], [], rows()
    for number in range(count):
        name = f"fleet_{number:03}"
        plan = Plan(
            row=register[number % len(register)], schema=name, hosts=(f"fleet{number}.localhost",)
        )
        connection.close()
        connection.close_pool()
        began = time.perf_counter()
        create_municipality(plan, by=Viewer.system("infra/bench"))
        took.append(time.perf_counter() - began)
        names.append(name)
        if (number + 1) % 50 == 0:
            tell(f"{number + 1} municipalities, median {statistics.median(took[-50:]):.2f} s")
    tenth = max(1, count // 10)
    first, last = statistics.median(took[1 : tenth + 1]), statistics.median(took[-tenth:])
    emit(
        Row(
            work=f"a new municipality among {count} (median)",
            figure=last,
            unit="s",
            against="the first ones",
            comparison=first,
            ratio=first / last,
        )
    )
    high = percentile(took[1:], 0.95)
    emit(Row(work="... p95 of all", figure=high, unit="s", goal="< 1 s", holds=high < 1))
    return names


def _counts() -> None:
    from tenants.release import current_release

    newest = current_release()
    for what, found, most in (
        ("tables", newest.tables, MOST_TABLES),
        ("indexes", newest.indexes, MOST_INDEXES),
    ):
        emit(
            Row(
                work=f"{what} of a municipality",
                figure=found,
                unit="",
                against="budget",
                comparison=most,
                ratio=most / found,
                goal=f"<= {most}",
                holds=found <= most,
            )
        )


def _stock(count: int) -> float:
    """What the ordinary migrations would take for all, by three of them."""
    from django.core.management import call_command
    from django.core.management.commands.migrate import Command as Migrate

    from kernel.tenancy import as_owner, use

    took = []
    for number in range(min(3, count)):
        began = time.perf_counter()
        with as_owner(), use(f"fleet_{number:03}"):
            call_command(Migrate(), interactive=False, verbosity=0)
        took.append(time.perf_counter() - began)
    return statistics.median(took) * count


def _nothing_to_do(count: int) -> None:
    from tenants.upgrade.rollout import Wishes, roll_out

    stock = _stock(count)
    roll_out(Wishes())
    began = time.perf_counter()
    outcome = roll_out(Wishes())
    took = time.perf_counter() - began
    emit(
        Row(
            work=f"a release with nothing to do, {outcome.fleet} municipalities",
            figure=took,
            unit="s",
            against="migrate one after another",
            comparison=stock,
            ratio=stock / took,
            goal="<= 3 s, >= 100x",
            holds=took <= 3 and stock / took >= 100,
        )
    )


def _one_column_and_index(count: int) -> None:
    from kernel.tenancy import use_shared
    from measure.later import later_release, migrate_template
    from tenants.models import Turn
    from tenants.upgrade.rollout import Wishes, roll_out

    with later_release():
        migrate_template()
        began = time.perf_counter()
        outcome = roll_out(Wishes())
        took = time.perf_counter() - began
    with use_shared():
        each = sorted(Turn.objects.exclude(took_ms=None).values_list("took_ms", flat=True))
    emit(
        Row(
            work=f"a release of one column and index, {outcome.done} municipalities",
            figure=took,
            unit="s",
            goal="<= 10 s",
            holds=outcome.holds and outcome.done >= count and took <= 10,
        )
    )
    emit(
        Row(
            work="... the slowest of them",
            figure=each[-1] / 1000,
            unit="s",
            goal="<= 2 s",
            holds=each[-1] <= 2000,
        )
    )


def _memory(names: list[str]) -> None:
    """One database connection goes through the hot tables of every municipality."""
    from django.db import connection

    from kernel.tenancy import use

    def backend() -> float:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return private_mb(cursor.fetchone()[0])

    connection.close()
    connection.close_pool()  # the one that made them has grown by that
    with use(names[0]):
        backend_before = backend()
    for name in names:
        with use(name), connection.cursor() as cursor:
            for table in HOT:
                cursor.execute("SELECT to_regclass(%s)", [table])
                if cursor.fetchone()[0] is not None:
                    cursor.execute(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1")
    with use(names[0]):
        there = backend()
    emit(
        Row(
            work=f"memory of a backend, {len(HOT)} hot tables in each",
            figure=there,
            unit="MB",
            against="before",
            comparison=backend_before,
            ratio=backend_before / there,
            goal="<= 150 MB",
            holds=there <= 150,
        )
    )


if __name__ == "__main__":
    main()
