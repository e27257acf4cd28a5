"""A shop is sold, a man dies: his dues become others', with their age, and nothing is edited."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.models import OutboxEvent
from kernel.money import Money, money
from kernel.policies.services import set_value
from kernel.ports.charges import ChargeSource
from kernel.viewer import Viewer
from modules.finance.constants import MoveCause
from modules.finance.errors.campaigns import (
    DueCovered,
    DueInAPlan,
    MovedDuesMoveBack,
    NothingMoves,
    PartsDoNotAddUp,
    SharesNotEqual,
    SignaturesMissing,
)
from modules.finance.models import Charge, Credit, Line
from modules.finance.ports import Charges
from modules.finance.selectors.ageing import ageing
from modules.finance.selectors.dues import dues_of
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.statements import statement_of
from modules.finance.services.charging import assess_charge, cancel_charge
from modules.finance.services.cheques.taking import NewCheque, take_cheques
from modules.finance.services.credits import DecisionPaper, reverse_credit
from modules.finance.services.moving import Moving, Part, divide, move_dues
from modules.finance.services.planning import Terms, agree_plan
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff

PAPER = DecisionPaper(number="44", decided_on=date(2026, 1, 1))


@pytest.fixture
def muna(town: str) -> Viewer:
    return staff("muna", "finance_manager")


@pytest.fixture
def nour(town: str):
    return person()


def sold_to(*parts: Part, cause: MoveCause = MoveCause.SALE, signed: bool = True) -> Moving:
    return Moving(cause=cause, parts=parts, paper=PAPER, reason="عقد بيع 12", signed=signed)


def test_a_sold_shops_due_goes_to_the_buyer_with_its_age(muna: Viewer, nour) -> None:
    buyer = person("سليم")
    due = owes(nour, "120", due_on=date(2024, 12, 31), description="مياه 2024")
    (new,) = move_dues([due], sold_to(Part(party_id=buyer.pk, share=Decimal(1))), by=muna)
    due.refresh_from_db()
    new.refresh_from_db()
    assert (due.balance, due.credited, due.paid) == (0, 120, 0)
    assert (new.party_id, new.due_on, new.year, new.balance) == (
        buyer.pk,
        date(2024, 12, 31),
        2024,
        120,
    )
    assert (new.origin, new.kind, new.description) == (due, due.kind, due.description)
    assert dues_of([nour.pk], today=today(), on=today()).lines == ()
    assert dues_of([buyer.pk], today=today(), on=today()).totals == {"ILS": 120}
    assert not Line.objects.filter(entry=new.entry, account__kind="revenue").exists()
    (account,) = statement_of(muna, [nour.pk], since=date(2020, 1, 1), until=today()).accounts
    assert (account.closing, account.movements[-1].kind) == (0, "transfer")
    assert ageing(muna, on=today()).differences == {}
    assert faults(HOUSE) == []


def test_heirs_share_and_the_last_part_absorbs(muna: Viewer, nour) -> None:
    """The README's example: 100.00 to three heirs, 2:1:1 of four and 100.01 in thirds."""
    sons = [person(name) for name in ("أحمد", "خالد", "هدى")]
    due = owes(nour, "100.01")
    parts = tuple(Part(party_id=one.pk, share=Decimal(1)) for one in sons)
    new = move_dues([due], sold_to(*parts, cause=MoveCause.HEIRS), by=muna)
    assert [one.principal for one in new] == [Decimal("33.33"), Decimal("33.33"), Decimal("33.35")]
    assert divide(money("100"), [Part(party_id=1, share=Decimal(n)) for n in (2, 1, 1)]) == [
        money("50"),
        money("25"),
        money("25"),
    ]
    assert faults(HOUSE) == []


def test_a_due_in_dinars_keeps_its_third_decimal_and_its_base(muna: Viewer, nour) -> None:
    rate("JOD", "5.25")
    due = owes(nour, money("10.001", "JOD"))
    parts = tuple(Part(party_id=person().pk, share=Decimal(1)) for _ in range(3))
    new = move_dues([due], sold_to(*parts), by=muna)
    assert [one.principal for one in new] == [
        Decimal("3.333"),
        Decimal("3.333"),
        Decimal("3.335"),
    ]
    assert sum(one.base_principal for one in new) == due.base_principal
    assert faults(HOUSE) == []


def test_amounts_must_add_up_to_what_is_owed(karim: Viewer, muna: Viewer, nour) -> None:
    due = owes(nour, "100")
    session_of(karim)
    pays(nour, "40", by=karim)
    due.refresh_from_db()
    one, two = person(), person()
    parts = (
        Part(party_id=one.pk, amount=money("30")),
        Part(party_id=two.pk, amount=money("20")),
    )
    with pytest.raises(PartsDoNotAddUp):
        move_dues([due], sold_to(*parts), by=muna)
    parts = (*parts[:1], Part(party_id=two.pk, amount=money("30")))
    move_dues([due], sold_to(*parts), by=muna)
    due.refresh_from_db()
    assert (due.paid, due.credited, due.balance) == (40, 60, 0)
    assert faults(HOUSE) == []


def test_a_due_in_a_plan_or_under_a_cheque_is_held(karim: Viewer, muna: Viewer, nour) -> None:
    buyer = Part(party_id=person().pk, share=Decimal(1))
    covered = owes(nour, "90")
    session_of(karim)
    cheque = NewCheque(
        number="5", bank="بنك", amount=money("90"), dated_on=today() + timedelta(days=5)
    )
    take_cheques(
        party_id=nour.pk, drawer="نور", cheques=[cheque], charge_ids=[covered.pk], by=karim
    )
    with pytest.raises(DueCovered):
        move_dues([covered], sold_to(buyer), by=muna)
    planned = owes(nour, "500")
    pays(nour, "100", by=karim, charges=[planned])
    agree_plan(
        party_id=nour.pk,
        charge_ids=[planned.pk],
        terms=Terms(count=4, first_on=today() + timedelta(days=30)),
        by=muna,
    )
    with pytest.raises(DueInAPlan):
        move_dues([planned], sold_to(buyer), by=muna)


def test_the_policy_asks_for_both_signatures_and_equal_shares(muna: Viewer, nour) -> None:
    due = owes(nour, "100")
    part = Part(party_id=person().pk, share=Decimal(1))
    with pytest.raises(SignaturesMissing):
        move_dues([due], sold_to(part, signed=False), by=muna)
    set_value("REV-12.heirs_share", "equal", starts_on=today(), by=HOUSE)
    two = Part(party_id=person().pk, share=Decimal(2))
    with pytest.raises(SharesNotEqual):
        move_dues([due], sold_to(part, two, cause=MoveCause.HEIRS), by=muna)
    with pytest.raises(NothingMoves):
        move_dues([due], sold_to(Part(party_id=nour.pk, share=Decimal(1))), by=muna)


def test_whoever_assessed_the_due_hears_of_it_once_the_last_part_is_paid(
    karim: Viewer, muna: Viewer, nour
) -> None:
    source = ChargeSource(module="leases", record="L-1", code="rent", period="2026")
    due = assess_charge(
        source=source,
        party_id=nour.pk,
        kind="finance.rent",
        amount=money("100"),
        due_on=today(),
        description="إيجار",
        by=HOUSE,
    )
    one, two = person(), person()
    parts = tuple(Part(party_id=who.pk, share=Decimal(1)) for who in (one, two))
    move_dues([due], sold_to(*parts), by=muna)
    status = Charges().status([str(due.uid)])[str(due.uid)]
    assert status.balance == 100
    session_of(karim)
    pays(one, "50", by=karim)
    told = OutboxEvent.objects.filter(name="finance.ChargeSettled")
    assert told.count() == 0
    receipt = pays(two, "50", by=karim)
    assert told.get().payload["charge_uid"] == str(due.uid)
    status = Charges().status([str(due.uid)])[str(due.uid)]
    assert status.balance == 0 and receipt.number_text in status.receipt_numbers
    again = assess_charge(
        source=source,
        party_id=nour.pk,
        kind="finance.rent",
        amount=money("100"),
        due_on=today(),
        description="إيجار",
        by=HOUSE,
    )
    assert again == due


def test_a_moved_due_is_moved_on_and_cancelled_like_any_other(muna: Viewer, nour) -> None:
    due = owes(nour, "100")
    first, second = person(), person()
    (new,) = move_dues([due], sold_to(Part(party_id=first.pk, share=Decimal(1))), by=muna)
    new.refresh_from_db()
    (newer,) = move_dues([new], sold_to(Part(party_id=second.pk, share=Decimal(1))), by=muna)
    assert newer.origin == due
    with pytest.raises(MovedDuesMoveBack):
        reverse_credit(Credit.objects.get(charge=due), reason="x", by=muna)
    newer.refresh_from_db()
    cancel_charge(newer, reason="خطأ", by=muna)
    assert ageing(muna, on=today()).differences == {}
    assert faults(HOUSE) == []


def test_the_database_refuses_a_due_that_comes_from_nowhere(nour) -> None:
    due = owes(nour, "100")
    with (
        pytest.raises(DatabaseError, match="came by no transfer"),
        transaction.atomic(),
        recorded(by=HOUSE),
    ):
        Charge.objects.create(
            source_module="finance",
            source_record="x",
            source_code="x",
            party=nour,
            kind=due.kind,
            year=2026,
            due_on=today(),
            currency="ILS",
            principal=1,
            base_principal=1,
            origin=due,
            entry=due.entry,
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@given(
    whole=st.integers(1_000, 10_000_000),
    shares=st.lists(st.integers(1, 64), min_size=1, max_size=8),
    currency=st.sampled_from(["ILS", "JOD"]),
)
def test_parts_always_add_up(whole: int, shares: list[int], currency: str) -> None:
    owed = money(Decimal(whole) / 100, currency)
    parts = [Part(party_id=at, share=Decimal(one)) for at, one in enumerate(shares)]
    found: list[Money] = divide(owed, parts)
    assert sum((one.amount for one in found), Decimal(0)) == owed.amount
    assert all(one.amount > 0 for one in found)
