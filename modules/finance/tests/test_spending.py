"""Spending from the request to the receiver's signature, under the budget; deposits; the petty cash."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import Money, money
from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.finance.constants import ChequeState, PayWay, SpendingKind
from modules.finance.errors.spending import (
    ApprovalAboveAuthority,
    BudgetBelowUse,
    BudgetExceeded,
    CouncilDecisionMissing,
    DepositTooSmall,
    IssuedChequeTaken,
    PettyCashOverfull,
    PettyCashTooLarge,
    ReceiverMissing,
    SamePersonTwice,
    SpendingMoveNotAllowed,
    TransferNeedsCouncil,
)
from modules.finance.models import Account, BudgetLine, Cheque, Spending
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.spending import balance_of, deposits_held, execution, held_for
from modules.finance.services.budgeting import BudgetPaper, add_line, supplement, transfer
from modules.finance.services.spending.approving import approve_spending, enter_invoice
from modules.finance.services.spending.asking import (
    AskedLine,
    commit_spending,
    request_spending,
)
from modules.finance.services.spending.paying import (
    PaidBy,
    call_back_issued,
    clear_issued,
    forfeit_deposit,
    hand_over,
    pay_out,
)
from modules.finance.services.spending.returning import reject_spending
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff
from modules.finance.tests.test_guards import refused, sql


class People(NamedTuple):
    huda: Viewer
    fadi: Viewer
    mayor: Viewer


def paper(authority: str = "council") -> BudgetPaper:
    return BudgetPaper(number="12/2026", decided_on=today(), authority=authority)


def account(code: str) -> Account:
    return Account.objects.get(code=code)


def line(code: str = "52", amount: str = "1000", *, control: str = "block") -> BudgetLine:
    return add_line(
        year=today().year,
        account=account(code),
        amount=Decimal(amount),
        paper=paper(),
        control=control,
        by=HOUSE,
    )


def asked(
    budget: BudgetLine | None, amount: Money | str = "400", *, by: Viewer = HOUSE
) -> Spending:
    return request_spending(
        kind=SpendingKind.PURCHASE,
        party_id=person("مورد").pk,
        purpose="قرطاسية",
        lines=[
            AskedLine(
                account=budget.account if budget else account("52"),
                amount=money(amount) if isinstance(amount, str) else amount,
                budget_line=budget,
            )
        ],
        by=by,
    )


def approved(budget: BudgetLine, people: People, amount: str = "400") -> Spending:
    made = asked(budget, amount, by=people.huda)
    commit_spending(made, by=people.huda)
    enter_invoice(made, reference="F-9", by=people.huda)
    return approve_spending(made, by=people.mayor)


@pytest.fixture
def people(town: str) -> People:
    mayor = staff("murad", "auditor").with_permissions("finance.approve_spending_mayor")
    return People(staff("huda", "accountant"), staff("fadi", "finance_manager"), mayor)


def figures(budget: BudgetLine) -> tuple[int, ...]:
    budget.refresh_from_db()
    return (int(budget.revised), int(budget.committed), int(budget.spent))


def test_a_purchase_goes_from_the_request_to_the_receivers_signature(people: People) -> None:
    budget = line()
    made = asked(budget, by=people.huda)
    assert figures(budget) == (1000, 0, 0)
    commit_spending(made, by=people.huda)
    assert (figures(budget), balance_of(account("91").pk, "ILS")) == ((1000, 400, 0), 400)
    enter_invoice(made, reference="F-9", by=people.huda)
    assert (figures(budget), balance_of(account("91").pk, "ILS")) == ((1000, 0, 400), 0)
    assert balance_of(account("21").pk, "ILS") == -400
    approve_spending(made, by=people.mayor)
    pay_out(made, PaidBy(way=PayWay.CHEQUE, reference="5001"), by=people.fadi)
    hand_over(made, receiver="سامي", id_number="900000015", by=people.fadi)
    cheque = Cheque.objects.get(way="out")
    clear_issued(cheque, by=people.fadi)

    made.refresh_from_db()
    assert made.state == "handed_over"
    assert [balance_of(account(code).pk, "ILS") for code in ("21", "211", "1121", "52")] == [
        0,
        0,
        -400,
        400,
    ]
    assert faults(HOUSE) == []


def test_what_exceeds_a_blocking_line_is_refused_also_by_the_database(people: People) -> None:
    budget = line(amount="300")
    with pytest.raises(BudgetExceeded):
        commit_spending(asked(budget), by=people.huda)
    with refused("23514"):
        sql(
            "INSERT INTO finance_budgetmove (uid, created_at, line_id, kind, on_date, amount, spending_id, decision_no,"
            " reason, made_by_name) SELECT gen_random_uuid(), now(), %s, 'commitment', now(), 301, id, '', '', ''"
            " FROM finance_spending LIMIT 1",
            budget.pk,
        )
    with refused("BA042"):
        sql("UPDATE finance_budgetline SET revised = 9999 WHERE id = %s", budget.pk)


def test_a_line_that_warns_says_so_and_goes_on(people: People) -> None:
    budget = line(amount="300", control="warn")
    exceeded = commit_spending(asked(budget), by=people.huda)
    assert exceeded == [budget]


def test_who_may_approve_follows_the_amount(people: People) -> None:
    budget = line(amount="100000")
    made = asked(budget, "501", by=people.huda)
    commit_spending(made, by=people.huda)
    enter_invoice(made, reference="F", by=people.huda)
    other = staff("samar", "accountant")
    with pytest.raises(ApprovalAboveAuthority):
        approve_spending(made, by=other)
    assert approve_spending(made, by=people.fadi).state == "approved"

    large = asked(budget, "50001", by=people.huda)
    commit_spending(large, by=people.huda)
    enter_invoice(large, reference="F", by=people.huda)
    with pytest.raises(CouncilDecisionMissing):
        approve_spending(large, by=people.mayor)
    assert approve_spending(large, decision_no="44", by=people.mayor).state == "approved"


def test_nobody_approves_what_he_prepared_or_pays_what_he_approved(people: People) -> None:
    budget = line()
    made = asked(budget, by=people.huda)
    commit_spending(made, by=people.huda)
    enter_invoice(made, reference="F", by=people.huda)
    with pytest.raises(SamePersonTwice):
        approve_spending(made, by=people.huda)
    approve_spending(made, by=people.fadi)
    with pytest.raises(SamePersonTwice):
        pay_out(made, PaidBy(way=PayWay.TRANSFER, reference="T1"), by=people.fadi)


def test_steps_are_not_skipped(people: People) -> None:
    made = asked(line(), by=people.huda)
    with pytest.raises(SpendingMoveNotAllowed):
        pay_out(made, PaidBy(way=PayWay.TRANSFER, reference="1"), by=people.fadi)
    with pytest.raises(SpendingMoveNotAllowed):
        enter_invoice(made, reference="F", by=people.huda)


def test_a_rejected_request_gives_its_commitment_back(people: People) -> None:
    budget = line()
    made = asked(budget)
    commit_spending(made, by=people.huda)
    reject_spending(made, reason="لا حاجة", by=people.huda)
    assert figures(budget) == (1000, 0, 0)
    assert faults(HOUSE) == []


def test_a_stopped_cheque_leaves_the_payment_to_be_made_again(people: People) -> None:
    made = approved(line(), people)
    pay_out(made, PaidBy(way=PayWay.CHEQUE, reference="5001"), by=people.fadi)
    with pytest.raises(ReceiverMissing):
        hand_over(made, receiver="سامي", id_number="", by=people.fadi)
    hand_over(made, receiver="سامي", id_number="900000015", by=people.fadi)
    call_back_issued(Cheque.objects.get(), to=ChequeState.STOPPED, reason="ضاع", by=people.fadi)
    made.refresh_from_db()
    assert (made.state, balance_of(account("211").pk, "ILS")) == ("approved", 0)
    with pytest.raises(IssuedChequeTaken):
        pay_out(made, PaidBy(way=PayWay.CHEQUE, reference="5001"), by=people.fadi)
    pay_out(made, PaidBy(way=PayWay.CHEQUE, reference="5002"), by=people.fadi)
    assert faults(HOUSE) == []


def test_transfers_move_money_between_lines_by_who_may(people: People) -> None:
    office, pens, water = line("52"), line("53"), line("61")
    with pytest.raises(TransferNeedsCouncil):
        transfer(office, water, amount=Decimal(100), paper=paper("mayor"), by=HOUSE)
    transfer(office, water, amount=Decimal(100), paper=paper(), by=HOUSE)
    supplement(pens, amount=Decimal(50), paper=paper(), by=HOUSE)
    with pytest.raises(BudgetBelowUse):
        supplement(pens, amount=Decimal(-2000), paper=paper(), by=HOUSE)
    rows = {one.line.account.code: one for one in execution(HOUSE, year=today().year)}
    assert (rows["52"].transfers, rows["61"].transfers, rows["53"].supplements) == (-100, 100, 50)
    assert [int(rows[code].available) for code in ("52", "53", "61")] == [900, 1050, 1100]


def held_deposit(nour: Party) -> None:
    cashier = staff("karim", "cashier")
    session_of(cashier)
    owes(nour, money("150.500", "JOD"), kind="finance.rent_deposit")
    pays(nour, money("150.500", "JOD"), by=cashier)


def test_a_deposit_is_a_liability_refunded_or_forfeited(people: People) -> None:
    from modules.finance.tests.factories import rate

    rate("JOD", "5.213")
    nour, deposits = person(), account("222")
    held_deposit(nour)
    assert held_for(nour.pk, deposits, "JOD") == Decimal("150.500")

    def refund(amount: str) -> Spending:
        return request_spending(
            kind=SpendingKind.DEPOSIT_REFUND,
            party_id=nour.pk,
            purpose="رد تأمين",
            lines=[AskedLine(account=deposits, amount=money(amount, "JOD"))],
            by=people.huda,
        )

    with pytest.raises(DepositTooSmall):
        refund("150.501")
    made = refund("100.500")
    commit_spending(made, by=people.huda)
    enter_invoice(made, reference="طلب", by=people.huda)
    approve_spending(made, by=people.fadi)
    pay_out(made, PaidBy(way=PayWay.TRANSFER, reference="T"), by=staff("rami", "finance_manager"))
    forfeit_deposit(
        party_id=nour.pk,
        account=deposits,
        amount=money("50", "JOD"),
        decision_no="7",
        reason="مخالفة العقد",
        by=HOUSE,
    )
    assert held_for(nour.pk, deposits, "JOD") == 0
    assert faults(HOUSE) == []


def test_only_what_was_paid_in_is_given_back_and_only_once(people: People) -> None:
    cashier = staff("karim", "cashier")
    session_of(cashier)
    nour, deposits = person(), account("222")
    owes(nour, money("150"), kind="finance.rent_deposit")

    def refund(amount: str) -> Spending:
        return request_spending(
            kind=SpendingKind.DEPOSIT_REFUND,
            party_id=nour.pk,
            purpose="رد تأمين",
            lines=[AskedLine(account=deposits, amount=money(amount))],
            by=people.huda,
        )

    def forfeit(amount: str) -> None:
        forfeit_deposit(
            party_id=nour.pk,
            account=deposits,
            amount=money(amount),
            decision_no="7",
            reason="مخالفة العقد",
            by=HOUSE,
        )

    with pytest.raises(DepositTooSmall):
        refund("0.01")
    assert deposits_held(HOUSE, [deposits]) == []
    pays(nour, money("100"), by=cashier)
    with pytest.raises(DepositTooSmall):
        refund("100.01")
    first = refund("60")
    with pytest.raises(DepositTooSmall):
        refund("40.01")
    with pytest.raises(DepositTooSmall):
        forfeit("40.01")
    commit_spending(first, by=people.huda)
    enter_invoice(first, reference="طلب", by=people.huda)
    second = refund("40")
    assert [one.amount for one in deposits_held(HOUSE, [deposits])] == [Decimal(40)]
    with pytest.raises(DepositTooSmall):
        forfeit("1")
    reject_spending(second, reason="عاد المستأجر", by=people.huda)
    forfeit("40")
    assert faults(HOUSE) == []


def test_the_petty_cash_has_its_limits(people: People) -> None:
    def filling(amount: str) -> Spending:
        return request_spending(
            kind=SpendingKind.PETTY_CASH,
            party_id=person("أمين السلفة").pk,
            purpose="تغذية السلفة",
            lines=[AskedLine(account=account("151"), amount=money(amount))],
            by=people.huda,
        )

    with pytest.raises(PettyCashOverfull):
        filling("2001")
    made = filling("1000")
    commit_spending(made, by=people.huda)
    enter_invoice(made, reference="1", by=people.huda)
    approve_spending(made, by=people.mayor)
    pay_out(made, PaidBy(way=PayWay.TRANSFER, reference="T"), by=people.fadi)
    budget = line()
    with pytest.raises(PettyCashTooLarge):
        pay_out(approved(budget, people, "301"), PaidBy(way=PayWay.PETTY_CASH), by=people.fadi)
    pay_out(approved(budget, people, "300"), PaidBy(way=PayWay.PETTY_CASH), by=people.fadi)
    assert balance_of(account("151").pk, "ILS") == 700


def test_the_pages_of_spending(people: People, client_for: Callable[..., Client]) -> None:
    budget = line()
    supplier = person("مورد")
    huda, fadi = client_for("huda"), client_for("fadi")
    assert huda.get(reverse("finance:spending-new")).status_code == 200
    typed = {
        "kind": "purchase",
        "party": str(supplier.uid),
        "party_text": supplier.full_name,
        "purpose": "قرطاسية",
        "currency": "ILS",
        "account_0": "52",
        "amount_0": "120.50",
        "budget_0": str(budget.uid),
    }
    answer = huda.post(reverse("finance:spending-new"), typed)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    made = Spending.objects.get()
    for browser, to, more in (
        (huda, "committed", {"note": ""}),
        (huda, "invoiced", {"reference": "F-1", "note": ""}),
        (fadi, "approved", {"note": "", "decision_no": ""}),
    ):
        moved = browser.post(reverse("finance:spending-move", args=[made.uid, to]), more)
        assert moved.status_code == 302, (to, moved.content.decode()[-3000:])
    staff("rami", "finance_manager")
    rami = client_for("rami")
    paid = rami.post(
        reverse("finance:spending-move", args=[made.uid, "issued"]),
        {"way": "transfer", "reference": "T-1", "bank": "1121", "dated_on": ""},
    )
    assert paid.status_code == 302, paid.content.decode()[-3000:]
    voucher = rami.get(reverse("finance:spending-paper", args=[made.uid]))
    assert voucher.content.startswith(b"%PDF")
    for name in ("spendings", "budget", "budget-new", "deposits"):
        assert rami.get(reverse(f"finance:{name}")).status_code == 200, name
    assert rami.get(reverse("finance:spending", args=[made.uid])).status_code == 200
    assert rami.get(reverse("finance:budget-line", args=[budget.uid])).status_code == 200
    made.refresh_from_db()
    assert made.state == "issued"
