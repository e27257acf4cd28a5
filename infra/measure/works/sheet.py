"""Old dues from a sheet of 60,000 rows, against the same charges one by one."""

from __future__ import annotations

import argparse
import time

from measure.stage import TOWN, Stage
from measure.table import Row, emit, rows_in

ROWS = 60_000
PERSONS = 20_000
ONE_BY_ONE = 150


def measure(stage: Stage, wishes: argparse.Namespace) -> list[Row]:
    """Reads, checks and posts the sheet with its trail; takes it out again."""
    del wishes
    return rows_in(stage.inside("measure.works.sheet", within=3600))


def main() -> None:
    """Runs inside the product."""
    from measure.product import begin, tell

    wishes = begin("sheet")
    import random
    from datetime import date

    from kernel.calendar.selectors import today
    from kernel.files.services import store_file
    from kernel.money import money
    from kernel.parties.models import Party
    from kernel.ports.charges import ChargeSource
    from kernel.tenancy import use
    from kernel.viewer import Viewer
    from measure.cashiers import ensure_town
    from measure.works.search import _fill
    from modules.finance.services.charging import assess_charge
    from modules.finance.services.opening.loading import (
        begin_loading,
        check_sheet,
        load_batch,
        undo_batch,
    )

    by = Viewer.system("infra/bench")
    ensure_town()
    with use(TOWN):
        _fill(PERSONS, random.Random(wishes.seed))
        numbers = list(Party.objects.exclude(id_number="").values_list("id_number", flat=True))
        content = _sheet(numbers, random.Random(wishes.seed))
        tell(f"a sheet of {len(content) / 1024:,.0f} KB")
        began = time.perf_counter()
        batch = check_sheet(store_file(content, "ذمم.xlsx", by=by), as_of=today(), by=by)
        checked = time.perf_counter()
        batch = load_batch(begin_loading(batch, only_good=True, by=by), by=by)
        loaded = time.perf_counter()
        undo_batch(batch, reason="infra/bench", by=by)
        undone = time.perf_counter()
        people = list(Party.objects.order_by("id")[:ONE_BY_ONE])
        one = time.perf_counter()
        for number, party in enumerate(people):
            assess_charge(
                source=ChargeSource(module="finance", record=f"sheet:{number}", code="bench"),
                party_id=party.pk,
                kind="finance.water",
                amount=money("12.50", "ILS"),
                due_on=date(2024, 6, 30),
                description="infra/bench",
                by=by,
            )
        alone = (time.perf_counter() - one) / len(people) * ROWS
    tell(f"checked in {checked - began:.1f} s, undone in {undone - loaded:.1f} s")
    whole = loaded - began
    emit(
        Row(
            work=f"{batch.rows_good:,} old dues from a sheet, checked and posted",
            figure=whole,
            unit=f"s, {batch.rows_bad} refused",
            against="one by one, s",
            comparison=alone,
            ratio=alone / whole,
            goal=">= 20x",
            holds=alone / whole >= 20,
        )
    )
    emit(Row(work="taking them out again", figure=undone - loaded, unit="s"))


def _sheet(numbers: list[str], draw: object) -> bytes:
    import random
    from io import BytesIO

    import xlsxwriter

    from modules.finance.services.opening.sheet import COLUMNS

    assert isinstance(draw, random.Random)
    held = BytesIO()
    book = xlsxwriter.Workbook(held, {"constant_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, [one.heading for one in COLUMNS])
    for row in range(1, ROWS + 1):
        amount = draw.randint(100, 90_000) / 100
        page.write_row(
            row,
            0,
            [draw.choice(numbers), "", "مياه", 2015 + row % 10, amount, "ILS", "30/06/2024",
             "", "", "", f"B-{row}"],
        )  # fmt: skip
    book.close()
    return held.getvalue()


if __name__ == "__main__":
    main()
