"""Any history of charges, payments, credits and reversals leaves books that prove themselves."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import CreditKind, Method, MoveCause
from modules.finance.models import Campaign, CashSession, Charge, Credit, Receipt, Settlement
from modules.finance.selectors.cash import expected_in
from modules.finance.selectors.dues import advance_of
from modules.finance.selectors.proofs import faults
from modules.finance.services.campaigning import end_campaign, open_campaign
from modules.finance.services.charging import cancel_charge
from modules.finance.services.credits import (
    DecisionPaper,
    apply_advance,
    credit_charge,
    reverse_credit,
)
from modules.finance.services.moving import Moving, Part, move_dues
from modules.finance.services.sessions import Count, close_session
from modules.finance.services.voiding import cancel_receipt, reverse_receipt
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff
from modules.finance.tests.test_independent_ledger import the_independent_ledger_agrees

KINDS = ("finance.water", "finance.fines", "finance.rent")
AMOUNTS = {
    "ILS": ("0.10", "1.00", "99.90", "350.50"),
    "JOD": ("0.001", "8.250", "100.000"),
    "USD": ("1.01", "21.22"),
}
picks = st.integers(0, 50)


class Books(RuleBasedStateMachine):
    """Nour's dues at one cash box; a model of plain numbers runs beside the books."""

    cashier: Viewer
    manager: Viewer

    def __init__(self) -> None:
        super().__init__()
        self.nour = person()
        self.heirs = [person("خالد"), person("هدى")]
        self.family = [self.nour, *self.heirs]
        self.expected: dict[int, Decimal] = {}
        if not CashSession.objects.filter(closed_at=None).exists():
            session_of(self.cashier)

    @rule(currency=st.sampled_from(sorted(AMOUNTS)), pick=picks, kind=st.sampled_from(KINDS))
    def charge(self, currency: str, pick: int, kind: str) -> None:
        amount = AMOUNTS[currency][pick % len(AMOUNTS[currency])]
        due = owes(self.nour, money(amount, currency), kind=kind)
        self.expected[due.pk] = due.principal

    @rule(currency=st.sampled_from(sorted(AMOUNTS)), pick=picks, keep=st.booleans())
    def pay(self, currency: str, pick: int, keep: bool) -> None:
        amount = AMOUNTS[currency][pick % len(AMOUNTS[currency])]
        before = Receipt.objects.count()
        try:
            receipt = pays(self.nour, money(amount, currency), by=self.cashier, keep_surplus=keep)
        except Refusal:
            assert Receipt.objects.count() == before
            return
        for one in [*receipt.settlements.all(), *receipt.reductions.all()]:
            self.expected[one.charge_id] -= one.amount

    @precondition(lambda self: Charge.objects.filter(party=self.nour, balance__gt=0).exists())
    @rule(pick=picks, part=st.sampled_from(["0.25", "1"]))
    def exempt(self, pick: int, part: str) -> None:
        due = _nth(Charge.objects.filter(party=self.nour, balance__gt=0).order_by("id"), pick)
        amount = money(due.balance * Decimal(part), due.currency)
        paper = DecisionPaper(number="1", decided_on=today(), authority="council")
        try:
            credit_charge(
                due, kind=CreditKind.EXEMPTION, amount=amount, reason="قرار", paper=paper, by=HOUSE
            )
        except Refusal:
            return
        self.expected[due.pk] -= amount.amount

    @precondition(lambda self: bool(advance_of([self.nour.pk])))
    @rule(pick=picks)
    def use_advance(self, pick: int) -> None:
        for currency, available in advance_of([self.nour.pk]).items():
            due = (
                Charge.objects.filter(party=self.nour, balance__gt=0, currency=currency)
                .order_by("id")
                .first()
            )
            if due is not None:
                amount = money(min(available, due.balance), currency)
                apply_advance(due, amount=amount, by=self.cashier)
                self.expected[due.pk] -= amount.amount

    @precondition(lambda self: Receipt.objects.filter(party=self.nour, void_kind="").exists())
    @rule(pick=picks)
    def take_a_receipt_back(self, pick: int) -> None:
        receipt = _nth(Receipt.objects.filter(party=self.nour, void_kind="").order_by("id"), pick)
        given_back = [
            *receipt.settlements.all(),
            *receipt.reductions.filter(entry__reversal=None),
        ]
        verb = cancel_receipt if receipt.session.is_open else reverse_receipt
        try:
            verb(receipt, reason="خطأ", by=self.manager)
        except Refusal:
            return
        for one in given_back:
            self.expected[one.charge_id] += one.amount

    @precondition(lambda self: Credit.objects.filter(charge__party=self.nour).exists())
    @rule(pick=picks)
    def take_a_credit_back(self, pick: int) -> None:
        granted = _nth(Credit.objects.filter(charge__party=self.nour).order_by("id"), pick)
        try:
            reverse_credit(granted, reason="ألغي القرار", by=HOUSE)
        except Refusal:
            return
        self.expected[granted.charge_id] += granted.amount

    @precondition(lambda self: Charge.objects.filter(party=self.nour).exists())
    @rule(pick=picks)
    def cancel(self, pick: int) -> None:
        due = _nth(Charge.objects.filter(party=self.nour).order_by("id"), pick)
        try:
            cancel_charge(due, reason="خطأ", by=HOUSE)
        except Refusal:
            return
        self.expected[due.pk] = Decimal(0)

    @precondition(lambda self: Charge.objects.filter(party=self.nour, balance__gt=0).exists())
    @rule(pick=picks, shares=st.sampled_from([(1,), (1, 1), (3, 1)]))
    def move_to_the_heirs(self, pick: int, shares: tuple[int, ...]) -> None:
        due = _nth(Charge.objects.filter(party=self.nour, balance__gt=0).order_by("id"), pick)
        parts = tuple(
            Part(party_id=heir.pk, share=Decimal(share))
            for heir, share in zip(self.heirs, shares, strict=False)
        )
        paper = DecisionPaper(number="1", decided_on=today())
        moving = Moving(
            cause=MoveCause.PARTNERS, parts=parts, paper=paper, reason="قسمة", signed=True
        )
        try:
            new = move_dues([due], moving, by=HOUSE)
        except Refusal:
            return
        self.expected[due.pk] = Decimal(0)
        self.expected |= {one.pk: one.principal for one in new}
        assert sum(one.principal for one in new) == due.balance

    @rule(percent=st.sampled_from([5, 50, 100]), whole=st.booleans())
    def begin_a_campaign(self, percent: int, whole: bool) -> None:
        for standing in Campaign.objects.filter(ended_on=None):
            end_campaign(standing, reason="قرار", by=self.manager)
        open_campaign(
            Campaign(
                title="حملة",
                kind=CreditKind.DISCOUNT,
                percent=Decimal(percent),
                whole_only=whole,
                since=today(),
                until=today(),
                decision_no="1",
                decided_on=today(),
                authority="council",
            ),
            by=self.manager,
        )

    @rule(off=st.sampled_from(["0", "0.50"]))
    def close_and_open(self, off: str) -> None:
        session = CashSession.objects.get(closed_at=None)
        counts = [
            Count(method=Method.CASH, counted=money(one.expected + Decimal(off), one.currency))
            for one in expected_in(session)
        ]
        close_session(session, counts=counts, note="عد", by=self.cashier)
        session_of(self.cashier)

    @invariant()
    def the_books_prove_themselves(self) -> None:
        assert faults(HOUSE) == []

    @invariant()
    def every_due_is_what_the_model_says(self) -> None:
        assert (
            dict(Charge.objects.filter(party__in=self.family).values_list("id", "balance"))
            == self.expected
        )

    @invariant()
    def no_settlement_is_lost(self) -> None:
        assert not Settlement.objects.filter(reverses__reverses__isnull=False).exists()

    def teardown(self) -> None:
        the_independent_ledger_agrees()


def _nth(rows, pick: int):  # type: ignore[no-untyped-def]
    return rows[pick % rows.count()]


@pytest.mark.slow
def test_any_history_leaves_books_that_prove_themselves(town: str) -> None:
    rate("JOD", "5.213")
    rate("USD", "3.69")
    Books.cashier = staff("karim2", "cashier")
    Books.manager = staff("muna", "finance_manager")
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
