"""What the payer owes set off against what we owe the payer (المقاصة): up to what is open, once, and given back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.money import Money, money
from kernel.parties.models import Party
from kernel.policies.services import set_value
from kernel.viewer import Viewer
from modules.finance.constants import ChequeState, Method, PayWay, SpendingKind
from modules.finance.errors.set_offs import (
    NothingLeftToPay,
    PayableInAnotherCurrency,
    PayableMissing,
    PayableNotOpen,
    PayableNotSetOff,
    PayableTooSmall,
    SetOffStands,
)
from modules.finance.errors.spending import SpendingMoveNotAllowed
from modules.finance.errors.suppliers import SupplierBlocked
from modules.finance.models import Account, Cheque, Line, Receipt, Spending
from modules.finance.selectors.payables import left_of, payables_of
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.spending import balance_of
from modules.finance.selectors.suppliers import ageing_of_payables
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.receiving import receive
from modules.finance.services.spending.approving import approve_spending, enter_invoice
from modules.finance.services.spending.asking import AskedLine, commit_spending, request_spending
from modules.finance.services.spending.paying import (
    PaidBy,
    call_back_issued,
    hand_over,
    pay_out,
)
from modules.finance.services.spending.returning import reject_spending, send_payment_back
from modules.finance.services.supplying import add_supplier, block_supplier
from modules.finance.services.voiding import cancel_receipt
from modules.finance.tests.factories import HOUSE, owes, person, rate, session_of, staff
from modules.finance.tests.test_cash_basis import told
from modules.finance.tests.test_guards import refused, sql

TRANSFER = PaidBy(way=PayWay.TRANSFER, reference="T1")


def account(code: str) -> Account:
    return Account.objects.get(code=code)


def owed_to(
    party: Party, amount: Money | str = "400", *, invoice: str = "F-9", approve: bool = True
) -> Spending:
    """The municipality owes the person this for what was bought."""
    huda = staff("huda", "accountant")
    made = request_spending(
        kind=SpendingKind.PURCHASE,
        party_id=party.pk,
        purpose="قرطاسية",
        lines=[
            AskedLine(
                account=account("52"), amount=money(amount) if isinstance(amount, str) else amount
            )
        ],
        by=huda,
    )
    commit_spending(made, by=huda)
    enter_invoice(made, reference=invoice, by=huda)
    return approved(made) if approve else made


def approved(made: Spending) -> Spending:
    mayor = staff("murad", "auditor").with_permissions("finance.approve_spending_mayor")
    return approve_spending(made, by=mayor)


def sets_off(
    party: Party,
    spending: Spending | None,
    amount: Money | str,
    *,
    by: Viewer,
    cash: str = "",
    keep_surplus: bool = False,
) -> Receipt:
    whole = money(amount) if isinstance(amount, str) else amount
    off = Tender(
        method=Method.SET_OFF, amount=whole, payable=spending.uid if spending is not None else None
    )
    more = (Tender(method=Method.CASH, amount=money(cash)),) if cash else ()
    return receive(
        Payment(
            party_id=party.pk,
            payer_name=party.full_name,
            tenders=(off, *more),
            keep_surplus=keep_surplus,
        ),
        by=by,
    )


def takes_back(receipt: Receipt) -> Receipt:
    return cancel_receipt(receipt, reason="خطأ", by=staff("muna", "finance_manager"))


def stands(made: Spending) -> tuple[str, Decimal]:
    made.refresh_from_db()
    return made.state, left_of(made).amount


def test_part_is_set_off_and_the_payment_pays_the_rest(karim: Viewer) -> None:
    """The worked example: owed 400.00 for paper, 150.00 of water is set off, 250.00 are paid out."""
    fadi, supplier = staff("fadi", "finance_manager"), person("مورد")
    made, due = owed_to(supplier, "400"), owes(supplier, "150")
    session_of(karim)
    receipt = sets_off(supplier, made, "150", by=karim)
    due.refresh_from_db()
    assert (due.balance, balance_of(account("21").pk, "ILS")) == (0, -250)
    assert balance_of(account("1290").pk, "ILS") == 0
    taken = Line.objects.get(entry=receipt.entry, debit__gt=0)
    assert (taken.account.code, taken.party_id, taken.description) == (
        "21",
        supplier.pk,
        made.number_text,
    )
    assert stands(made) == ("approved", 250)
    assert [one.total for one in ageing_of_payables(HOUSE, on=today())] == [250]

    pay_out(made, PaidBy(way=PayWay.CHEQUE, reference="5001"), by=fadi)
    assert Cheque.objects.get(way="out").amount == 250
    hand_over(made, receiver="سامي", id_number="900000015", by=fadi)
    assert stands(made) == ("handed_over", 0)
    assert [balance_of(account(one).pk, "ILS") for one in ("21", "211", "52")] == [0, -250, 400]
    assert faults(HOUSE) == []


def test_what_was_set_off_whole_is_closed_and_given_back_with_the_receipt(karim: Viewer) -> None:
    supplier = person("مورد")
    made = owed_to(supplier, "400")
    owes(supplier, "400")
    session_of(karim)
    receipt = sets_off(supplier, made, "400", by=karim)
    assert stands(made) == ("set_off", 0)
    assert ageing_of_payables(HOUSE, on=today()) == []
    with pytest.raises(SpendingMoveNotAllowed):
        pay_out(made, TRANSFER, by=staff("fadi", "finance_manager"))
    takes_back(receipt)
    assert stands(made) == ("approved", 400)
    assert balance_of(account("21").pk, "ILS") == -400
    pay_out(made, TRANSFER, by=staff("fadi", "finance_manager"))
    assert stands(made) == ("issued", 0)
    assert faults(HOUSE) == []


def test_a_municipality_may_set_off_before_the_approval_which_then_closes_it(
    karim: Viewer,
) -> None:
    set_value("FIN-03.set_off_needs_approval", False, starts_on=today(), resolution="5", by=HOUSE)
    supplier = person("مورد")
    made = owed_to(supplier, "100", approve=False)
    owes(supplier, "100")
    session_of(karim)
    sets_off(supplier, made, "100", by=karim)
    assert stands(made) == ("invoiced", 0)
    with pytest.raises(SetOffStands):
        reject_spending(made, reason="لا حاجة", by=staff("huda", "accountant"))
    approved(made)
    assert stands(made) == ("set_off", 0)
    assert faults(HOUSE) == []


def test_only_what_is_approved_is_set_off(karim: Viewer) -> None:
    supplier = person("مورد")
    made = owed_to(supplier, "100", approve=False)
    owes(supplier, "100")
    session_of(karim)
    assert payables_of(HOUSE, [supplier.pk]) == []
    with pytest.raises(PayableNotSetOff):
        sets_off(supplier, made, "100", by=karim)
    approved(made)
    assert sets_off(supplier, made, "100", by=karim).amount == 100


def test_more_than_is_open_is_refused_also_in_two_parts(karim: Viewer) -> None:
    supplier = person("مورد")
    made = owed_to(supplier, "100")
    owes(supplier, "500")
    session_of(karim)
    with pytest.raises(PayableTooSmall):
        sets_off(supplier, made, "100.01", by=karim)
    part = Tender(method=Method.SET_OFF, amount=money("60"), payable=made.uid)
    with pytest.raises(PayableTooSmall):
        receive(Payment(party_id=supplier.pk, payer_name="مورد", tenders=(part, part)), by=karim)
    sets_off(supplier, made, "60", by=karim)
    with pytest.raises(PayableTooSmall):
        sets_off(supplier, made, "40.01", by=karim)
    assert stands(made) == ("approved", 40)


def test_nothing_is_set_off_against_what_is_owed_to_another(karim: Viewer) -> None:
    nour, made = person(), owed_to(person("مورد"), "100")
    owes(nour, "100")
    session_of(karim)
    with pytest.raises(PayableNotOpen):
        sets_off(nour, made, "50", by=karim)
    with pytest.raises(PayableMissing):
        sets_off(nour, None, "50", by=karim)


def test_nothing_is_set_off_against_what_was_rejected_paid_or_is_not_owed(karim: Viewer) -> None:
    supplier = person("مورد")
    owes(supplier, "900")
    session_of(karim)
    no, paid = owed_to(supplier, "100"), owed_to(supplier, "101", invoice="F-10")
    reject_spending(no, reason="لا حاجة", by=staff("huda", "accountant"))
    pay_out(paid, TRANSFER, by=staff("fadi", "finance_manager"))
    huda = staff("huda", "accountant")
    advance = request_spending(
        kind=SpendingKind.STAFF_ADVANCE,
        party_id=supplier.pk,
        purpose="سلفة",
        lines=[AskedLine(account=account("152"), amount=money("70"))],
        by=huda,
    )
    commit_spending(advance, by=huda)
    enter_invoice(advance, reference="س", by=huda)
    assert payables_of(HOUSE, [supplier.pk]) == []
    for one in (no, paid, advance):
        with pytest.raises(PayableNotSetOff):
            sets_off(supplier, one, "50", by=karim)


def test_nothing_is_paid_to_a_blocked_supplier_by_setting_off(karim: Viewer) -> None:
    supplier = person("مورد")
    made = owed_to(supplier, "100")
    owes(supplier, "100")
    session_of(karim)
    block_supplier(add_supplier(supplier, by=HOUSE), reason="حجز", by=HOUSE)
    with pytest.raises(SupplierBlocked):
        sets_off(supplier, made, "50", by=karim)


def test_dinars_that_we_owe_are_set_off_by_a_receipt_in_dinars(karim: Viewer) -> None:
    """Owed 100.000 at 5.20; a due of 30.000 assessed at 5.25: 1.50 in base is the difference of the rates."""
    rate("JOD", "5.20")
    supplier = person("مورد")
    made = owed_to(supplier, money("100", "JOD"))
    rate("JOD", "5.25")
    owes(supplier, money("30", "JOD"), kind="finance.rent")
    session_of(karim)
    with pytest.raises(PayableInAnotherCurrency):
        sets_off(supplier, made, "50", by=karim)
    receipt = sets_off(supplier, made, money("30", "JOD"), by=karim)
    found = {
        one.account.code: (one.base_debit, one.base_credit)
        for one in Line.objects.filter(entry=receipt.entry).select_related("account")
    }
    assert found["21"] == (Decimal("156.00"), 0)
    assert found["473"] == (Decimal("1.50"), 0)
    pay_out(made, TRANSFER, by=staff("fadi", "finance_manager"))
    left = Line.objects.filter(account__code="21").values_list("base_debit", "base_credit")
    assert sum(debit - credit for debit, credit in left) == 0
    assert faults(HOUSE) == []


def test_given_back_after_the_rest_was_paid_it_is_paid_again(karim: Viewer) -> None:
    """Owed 400.00: 150.00 set off, 250.00 paid. The receipt is taken back: 150.00 wait, and no more."""
    fadi, supplier = staff("fadi", "finance_manager"), person("مورد")
    made = owed_to(supplier, "400")
    owes(supplier, "150")
    session_of(karim)
    receipt = sets_off(supplier, made, "150", by=karim)
    pay_out(made, PaidBy(way=PayWay.CHEQUE, reference="5001"), by=fadi)
    hand_over(made, receiver="سامي", id_number="900000015", by=fadi)
    takes_back(receipt)
    assert stands(made) == ("approved", 150)
    assert [one.left_open for one in payables_of(HOUSE, [supplier.pk])] == [150]
    with pytest.raises(SetOffStands):
        reject_spending(made, reason="لا حاجة", by=staff("huda", "accountant"))
    pay_out(made, PaidBy(way=PayWay.CHEQUE, reference="5002"), by=fadi)
    assert stands(made) == ("issued", 0)
    first = Cheque.objects.get(number="5001")
    call_back_issued(first, to=ChequeState.STOPPED, reason="ضاع", by=fadi)
    assert stands(made) == ("approved", 250)
    assert balance_of(account("21").pk, "ILS") == -250
    assert faults(HOUSE) == []


def test_a_transfer_that_comes_back_brings_back_what_it_paid(karim: Viewer) -> None:
    fadi, supplier = staff("fadi", "finance_manager"), person("مورد")
    made = owed_to(supplier, "400")
    owes(supplier, "150")
    session_of(karim)
    sets_off(supplier, made, "150", by=karim)
    pay_out(made, TRANSFER, by=fadi)
    send_payment_back(made, on=today(), reason="الحساب مغلق", by=fadi)
    assert stands(made) == ("approved", 250)
    assert balance_of(account("1121").pk, "ILS") == 0
    assert faults(HOUSE) == []


def test_what_is_set_off_moves_no_money_in_the_reports(karim: Viewer) -> None:
    supplier = person("مورد")
    made = owed_to(supplier, "400")
    owes(supplier, "100")
    session_of(karim)
    receipt = sets_off(supplier, made, "25", cash="75", by=karim)
    assert told() == {("431", "ILS"): (75, 0)}
    takes_back(receipt)
    assert told() == {}
    sets_off(supplier, made, "100", by=karim)
    assert told() == {}
    pay_out(made, TRANSFER, by=staff("fadi", "finance_manager"))
    assert told() == {("52", "ILS"): (0, 300)}


def test_the_database_keeps_set_offs_within_what_is_owed(karim: Viewer) -> None:
    supplier = person("مورد")
    made = owed_to(supplier, "100")
    owes(supplier, "100")
    session_of(karim)
    receipt = sets_off(supplier, made, "60", by=karim)
    insert = (
        "INSERT INTO finance_instrument (receipt_id, method, amount, account_id, reference, bank, branch, drawer_account,"
        " spending_id, base) SELECT %s, 'set_off', %s, %s, '', '', '', '', %s, %s"
    )
    payables = account("21").pk
    with refused("BA062"):
        sql(insert, receipt.pk, "40.01", payables, made.pk, "40")
    with refused("BA062"):
        sql(insert, receipt.pk, "40", account("1290").pk, made.pk, "40")
    with refused("BA062"):
        sql(insert, receipt.pk, "40", payables, None, None)
    other = owed_to(person("غيره"), "100", invoice="F-10")
    with refused("BA062"):
        sql(insert, receipt.pk, "40", payables, other.pk, "40")
    with refused("BA040"):
        sql("UPDATE finance_spending SET set_off = 0 WHERE id = %s", made.pk)
    step = (
        "INSERT INTO finance_step (uid, created_at, spending_id, from_state, to_state, on_date, facts, holder, note,"
        " taken_by_name) VALUES (gen_random_uuid(), now(), %s, 'approved', %s, now(), '{}', '', '', '')"
    )
    for state in ("set_off", "rejected"):
        with recorded(by=HOUSE), refused("BA062"):
            sql(step, made.pk, state)


money_given = st.decimals(min_value="0.01", max_value="60", places=2)


@given(
    acts=st.lists(
        st.tuples(st.sampled_from(["set_off", "take_back", "pay", "send_back"]), money_given),
        max_size=8,
    )
)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_happens_set_offs_and_payments_make_the_payable(
    karim: Viewer, acts: list[tuple[str, Decimal]]
) -> None:
    """Set off, taken back, paid, sent back in any order: the payables hold what is open, and never a coin less."""
    with transaction.atomic():
        fadi, supplier = staff("fadi", "finance_manager"), person("مورد")
        made = owed_to(supplier, "100")
        owes(supplier, "1000")
        session_of(karim)
        receipts: list[Receipt] = []
        for act, amount in acts:
            try:
                if act == "set_off":
                    receipts.append(sets_off(supplier, made, money(amount), by=karim))
                elif act == "take_back" and receipts:
                    takes_back(receipts.pop(0))
                elif act == "pay":
                    pay_out(made, TRANSFER, by=fadi)
                elif act == "send_back":
                    send_payment_back(made, on=today(), reason="عاد", by=fadi)
            except Refusal as refusal:
                assert isinstance(
                    refusal,
                    PayableTooSmall | PayableNotSetOff | SpendingMoveNotAllowed | NothingLeftToPay,
                )
            state, left = stands(made)
            assert 0 <= left <= 100
            assert balance_of(account("21").pk, "ILS") == -left
            assert made.set_off == sum((one.amount for one in receipts), Decimal(0))
            assert (left == 0) == (state in {"set_off", "issued"})
        assert faults(HOUSE) == []
        transaction.set_rollback(True)
