"""The accountant's books: entries by hand, ageing of any day, the year's closing, the chart from a sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.calendar.selectors import today
from kernel.errors import NotVisible
from kernel.money import money
from modules.finance.constants import BounceReason
from modules.finance.errors import EntryUnbalanced, PeriodClosed
from modules.finance.errors.books import (
    AccountOfCharges,
    ChartRefused,
    OnlyHandEntriesReversed,
    YearAlreadyClosed,
    YearHasOpenMonths,
    YearNotOver,
)
from modules.finance.models import Account, Entry, Period
from modules.finance.pages.books import PROOF_TITLES
from modules.finance.selectors.ageing import ageing
from modules.finance.selectors.books import trial_balance
from modules.finance.selectors.proofs import faults, proofs
from modules.finance.services.chart_sheet import HEADINGS, read_chart, take_chart
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import clear_cheques, deposit_cheques
from modules.finance.services.cheques.taking import take_cheques
from modules.finance.services.closing_year import close_year
from modules.finance.services.periods import close_period, open_year
from modules.finance.services.vouchers import HandLine, post_voucher, reverse_voucher
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff
from modules.finance.tests.test_cheques import paper, tendered


def account(code: str) -> Account:
    return Account.objects.get(code=code)


def voucher(amount: str = "100", *, currency: str = "ILS", on: date | None = None) -> Entry:
    """Running costs paid from the bank."""
    value = Decimal(amount)
    return post_voucher(
        on=on or today(),
        description="مصاريف",
        currency=currency,
        lines=[
            HandLine(account=account("52"), debit=value),
            HandLine(account=account("1121"), credit=value),
        ],
        by=HOUSE,
    )


def sheet(*rows: tuple[str, ...]) -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet()
    page.write_row(0, 0, HEADINGS)
    for number, row in enumerate(rows, start=1):
        page.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def test_an_entry_by_hand_balances_and_is_taken_back_once(town: str) -> None:
    entry = voucher()
    reverse_voucher(entry, reason="خطأ", by=HOUSE)
    with pytest.raises(Exception, match=entry.number_text):
        reverse_voucher(entry, reason="خطأ", by=HOUSE)
    assert faults(HOUSE) == []


def test_an_entry_by_hand_in_dinars_balances_in_base_to_the_agora(town: str) -> None:
    rate("JOD", "5.2137")
    value = Decimal("33.333")
    entry = post_voucher(
        on=today(),
        description="إيجار",
        currency="JOD",
        lines=[
            HandLine(account=account("52"), debit=value),
            HandLine(account=account("53"), debit=value),
            HandLine(account=account("54"), debit=value),
            HandLine(account=account("1121"), credit=value * 3),
        ],
        by=HOUSE,
    )
    assert str(entry.lines.order_by("seq")[0].debit) == "33.333"
    assert faults(HOUSE) == []


def test_an_unbalanced_entry_or_one_on_the_dues_is_refused(town: str) -> None:
    half = HandLine(account=account("52"), debit=Decimal(1))
    for other, refusal in (
        (HandLine(account=account("1121"), credit=Decimal(2)), EntryUnbalanced),
        (HandLine(account=account("1203"), credit=Decimal(1)), AccountOfCharges),
    ):
        with pytest.raises(refusal):
            post_voucher(on=today(), description="x", currency="ILS", lines=[half, other], by=HOUSE)


def test_a_receipts_entry_is_not_taken_back_by_hand(town: str) -> None:
    cashier = staff("karim", "cashier")
    session_of(cashier)
    nour = person()
    owes(nour, "10")
    with pytest.raises(OnlyHandEntriesReversed):
        reverse_voucher(pays(nour, "10", by=cashier).entry, reason="خطأ", by=HOUSE)


def test_the_ageing_of_a_past_day_knows_nothing_of_later_payments(town: str) -> None:
    rate("JOD", "5.2")
    cashier = staff("karim", "cashier")
    nour = person()
    owes(nour, "100", due_on=today() - timedelta(days=40))
    owes(nour, money("8.255", "JOD"), kind="finance.rent", due_on=today() + timedelta(days=5))
    before = today()
    with time_machine.travel(before + timedelta(days=3), tick=True):
        rate("JOD", "5.2")
        session_of(cashier)
        pays(nour, "60", by=cashier)
        then, now = ageing(HOUSE, on=before), ageing(HOUSE, on=today())
    sums = {currency: bands for currency, bands, _total in then.sums}
    assert (sums["ILS"][2], str(sums["JOD"][0])) == (100, "8.255")
    assert {currency: total for currency, _bands, total in now.sums}["ILS"] == 40
    assert then.differences == now.differences == {}


def test_the_ageing_counts_what_was_settled_on_a_day_before_it_was_owed(town: str) -> None:
    """The bank tells today of a clearing of three days ago, and of a return that its day is still to come."""
    cashier, nour = staff("karim", "cashier"), person()
    cleared_on, back_on = today() - timedelta(days=3), today() + timedelta(days=3)
    covered = owes(nour, "100")
    taken = take_cheques(
        party_id=nour.pk,
        drawer="نور",
        cheques=[paper("P1", "100", days=1)],
        charge_ids=[covered.pk],
        by=HOUSE,
    )
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=True):
        deposit_cheques(taken.cheques, by=HOUSE)
        clear_cheques(taken.cheques, on=cleared_on, by=HOUSE)
    session_of(cashier)
    again = owes(nour, "60")
    cheque = tendered(nour, "60", cashier)
    deposit_cheques([cheque], by=HOUSE)
    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, on=back_on, by=HOUSE)
    pays(nour, "60", by=cashier, charges=[again])
    early, now, later = (ageing(HOUSE, on=day) for day in (cleared_on, today(), back_on))
    assert [total for _currency, _bands, total in early.sums] == [-100]
    assert early.differences == now.differences == later.differences == {}
    assert faults(HOUSE) == []


def test_a_closed_year_begins_anew_and_keeps_its_open_dues(town: str) -> None:
    nour = person()
    last_year = today().year - 1
    open_year(year=last_year, by=HOUSE)
    water = owes(nour, "100")
    voucher("30", on=date(last_year, 6, 1))
    for month in Period.objects.filter(year=last_year, month__lt=12):
        close_period(month, by=HOUSE)

    entry = close_year(last_year, by=HOUSE)

    assert entry is not None
    then = {one.code: one.balance for one in trial_balance(HOUSE, on=date(last_year, 12, 31))}
    assert (then["52"], then["31"], then["1121"]) == (0, 30, -30)
    water.refresh_from_db()
    assert water.balance == 100
    assert set(Period.objects.filter(year=last_year).values_list("state", flat=True)) == {"locked"}
    with pytest.raises(YearAlreadyClosed):
        close_year(last_year, by=HOUSE)
    with pytest.raises(PeriodClosed):
        voucher(on=date(last_year, 12, 1))
    assert faults(HOUSE) == []


def test_a_year_is_closed_after_it_is_over_and_its_months_are_closed(town: str) -> None:
    with pytest.raises(YearNotOver):
        close_year(today().year, by=HOUSE)
    open_year(year=today().year - 1, by=HOUSE)
    with pytest.raises(YearHasOpenMonths):
        close_year(today().year - 1, by=HOUSE)
    with pytest.raises(NotVisible):
        close_year(1, by=HOUSE)


def test_own_codes_take_the_place_of_the_templates_and_postings_go_with_them(town: str) -> None:
    entry = voucher()
    rows = read_chart(
        sheet(
            ("5200", "مصاريف تشغيلية", "", "نفقات", "نعم", "", "2-1-4", "52"),
            ("5201", "قرطاسية", "", "", "نعم", "", "2-1-5", ""),
        )
    )
    taken = take_chart(rows, by=HOUSE)
    assert (taken.added, taken.renumbered) == (1, 1)
    line = entry.lines.order_by("seq")[0]
    assert (line.account.code, line.account.report_line) == ("5200", "2-1-4")
    assert account("5201").parent == account("5200").parent


def test_a_chart_with_a_fault_is_refused_whole(town: str) -> None:
    rows = read_chart(
        sheet(("77A", "خطأ", "", "", "", "", "", ""), ("8", "جديد", "", "نفقات", "نعم", "", "", ""))
    )
    with pytest.raises(ChartRefused):
        take_chart(rows, by=HOUSE)
    assert not Account.objects.filter(code="8").exists()


def test_the_pages_of_the_books(town: str, client_for: Callable[..., Client]) -> None:
    owes(person(), "50")
    entry = voucher()
    staff("fadi", "finance_manager")
    fadi = client_for("fadi")
    for page in ("ageing", "voucher-new", "chart-sheet", "journal", "trial-balance", "periods"):
        assert fadi.get(reverse(f"finance:{page}")).status_code == 200, page
    assert fadi.get(reverse("finance:ageing") + "?on=01/01/2026").status_code == 200
    paper = fadi.get(reverse("finance:voucher-paper", args=[entry.uid]))
    assert paper.content.startswith(b"%PDF")
    typed = {
        "on": f"{today():%d/%m/%Y}",
        "currency": "ILS",
        "description": "قيد",
        "account_0": "52 نفقات تشغيلية",
        "debit_0": "12.5",
        "account_1": "1121",
        "credit_1": "12.5",
    }
    posted = fadi.post(reverse("finance:voucher-new"), typed)
    assert posted.status_code == 302, posted.content.decode()[-2000:]
    lopsided = fadi.post(reverse("finance:voucher-new"), typed | {"credit_1": "12"})
    assert lopsided.status_code == 422
    back = fadi.post(reverse("finance:voucher-reverse", args=[entry.uid]), {"reason": "خطأ"})
    assert back.status_code == 302
    upload = SimpleUploadedFile("chart.xlsx", sheet(("5299", "جديد", "", "", "نعم", "", "", "")))
    taken = fadi.post(reverse("finance:chart-sheet"), {"file": upload})
    assert taken.status_code == 200
    assert account("5299").name_ar == "جديد"
    assert fadi.get(reverse("finance:chart-template")).content[:2] == b"PK"


def test_every_proof_has_a_sentence_on_the_page() -> None:
    assert set(PROOF_TITLES) == set(proofs())
