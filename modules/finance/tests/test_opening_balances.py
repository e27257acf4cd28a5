"""The accounts' balances and the deposits held come in from a sheet, and go out whole."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
import xlsxwriter

from kernel.calendar.selectors import today
from kernel.files.services import store_file
from modules.finance.constants import BatchState
from modules.finance.models import Account, Cheque, Line, OpeningBatch
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.spending import balance_of, held_for
from modules.finance.services.opening.balances import (
    check_balances,
    load_balances,
    undo_balances,
)
from modules.finance.services.opening.cheques import check_cheques, load_cheques, undo_cheques
from modules.finance.services.opening.loading import begin_loading
from modules.finance.services.opening.sheet import BALANCE_COLUMNS, CHEQUE_COLUMNS
from modules.finance.tests.factories import HOUSE, owes, person, rate


def sheet(*rows: list[str]) -> bytes:
    return written([[one.heading for one in BALANCE_COLUMNS], *rows])


def written(rows: list[list[str]]) -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet()
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    book.close()
    return buffer.getvalue()


def checked(*rows: list[str]) -> OpeningBatch:
    file = store_file(sheet(*rows), "أرصدة.xlsx", by=HOUSE)
    return check_balances(file, as_of=today(), by=HOUSE)


@pytest.fixture
def nour(town: str):
    return person(id_number="900000015")


def test_balances_and_deposits_come_in_against_the_opening_account(nour) -> None:
    """12,500.00 at the bank, 300.000 JOD held for Nour: 12,500.00 and 300.000 JOD stand on the opening account."""
    rate("JOD", "5.2")
    batch = checked(
        ["1121", "", "", "ILS", "12500.00", "", ""],
        ["221", "900000015", "نور", "JOD", "", "300.000", "تأمين رخصة"],
    )
    assert (batch.rows_good, batch.rows_bad) == (2, 0)
    entry = load_balances(begin_loading(batch, only_good=False, by=HOUSE), by=HOUSE)
    assert balance_of(Account.objects.get(code="1121").pk, "ILS") == 12500
    assert held_for(nour.pk, Account.objects.get(code="221"), "JOD") == 300
    opening = Line.objects.filter(entry=entry, account__role="opening")
    assert sorted((one.currency, one.debit, one.credit) for one in opening) == [
        ("ILS", 0, 12500),
        ("JOD", 300, 0),
    ]
    assert faults(HOUSE) == []
    batch.refresh_from_db()
    undo_balances(batch, reason="ملف خاطئ", by=HOUSE)
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
    assert balance_of(Account.objects.get(code="1121").pk, "ILS") == 0
    assert faults(HOUSE) == []


def test_what_is_wrong_in_a_row_is_said(nour) -> None:
    batch = checked(
        ["9999", "", "", "ILS", "1", "", ""],
        ["1203", "900000015", "", "ILS", "1", "", ""],
        ["431", "", "", "ILS", "", "1", ""],
        ["221", "", "", "ILS", "", "1", ""],
        ["1121", "", "", "ILS", "1", "1", ""],
    )
    assert (batch.rows_good, batch.rows_bad) == (0, 5)
    assert batch.errors_file is not None


def test_cheques_of_the_safe_come_in_and_go_back(nour) -> None:
    due = owes(nour, "500")
    later = today() + timedelta(days=200)
    rows = [
        [one.heading for one in CHEQUE_COLUMNS],
        ["900000015", "", "7", "بنك", "", "", "", f"{later:%d/%m/%Y}", "300", ""],
        ["900000015", "", "7", "بنك", "", "", "", f"{later:%d/%m/%Y}", "300", ""],
        ["123456782", "", "8", "بنك", "", "", "", f"{today():%d/%m/%Y}", "0", ""],
    ]
    file = store_file(written(rows), "شيكات.xlsx", by=HOUSE)
    batch = check_cheques(file, as_of=today(), by=HOUSE)
    assert (batch.rows_good, batch.rows_bad) == (1, 2)
    (taken,) = load_cheques(begin_loading(batch, only_good=True, by=HOUSE), by=HOUSE)
    cheque = Cheque.objects.get(pk=taken)
    assert (cheque.state, cheque.covers, cheque.amount) == ("in_safe", [due.pk], 300)
    batch.refresh_from_db()
    assert undo_cheques(batch, reason="ملف خاطئ", by=HOUSE) == 1
    cheque.refresh_from_db()
    assert cheque.state == "returned"
    assert faults(HOUSE) == []
