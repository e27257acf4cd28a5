"""A demonstration town's books: plausible, the same each time, and in balance."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.organisation.models import Assignment, Role, Section
from kernel.parties.services import register_organisation
from kernel.viewer import Viewer
from modules.finance import demo
from modules.finance.demo import bank as demo_bank
from modules.finance.demo import online as demo_online
from modules.finance.demo import spending as demo_spending
from modules.finance.manifest import MODULE
from modules.finance.models import (
    BankStatement,
    BudgetLine,
    CashBox,
    CashSession,
    Charge,
    ChequeBook,
    Entry,
    OpeningBatch,
    PaymentIntent,
    Receipt,
    Spending,
    Supplier,
)
from modules.finance.selectors.bank import bank_lines, left_of
from modules.finance.selectors.books import trial_balance
from modules.finance.selectors.chequebooks import leaves
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.revaluation import revaluation_at
from modules.finance.tests.factories import HOUSE, person, staff
from tenants.demo.staff import STAFF


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
    assert Entry.objects.exclude(kind="receipt").count() <= 7
    assert OpeningBatch.objects.get().rows_bad == 0


def test_the_last_months_end_of_a_demonstration_town_is_worked_out(
    town: str, system: Viewer
) -> None:
    demo.show()
    over = today().replace(day=1) - timedelta(days=1)
    found = revaluation_at(system, on=over)
    if over.year < today().year:  # in January no month of the books is over
        assert not found.rows
        return
    assert not found.without_rate
    (bank,) = (one for one in found.rows if one.currency == "JOD" and one.code == "1122")
    assert bank.balance == Decimal(demo.GRANT) and bank.difference > 0


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


def test_the_demonstration_spends_at_every_stage_within_the_budget(
    town: str, system: Viewer
) -> None:
    register_organisation(
        by=HOUSE, registered_name="شركة الأمل للتوريدات", id_kind="company", id_number="562100001"
    )
    staff("maha", "accountant")
    staff("jamal", "finance_manager")
    with recorded(by=HOUSE):
        Assignment.objects.create(
            user=User.objects.get(username="salma"),
            section=Section.objects.get(code="mayor_office"),
            role=Role.objects.get(code="payment_authority"),
            starts_on=today(),
        )
    demo_spending.show()
    demo_bank.show()

    assert Supplier.objects.exists()
    statement = BankStatement.objects.get()
    open_lines = [one for one in bank_lines(statement.account, "ILS") if left_of(one)]
    assert 0 < len(open_lines) < len(demo_bank.MOVEMENTS)
    book = ChequeBook.objects.get()
    states_of_leaves = {one.is_free for one in leaves(system, book)}
    assert states_of_leaves == {True, False}
    states = set(Spending.objects.values_list("state", flat=True))
    assert len(states) == len({one.upto for one in demo_spending.BOUGHT})
    assert all(line.available >= 0 for line in BudgetLine.objects.all())
    assert faults(system) == []


def test_a_demonstration_town_takes_payments_at_the_trial_bank(
    town: str, karim: Viewer, settings
) -> None:
    for _ in range(20):
        person()
    staff("maha", "accountant")
    staff("jamal", "finance_manager")
    demo.show()
    demo_online.show()
    demo_online.show()

    states = PaymentIntent.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["paid", "failed", "begun"]
    assert faults(HOUSE) == []


def test_where_no_trial_bank_is_offered_the_demonstration_connects_none(
    town: str, settings
) -> None:
    settings.PAYMENT_SANDBOX = False
    staff("jamal", "finance_manager")
    demo_online.show()

    assert not CashBox.objects.filter(code="WEB").exists()


def test_who_collects_in_a_demonstration_town_may_receive(town: str) -> None:
    """He has a box and rounds of his own; without the role he saw neither his book nor his session."""
    (walid,) = (one for one in STAFF if one.username == "walid")
    (collector,) = (one for one in MODULE.roles if one.code == "collector")
    assert collector.code in walid.roles and "finance.receive" in collector.permissions
