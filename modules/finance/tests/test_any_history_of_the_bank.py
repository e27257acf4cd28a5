"""Any history of statements, matches, postings and approvals: nothing is matched twice, and the two sides always meet."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

import pytest
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
from kernel.viewer import Viewer
from modules.finance.constants import Method
from modules.finance.models import Account, BankLine, BankStatement, CashSession
from modules.finance.pages.bank_line import confirm_offer
from modules.finance.selectors.bank import on_the_way, open_ledger_lines, reconciliation
from modules.finance.selectors.bank_offers import offers, open_bank_lines, pools
from modules.finance.selectors.proofs import faults
from modules.finance.services.bank.importing import Told, discard_statement, import_statements
from modules.finance.services.bank.matching import (
    collect,
    match_with_books,
    post_from_line,
    unmatch,
)
from modules.finance.services.bank.reconciling import (
    approve_reconciliation,
    prepare_reconciliation,
)
from modules.finance.services.bank.unknown import keep_unidentified, name_payer
from modules.finance.tests.factories import HOUSE, person, session_of, staff
from modules.finance.tests.test_bank_matching import received, remitted
from modules.finance.tests.test_bank_statements import bank

AMOUNTS = ("3.00", "100.00", "100.00", "250.50")
amounts = st.sampled_from(AMOUNTS)
picks = st.integers(0, 40)
numbers = count(1000)


class Bank(RuleBasedStateMachine):
    """Money goes to the bank, the bank says what it saw, people match, undo and approve."""

    cashier: Viewer
    huda: Viewer
    fadi: Viewer

    def __init__(self) -> None:
        super().__init__()
        if not CashSession.objects.filter(closed_at=None).exists():
            session_of(self.cashier)

    def line(self, pick: int) -> BankLine | None:
        known = list(BankLine.objects.select_related("statement__account").order_by("id"))
        return known[pick % len(known)] if known else None

    @rule(amount=amounts)
    def cash_to_the_bank(self, amount: str) -> None:
        remitted(amount, f"slip {next(numbers)}")

    @rule(amount=amounts)
    def a_card_is_on_its_way(self, amount: str) -> None:
        received(amount, method=Method.CARD, reference=str(next(numbers)), by=self.cashier)

    @rule(rows=st.lists(st.tuples(amounts, st.booleans()), min_size=1, max_size=4))
    def the_bank_sends_a_statement(self, rows: list[tuple[str, bool]]) -> None:
        day = f"{today():%d/%m/%Y}"
        text = "date,text,amount\n" + "".join(
            f"{day},n{next(numbers)},{'-' if out else ''}{amount}\n" for amount, out in rows
        )
        opening = None if BankStatement.objects.exists() else Decimal(0)
        import_statements(
            bank(),
            currency="ILS",
            content=text.encode(),
            name="كشف.csv",
            told=Told(opening=opening),
            by=HOUSE,
        )

    @rule()
    def confirm_what_is_offered(self) -> None:
        waiting = open_bank_lines(bank(), "ILS")
        found = offers(HOUSE, waiting, pools(bank(), "ILS"), on=today())
        for one in waiting:
            if one.pk in found:
                try:
                    confirm_offer(one, found[one.pk].value, by=self.huda)
                except Refusal:
                    continue

    @rule(pick=picks, other=picks, more=picks)
    def match_anything(self, pick: int, other: int, more: int) -> None:
        line, books = self.line(pick), open_ledger_lines([bank().pk], "ILS")
        if line is None or not books:
            return
        ids = {books[other % len(books)].pk, books[more % len(books)].pk}
        try:
            match_with_books(line, sorted(ids), by=self.huda)
        except Refusal:
            return

    @rule(
        pick=picks, other=picks, what=st.sampled_from(["post", "unknown", "cards", "back", "payer"])
    )
    def do_with_a_line(self, pick: int, other: int, what: str) -> None:
        line, coming = self.line(pick), on_the_way("ILS")
        if line is None:
            return
        some = [one.pk for one in coming[: other % 3 + 1]]
        verbs = {
            "post": lambda: post_from_line(line, Account.objects.get(code="56"), by=self.huda),
            "unknown": lambda: keep_unidentified(line, by=self.huda),
            "cards": lambda: collect(line, some, commission=True, by=self.huda),
            "back": lambda: unmatch(line, reason="خطأ", by=self.huda),
            "payer": lambda: name_payer(line, party_id=person().pk, by=self.huda),
        }
        try:
            verbs[what]()
        except Refusal:
            return

    @rule(pick=picks)
    def prepare_and_approve(self, pick: int) -> None:
        known = list(BankStatement.objects.order_by("position"))
        if not known:
            return
        statement = known[pick % len(known)]
        try:
            prepare_reconciliation(statement, by=self.huda)
            approve_reconciliation(statement, by=self.fadi)
        except Refusal:
            return

    @rule()
    def take_the_newest_out(self) -> None:
        newest = BankStatement.objects.order_by("-position").first()
        if newest is not None:
            try:
                discard_statement(newest, reason="خطأ", by=self.huda)
            except Refusal:
                return

    @invariant()
    def the_books_prove_themselves(self) -> None:
        assert faults(HOUSE) == []

    @invariant()
    def the_two_sides_meet(self) -> None:
        if BankStatement.objects.exists():
            figures = reconciliation(HOUSE, bank(), "ILS", on=today())
            assert figures.difference == 0


@pytest.mark.slow
def test_any_history_of_the_bank_leaves_two_sides_that_meet(town: str) -> None:
    Bank.cashier = staff("karim2", "cashier")
    Bank.huda = staff("huda", "accountant")
    Bank.fadi = staff("fadi", "finance_manager")
    run_state_machine_as_test(
        Bank,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
