"""A demonstration town's books: plausible, the same each time, and in balance."""

from __future__ import annotations

from decimal import Decimal

from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.finance import demo
from modules.finance.models import CashSession, Charge, Entry, OpeningBatch, Receipt
from modules.finance.selectors.books import trial_balance
from modules.finance.selectors.proofs import faults
from modules.finance.tests.factories import person, staff


def test_a_demonstration_towns_books_balance(town: str, karim: Viewer, system: Viewer) -> None:
    for _ in range(40):
        person()
    staff("maha", "accountant")
    demo.show()

    assert faults(system) == []
    lines = trial_balance(system, on=today())
    assert sum((one.base_balance for one in lines), Decimal(0)) == 0
    assert set(Charge.objects.values_list("year", flat=True)) <= set(
        range(today().year - demo.YEARS_BACK, today().year + 1)
    )
    assert Charge.objects.filter(is_opening=True).exists()
    assert Charge.objects.filter(is_opening=False).exists()
    assert Entry.objects.exclude(kind="receipt").count() <= 6
    assert OpeningBatch.objects.get().rows_bad == 0


def test_the_cash_box_is_free_after_the_demonstration(
    town: str, karim: Viewer, system: Viewer
) -> None:
    for _ in range(20):
        person()
    demo.show()

    assert Receipt.objects.count() == demo.PAYERS
    assert set(Receipt.objects.values_list("cashier_name", flat=True)) == {karim.name}
    assert not CashSession.objects.filter(closed_at=None).exists()


def test_a_town_without_people_owes_nothing(town: str) -> None:
    demo.show()
    assert not Charge.objects.exists()
