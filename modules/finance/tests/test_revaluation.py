"""The month's end: balances in dinars and dollars are told at that day's rate, and only what they are worth moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.policies.services import set_value
from kernel.ports.charges import ChargeSource
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, EntryKind
from modules.finance.errors import PeriodClosed, RateMissing, RateTooOld
from modules.finance.errors.books import MonthNotOver, RevaluationSwitchedOff
from modules.finance.models import Account, Charge, Entry, Line, Period
from modules.finance.selectors.books import BalanceLine, account_of, trial_balance
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.revaluation import revaluation_at
from modules.finance.selectors.statements import statement_of
from modules.finance.services.charging import assess_charge
from modules.finance.services.chart import rename_account
from modules.finance.services.periods import close_period, open_year
from modules.finance.services.posting import credit, debit, post_entry
from modules.finance.services.revaluing import revalue_month
from modules.finance.services.vouchers import HandLine, post_voucher
from modules.finance.tests.factories import HOUSE, person, rate, staff

FIRST, LAST, NEXT = date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)
THIRD_OF_DECEMBER = datetime(2026, 12, 3, 9, tzinfo=UTC)


@pytest.fixture
def muna(town: str) -> Iterator[Viewer]:
    """The finance manager, on 3 December: November is over, both months are open in the books."""
    with time_machine.travel(THIRD_OF_DECEMBER, tick=True):
        open_year(year=2026, by=HOUSE)
        yield staff("muna", "finance_manager")


def by_hand(
    debited: str, credited: str, amount: str, currency: str = "JOD", on: date = FIRST
) -> Entry:
    return post_voucher(
        on=on,
        description="قيد",
        currency=currency,
        lines=[
            HandLine(account=Account.objects.get(code=debited), debit=Decimal(amount)),
            HandLine(account=Account.objects.get(code=credited), credit=Decimal(amount)),
        ],
        by=HOUSE,
    )


def balance_of(code: str, currency: str, on: date) -> BalanceLine | None:
    found = trial_balance(HOUSE, on=on)
    return next((one for one in found if (one.code, one.currency) == (code, currency)), None)


def revalue(by: Viewer) -> Entry | None:
    return revalue_month(year=LAST.year, month=LAST.month, by=by)


def test_a_bank_account_in_dinars_is_told_at_the_last_days_rate_and_back_on_the_first(
    muna: Viewer,
) -> None:
    """1,000.000 JOD taken at 5.20 are 5,200.00; at 5.35 they are worth 5,350.00: 150.00 of unrealised gain."""
    rate("JOD", "5.20", on=FIRST)
    by_hand("1121", "471", "1000")
    rate("JOD", "5.35", on=LAST)
    entry = revalue(muna)
    assert entry is not None
    assert (entry.date, entry.kind) == (LAST, EntryKind.REVALUATION)
    bank = balance_of("1121", "JOD", LAST)
    assert bank is not None
    assert (bank.balance, bank.base_balance) == (1000, Decimal("5350.00"))
    unrealised = Line.objects.get(entry=entry, account=account_of(AccountRole.UNREALISED))
    assert (unrealised.base_credit, unrealised.credit, unrealised.currency) == (150, 0, "JOD")
    assert {one.rate for one in entry.lines.all()} == {Decimal("5.35")}
    back = entry.reversal
    assert back.date == NEXT
    bank = balance_of("1121", "JOD", NEXT)
    assert bank is not None
    assert (bank.balance, bank.base_balance) == (1000, Decimal("5200.00"))
    assert faults(HOUSE) == []
    assert {entry.posted_by_name, back.posted_by_name} == {muna.name}


def test_what_is_owed_loses_when_the_currency_rises_and_revenue_is_never_touched(
    muna: Viewer,
) -> None:
    """A loan of 200.00 USD at 3.60 costs 740.00 at 3.70: a loss of 20.00. The stores bought with it stay at 720.00."""
    rate("USD", "3.60", on=FIRST)
    by_hand("14", "24", "200", "USD")
    rate("USD", "3.70", on=LAST)
    entry = revalue(muna)
    assert entry is not None
    loan, stores = balance_of("24", "USD", LAST), balance_of("14", "USD", LAST)
    assert loan is not None
    assert stores is not None
    assert (loan.base_balance, stores.base_balance) == (Decimal("-740.00"), Decimal("720.00"))
    unrealised = Line.objects.get(entry=entry, account=account_of(AccountRole.UNREALISED))
    assert unrealised.base_debit == 20


def test_a_second_run_posts_nothing_and_a_corrected_rate_only_what_differs(muna: Viewer) -> None:
    rate("JOD", "5.20", on=FIRST)
    by_hand("1121", "471", "100")
    rate("JOD", "5.35", on=LAST)
    first = revalue(muna)
    assert first is not None
    assert revalue(muna) is None
    rate("JOD", "5.36", on=LAST)
    second = revalue(muna)
    assert second is not None
    assert [one.source for one in (first, second)] == [
        f"revaluation:{LAST:%Y-%m}",
        f"revaluation:{LAST:%Y-%m}:2",
    ]
    assert sum(one.base_debit for one in second.lines.all()) == Decimal("1.00")
    bank, after = balance_of("1121", "JOD", LAST), balance_of("1121", "JOD", NEXT)
    assert bank is not None
    assert after is not None
    assert (bank.base_balance, after.base_balance) == (Decimal("536.00"), Decimal("520.00"))
    assert revalue(muna) is None
    assert faults(HOUSE) == []


def test_dues_move_in_the_books_and_not_for_the_person(muna: Viewer) -> None:
    """Three persons owe 0.333 JOD each: each part is rounded, the last one takes the rest, the account is exact."""
    rate("JOD", "5.00", on=FIRST)
    people = [person(name) for name in ("نور", "سلمى", "خالد")]
    rents = Account.objects.get(code="1209")
    owed, worth = money("0.333", "JOD"), Decimal("1.67")
    for one in people:
        due = assess_charge(
            source=ChargeSource(module="leases", record=f"lease:{one.pk}", code="rent"),
            party_id=one.pk,
            kind="finance.rent",
            amount=owed,
            due_on=FIRST,
            description="",
            on=FIRST,
            by=HOUSE,
        )
        assert due.base_principal == worth
    rate("JOD", "5.50", on=LAST)
    entry = revalue(muna)
    assert entry is not None
    mine = entry.lines.filter(account=rents).order_by("seq")
    parts = [(one.party_id, one.base_debit) for one in mine]
    assert parts == [
        (people[0].pk, Decimal("0.16")),
        (people[1].pk, Decimal("0.16")),
        (people[2].pk, Decimal("0.16")),
    ]
    rents_now = balance_of("1209", "JOD", LAST)
    assert rents_now is not None
    assert rents_now.base_balance == Decimal("5.49")
    told = statement_of(HOUSE, [people[0].pk], since=FIRST, until=today())
    assert [len(one.movements) for one in told.accounts] == [1]
    assert {one.balance for one in Charge.objects.all()} == {owed.amount}


def test_without_a_rate_of_the_day_nothing_is_posted(muna: Viewer) -> None:
    rate("JOD", "5.20", on=FIRST)
    rate("USD", "3.60", on=FIRST)
    by_hand("1121", "471", "100")
    by_hand("1121", "471", "100", "USD")
    rate("JOD", "5.30", on=LAST)
    with pytest.raises(RateTooOld) as refused:
        revalue(muna)
    assert refused.value.facts["currency"] == "USD"
    assert not Entry.objects.filter(kind=EntryKind.REVALUATION).exists()


def test_a_currency_without_any_rate_is_named_and_not_called_nothing(
    muna: Viewer, client_for: Callable[..., Client]
) -> None:
    bank = Account.objects.get(code="1121").pk
    amount = money("10", "EUR")
    post_entry(
        journal="JV", kind=EntryKind.JOURNAL, on=FIRST, description="", by=HOUSE,
        sides=[
            debit(bank, amount, base=Decimal(40), rate=Decimal(4)),
            credit(Account.objects.get(code="471").pk, amount, base=Decimal(40), rate=Decimal(4)),
        ],
    )  # fmt: skip
    with pytest.raises(RateMissing):
        revalue(muna)
    browser = client_for("muna")
    said = browser.get(f"{reverse('finance:revaluation')}?month={LAST:%Y-%m}").content.decode()
    assert "EUR" in said and "لا أرصدة بعملة أخرى" not in said
    assert reverse("finance:revaluation-paper") not in said
    paper = browser.get(f"{reverse('finance:revaluation-paper')}?month={LAST:%Y-%m}")
    assert (paper.status_code, paper["Content-Type"]) != (200, "application/pdf")
    assert "EUR" in paper.content.decode()


def test_a_closed_month_is_not_revalued_nor_one_that_runs(muna: Viewer) -> None:
    rate("JOD", "5.20", on=FIRST)
    by_hand("1121", "471", "100")
    rate("JOD", "5.30", on=LAST)
    close_period(Period.objects.get(year=LAST.year, month=LAST.month), by=HOUSE)
    with pytest.raises(PeriodClosed):
        revalue(muna)
    with pytest.raises(MonthNotOver):
        revalue_month(year=2026, month=12, by=muna)
    assert not Entry.objects.filter(kind=EntryKind.REVALUATION).exists()


def test_nothing_stands_when_the_next_month_is_closed(muna: Viewer) -> None:
    """The reversal would have no place: neither of the two is posted."""
    rate("JOD", "5.20", on=FIRST)
    by_hand("1121", "471", "100")
    rate("JOD", "5.30", on=LAST)
    close_period(Period.objects.get(year=NEXT.year, month=NEXT.month), by=HOUSE)
    with pytest.raises(PeriodClosed), transaction.atomic():
        revalue(muna)
    assert not Entry.objects.filter(kind=EntryKind.REVALUATION).exists()


def test_a_municipality_decides_whether(muna: Viewer) -> None:
    rate("JOD", "5.20", on=FIRST)
    by_hand("1121", "471", "100")
    rate("JOD", "5.30", on=LAST)
    key = "FIN-04.revalue_monthly"
    set_value(key, False, starts_on=FIRST, resolution="5/2026", by=HOUSE)
    with pytest.raises(RevaluationSwitchedOff):
        revalue(muna)


def test_a_municipality_decides_which_accounts(muna: Viewer) -> None:
    rate("JOD", "5.20", on=FIRST)
    by_hand("1121", "471", "100")
    rate("JOD", "5.30", on=LAST)
    bank = Account.objects.get(code="1121")
    rename_account(
        bank, name_ar=bank.name_ar, name_en="", report_line="", is_active=True, is_monetary=False, by=HOUSE,
    )  # fmt: skip
    assert revaluation_at(muna, on=LAST).rows == ()
    assert revalue(muna) is None


def test_the_database_refuses_a_revaluation_that_moves_an_amount_or_is_not_taken_back(
    muna: Viewer,
) -> None:
    bank, other = Account.objects.get(code="1121").pk, Account.objects.get(code="477").pk
    for amount in (money("1", "ILS"), money("0", "ILS")):
        sides = [
            debit(bank, amount, base=Decimal(1)),
            credit(other, amount, base=Decimal(1)),
        ]
        with pytest.raises(DatabaseError, match="taken back"), transaction.atomic():
            post_entry(
                journal="JV", kind=EntryKind.REVALUATION, on=LAST, description="", sides=sides, by=HOUSE,
            )  # fmt: skip
            _commit_checks()


def _commit_checks() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# --- Pages --------------------------------------------------------------------------------------------


def test_the_page_shows_the_month_posts_it_and_prints_it(
    muna: Viewer, client_for: Callable[..., Client], count_queries
) -> None:
    rate("JOD", "5.20", on=FIRST)
    by_hand("1121", "471", "1000.005")
    rate("JOD", "5.35", on=LAST)
    browser, month = client_for("muna"), f"{LAST:%Y-%m}"
    where = f"{reverse('finance:revaluation')}?month={month}"
    with count_queries() as seen:
        page = browser.get(where)
    assert len(seen) <= 24, [one["sql"][:90] for one in seen]
    shown = page.content.decode()
    for told in ("1,000.005", "5,200.03", "5,350.03", "150.00"):
        assert told in shown
    gone = browser.post(reverse("finance:revaluation-post"), {"month": month})
    assert gone.status_code == 302
    entry = Entry.objects.get(kind=EntryKind.REVALUATION)
    shown = browser.get(where).content.decode()
    assert entry.number_text in shown
    assert "150.00" in shown
    assert reverse("finance:revaluation-post") not in shown
    again = browser.post(reverse("finance:revaluation-post"), {"month": month})
    assert again.status_code == 302
    assert Entry.objects.filter(kind=EntryKind.REVALUATION).count() == 1
    paper = browser.get(f"{reverse('finance:revaluation-paper')}?month={month}")
    assert paper.content.startswith(b"%PDF")
    assert "150.00" in browser.get(reverse("finance:entry", args=[entry.uid])).content.decode()
    voucher = browser.get(reverse("finance:voucher-paper", args=[entry.uid]))
    assert voucher.content.startswith(b"%PDF")


def test_a_refused_month_says_why_and_keeps_what_was_chosen(
    muna: Viewer, client_for: Callable[..., Client]
) -> None:
    rate("JOD", "5.20", on=FIRST)
    by_hand("1121", "471", "100")
    browser, month = client_for("muna"), f"{LAST:%Y-%m}"
    answer = browser.post(reverse("finance:revaluation-post"), {"month": month})
    assert answer.status_code == 422
    assert f'value="{month}" selected' in answer.content.decode()
    assert (
        browser.post(reverse("finance:revaluation-post"), {"month": "1999-99"}).status_code == 422
    )


def test_who_may_not_revalue_reads_and_posts_nothing(
    muna: Viewer, client_for: Callable[..., Client]
) -> None:
    staff("adam", "auditor")
    browser = client_for("adam")
    assert browser.get(reverse("finance:revaluation")).status_code == 200
    refused = browser.post(reverse("finance:revaluation-post"), {"month": f"{LAST:%Y-%m}"})
    assert refused.status_code == 403


# --- The edge -----------------------------------------------------------------------------------------


def test_a_programme_reads_the_month_and_posts_it_once(
    muna: Viewer, api_for: Callable[..., Client], count_queries
) -> None:
    rate("JOD", "5.20", on=FIRST)
    by_hand("1121", "471", "1000.005")
    rate("JOD", "5.35", on=LAST)
    browser = api_for("muna")
    listed = browser.get("/api/v1/revaluations").json()["data"]
    assert (listed[0]["month"], listed[0]["state"]) == ("2026-11", "open")
    november = listed[0]["id"]
    with count_queries() as seen:
        told = browser.get(f"/api/v1/revaluations/{november}").json()
    assert len(seen) <= 16, [one["sql"][:90] for one in seen]
    assert told["is_posted"] is False
    assert told["rows"] == [
        {
            "account": "1121",
            "balance": {"amount": "1000.005", "currency": "JOD"},
            "rate": "5.35",
            "in_books": {"amount": "5200.03", "currency": "ILS"},
            "at_rate": {"amount": "5350.03", "currency": "ILS"},
            "difference": {"amount": "150.00", "currency": "ILS"},
        }
    ]

    def posts(key: str) -> Any:
        return browser.post(
            "/api/v1/revaluations",
            {"month": november},
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    made = posts("november-revaluation-1")
    assert made.status_code == 201
    assert made.json()["is_posted"] is True
    assert made.json()["entries"][0]["reversed_on"] == "2026-12-01"
    again = posts("november-revaluation-2")
    assert again.status_code == 200
    assert Entry.objects.filter(kind=EntryKind.REVALUATION).count() == 1
    december = Period.objects.get(year=2026, month=12)
    assert browser.get(f"/api/v1/revaluations/{december.uid}").json()["is_over"] is False
    staff("adam", "auditor")
    refused = api_for("adam").post(
        "/api/v1/revaluations", {"month": november}, content_type="application/json"
    )
    assert refused.status_code == 403
