"""Many at once: numbers without a gap, one receipt for two clicks, a month closed under way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

from django.db import connection

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.once.services import claim, settle
from kernel.parties.models import Party
from kernel.tenancy import use, use_shared
from kernel.viewer import Viewer
from modules.finance.errors import (
    ChargeNotOpen,
    NoOpenSession,
    PeriodClosed,
    SessionIsClosed,
    SurplusNotConfirmed,
)
from modules.finance.models import CashBox, Charge, Period, Receipt
from modules.finance.selectors.proofs import faults
from modules.finance.services.periods import close_period
from modules.finance.services.sessions import add_box, open_session
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff

CASHIERS = 8


def at_once(schema: str, works: list[Callable[[], object]]) -> list[object]:
    """Run each in a thread with its own connection, all starting together; gives results, or refusals."""
    start = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        with use_shared(), use(schema):
            try:
                start.wait(timeout=20)
                return work()
            except Refusal as refusal:
                return refusal
            finally:
                connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_eight_cashiers_write_receipts_without_gap_or_double(town_of_its_own: str) -> None:
    """Four boxes with two people's dues each: every fifth receipt is refused, and leaves no gap."""
    cashiers = []
    for number in range(CASHIERS):
        cashier = staff(f"cashier{number}", "cashier")
        box = (
            CashBox.objects.get(code="01")
            if not number
            else add_box(code=f"{number + 1:02d}", name_ar=f"ص{number}", by=HOUSE)
        )
        open_session(box, opening_float={}, by=cashier)
        cashiers.append(cashier)
    nour = person()
    owes(nour, "10000")

    def work(cashier: Viewer) -> Callable[[], object]:
        def receive_ten() -> int:
            written = 0
            for turn in range(10):
                try:
                    pays(nour, "20000" if turn % 5 == 4 else "10", by=cashier)
                    written += 1
                except SurplusNotConfirmed:
                    continue
            return written

        return receive_ten

    assert at_once(town_of_its_own, [work(one) for one in cashiers]) == [8] * CASHIERS
    for box in CashBox.objects.all():
        numbers = sorted(Receipt.objects.filter(box=box).values_list("number", flat=True))
        assert numbers == list(range(1, 9))
    assert Charge.objects.get().paid == Decimal(8 * CASHIERS * 10)
    assert faults(HOUSE) == []


def test_the_last_due_is_paid_once_by_two_cashiers(town_of_its_own: str) -> None:
    karim, rami = staff("karim2", "cashier"), staff("rami", "cashier")
    session_of(karim)
    open_session(add_box(code="02", name_ar="ص٢", by=HOUSE), opening_float={}, by=rami)
    nour = person()
    due = owes(nour, "50")
    results = at_once(
        town_of_its_own,
        [
            lambda: pays(nour, "50", by=karim, charges=[due]),
            lambda: pays(nour, "50", by=rami, charges=[due]),
        ],
    )
    assert sorted(type(one) for one in results if isinstance(one, Refusal)) == [ChargeNotOpen]
    assert Receipt.objects.count() == 1
    assert faults(HOUSE) == []


def test_eight_clicks_under_one_key_give_one_receipt(town_of_its_own: str) -> None:
    karim = staff("karim2", "cashier")
    session_of(karim)
    nour: Party = person()
    owes(nour, "500")

    def click() -> str:
        with recorded(by=karim):
            asked = claim("test.receipt", "the-key", "same")
            if asked.replayed:
                return str(asked.result["number"])
            receipt = pays(nour, "10", by=karim)
            settle(asked, {"number": receipt.number_text})
            return receipt.number_text

    results = at_once(town_of_its_own, [click] * CASHIERS)
    assert set(results) == {f"01-{today().year}/00001"}
    assert Receipt.objects.count() == 1


def test_a_month_closed_while_receipts_are_written_takes_none_after(town_of_its_own: str) -> None:
    nour = person()
    owes(nour, "500")
    period = Period.objects.get(year=today().year, month=today().month)

    def charge() -> int:
        written = 0
        for _turn in range(20):
            owes(nour, "1")
            written += 1
        return written

    def close() -> str:
        close_period(period, by=HOUSE)
        return "closed"

    results = at_once(town_of_its_own, [charge, charge, close])
    assert "closed" in results
    assert all(isinstance(one, int | str | PeriodClosed) for one in results)
    period.refresh_from_db()
    assert period.state == "closed"
    assert faults(HOUSE) == []


def test_a_session_closed_under_way_is_a_refusal_not_a_fault(town_of_its_own: str) -> None:
    karim = staff("karim2", "cashier")
    session = session_of(karim)
    nour = person()
    owes(nour, "500")

    def receive() -> object:
        written = 0
        for _turn in range(20):
            pays(nour, "1", by=karim)
            written += 1
        return written

    def close() -> str:
        with recorded(by=HOUSE), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE finance_cashsession SET closed_at = now(), closed_by_id = cashier_id WHERE id = %s",
                [session.pk],
            )
        return "closed"

    results = at_once(town_of_its_own, [receive, close])
    assert "closed" in results
    assert all(isinstance(one, int | str | SessionIsClosed | NoOpenSession) for one in results)
    assert faults(HOUSE) == []
