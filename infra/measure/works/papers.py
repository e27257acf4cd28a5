"""One voucher as PDF."""

from __future__ import annotations

import argparse
import time

from measure.stage import Stage
from measure.table import Row, emit, rows_in


def measure(stage: Stage, wishes: argparse.Namespace) -> list[Row]:
    """Different receipts on one core for some seconds; a single voucher first thing in a process."""
    return rows_in(stage.inside("measure.works.papers", "--seconds", str(wishes.seconds)))


def main() -> None:
    """Runs inside the product."""
    from measure.product import begin

    wishes = begin("papers", seconds=5.0)
    from datetime import date

    from kernel.money import in_words, money
    from kernel.printing.letterhead import Letterhead
    from kernel.printing.render import render_pdf

    head = Letterhead(
        name_ar="بلدية خان يونس", name_en="Khan Yunis Municipality", phone="08-2051040"
    )

    def voucher(number: int) -> bytes:
        amount = money(f"{number % 9000 + 1}.50", "ILS")
        return render_pdf(
            "receipt",
            {
                "title": "سند قبض",
                "number": f"2026/{number:05d}",
                "date": date(2026, 11, 22),
                "payer": "محمد أحمد خليل الأسطل",
                "amount": amount,
                "words": in_words(amount),
                "method": "نقداً",
            },
            letterhead=head,
        )

    began = time.perf_counter()
    voucher(0)
    first = time.perf_counter() - began
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < wishes.seconds:
        count += 1
        voucher(count)
    rate = count / (time.perf_counter() - began)
    emit(
        Row(
            work="voucher as PDF, one core",
            figure=rate,
            unit="a second",
            against="the first one in a process, s",
            comparison=first,
            goal=">= 100 a second",
            holds=rate >= 100,
        )
    )


if __name__ == "__main__":
    main()
