from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.numbering.errors import NumberAlreadyVoid, NumberNeverGiven, VoidNeedsReason
from kernel.numbering.models import Counter
from kernel.numbering.selectors import gaps
from kernel.numbering.services import OutsideTransaction, UnknownSeries, take, void
from kernel.tenancy import current_schema, use
from kernel.viewer import Viewer

SERIES = "kernel.document"
AMAL = Viewer(user_id=7, name="أمل")

pytestmark = pytest.mark.usefixtures("town")


def test_numbers_follow_one_another_and_are_written_as_the_series_says() -> None:
    first, second = take(SERIES, year=2026, by=AMAL), take(SERIES, year=2026, by=AMAL)
    assert (second.number, second.text) == (first.number + 1, f"2026/{first.number + 1:05d}")


def test_a_new_year_and_another_book_start_at_one() -> None:
    take(SERIES, year=2026, by=AMAL)
    assert take(SERIES, year=2091, by=AMAL).text == "2091/00001"
    assert take(SERIES, year=2026, book=uuid4().hex, by=AMAL).number == 1


def test_a_rollback_leaves_no_gap() -> None:
    book = uuid4().hex
    assert take(SERIES, year=2026, book=book, by=AMAL).number == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert take(SERIES, year=2026, book=book, by=AMAL).number == 2
        _ = 1 / 0
    assert take(SERIES, year=2026, book=book, by=AMAL).number == 2


def test_an_undeclared_series_is_a_fault() -> None:
    with pytest.raises(UnknownSeries):
        take("nobody.declared", year=2026, by=AMAL)


def test_a_counter_can_neither_be_lowered_nor_skip_nor_go() -> None:
    take(SERIES, year=2026, book="guard", by=AMAL)
    counter = Counter.objects.filter(series=SERIES, year=2026, book="guard")
    for change in (
        lambda: counter.update(last=9),
        lambda: counter.update(book="other"),
        counter.delete,
    ):
        with pytest.raises(DatabaseError, match="counts upwards"), transaction.atomic():
            change()


def test_a_voided_number_is_explained_and_a_lost_one_is_found() -> None:
    for _ in range(5):
        take(SERIES, year=2026, book="desk 1", by=AMAL)
    void(SERIES, year=2026, book="desk 1", number=3, reason="ورقة تالفة", by=AMAL)
    report = gaps(AMAL, SERIES, year=2026, book="desk 1", used=[1, 2, 2, 3, 5, 8])
    assert [one.number for one in report.voided] == [3]
    assert (report.missing, report.doubled, report.beyond, report.voided_but_used) == (
        (4,),
        (2,),
        (8,),
        (3,),
    )
    assert not report.is_sound
    assert gaps(AMAL, SERIES, year=2026, book="desk 1", used=[1, 2, 4, 5]).is_sound


def test_voids_need_a_reason_a_given_number_and_happen_once() -> None:
    number = take(SERIES, year=2026, book="voids", by=AMAL).number
    told = {"year": 2026, "book": "voids", "by": AMAL}
    with pytest.raises(VoidNeedsReason):
        void(SERIES, number=number, reason=" ", **told)
    with pytest.raises(NumberNeverGiven):
        void(SERIES, number=number + 1, reason="خطأ", **told)
    assert void(SERIES, number=number, reason="خطأ", **told).voided_by_name == "أمل"
    with pytest.raises(NumberAlreadyVoid):
        void(SERIES, number=number, reason="خطأ", **told)


def test_eight_cashiers_at_once_get_no_double_and_leave_no_gap() -> None:
    """Committed in a book of its own; every third transaction is rolled back."""
    book, each = uuid4().hex, 15

    def cashier(taken: list[int]) -> None:
        for turn in range(each):
            with transaction.atomic():
                number = take(SERIES, year=2026, book=book, by=AMAL).number
                if turn % 3 == 2:
                    transaction.set_rollback(True)
                else:
                    taken.append(number)

    numbers = _together(8, cashier)
    assert sorted(numbers) == list(range(1, 8 * each * 2 // 3 + 1))
    assert gaps(AMAL, SERIES, year=2026, book=book, used=numbers).is_sound


def test_without_a_transaction_no_number_is_given() -> None:
    def careless(refused: list[int]) -> None:
        with pytest.raises(OutsideTransaction):
            take(SERIES, year=2026, by=AMAL)
        refused.append(1)

    assert _together(1, careless) == [1]


def _together(many: int, work: Callable[[list[int]], None]) -> list[int]:
    """Run the work on as many connections of their own, started at once; all that they noted."""
    schema, start = current_schema(), Barrier(many)

    def one() -> list[int]:
        noted: list[int] = []
        try:
            with use(schema):
                start.wait(10)
                work(noted)
        finally:
            connection.close()
        return noted

    with ThreadPoolExecutor(many) as pool:
        runs = [pool.submit(one) for _ in range(many)]
        return [number for run in runs for number in run.result(30)]
