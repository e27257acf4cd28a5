"""Any history of dues, cash, cheques, bounces, credits, merged persons and closed months leaves books that prove themselves."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.holds.services import clear_holds_of
from kernel.money import money
from kernel.parties.selectors import ids_of
from kernel.parties.services import merge_parties
from kernel.viewer import Viewer
from modules.finance.constants import BounceReason, Method, PeriodState
from modules.finance.models import CashSession, Charge, Cheque, Period, Receipt
from modules.finance.selectors.ageing import ageing
from modules.finance.selectors.proofs import faults
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import (
    clear_cheques,
    deposit_cheques,
    hand_back_cheque,
    withdraw_cheque,
)
from modules.finance.services.cheques.taking import take_cheques
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.periods import close_period, reopen_period
from modules.finance.services.receiving import receive
from modules.finance.services.voiding import cancel_receipt
from modules.finance.tests.factories import HOUSE, cash, owes, person, session_of, staff
from modules.finance.tests.test_cheques import paper

AMOUNTS = ("0.10", "10.00", "99.90", "350.50")
picks = st.integers(0, 60)
amounts = st.sampled_from(AMOUNTS)
numbers = count(1)


class Cheques(RuleBasedStateMachine):
    """Nour pays in cash and by cheque; two days later the bank answers."""

    cashier: Viewer
    manager: Viewer

    def __init__(self) -> None:
        super().__init__()
        self.nour = person()
        if not CashSession.objects.filter(closed_at=None).exists():
            session_of(self.cashier)

    def mine(self) -> list[Cheque]:
        return list(Cheque.objects.filter(party_id__in=ids_of(self.nour.pk)).order_by("id"))

    @rule(amount=amounts, kind=st.sampled_from(["finance.water", "finance.fines"]))
    def charge(self, amount: str, kind: str) -> None:
        owes(self.nour, amount, kind=kind)

    @rule(amount=amounts, in_cash=amounts)
    def pay_by_cheque_and_cash(self, amount: str, in_cash: str) -> None:
        cheque = Tender(
            method=Method.CHEQUE,
            amount=money(amount),
            reference=str(next(numbers)),
            bank="البنك",
            dated_on=today(),
        )
        try:
            receive(
                Payment(
                    party_id=self.nour.pk,
                    payer_name="نور",
                    tenders=(cheque, cash(in_cash)),
                    family_ids=tuple(ids_of(self.nour.pk)),
                    keep_surplus=True,
                ),
                by=self.cashier,
            )
        except Refusal:
            return

    @rule(amount=amounts)
    def take_post_dated(self, amount: str) -> None:
        family = ids_of(self.nour.pk)
        owed = Charge.objects.filter(party_id__in=family, balance__gt=0).values_list(
            "id", flat=True
        )
        try:
            take_cheques(
                party_id=self.nour.pk,
                drawer="نور",
                cheques=[paper(f"P{next(numbers)}", amount, days=1)],
                charge_ids=list(owed),
                by=HOUSE,
            )
        except Refusal:
            return

    @rule(pick=picks, what=st.sampled_from(["deposit", "clear", "bounce", "back", "withdraw"]))
    def move(self, pick: int, what: str) -> None:
        known = self.mine()
        if not known:
            return
        cheque = known[pick % len(known)]
        verbs = {
            "deposit": lambda: deposit_cheques([cheque], by=HOUSE),
            "clear": lambda: clear_cheques([cheque], by=HOUSE),
            "bounce": lambda: bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=HOUSE),
            "back": lambda: hand_back_cheque(cheque, reason="طلبه", by=HOUSE),
            "withdraw": lambda: withdraw_cheque(cheque, reason="طلبه", by=HOUSE),
        }
        with time_machine.travel(timezone.now() + timedelta(days=2), tick=True):
            try:
                verbs[what]()
            except Refusal:
                return

    @rule(pick=picks)
    def take_a_receipt_back(self, pick: int) -> None:
        known = list(Receipt.objects.filter(party_id__in=ids_of(self.nour.pk)).order_by("id"))
        if not known:
            return
        try:
            cancel_receipt(known[pick % len(known)], reason="خطأ", by=self.manager)
        except Refusal:
            return

    @rule()
    def forgive_the_bounces(self) -> None:
        clear_holds_of("finance.cheques", reason="تعهد", by=HOUSE)

    @rule()
    def merge_a_double_into_her(self) -> None:
        double = person("نورة")
        owes(double, "5")
        merge_parties(keep=self.nour.uid, alias=double.uid, reason="مكرر", by=HOUSE)

    @rule()
    def close_and_reopen_a_month(self) -> None:
        month = Period.objects.filter(year=today().year, month=1).first()
        if month is not None and month.state == PeriodState.OPEN:
            close_period(month, by=HOUSE)
            reopen_period(month, reason="تعديل", by=HOUSE)

    @invariant()
    def the_books_prove_themselves(self) -> None:
        assert faults(HOUSE) == []

    @invariant()
    def the_ageing_of_every_day_equals_the_control_accounts(self) -> None:
        for days in (0, 1, 2):
            assert ageing(HOUSE, on=today() + timedelta(days=days)).differences == {}

    @invariant()
    def nothing_is_settled_beyond_what_was_owed(self) -> None:
        for one in Charge.objects.filter(party_id__in=ids_of(self.nour.pk)):
            assert Decimal(0) <= one.balance <= one.principal


@pytest.mark.slow
def test_any_history_of_cheques_leaves_books_that_prove_themselves(town: str) -> None:
    Cheques.cashier = staff("karim2", "cashier")
    Cheques.manager = staff("muna", "finance_manager")
    run_state_machine_as_test(
        Cheques,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
