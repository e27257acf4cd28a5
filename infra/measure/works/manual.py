"""The policies manual at a gate: what asking it costs, against the gate's own question."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from measure.stage import TOWN, Stage
from measure.table import Row, emit, rows_in

TIMES = 2000
KEYS = ("FRD-04.exempt_services", "FRD-04.threshold", "FRD-04.plan_in_good_standing_passes")


def measure(stage: Stage, wishes: argparse.Namespace) -> list[Row]:
    """Three values by date for one verdict of the gate of dues."""
    del wishes
    return rows_in(stage.inside("measure.works.manual"))


def main() -> None:
    """Runs inside the product."""
    from measure.product import begin

    begin("manual")
    from kernel.calendar.selectors import today
    from kernel.parties.services import register_person
    from kernel.policies.selectors import value
    from kernel.ports import ask
    from kernel.ports.dues import DuesPort
    from kernel.snapshots import one_look
    from kernel.tenancy import use
    from kernel.viewer import Viewer
    from measure.cashiers import ensure_town

    ensure_town()
    with use(TOWN):
        person = register_person(
            by=Viewer.system("infra/bench"), given_name="نور", father_name="خليل",
            grandfather_name="محمد", family_name="الأسطل", known_as="دليل السياسات",
        )  # fmt: skip
        on = today()
        with one_look():
            verdict = _middle(lambda: [value(key, on=on) for key in KEYS])
            question = _middle(lambda: ask(DuesPort).dues_of([person.pk], on=on))
    emit(
        Row(
            work="policy values of one verdict",
            figure=verdict,
            unit="ms",
            against="the question of dues itself, ms",
            comparison=question,
            ratio=question / verdict,
            goal="<= 0.3 ms",
            holds=verdict <= 0.3,
        )
    )


def _middle(work: Callable[[], object]) -> float:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


if __name__ == "__main__":
    main()
