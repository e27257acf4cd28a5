"""Amal sends Nour to the cash desk; Karim receives, and the books agree."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kernel.audit.models import AuditEntry
from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.events.models import OutboxEvent
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import Method
from modules.finance.errors import (
    CashNotInSteps,
    ChargeNotOpen,
    ChequeIsPostDated,
    NoOpenSession,
    RateMissing,
    RateTooOld,
    SurplusNotConfirmed,
    TenderIncomplete,
    TendersMixCurrencies,
)
from modules.finance.models import Line, Receipt
from modules.finance.selectors.dues import advance_of
from modules.finance.selectors.proofs import faults
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.receiving import receive
from modules.finance.tests.factories import HOUSE, cash, owes, pays, person, rate, session_of


@pytest.fixture
def nour(town: str):
    return person()


def test_a_receipt_settles_the_oldest_due_first(karim: Viewer, nour) -> None:
    old = owes(nour, "100", due_on=date(2025, 1, 31))
    new = owes(nour, "100", due_on=date(2026, 1, 31))
    session_of(karim)
    receipt = pays(nour, "150", by=karim)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.paid, old.balance, old.status) == (100, 0, "settled")
    assert (new.paid, new.balance, new.status) == (50, 50, "part_paid")
    assert receipt.number_text == f"01-{today().year}/00001"
    assert receipt.words == "فقط مائة وخمسون شيكلاً لا غير"
    assert faults(HOUSE) == []


def test_the_receipt_leaves_its_entry_its_trail_and_its_events(karim: Viewer, nour) -> None:
    owes(nour, "80")
    session_of(karim)
    receipt = pays(nour, "80", by=karim)
    lines = Line.objects.filter(entry=receipt.entry).order_by("seq")
    assert [(one.account.code, one.debit, one.credit) for one in lines] == [
        ("11101", 80, 0),
        ("1203", 0, 80),
    ]
    assert receipt.entry.number_text == f"RV.01 {today().year}/00001"
    row = AuditEntry.objects.filter(table_name="finance_receipt", row_id=str(receipt.pk)).get()
    assert (row.operation, row.actor_id) == ("insert", karim.user_id)
    names = list(OutboxEvent.objects.order_by("id").values_list("name", flat=True))
    assert names[-2:] == ["finance.ReceiptPosted", "finance.ChargeSettled"]


def test_only_the_ticked_dues_are_settled(karim: Viewer, nour) -> None:
    old = owes(nour, "100", due_on=date(2025, 1, 31))
    fee = owes(nour, "10", kind="finance.services")
    session_of(karim)
    pays(nour, "10", by=karim, charges=[fee])
    old.refresh_from_db()
    fee.refresh_from_db()
    assert (old.balance, fee.balance) == (100, 0)


def test_what_is_over_becomes_an_advance_only_when_confirmed(karim: Viewer, nour) -> None:
    owes(nour, "100")
    session_of(karim)
    with pytest.raises(SurplusNotConfirmed):
        pays(nour, "120", by=karim)
    assert Receipt.objects.count() == 0
    receipt = pays(nour, "120", by=karim, keep_surplus=True)
    assert receipt.surplus == 20
    assert advance_of([nour.pk]) == {"ILS": Decimal("20")}
    assert faults(HOUSE) == []


def test_a_refused_receipt_leaves_no_gap(karim: Viewer, nour) -> None:
    owes(nour, "50")
    session_of(karim)
    pays(nour, "10", by=karim)
    with pytest.raises(SurplusNotConfirmed):
        pays(nour, "500", by=karim)
    assert pays(nour, "10", by=karim).number == 2


def test_a_due_in_dinars_is_paid_in_shekels_at_the_stored_rate(karim: Viewer, nour) -> None:
    rate("JOD", "5.20")
    rent = owes(nour, money("100.500", "JOD"), kind="finance.rent")
    session_of(karim)
    receipt = pays(nour, "522.60", by=karim)
    rent.refresh_from_db()
    assert rent.balance == 0
    assert receipt.settlements.get().tendered == Decimal("522.600")
    assert faults(HOUSE) == []


def test_a_changed_rate_leaves_a_difference_and_the_books_still_balance(
    karim: Viewer, nour
) -> None:
    session_of(karim)
    rate("JOD", "5.25")
    second = owes(nour, money("10", "JOD"), kind="finance.rent")
    rate("JOD", "5.30")
    receipt = pays(nour, money("10", "JOD"), by=karim)
    second.refresh_from_db()
    gain = Line.objects.get(entry=receipt.entry, account__role="exchange_difference")
    assert (gain.debit, gain.credit, gain.base_credit) == (0, 0, Decimal("0.500"))
    assert faults(HOUSE) == []


def test_the_third_decimal_of_the_dinar_is_kept(karim: Viewer, nour) -> None:
    rate("JOD", "5.213")
    rent = owes(nour, money("8.255", "JOD"), kind="finance.rent")
    session_of(karim)
    pays(nour, money("8.250", "JOD"), by=karim)
    rent.refresh_from_db()
    assert rent.balance == Decimal("0.005")
    pays(nour, money("0.005", "JOD"), by=karim)
    rent.refresh_from_db()
    assert (rent.balance, rent.base_settled) == (0, rent.base_principal)
    assert faults(HOUSE) == []


def test_mixed_instruments_go_to_their_own_accounts(karim: Viewer, nour) -> None:
    owes(nour, "300")
    session_of(karim)
    receipt = receive(
        Payment(
            party_id=nour.pk,
            payer_name="نور",
            tenders=(
                cash("100"),
                Tender(method=Method.CARD, amount=money("150"), reference="778"),
                Tender(
                    method=Method.CHEQUE,
                    amount=money("50"),
                    reference="30001245",
                    bank="بنك فلسطين",
                    dated_on=today(),
                ),
            ),
        ),
        by=karim,
    )
    debits = Line.objects.filter(entry=receipt.entry, debit__gt=0).order_by("seq")
    assert [(one.account.code, one.debit) for one in debits] == [
        ("11101", 100),
        ("1131", 150),
        ("131", 50),
    ]
    assert faults(HOUSE) == []


@pytest.mark.parametrize(
    ("tenders", "refusal"),
    [
        ((cash("10"), cash(money("5", "JOD"))), TendersMixCurrencies),
        ((cash("10.05"),), CashNotInSteps),
        ((Tender(method=Method.CARD, amount=money("10")),), TenderIncomplete),
        ((Tender(method=Method.CHEQUE, amount=money("10"), reference="1"),), TenderIncomplete),
        (
            (
                Tender(
                    method=Method.CHEQUE,
                    amount=money("10"),
                    reference="1",
                    bank="ب",
                    dated_on=date(2099, 1, 1),
                ),
            ),
            ChequeIsPostDated,
        ),
        ((cash(money("10", "JOD")),), RateMissing),
    ],
)
def test_what_cannot_be_received_is_refused_and_nothing_is_written(
    karim: Viewer, nour, tenders, refusal
) -> None:
    owes(nour, "100")
    session_of(karim)
    with pytest.raises(refusal):
        receive(Payment(party_id=nour.pk, payer_name="نور", tenders=tenders), by=karim)
    assert Receipt.objects.count() == 0


def test_an_old_rate_is_refused(karim: Viewer, nour) -> None:
    rate("JOD", "5.20", on=today() - timedelta(days=3))
    owes(nour, money("10", "JOD"), kind="finance.rent")
    session_of(karim)
    with pytest.raises(RateTooOld):
        pays(nour, "52", by=karim)


def test_a_settled_due_is_not_paid_twice(karim: Viewer, nour) -> None:
    water = owes(nour, "50")
    session_of(karim)
    pays(nour, "50", by=karim)
    with pytest.raises(ChargeNotOpen):
        pays(nour, "50", by=karim, charges=[water])


def test_anothers_due_is_not_paid_by_mistake(karim: Viewer, nour) -> None:
    theirs = owes(person("سعاد"), "50")
    session_of(karim)
    with pytest.raises(ChargeNotOpen):
        pays(nour, "50", by=karim, charges=[theirs])


def test_without_a_session_nothing_is_received(karim: Viewer, nour) -> None:
    owes(nour, "50")
    with pytest.raises(NoOpenSession):
        pays(nour, "50", by=karim)


def test_a_clerk_may_not_receive(amal: Viewer, nour) -> None:
    with pytest.raises(NotPermitted):
        pays(nour, "50", by=amal)
