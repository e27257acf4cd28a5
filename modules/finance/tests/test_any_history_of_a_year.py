"""Any history over months leaves books that prove themselves: everything of a single day, and what only time brings.

To the charges, payments, credits and moves of `test_any_history` come the roll of a year, months that are closed while one
posts into them, instalment plans that break and stand again, cheques that come back, and records that become one.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
import time_machine
from django.db.models import Count, Max, Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.holds.services import clear_holds_of
from kernel.money import money
from kernel.parties.selectors import ids_of
from kernel.parties.services import merge_parties
from modules.finance.constants import AgeingBy, BounceReason, Method, PlanState
from modules.finance.errors import PeriodClosed
from modules.finance.models import (
    CashSession,
    Charge,
    Cheque,
    Credit,
    Entry,
    Period,
    Plan,
    Receipt,
    Settlement,
)
from modules.finance.months import month_later
from modules.finance.selectors.ageing import ageing
from modules.finance.selectors.dues import advance_of, dues_of
from modules.finance.selectors.plans import progress_of
from modules.finance.selectors.statements import statement_of
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import clear_cheques, deposit_cheques
from modules.finance.services.cheques.taking import take_cheques
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.periods import close_period, lock_period, period_of, reopen_period
from modules.finance.services.planning import Terms, agree_plan, restore_plan, review_plans
from modules.finance.services.receiving import receive
from modules.finance.services.rolling import Roll, preview_roll, run_roll
from modules.finance.services.sessions import close_session, open_session
from modules.finance.tests.factories import HOUSE, cash, owes, pays, person, rate, staff
from modules.finance.tests.test_any_history import AMOUNTS, Books, picks
from modules.finance.tests.test_cheques import paper

numbers = count(1)
LARGER = st.sampled_from(["60.00", "350.50", "900.00"])


class Year(Books):
    """Nour's year: days go by, so instalments are missed and cheques mature."""

    def __init__(self) -> None:
        # The history begins in the middle of a year that may end while it runs.
        begin = datetime.combine(
            date(today().year, 10, 20), time(9), tzinfo=timezone.get_current_timezone()
        )
        self.clock = time_machine.travel(begin, tick=True)
        self.now = self.clock.start()
        try:
            super().__init__()
            self.day_begins()
        except BaseException:
            self.clock.stop()
            raise

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self.clock.stop()

    @property
    def hers(self) -> list[int]:
        return list(ids_of(self.nour.pk))

    def day_begins(self) -> None:
        """The rates of the day, and somebody at the box."""
        rate("JOD", "5.213")
        rate("USD", "3.69")
        if not CashSession.objects.filter(closed_at=None).exists():
            box = CashSession.objects.order_by("-id").first()
            assert box is not None
            open_session(box.box, opening_float=self.drawer, by=self.cashier)

    def everybody_goes_home(self) -> None:
        session = CashSession.objects.get(closed_at=None)
        close_session(session, counts=self.counts(session), note="عد", by=self.cashier)

    @rule(days=st.sampled_from([1, 12, 40]))
    def days_go_by(self, days: int) -> None:
        self.everybody_goes_home()
        self.now.shift(timedelta(days=days))
        self.day_begins()
        standing = set(Plan.objects.filter(state=PlanState.ACTIVE).values_list("pk", flat=True))
        review_plans(by=HOUSE)
        for plan in Plan.objects.filter(pk__in=standing, state=PlanState.DEFAULTED):
            assert len(progress_of(plan, on=today()).missed) >= 2

    @rule()
    def close_the_month_one_posts_into(self) -> None:
        """Nobody gets anything into it, by whichever way; then it is opened again."""
        self.everybody_goes_home()
        month = period_of(today())
        close_period(month, by=HOUSE)
        before = (Entry.objects.count(), Charge.objects.count(), Receipt.objects.count())
        for way in (
            lambda: owes(self.nour, "10"),
            lambda: run_roll(self.roll(), by=HOUSE) or owes(self.nour, "1"),
        ):
            with pytest.raises(PeriodClosed):
                way()
        assert before == (Entry.objects.count(), Charge.objects.count(), Receipt.objects.count())
        reopen_period(month, reason="تعديل", by=HOUSE)
        self.day_begins()

    @rule(lock=st.booleans())
    def close_what_is_behind(self, lock: bool) -> None:
        """Months that are over stay closed, some for good; whatever comes later is dated later."""
        for month in Period.objects.filter(year=today().year, month__lt=today().month):
            try:
                close_period(month, by=HOUSE)
                if lock:
                    lock_period(month, by=HOUSE)
            except Refusal:
                continue

    def roll(self) -> Roll:
        year = today().year
        return Roll(
            kind="finance.water",
            from_year=year,
            to_year=year + 1,
            due_on=date(year + 1, 3, 1),
            percent=Decimal(5),
        )

    @rule()
    def assess_everybody(self) -> None:
        """What the preview told is charged, and a second run charges nobody."""
        told = preview_roll(self.roll(), by=HOUSE)
        last = Charge.objects.aggregate(last=Max("id"))["last"] or 0
        assert run_roll(self.roll(), by=HOUSE) == len(told.news)
        assert run_roll(self.roll(), by=HOUSE) == 0
        new = Charge.objects.filter(pk__gt=last)
        sums = dict(new.order_by().values_list("currency").annotate(Sum("principal")))
        assert sums == told.totals
        mine = {one.pk for one in self.family}
        self.expected |= {one.pk: one.principal for one in new if one.party_id in mine}

    @rule(amount=LARGER, months=st.integers(2, 4))
    def agree_on_instalments(self, amount: str, months: int) -> None:
        """A fifth is paid down; the plan changes no due."""
        due = owes(self.nour, amount)
        self.expected[due.pk] = due.principal
        down = money(due.principal * Decimal("0.20"), "ILS")
        try:
            receipt = pays(self.nour, down, by=self.cashier, charges=[due])
        except Refusal:
            return
        self.lay_in_the_drawer("ILS", receipt.amount)
        for one in [*receipt.settlements.all(), *receipt.reductions.all()]:
            self.expected[one.charge_id] -= one.amount
        before = dict(Charge.objects.values_list("id", "balance"))
        try:
            plan = agree_plan(
                party_id=self.nour.pk,
                charge_ids=[due.pk],
                terms=Terms(count=months, first_on=month_later(today(), 1)),
                by=HOUSE,
            )
        except Refusal:
            return
        assert dict(Charge.objects.values_list("id", "balance")) == before
        assert sum(Decimal(one["amount"]) for one in plan.schedule) == plan.amount

    @precondition(lambda self: Plan.objects.filter(state=PlanState.DEFAULTED).exists())
    @rule()
    def let_a_broken_plan_stand_again(self) -> None:
        plan = Plan.objects.filter(state=PlanState.DEFAULTED).order_by("id").first()
        assert plan is not None
        missed = progress_of(plan, on=today()).missed_amount
        try:
            restore_plan(plan, reason="سدد", by=HOUSE)
        except Refusal:
            assert missed > 0
            return
        assert missed == 0

    @rule(amount=LARGER, in_cash=st.sampled_from(["0.10", "99.90"]))
    def pay_by_cheque_and_cash(self, amount: str, in_cash: str) -> None:
        cheque = Tender(
            method=Method.CHEQUE,
            amount=money(amount),
            reference=str(next(numbers)),
            bank="البنك",
            dated_on=today(),
        )
        try:
            receipt = receive(
                Payment(
                    party_id=self.nour.pk,
                    payer_name="نور",
                    tenders=(cheque, cash(in_cash)),
                    family_ids=tuple(self.hers),
                    keep_surplus=True,
                ),
                by=self.cashier,
            )
        except Refusal:
            return
        self.lay_in_the_drawer("ILS", Decimal(in_cash))
        for one in [*receipt.settlements.all(), *receipt.reductions.all()]:
            self.expected[one.charge_id] -= one.amount

    @rule(amount=LARGER)
    def take_post_dated(self, amount: str) -> None:
        """Covered is not settled: nothing becomes smaller."""
        owed = Charge.objects.filter(party_id__in=self.hers, balance__gt=0, currency="ILS")
        try:
            take_cheques(
                party_id=self.nour.pk,
                drawer="نور",
                cheques=[paper(f"P{next(numbers)}", amount, days=10)],
                charge_ids=list(owed.order_by("id").values_list("id", flat=True)),
                by=HOUSE,
            )
        except Refusal:
            return

    @rule(pick=picks, what=st.sampled_from(["deposit", "clear", "bounce", "bounce"]))
    def the_bank_answers(self, pick: int, what: str) -> None:
        known = list(Cheque.objects.filter(party_id__in=self.hers, way="in").order_by("id"))
        if not known:
            return
        cheque = known[pick % len(known)]
        verbs: dict[str, Any] = {
            "deposit": lambda: deposit_cheques([cheque], by=HOUSE),
            "clear": lambda: clear_cheques([cheque], by=HOUSE),
            "bounce": lambda: bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=HOUSE),
        }
        settled = Settlement.objects.aggregate(last=Max("id"))["last"] or 0
        charged = Charge.objects.aggregate(last=Max("id"))["last"] or 0
        granted = Credit.objects.aggregate(last=Max("id"))["last"] or 0
        try:
            verbs[what]()
        except Refusal:
            return
        assert what != "deposit" or not Settlement.objects.filter(pk__gt=settled).exists()
        for one in Settlement.objects.filter(pk__gt=settled):
            assert (one.amount < 0) == (what == "bounce")
            self.expected[one.charge_id] -= one.amount
        assert not Credit.objects.filter(pk__gt=granted).exists()
        for due in Charge.objects.filter(pk__gt=charged):
            assert what == "bounce"
            self.expected[due.pk] = due.principal

    @rule()
    def forgive_the_bounces(self) -> None:
        clear_holds_of("finance.cheques", reason="تعهد", by=HOUSE)

    @rule(currency=st.sampled_from(sorted(AMOUNTS)))
    def merge_a_double_into_her(self, currency: str) -> None:
        double = person("نورة")
        due = owes(double, money(AMOUNTS[currency][1], currency), kind="finance.rent")
        self.family.append(double)
        self.expected[due.pk] = due.principal
        merge_parties(keep=self.nour.uid, alias=double.uid, reason="مكرر", by=HOUSE)

    @invariant()
    def the_ageing_equals_the_control_accounts_however_it_is_told(self) -> None:
        for by in AgeingBy:
            for days in (-30, 0):
                assert ageing(HOUSE, on=today() + timedelta(days=days), by=by).differences == {}

    @invariant()
    def no_receipt_gives_more_than_it_took(self) -> None:
        for one in Receipt.objects.filter(party_id__in=self.hers, void_kind="").prefetch_related(
            "settlements"
        ):
            used = sum(
                (row.tendered for row in one.settlements.all() if row.amount > 0), Decimal(0)
            )
            assert used <= one.amount
        for due in Charge.objects.filter(party_id__in=self.hers):
            assert Decimal(0) <= due.balance <= due.principal

    @invariant()
    def nothing_is_posted_twice_and_no_number_is_missing(self) -> None:
        twice = Entry.objects.exclude(source="").values("source").annotate(n=Count("id"))
        assert not twice.filter(n__gt=1).exists()
        known = sorted(Plan.objects.filter(year=today().year).values_list("number", flat=True))
        assert known == list(range(1, len(known) + 1))

    @invariant()
    def a_plan_never_stands_for_more_than_its_dues(self) -> None:
        for plan in Plan.objects.filter(party_id__in=self.hers, state=PlanState.ACTIVE):
            progress = progress_of(plan, on=today())
            assert progress.paid <= plan.amount
            assert all(one.paid <= one.amount for one in progress.instalments)

    @invariant()
    def her_statement_over_all_her_records_is_the_panel(self) -> None:
        told = statement_of(HOUSE, self.hers, since=today(), until=today())
        closing = {one.currency: one.closing for one in told.accounts if one.closing}
        owed = dict(dues_of(self.hers, today=today(), on=today()).totals)
        for currency, amount in advance_of(self.hers).items():
            owed[currency] = owed.get(currency, Decimal(0)) - amount
        assert closing == {one: amount for one, amount in owed.items() if amount}


@pytest.mark.slow
def test_any_history_of_a_year_leaves_books_that_prove_themselves(town: str) -> None:
    Year.cashier = staff("karim2", "cashier")
    Year.manager = staff("muna", "finance_manager")
    run_state_machine_as_test(
        Year,
        settings=settings(
            max_examples=7,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
