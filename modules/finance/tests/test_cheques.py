"""Cheques: taken, kept, taken to the bank, cleared, returned; what they do to the dues at each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.calendar.selectors import today
from kernel.events.models import OutboxEvent
from kernel.holds.selectors import holds_on
from kernel.money import Money, money
from kernel.parties.models import Party
from kernel.parties.services import merge_parties
from kernel.viewer import Viewer
from modules.finance.constants import CHEQUES_BARRED, BounceReason, ChequeState, Method
from modules.finance.errors.cheques import (
    ChequeMoveNotAllowed,
    ChequeNotDue,
    ChequeNotPostDated,
    ChequeOfAReceipt,
    ChequesBarred,
    ChequeTaken,
    ChequeTooFarAhead,
    ReceiptChequeMoved,
)
from modules.finance.models import Charge, Cheque, Line, Step
from modules.finance.selectors.cheques import covered_of, maturity_calendar
from modules.finance.selectors.dues import advance_of
from modules.finance.selectors.proofs import faults
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import (
    clear_cheques,
    deposit_cheques,
    endorse_cheque,
    hand_back_cheque,
    replace_cheque,
    to_the_lawyer,
    withdraw_cheque,
)
from modules.finance.services.cheques.taking import NewCheque, Taken, take_cheques
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.receiving import receive
from modules.finance.services.voiding import cancel_receipt
from modules.finance.tests.factories import HOUSE, cash, owes, person, rate, session_of, staff
from modules.finance.tests.test_guards import refused, sql


def paper(number: str = "101", amount: Money | str = "100", *, days: int = 30) -> NewCheque:
    return NewCheque(
        number=number,
        bank="بنك فلسطين",
        amount=money(amount) if isinstance(amount, str) else amount,
        dated_on=today() + timedelta(days=days),
    )


def covers(nour: Party, *charges: Charge, papers: list[NewCheque] | None = None) -> Taken:
    return take_cheques(
        party_id=nour.pk,
        drawer=nour.full_name,
        cheques=papers or [paper()],
        charge_ids=[one.pk for one in charges],
        by=HOUSE,
    )


def tendered(nour: Party, amount: str, karim: Viewer, *more: Tender, number: str = "7") -> Cheque:
    """A cheque of today, received with a receipt."""
    cheque = Tender(
        method=Method.CHEQUE,
        amount=money(amount),
        reference=number,
        bank="البنك العربي",
        dated_on=today(),
    )
    receipt = receive(
        Payment(
            party_id=nour.pk,
            payer_name=nour.full_name,
            tenders=(cheque, *more),
            keep_surplus=True,
        ),
        by=karim,
    )
    return Cheque.objects.get(instrument__receipt=receipt)


def balance(code: str) -> Decimal:
    lines = Line.objects.filter(account__code=code)
    return sum((one.debit - one.credit for one in lines), Decimal(0))


def matured(cheque: Cheque) -> Cheque:
    """Its day has come: the row is written as if it had been dated today."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE finance_cheque DISABLE TRIGGER USER")
    sql("UPDATE finance_cheque SET dated_on = %s WHERE id = %s", today(), cheque.pk)
    sql("ALTER TABLE finance_cheque ENABLE TRIGGER USER")
    sql("SET CONSTRAINTS ALL DEFERRED")
    cheque.refresh_from_db()
    return cheque


def still_owed(charge: Charge) -> Decimal:
    charge.refresh_from_db()
    balance: Decimal = charge.balance
    return balance


@pytest.fixture
def karim_at_the_desk(town: str) -> Viewer:
    cashier = staff("karim", "cashier")
    session_of(cashier)
    return cashier


def test_a_post_dated_cheque_covers_the_due_and_does_not_settle_it(town: str) -> None:
    nour = person()
    water = owes(nour, "100")

    covers(nour, water)

    assert still_owed(water) == 100
    assert covered_of(HOUSE, [nour.pk]) == {"ILS": Decimal("100.000")}
    assert (balance("132"), balance("1291"), balance("1203")) == (100, -100, 100)
    (day,) = maturity_calendar(HOUSE, since=today(), until=today() + timedelta(days=31))
    assert (day.count, day.total) == (1, 100)
    assert faults(HOUSE) == []


def test_it_settles_the_due_when_the_bank_pays(town: str) -> None:
    nour = person()
    water, waste = owes(nour, "60"), owes(nour, "100", kind="finance.waste")
    (cheque,) = covers(nour, waste, water).cheques
    deposit_cheques([matured(cheque)], by=HOUSE)

    clear_cheques([cheque], by=HOUSE)

    assert (still_owed(waste), still_owed(water)) == (0, 60)
    assert (balance("132"), balance("133"), balance("1291"), balance("1121")) == (0, 0, 0, 100)
    assert OutboxEvent.objects.filter(name="finance.ChargeSettled").count() == 1
    assert faults(HOUSE) == []


def test_what_was_paid_meanwhile_becomes_an_advance(town: str, karim_at_the_desk: Viewer) -> None:
    nour = person()
    water = owes(nour, "100")
    (cheque,) = covers(nour, water).cheques
    receive(
        Payment(party_id=nour.pk, payer_name="نور", tenders=(cash("70"),)), by=karim_at_the_desk
    )
    deposit_cheques([matured(cheque)], by=HOUSE)

    clear_cheques([cheque], by=HOUSE)

    assert still_owed(water) == 0
    assert advance_of([nour.pk]) == {"ILS": Decimal("70.000")}
    assert faults(HOUSE) == []


def test_a_post_dated_cheque_that_bounces_leaves_the_due_owed_and_uncovered(town: str) -> None:
    nour = person()
    water = owes(nour, "100")
    (cheque,) = covers(nour, water).cheques
    deposit_cheques([matured(cheque)], by=HOUSE)

    step = bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, bank_fee=money("15"), by=HOUSE)

    assert (still_owed(water), covered_of(HOUSE, [nour.pk])) == (100, {})
    cost = Charge.objects.get(kind__code="finance.cheque_cost")
    assert (cost.balance, cost.party_id) == (20, nour.pk)
    assert (balance("133"), balance("1291"), balance("56"), balance("1121")) == (0, 0, 15, -15)
    assert step.facts["reason"] == "no_funds"
    assert OutboxEvent.objects.filter(name="finance.ChequeBounced").count() == 1
    assert faults(HOUSE) == []


def test_the_cheque_of_a_receipt_settles_at_once_and_reopens_when_it_bounces(
    town: str, karim_at_the_desk: Viewer
) -> None:
    nour = person()
    old, new = owes(nour, "80", due_on=today() - timedelta(days=400)), owes(nour, "70")
    cheque = tendered(nour, "100", karim_at_the_desk, cash("50"))
    assert (still_owed(old), still_owed(new), balance("131")) == (0, 0, 100)
    deposit_cheques([cheque], by=HOUSE)

    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=HOUSE)

    assert (still_owed(new), still_owed(old)) == (70, 30)
    assert (balance("131"), balance("133")) == (0, 0)
    assert OutboxEvent.objects.filter(name="finance.ChargeReopened").count() == 2
    assert faults(HOUSE) == []


def test_an_advance_used_up_by_now_becomes_a_due(town: str, karim_at_the_desk: Viewer) -> None:
    nour = person()
    cheque = tendered(nour, "100", karim_at_the_desk)
    deposit_cheques([cheque], by=HOUSE)
    water = owes(nour, "40")
    from modules.finance.services.credits import apply_advance

    apply_advance(water, amount=money("40"), by=HOUSE)

    bounce_cheque(cheque, reason=BounceReason.CLOSED, by=HOUSE)

    assert advance_of([nour.pk]) == {}
    assert Charge.objects.get(kind__code="finance.bounced_cheque").balance == 40
    assert balance("133") == 0
    assert faults(HOUSE) == []


def test_a_cheque_in_shekels_for_a_due_in_dinars_reopens_the_dinars_to_the_fils(
    town: str, karim_at_the_desk: Viewer
) -> None:
    rate("JOD", "5.213")
    nour = person()
    rent = owes(nour, money("8.255", "JOD"), kind="finance.rent")
    cheque = tendered(nour, "43.04", karim_at_the_desk)
    assert still_owed(rent) == 0
    deposit_cheques([cheque], by=HOUSE)

    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=HOUSE)

    assert still_owed(rent) == Decimal("8.255")
    assert faults(HOUSE) == []


def test_after_two_returned_cheques_no_more_are_taken(town: str, karim_at_the_desk: Viewer) -> None:
    nour = person()
    for number in ("1", "2"):
        owes(nour, "10")
        cheque = tendered(nour, "10", karim_at_the_desk, number=number)
        deposit_cheques([cheque], by=HOUSE)
        bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=HOUSE)

    (hold,) = holds_on([f"party:{nour.pk}"], CHEQUES_BARRED)
    assert hold.policy == "FIN-06"
    with pytest.raises(ChequesBarred):
        covers(nour, owes(nour, "5"), papers=[paper("9", "5")])
    with pytest.raises(ChequesBarred):
        tendered(nour, "5", karim_at_the_desk, number="3")


def test_a_bounced_cheque_goes_to_the_bank_again_and_then_settles(
    town: str, karim_at_the_desk: Viewer
) -> None:
    nour = person()
    water = owes(nour, "100")
    cheque = tendered(nour, "100", karim_at_the_desk)
    deposit_cheques([cheque], by=HOUSE)
    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=HOUSE)

    deposit_cheques([cheque], by=HOUSE)
    assert (still_owed(water), balance("1291")) == (100, -100)
    clear_cheques([cheque], by=HOUSE)

    assert (still_owed(water), balance("1291"), balance("1121")) == (0, 0, 100)
    assert faults(HOUSE) == []


def test_a_bounced_cheque_is_replaced_by_another_for_the_same_dues(town: str) -> None:
    nour = person()
    water = owes(nour, "100")
    (cheque,) = covers(nour, water).cheques
    deposit_cheques([matured(cheque)], by=HOUSE)
    bounce_cheque(cheque, reason=BounceReason.SIGNATURE, by=HOUSE)

    (new,) = replace_cheque(cheque, paper("102"), by=HOUSE).cheques

    cheque.refresh_from_db()
    assert (cheque.state, new.covers, new.replaces_id) == ("replaced", [water.pk], cheque.pk)
    assert covered_of(HOUSE, [nour.pk]) == {"ILS": Decimal("100.000")}


def test_an_endorsed_cheque_lowers_what_the_creditor_is_owed(town: str) -> None:
    nour, supplier = person(), person("مورد")
    water = owes(nour, "100")
    (cheque,) = covers(nour, water).cheques

    endorse_cheque(cheque, to_party_id=supplier.pk, holder="مورد", note="دفعة", by=HOUSE)
    assert (balance("21"), balance("132")) == (100, 0)
    clear_cheques([cheque], by=HOUSE)

    assert (still_owed(water), balance("1291"), balance("1121")) == (0, 0, 0)
    assert faults(HOUSE) == []


def test_a_cheque_is_handed_back_withdrawn_or_sent_to_the_lawyer(town: str) -> None:
    nour = person()
    water = owes(nour, "300")
    first, second = covers(nour, water, papers=[paper("1"), paper("2")]).cheques

    hand_back_cheque(first, reason="دفع نقداً", by=HOUSE)
    deposit_cheques([matured(second)], by=HOUSE)
    withdraw_cheque(second, reason="طلب المكلف", by=HOUSE)
    assert (balance("132"), balance("133"), balance("1291")) == (100, 0, -100)
    deposit_cheques([second], by=HOUSE)
    bounce_cheque(second, reason=BounceReason.NO_FUNDS, by=HOUSE)
    to_the_lawyer(second, note="المحامي", by=HOUSE)

    assert [one.to_state for one in second.steps.order_by("id")] == [
        "in_safe", "deposited", "in_safe", "deposited", "bounced", "legal",
    ]  # fmt: skip
    assert faults(HOUSE) == []


def test_the_same_cheque_is_not_taken_twice_unless_it_was_handed_back(town: str) -> None:
    nour = person()
    water = owes(nour, "300")
    (first,) = covers(nour, water).cheques
    with pytest.raises(ChequeTaken):
        covers(nour, water)

    hand_back_cheque(first, reason="خطأ", by=HOUSE)
    covers(nour, water)

    assert Cheque.objects.filter(number="101").count() == 2


def test_two_drawers_of_one_bank_may_have_the_same_number(town: str) -> None:
    """Each account's cheques begin at 1; where the account is not written, the person stands for it."""
    nour, khaled = person(), person("خالد")
    water, waste = owes(nour, "300"), owes(khaled, "300")
    covers(nour, water)
    covers(khaled, waste)
    assert Cheque.objects.filter(number="101").count() == 2
    for whose, due in ((nour, water), (khaled, waste)):
        with pytest.raises(ChequeTaken):
            covers(whose, due)


def test_one_account_has_a_number_once_whoever_brings_the_cheque(town: str) -> None:
    nour, khaled = person(), person("خالد")
    water, waste = owes(nour, "300"), owes(khaled, "300")
    written = replace(paper(), drawer_account="0400123")
    covers(nour, water, papers=[written])
    with pytest.raises(ChequeTaken):
        covers(khaled, waste, papers=[written])
    covers(khaled, waste, papers=[replace(written, drawer_account="0400124")])


def test_the_paper_of_a_record_that_was_merged_is_known_again(town: str) -> None:
    twin, nour = person(), person()
    covers(twin, owes(twin, "300"))
    merge_parties(keep=nour.uid, alias=twin.uid, reason="سجل مكرر", by=HOUSE)
    with pytest.raises(ChequeTaken):
        covers(nour, owes(nour, "300"))


@pytest.mark.parametrize(("days", "refusal"), [(0, ChequeNotPostDated), (91, ChequeTooFarAhead)])
def test_a_post_dated_cheque_lies_within_the_policys_days(
    town: str, days: int, refusal: type[Exception]
) -> None:
    nour = person()
    water = owes(nour, "100")

    with pytest.raises(refusal):
        covers(nour, water, papers=[paper(days=days)])

    covers(nour, water, papers=[paper(days=90)])


def test_a_cheque_does_not_go_to_the_bank_before_its_day(town: str) -> None:
    nour = person()
    (cheque,) = covers(nour, owes(nour, "100")).cheques

    with pytest.raises(ChequeNotDue):
        deposit_cheques([cheque], by=HOUSE)
    with pytest.raises(ChequeMoveNotAllowed):
        clear_cheques([cheque], by=HOUSE)


def test_a_receipt_is_taken_back_with_its_cheque_only_while_that_is_in_the_safe(
    town: str, karim_at_the_desk: Viewer
) -> None:
    nour, manager = person(), staff("muna", "finance_manager")
    owes(nour, "20")
    first = tendered(nour, "10", karim_at_the_desk)
    with pytest.raises(ChequeOfAReceipt):
        hand_back_cheque(first, reason="خطأ", by=HOUSE)
    cancel_receipt(first.instrument.receipt, reason="خطأ", by=manager)  # type: ignore[union-attr]
    first.refresh_from_db()
    assert first.state == ChequeState.RETURNED

    second = tendered(nour, "10", karim_at_the_desk, number="8")
    deposit_cheques([second], by=HOUSE)
    with pytest.raises(ReceiptChequeMoved):
        cancel_receipt(second.instrument.receipt, reason="خطأ", by=manager)  # type: ignore[union-attr]


def test_the_database_moves_a_cheque_by_its_steps_alone(town: str) -> None:
    nour = person()
    (cheque,) = covers(nour, owes(nour, "100")).cheques
    with refused("BA040"):
        sql("UPDATE finance_cheque SET state = 'cleared' WHERE id = %s", cheque.pk)
    with refused("BA040"):
        sql("UPDATE finance_cheque SET amount = 1 WHERE id = %s", cheque.pk)
    with refused("BA040"):
        sql("DELETE FROM finance_cheque WHERE id = %s", cheque.pk)
    with refused("BA040"):
        Step.objects.create(
            cheque=cheque, from_state="in_safe", to_state="cleared", on_date=today()
        )
    with refused("BA040"):
        Step.objects.create(
            cheque=cheque, from_state="deposited", to_state="cleared", on_date=today()
        )


def test_only_who_may_moves_cheques(town: str, deliver_events: Callable[[], None]) -> None:
    from kernel.errors import NotPermitted

    nour = person()
    (cheque,) = covers(nour, owes(nour, "100")).cheques
    with pytest.raises(NotPermitted):
        hand_back_cheque(cheque, reason="خطأ", by=staff("karim", "cashier"))
