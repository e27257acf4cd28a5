"""The council decides on a campaign; whoever pays in its window is given what it says, and loses it with the receipt."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.money import Money, money
from kernel.viewer import Viewer
from modules.finance.constants import BounceReason, CreditKind, Method
from modules.finance.errors import SurplusNotConfirmed
from modules.finance.errors.campaigns import CampaignAboveAuthority, CampaignUpsideDown
from modules.finance.models import Campaign, Credit, Entry
from modules.finance.selectors.campaigns import cost_at_full, given_by, reductions_of
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.settling import Reduction
from modules.finance.services.allocating import Owed, split
from modules.finance.services.campaigning import end_campaign, open_campaign
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import deposit_cheques
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.receiving import receive
from modules.finance.services.voiding import cancel_receipt
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff


@pytest.fixture
def muna(town: str) -> Viewer:
    return staff("muna", "finance_manager")


@pytest.fixture
def nour(town: str):
    return person()


def draft(**facts: object) -> Campaign:
    return Campaign(
        **{
            "title": "حملة الخصم التشجيعي",
            "kind": CreditKind.DISCOUNT,
            "percent": Decimal(10),
            "kinds": ["finance.water"],
            "since": today(),
            "until": today() + timedelta(days=30),
            "decision_no": "7/2026",
            "decided_on": today(),
            "authority": "council",
            **facts,
        }
    )


def test_a_due_paid_whole_in_the_window_is_reduced(karim: Viewer, muna: Viewer, nour) -> None:
    """The README's example: 85.55 at 10 %: what is left to pay is 77.00, 8.55 are given."""
    due = owes(nour, "85.55")
    campaign = open_campaign(draft(), by=muna)
    session_of(karim)
    receipt = pays(nour, "77", by=karim)
    due.refresh_from_db()
    assert (due.paid, due.credited, due.balance) == (77, Decimal("8.55"), 0)
    credit = Credit.objects.get(campaign=campaign)
    assert (credit.amount, credit.receipt, credit.decision_no) == (
        Decimal("8.55"),
        receipt,
        "7/2026",
    )
    assert credit.entry.journal == "CN.01"
    (given,) = given_by(muna, campaign)
    assert (given["forgone"], given["paid"], given["persons"]) == (Decimal("8.55"), 77, 1)
    assert faults(HOUSE) == []


def test_a_part_is_not_reduced_when_only_whole_dues_are(karim: Viewer, muna: Viewer, nour) -> None:
    due = owes(nour, "100")
    open_campaign(draft(), by=muna)
    session_of(karim)
    pays(nour, "50", by=karim)
    due.refresh_from_db()
    assert (due.paid, due.credited) == (50, 0)


def test_a_part_brings_its_part_when_the_campaign_says_so(
    karim: Viewer, muna: Viewer, nour
) -> None:
    """Of 100.00 at 20 % a payment of 40.00 settles 50.00."""
    due = owes(nour, "100")
    open_campaign(draft(percent=Decimal(20), whole_only=False), by=muna)
    session_of(karim)
    pays(nour, "40", by=karim)
    due.refresh_from_db()
    assert (due.paid, due.credited, due.balance) == (40, 10, 50)


def test_who_pays_the_old_price_has_something_over(karim: Viewer, muna: Viewer, nour) -> None:
    owes(nour, "100")
    open_campaign(draft(), by=muna)
    session_of(karim)
    with pytest.raises(SurplusNotConfirmed):
        pays(nour, "100", by=karim)


def test_other_dues_other_years_and_other_days_are_not_reduced(muna: Viewer, nour) -> None:
    water, waste = owes(nour, "100"), owes(nour, "100", kind="finance.waste")
    old = owes(nour, "100", due_on=date(2020, 12, 31))
    open_campaign(draft(year_to=2020), by=muna)
    assert set(reductions_of([water, waste, old], on=today(), methods=[Method.CASH])) == {old.pk}
    later = today() + timedelta(days=31)
    assert reductions_of([old], on=later, methods=[Method.CASH]) == {}
    assert reductions_of([old], on=today(), methods=[Method.CHEQUE]) == {}


def test_only_the_persons_of_its_scope_are_reduced(muna: Viewer, nour) -> None:
    due = owes(nour, "100")
    open_campaign(draft(persons="organisation"), by=muna)
    assert reductions_of([due], on=today(), methods=[Method.CASH]) == {}
    open_campaign(draft(persons="person"), by=muna)
    assert due.pk in reductions_of([due], on=today(), methods=[Method.CASH])


def test_the_reduction_goes_back_with_the_receipt(karim: Viewer, muna: Viewer, nour) -> None:
    due = owes(nour, "100")
    campaign = open_campaign(draft(), by=muna)
    session_of(karim)
    receipt = pays(nour, "90", by=karim)
    cancel_receipt(receipt, reason="خطأ في الاسم", by=muna)
    due.refresh_from_db()
    assert (due.paid, due.credited, due.balance) == (0, 0, 100)
    assert given_by(muna, campaign) == []
    assert faults(HOUSE) == []


def test_a_bounced_cheque_takes_the_reduction_with_it(karim: Viewer, muna: Viewer, nour) -> None:
    due = owes(nour, "100")
    open_campaign(draft(cash_only=False), by=muna)
    session_of(karim)
    tender = Tender(
        method=Method.CHEQUE,
        amount=money("90"),
        reference="77",
        bank="بنك فلسطين",
        dated_on=today(),
    )
    receipt = receive(
        Payment(party_id=nour.pk, payer_name="نور", tenders=(tender,)),
        by=karim,
    )
    cheque = receipt.instruments.get().cheque
    deposit_cheques([cheque], by=muna)
    due.refresh_from_db()
    assert due.balance == 0
    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=muna)
    due.refresh_from_db()
    assert (due.paid, due.credited, due.balance) == (0, 0, 100)
    assert faults(HOUSE) == []


def test_an_authority_gives_no_more_than_it_may(karim: Viewer, muna: Viewer) -> None:
    """REV-04: the mayor 10 %, the council the rest; a cashier opens no campaign."""
    with pytest.raises(CampaignAboveAuthority):
        open_campaign(draft(authority="mayor", percent=Decimal("10.01")), by=muna)
    open_campaign(draft(authority="mayor"), by=muna)
    with pytest.raises(CampaignUpsideDown):
        open_campaign(draft(until=today() - timedelta(days=1)), by=muna)
    with pytest.raises(NotPermitted):
        open_campaign(draft(), by=karim)


def test_what_it_would_cost_is_told_from_the_open_dues(muna: Viewer, nour) -> None:
    """30 % of 100.00 + 50.00 of water: 45.00 would be forgone, 105.00 collected; waste is not in it."""
    owes(nour, "100")
    owes(person(), "50")
    owes(nour, "80", kind="finance.waste")
    (cost,) = cost_at_full(muna, draft(percent=Decimal(30)))
    assert (cost.dues, cost.persons, cost.owed) == (2, 2, 150)
    assert (cost.forgone, cost.collected) == (45, 105)


def test_an_ended_campaign_gives_nothing_more(muna: Viewer, nour) -> None:
    due = owes(nour, "100")
    campaign = open_campaign(draft(), by=muna)
    end_campaign(campaign, reason="قرار المجلس 9", by=muna)
    assert reductions_of([due], on=today(), methods=[Method.CASH]) == {}


def test_the_database_keeps_what_was_decided(karim: Viewer, muna: Viewer, nour) -> None:
    due = owes(nour, "100")
    campaign = open_campaign(draft(), by=muna)
    with (
        pytest.raises(DatabaseError, match="stands as it was decided"),
        transaction.atomic(),
        recorded(by=HOUSE),
    ):
        Campaign.objects.filter(pk=campaign.pk).update(percent=50)
    session_of(karim)
    receipt = pays(nour, "30", by=karim)
    with (
        pytest.raises(DatabaseError, match="outside of campaign"),
        transaction.atomic(),
        recorded(by=HOUSE),
    ):
        Credit.objects.create(
            charge=due,
            kind="discount",
            amount=Decimal("20"),
            decision_no="1",
            decided_on=today(),
            reason="x",
            entry=Entry.objects.get(pk=receipt.entry_id),
            campaign=campaign,
            receipt=receipt,
        )


amounts = st.integers(1, 200_000).map(lambda one: money(Decimal(one) / 100, "ILS"))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    owed=st.lists(st.tuples(amounts, st.integers(1, 100), st.booleans()), max_size=6),
    paid=amounts,
)
def test_reductions_never_settle_more_than_is_owed(
    owed: list[tuple[Money, int, bool]], paid: Money
) -> None:
    dues = [
        Owed(
            charge_id=at,
            balance=balance,
            due_on=date(2026, 1, 1),
            reduction=Reduction(
                campaign_id=1,
                title="",
                percent=Decimal(percent),
                whole_only=whole,
                most=money(balance.amount * percent / 100, "ILS"),
            ),
        )
        for at, (balance, percent, whole) in enumerate(owed)
    ]
    found = split(paid, dues)
    assert found.tendered + found.surplus.amount == paid.amount
    for share in found.shares:
        given_with = share.reduction.amount if share.reduction else Decimal(0)
        of = dues[share.charge_id]
        assert share.amount.amount >= 0 and given_with >= 0
        assert share.amount.amount + given_with <= of.balance.amount
        assert of.reduction is not None
        assert given_with <= (
            share.amount.amount + given_with
        ) * of.reduction.percent / 100 + Decimal("0.01")
