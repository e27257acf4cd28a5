"""Any history of charges, payments, credits and reversals leaves books that prove themselves."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.models import Sum
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
from kernel.money import Money, money
from kernel.viewer import Viewer
from modules.finance.constants import CreditKind, Method, MoveCause, SpendingKind
from modules.finance.models import (
    Account,
    Campaign,
    CashBox,
    CashSession,
    Charge,
    Credit,
    Receipt,
    Settlement,
)
from modules.finance.selectors.cash import cash_in, expected_in
from modules.finance.selectors.dues import advance_of, dues_of
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.spending import refundable
from modules.finance.selectors.statements import statement_of, step_of
from modules.finance.services.campaigning import end_campaign, open_campaign
from modules.finance.services.charging import cancel_charge
from modules.finance.services.credits import (
    DecisionPaper,
    apply_advance,
    credit_charge,
    reverse_credit,
)
from modules.finance.services.moving import Moving, Part, move_dues
from modules.finance.services.sessions import (
    Count,
    close_session,
    open_session,
    remit_cash,
)
from modules.finance.services.spending.approving import enter_invoice
from modules.finance.services.spending.asking import AskedLine, commit_spending, request_spending
from modules.finance.services.voiding import cancel_receipt, reverse_receipt
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff
from modules.finance.tests.test_independent_ledger import the_independent_ledger_agrees

KINDS = ("finance.water", "finance.fines", "finance.rent", "finance.rent_deposit")
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
        # Each history begins with the same books: what one left would decide what the next may do.
        cache.clear()
        self.begin = transaction.savepoint()
        self.nour = person()
        self.heirs = [person("خالد"), person("هدى")]
        self.family = [self.nour, *self.heirs]
        self.expected: dict[int, Decimal] = {}
        # What really lies in the drawer, by currency; and what was refunded of the deposits, by person and currency.
        self.drawer: dict[str, Decimal] = dict(cash_in(CashBox.objects.get(code="01")))
        self.refunded: dict[tuple[int, str], Decimal] = {}
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
        self.lay_in_the_drawer(currency, receipt.amount)
        for one in [*receipt.settlements.all(), *receipt.reductions.all()]:
            self.expected[one.charge_id] -= one.amount

    def lay_in_the_drawer(self, currency: str, amount: Decimal) -> None:
        self.drawer[currency] = self.drawer.get(currency, Decimal(0)) + amount

    @precondition(lambda self: any(one > 0 for one in self.drawer.values()))
    @rule(part=st.sampled_from(["0.5", "1"]), over=st.booleans())
    def take_cash_to_the_bank(self, part: str, over: bool) -> None:
        session = CashSession.objects.select_related("box").get(closed_at=None)
        currency = max(self.drawer, key=lambda one: self.drawer[one])
        amount = max(money(self.drawer[currency] * Decimal(part), currency), smallest(currency))
        if over:
            amount = money(self.drawer[currency] + 100, currency)
        try:
            remit_cash(session.box, amount=amount, slip="7", by=self.manager)
        except Refusal:
            assert over
            return
        assert not over
        self.lay_in_the_drawer(currency, -amount.amount)

    @rule(value=st.sampled_from(["5.10", "5.213", "5.40"]))
    def another_rate(self, value: str) -> None:
        rate("JOD", value)

    @rule(currency=st.sampled_from(sorted(AMOUNTS)), part=st.sampled_from(["0.5", "1", "1.5"]))
    def refund_a_deposit(self, currency: str, part: str) -> None:
        deposits = Account.objects.get(code="222")
        held = refundable(self.nour.pk, deposits, currency)
        amount = money(max(held, Decimal(1)) * Decimal(part), currency)
        try:
            made = request_spending(
                kind=SpendingKind.DEPOSIT_REFUND,
                party_id=self.nour.pk,
                purpose="رد تأمين",
                lines=[AskedLine(account=deposits, amount=amount)],
                by=HOUSE,
            )
            commit_spending(made, by=HOUSE)
            enter_invoice(made, reference="طلب", by=HOUSE)
        except Refusal:
            return
        key = (self.nour.pk, currency)
        self.refunded[key] = self.refunded.get(key, Decimal(0)) + amount.amount

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
        in_cash = cash_of(receipt)
        lies_there = self.drawer.get(receipt.currency, Decimal(0)) >= in_cash
        given_back = [
            *receipt.settlements.all(),
            *receipt.reductions.filter(entry__reversal=None),
        ]
        verb = cancel_receipt if receipt.session.is_open else reverse_receipt
        try:
            verb(receipt, reason="خطأ", by=self.manager)
        except Refusal:
            return
        assert lies_there, "what is not in the drawer was handed back"
        self.lay_in_the_drawer(receipt.currency, -in_cash)
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
        """The drawer is counted as it lies there, or half a coin off; the next session begins with what was counted."""
        session = CashSession.objects.get(closed_at=None)
        for one in expected_in(session):
            if (one.method, one.currency) == (Method.CASH, "ILS") and one.expected + Decimal(
                off
            ) >= 0:
                self.lay_in_the_drawer("ILS", Decimal(off))
        close_session(session, counts=self.counts(session), note="عد", by=self.cashier)
        open_session(session.box, opening_float=self.drawer, by=self.cashier)

    def counts(self, session: CashSession) -> list[Count]:
        """The cash as it lies there; cheques and what else came in is all there."""
        return [
            Count(
                method=Method(one.method),
                counted=money(
                    self.drawer.get(one.currency, Decimal(0))
                    if one.method == Method.CASH
                    else one.expected,
                    one.currency,
                ),
            )
            for one in expected_in(session)
        ]

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
    def the_drawer_holds_what_the_books_and_the_session_say(self) -> None:
        session = CashSession.objects.select_related("box").get(closed_at=None)
        lies_there = {one: amount for one, amount in self.drawer.items() if amount}
        assert cash_in(session.box) == lies_there
        expected = {
            one.currency: one.expected
            for one in expected_in(session)
            if one.expected and one.method == Method.CASH
        }
        assert expected == lies_there

    @invariant()
    def no_more_is_held_for_anybody_than_was_paid_in(self) -> None:
        deposits = Account.objects.get(code="222")
        paid = (
            Charge.objects.filter(party__in=self.family, kind__code="finance.rent_deposit")
            .values_list("party_id", "currency")
            .annotate(total=Sum("paid"))
        )
        for party_id, currency, total in paid:
            left = total - self.refunded.get((party_id, currency), Decimal(0))
            assert refundable(party_id, deposits, currency) == left

    @invariant()
    def a_statement_closes_with_what_the_panel_says(self) -> None:
        for person_ in self.family:
            told = statement_of(HOUSE, [person_.pk], since=today(), until=today())
            closing = {one.currency: one.closing for one in told.accounts if one.closing}
            owed = dict(dues_of([person_.pk], today=today(), on=today()).totals)
            for currency, amount in advance_of([person_.pk]).items():
                owed[currency] = owed.get(currency, Decimal(0)) - amount
            assert closing == {one: amount for one, amount in owed.items() if amount}

    @invariant()
    def no_settlement_is_lost(self) -> None:
        assert not Settlement.objects.filter(reverses__reverses__isnull=False).exists()

    def teardown(self) -> None:
        try:
            the_independent_ledger_agrees()
        finally:
            transaction.savepoint_rollback(self.begin)
            cache.clear()


def cash_of(receipt: Receipt) -> Decimal:
    """What of a receipt lies in the drawer; its cheques lie in the safe."""
    found = receipt.instruments.filter(method=Method.CASH).aggregate(total=Sum("amount"))["total"]
    return found or Decimal(0)


def smallest(currency: str) -> Money:
    return money(step_of(currency), currency)


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
