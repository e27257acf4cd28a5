"""Dues are charged once, made smaller by decision, taken back whole; and ports answer for them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.events.models import OutboxEvent
from kernel.money import money
from kernel.parties.selectors import ids_of
from kernel.parties.services import merge_parties
from kernel.ports import ask
from kernel.ports.charges import ChargePort, ChargeSource
from kernel.ports.dues import DuesPort
from kernel.viewer import Viewer
from modules.finance.constants import CreditKind
from modules.finance.errors import (
    AdvanceTooSmall,
    AmountNotPositive,
    ChargeAlreadySettledInPart,
    ChargeSourceTaken,
    CreditAboveAuthority,
    CreditAlreadyReversed,
    CreditTooLarge,
    DecisionMissing,
    DuesKindUnknown,
)
from modules.finance.models import Charge, DuesKind, Line
from modules.finance.selectors.books import kinds_snapshot
from modules.finance.selectors.dues import advance_of, dues_of
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.statements import statement_of
from modules.finance.services.charging import assess_charge, cancel_charge
from modules.finance.services.credits import (
    DecisionPaper,
    apply_advance,
    credit_charge,
    reverse_credit,
)
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff

SOURCE = ChargeSource(module="crafts", record="licence:7", code="annual", period="2026")
COUNCIL = DecisionPaper(number="12/2026", decided_on=date(2026, 3, 1), authority="council")


@pytest.fixture
def nour(town: str):
    return person()


def assess(party, amount: str = "150", source: ChargeSource = SOURCE) -> Charge:
    return assess_charge(
        source=source,
        party_id=party.pk,
        kind="finance.crafts",
        amount=money(amount),
        due_on=today(),
        description="رخصة مخبز",
        by=HOUSE,
    )


def test_the_same_source_is_charged_once(nour) -> None:
    assert assess(nour).pk == assess(nour).pk
    assert Charge.objects.count() == 1
    assert OutboxEvent.objects.filter(name="finance.ChargeAssessed").count() == 1


def test_the_same_source_with_another_amount_is_refused(nour) -> None:
    assess(nour)
    with pytest.raises(ChargeSourceTaken):
        assess(nour, "151")


def test_another_period_is_another_due(nour) -> None:
    assess(nour)
    assess(
        nour, source=ChargeSource(module="crafts", record="licence:7", code="annual", period="2027")
    )
    assert Charge.objects.count() == 2


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_nothing_and_less_is_not_charged(nour, amount: str) -> None:
    with pytest.raises(AmountNotPositive):
        assess(nour, amount)


def test_a_kind_that_a_new_module_declares_is_known_with_its_first_charge(nour) -> None:
    with recorded(by=HOUSE):
        DuesKind.objects.filter(code="finance.streets").delete()
        kinds_snapshot.changed()
    assert owes(nour, "5", kind="finance.streets").kind.receivable.code == "1211"


def test_an_unknown_kind_is_refused(nour) -> None:
    with pytest.raises(DuesKindUnknown):
        owes(nour, "5", kind="finance.moonlight")


def test_a_wrong_assessment_is_cancelled_and_charged_again(nour) -> None:
    wrong = assess(nour)
    cancel_charge(wrong, reason="خطأ في الفئة", by=HOUSE)
    right = assess(nour, "100")
    wrong.refresh_from_db()
    assert (wrong.status, wrong.balance, right.balance) == ("cancelled", 0, 100)
    assert faults(HOUSE) == []


def test_a_due_that_is_paid_in_part_is_not_cancelled(karim: Viewer, nour) -> None:
    due = assess(nour)
    session_of(karim)
    pays(nour, "50", by=karim)
    with pytest.raises(ChargeAlreadySettledInPart):
        cancel_charge(due, reason="خطأ", by=HOUSE)


def test_an_exemption_is_charged_first_then_granted_by_decision(nour) -> None:
    due = assess(nour)
    credit_charge(
        due,
        kind=CreditKind.EXEMPTION,
        amount=money("50"),
        reason="ذوو إعاقة",
        paper=COUNCIL,
        by=HOUSE,
    )
    due.refresh_from_db()
    assert (due.principal, due.credited, due.balance) == (150, 50, 100)
    assert Line.objects.get(account__role="exemptions").debit == 50
    assert faults(HOUSE) == []


def test_the_authority_for_discounts_is_the_policys(nour) -> None:
    """REV-04: the mayor up to 10 per cent; 15.00 of 150.00 is allowed, 15.01 is the council's."""
    due = assess(nour)
    mayor = DecisionPaper(number="3", decided_on=today(), authority="mayor")
    with pytest.raises(CreditAboveAuthority):
        credit_charge(
            due,
            kind=CreditKind.DISCOUNT,
            amount=money("15.01"),
            reason="خصم",
            paper=mayor,
            by=HOUSE,
        )
    credit_charge(
        due, kind=CreditKind.DISCOUNT, amount=money("15"), reason="خصم", paper=mayor, by=HOUSE
    )
    due.refresh_from_db()
    with pytest.raises(CreditAboveAuthority):
        credit_charge(
            due, kind=CreditKind.DISCOUNT, amount=money("1"), reason="خصم", paper=mayor, by=HOUSE
        )


def test_a_discount_needs_its_decision_and_is_not_larger_than_the_due(nour) -> None:
    due = assess(nour)
    with pytest.raises(DecisionMissing):
        credit_charge(due, kind=CreditKind.DISCOUNT, amount=money("5"), reason="خصم", by=HOUSE)
    with pytest.raises(CreditTooLarge):
        credit_charge(due, kind=CreditKind.CORRECTION, amount=money("151"), reason="خطأ", by=HOUSE)


def test_a_credit_is_taken_back_once(nour) -> None:
    due = assess(nour)
    granted = credit_charge(
        due, kind=CreditKind.EXEMPTION, amount=money("150"), reason="إعفاء", paper=COUNCIL, by=HOUSE
    )
    due.refresh_from_db()
    assert due.status == "settled"
    reverse_credit(granted, reason="ألغي القرار", by=HOUSE)
    due.refresh_from_db()
    assert (due.credited, due.balance, due.base_settled) == (0, 150, 0)
    with pytest.raises(CreditAlreadyReversed):
        reverse_credit(granted, reason="ألغي القرار", by=HOUSE)
    assert OutboxEvent.objects.filter(name="finance.ChargeReopened").count() == 1
    assert faults(HOUSE) == []


def test_an_advance_settles_a_later_due_and_no_more_than_it_has(karim: Viewer, nour) -> None:
    session_of(karim)
    pays(nour, "40", by=karim, keep_surplus=True)
    due = assess(nour)
    with pytest.raises(AdvanceTooSmall):
        apply_advance(due, amount=money("41"), by=karim)
    apply_advance(due, amount=money("40"), by=karim)
    due.refresh_from_db()
    assert due.balance == 110
    assert advance_of([nour.pk]) == {}
    assert faults(HOUSE) == []


def test_a_clerk_may_not_assess_or_credit(amal: Viewer, nour) -> None:
    due = assess(nour)
    with pytest.raises(NotPermitted):
        credit_charge(due, kind=CreditKind.CORRECTION, amount=money("5"), reason="خطأ", by=amal)
    with pytest.raises(NotPermitted):
        cancel_charge(due, reason="خطأ", by=amal)


def test_the_charge_port_assesses_tells_and_credits(amal: Viewer, karim: Viewer, nour) -> None:
    """The front desk's clerk needs no right of finance: her own module judged."""
    port = ask(ChargePort)
    ref = port.assess(
        source=ChargeSource(module="frontdesk", record="r1", code="fee"),
        party_id=nour.pk,
        kind="finance.services",
        amount=money("10"),
        due_on=today(),
        description="رسم طلب",
        by=amal,
    )
    assert (ref.amount, ref.balance, ref.settled) == (Decimal("10.00"), Decimal("10.00"), False)
    session_of(karim)
    receipt = pays(nour, "6", by=karim)
    known = port.status([ref.uid])[ref.uid]
    assert (known.balance, known.receipt_numbers) == (Decimal("4.00"), (receipt.number_text,))
    assert port.credit(charge_uid=ref.uid, amount=money("4"), reason="إعفاء", by=amal).settled


def test_the_dues_port_answers_in_one_query(nour, count_queries) -> None:
    owes(nour, "100", due_on=date(2025, 1, 31), description="مياه 2024")
    owes(nour, "20")
    port = ask(DuesPort)
    port.dues_of([nour.pk], on=today())
    with count_queries() as seen:
        answer = port.dues_of([nour.pk], on=today())
    assert len(seen) <= 2
    first = answer.lines[0]
    assert (first.kind, first.year, first.balance, first.description) == (
        "finance.water",
        2025,
        Decimal("100.00"),
        "مياه 2024",
    )
    assert answer.totals == {"ILS": Decimal("120.00")}


def test_dues_of_a_past_day_are_those_of_that_day(karim: Viewer, nour) -> None:
    owes(nour, "100")
    yesterday = today() - timedelta(days=1)
    assert dues_of([nour.pk], today=today(), on=yesterday).lines == ()
    session_of(karim)
    pays(nour, "30", by=karim)
    now = dues_of([nour.pk], today=today(), on=today())
    as_if_past = dues_of([nour.pk], today=today() + timedelta(days=1), on=today())
    assert now.lines == as_if_past.lines


def test_a_merged_person_owes_with_both_records_and_no_line_is_rewritten(
    karim: Viewer, nour
) -> None:
    double = person("نور")
    owes(double, "30")
    owes(nour, "20")
    before = list(Line.objects.order_by("id").values_list("id", "party_id"))
    merge_parties(keep=nour.uid, alias=double.uid, reason="سجل مكرر", by=HOUSE)
    answer = ask(DuesPort).dues_of(ids_of(nour.pk), on=today())
    assert answer.totals == {"ILS": Decimal("50.00")}
    assert list(Line.objects.order_by("id").values_list("id", "party_id")) == before


def test_the_statement_runs_from_opening_to_closing(karim: Viewer, nour) -> None:
    owes(nour, "100")
    session_of(karim)
    receipt = pays(nour, "30", by=karim)
    found = statement_of(HOUSE, [nour.pk], since=today(), until=today())
    (account,) = found.accounts
    assert (account.opening, account.debit, account.credit, account.closing) == (0, 100, 30, 70)
    assert [one.balance for one in account.movements] == [100, 70]
    assert account.movements[1].document == receipt.number_text
    later = statement_of(
        HOUSE, [nour.pk], since=today() + timedelta(days=1), until=today() + timedelta(days=2)
    )
    assert (later.accounts[0].opening, later.accounts[0].closing) == (70, 70)


def test_an_auditor_reads_and_changes_nothing(town: str, nour) -> None:
    auditor = staff("huda", "auditor")
    due = assess(nour)
    with pytest.raises(NotPermitted):
        cancel_charge(due, reason="خطأ", by=auditor)
