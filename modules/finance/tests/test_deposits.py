"""A deposit is held for who paid it: what was given up, moved or taken back is held for nobody."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.money import money
from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.finance.constants import CreditKind, MoveCause
from modules.finance.models import Account, Campaign, Charge, Credit, Settlement
from modules.finance.ports import Charges
from modules.finance.selectors.cash import own_session
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.spending import held_for, refundable
from modules.finance.services.campaigning import open_campaign
from modules.finance.services.charging import cancel_charge
from modules.finance.services.credits import DecisionPaper, credit_charge, reverse_credit
from modules.finance.services.moving import Moving, Part, move_dues
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff
from modules.finance.tests.test_guards import refused, sql

KIND = "finance.rent_deposit"
PAPER = DecisionPaper(
    number="7/2026", decided_on=date(2026, 3, 1), authority="council_and_ministry"
)
LONG_AGO = date(2010, 1, 31)


@pytest.fixture
def nour(town: str) -> Party:
    return person()


@pytest.fixture
def deposits(town: str) -> Account:
    return Account.objects.get(code="222")


def gives_up(due: Charge, amount: str, kind: CreditKind = CreditKind.EXEMPTION) -> Credit:
    return credit_charge(due, kind=kind, amount=money(amount), reason="قرار", paper=PAPER, by=HOUSE)


@pytest.mark.parametrize(
    "kind",
    [CreditKind.EXEMPTION, CreditKind.DISCOUNT, CreditKind.WRITE_OFF, CreditKind.CORRECTION],
)
def test_what_nobody_paid_is_not_refundable(
    karim: Viewer, nour: Party, deposits: Account, kind: CreditKind
) -> None:
    due = owes(nour, "300", kind=KIND, due_on=LONG_AGO)
    session_of(karim)
    pays(nour, "100", by=karim)
    granted = gives_up(due, "200", kind)
    assert held_for(nour.pk, deposits, "ILS") == refundable(nour.pk, deposits, "ILS") == 100
    assert not Account.objects.filter(
        role__in=["exemptions", "discounts", "write_offs"], lines__isnull=False
    ).exists()
    reverse_credit(granted, reason="ألغي القرار", by=HOUSE)
    assert refundable(nour.pk, deposits, "ILS") == 100
    assert faults(HOUSE) == []


def test_a_module_takes_an_unpaid_deposit_back_through_the_port(
    nour: Party, deposits: Account
) -> None:
    due = owes(nour, "300", kind=KIND)
    left = Charges().credit(
        charge_uid=str(due.uid), amount=money("300"), reason="أُغلق الطلب", by=HOUSE
    )
    assert (left.balance, held_for(nour.pk, deposits, "ILS")) == (0, 0)


def test_one_deposit_of_an_entry_with_many_is_taken_back(nour: Party, deposits: Account) -> None:
    khaled = person("خالد")
    first = owes(nour, "300", kind=KIND)
    (moved, _other) = move_dues(
        [first],
        Moving(
            cause=MoveCause.PARTNERS,
            parts=(
                Part(party_id=khaled.pk, share=Decimal(1)),
                Part(party_id=nour.pk, share=Decimal(2)),
            ),
            paper=PAPER,
            reason="قسمة",
            signed=True,
        ),
        by=HOUSE,
    )
    assert held_for(khaled.pk, deposits, "ILS") == 100
    cancel_charge(moved, reason="خطأ", by=HOUSE)
    assert (held_for(khaled.pk, deposits, "ILS"), held_for(nour.pk, deposits, "ILS")) == (0, 200)
    assert faults(HOUSE) == []


def test_a_moved_deposit_is_refunded_to_who_paid_it(
    karim: Viewer, nour: Party, deposits: Account
) -> None:
    khaled = person("خالد")
    due = owes(nour, "300", kind=KIND)
    session_of(karim)
    pays(nour, "50", by=karim)
    moving = Moving(
        cause=MoveCause.SALE,
        parts=(Part(party_id=khaled.pk, share=Decimal(1)),),
        paper=PAPER,
        reason="انتقل العقد",
        signed=True,
    )
    move_dues([due], moving, by=HOUSE)
    assert refundable(khaled.pk, deposits, "ILS") == 0
    pays(khaled, "250", by=karim)
    assert refundable(nour.pk, deposits, "ILS") == 50
    assert refundable(khaled.pk, deposits, "ILS") == 250
    assert faults(HOUSE) == []


def test_a_campaign_for_every_kind_gives_no_deposit_away(karim: Viewer, nour: Party) -> None:
    open_campaign(
        Campaign(
            title="حملة",
            kind=CreditKind.DISCOUNT,
            percent=Decimal(20),
            since=today(),
            until=today(),
            decision_no="1",
            decided_on=today(),
            authority="council",
        ),
        by=staff("muna", "finance_manager"),
    )
    deposit, water = owes(nour, "100", kind=KIND), owes(nour, "100")
    session_of(karim)
    receipt = pays(nour, "180", by=karim)
    assert [one.charge_id for one in receipt.reductions.all()] == [water.pk]
    deposit.refresh_from_db()
    assert (deposit.paid, deposit.credited) == (100, 0)
    with refused("BA053"):
        sql(
            "INSERT INTO finance_credit (uid, created_at, charge_id, kind, amount, decision_no, decided_on, authority,"
            " reason, entry_id, campaign_id, receipt_id, granted_by_name) SELECT gen_random_uuid(), now(), %s, kind, 1,"
            " decision_no, decided_on, authority, reason, %s, campaign_id, receipt_id, '' FROM finance_credit",
            deposit.pk,
            deposit.entry_id,
        )


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["owe", "pay", "give up", "take back", "move", "cancel"]),
            st.integers(0, 20),
        ),
        min_size=3,
        max_size=12,
    )
)
def test_never_more_is_held_for_somebody_than_was_paid_in(
    karim: Viewer, deposits: Account, steps: list[tuple[str, int]]
) -> None:
    """For each person: refundable is what receipts settled of deposits, whatever was decided about the rest."""
    if own_session(karim) is None:
        session_of(karim)
    family = [person(), person("خالد")]
    for verb, pick in steps:
        try:
            _do(verb, pick, family, karim)
        except Refusal:
            continue
        for one in family:
            paid = sum(
                (row.amount for row in Settlement.objects.filter(charge__party=one, kind="paid")),
                Decimal(0),
            )
            assert refundable(one.pk, deposits, "ILS") == paid
    assert faults(HOUSE) == []


def _do(verb: str, pick: int, family: list[Party], karim: Viewer) -> None:
    nour = family[pick % 2]
    if verb == "owe":
        owes(nour, f"{100 + pick}.50", kind=KIND, due_on=LONG_AGO)
        return
    due = Charge.objects.filter(party=nour, balance__gt=0).order_by("id").first()
    if due is None:
        return
    part = str(money(due.balance / (1 + pick % 3), "ILS").amount)
    if verb == "pay":
        pays(
            nour, str(Decimal(part).quantize(Decimal("0.1"), "ROUND_DOWN")), by=karim, charges=[due]
        )
    elif verb == "give up":
        gives_up(due, part, list(CreditKind)[pick % 3])
    elif verb == "take back":
        granted = Credit.objects.filter(charge__party=nour).order_by("-id").first()
        if granted is not None:
            reverse_credit(granted, reason="ألغي", by=HOUSE)
    elif verb == "move":
        other = family[(pick + 1) % 2]
        moving = Moving(
            cause=MoveCause.PARTNERS,
            parts=(
                Part(party_id=other.pk, share=Decimal(1)),
                Part(party_id=nour.pk, share=Decimal(2)),
            ),
            paper=PAPER,
            reason="قسمة",
            signed=True,
        )
        move_dues([due], moving, by=HOUSE)
    else:
        cancel_charge(due, reason="خطأ", by=HOUSE)
