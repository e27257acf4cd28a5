"""The promises of the books are the database's: each is attacked here with plain SQL, as nobody's service would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.tenancy import as_owner, use
from kernel.viewer import Viewer
from modules.finance.constants import EntryKind
from modules.finance.models import Account, Charge, Entry, MonthlyBalance, Receipt
from modules.finance.selectors.proofs import faults
from modules.finance.services.posting import begin_entry, reverse_entry
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The database refuses with this SQLSTATE, and nothing of it stays."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__.sqlstate == code


def sql(text: str, *values: object) -> None:
    with as_owner(), connection.cursor() as cursor:  # a guard holds back the owner too
        cursor.execute(text, values)


def head() -> Entry:
    return begin_entry(journal="JV", kind=EntryKind.JOURNAL, on=today(), description="", by=HOUSE)


def line(
    entry: Entry,
    debit: str,
    credit: str,
    *,
    currency: str = "ILS",
    code: str = "31",
    base: str = "",
    seq: int = 1,
) -> str:
    account = Account.objects.get(code=code).pk
    base_debit, base_credit = (
        (debit, credit) if not base else (base, "0") if float(debit) else ("0", base)
    )
    return (
        f"({entry.pk}, {seq}, '{entry.date}', {account}, 'current', '', '{currency}', {debit}, {credit}, 1,"
        f" {base_debit}, {base_credit})"
    )


INSERT = (
    "INSERT INTO finance_line (entry_id, seq, date, account_id, fund, description, currency, debit, credit, rate,"
    " base_debit, base_credit) VALUES "
)


@pytest.fixture
def paid(karim: Viewer) -> Receipt:
    """Nour owed 100 and paid 60 of it."""
    nour = person()
    owes(nour, "100")
    session_of(karim)
    receipt = pays(nour, "60", by=karim)
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would do
    sql("SET CONSTRAINTS ALL DEFERRED")
    return receipt


def test_an_entry_that_does_not_balance_is_refused(town: str) -> None:
    with refused("BA030"), recorded(by=HOUSE):
        entry = head()
        sql(INSERT + line(entry, "10", "0") + "," + line(entry, "0", "9", seq=2))


def test_each_currency_balances_by_itself(town: str) -> None:
    with refused("BA030"), recorded(by=HOUSE):
        entry = head()
        sql(INSERT + line(entry, "10", "0") + "," + line(entry, "0", "10", currency="JOD", seq=2))


def test_the_base_amounts_balance_too(town: str) -> None:
    with refused("BA030"), recorded(by=HOUSE):
        entry = head()
        sql(
            INSERT
            + line(entry, "10", "0", base="50")
            + ","
            + line(entry, "0", "10", base="51", seq=2)
        )


def test_an_entry_without_lines_does_not_commit(town: str) -> None:
    with refused("BA030"), recorded(by=HOUSE):
        head()
        sql("SET CONSTRAINTS ALL IMMEDIATE")


def test_no_line_is_added_to_a_posted_entry_not_even_a_balanced_pair(paid: Receipt) -> None:
    entry = paid.entry
    with refused("BA032"), recorded(by=HOUSE):
        sql(INSERT + line(entry, "5", "0", seq=90) + "," + line(entry, "0", "5", seq=91))


def test_checking_early_opens_no_back_door(town: str) -> None:
    """SET CONSTRAINTS IMMEDIATE would run a deferred check now; what comes after it must still be refused."""
    with refused("BA032"), recorded(by=HOUSE):
        entry = head()
        sql(INSERT + line(entry, "5", "0") + "," + line(entry, "0", "5", seq=2))
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql(INSERT + line(entry, "7", "0", seq=3) + "," + line(entry, "0", "7", seq=4))


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE finance_entry SET description = 'x'",
        "UPDATE finance_line SET debit = debit + 1, base_debit = base_debit + 1 WHERE debit > 0",
        "DELETE FROM finance_line",
        "DELETE FROM finance_entry",
        "TRUNCATE finance_line CASCADE",
        "UPDATE finance_settlement SET amount = 1",
        "DELETE FROM finance_settlement",
        "UPDATE finance_instrument SET amount = 1",
        "TRUNCATE finance_settlement CASCADE",
    ],
)
def test_what_is_posted_is_never_changed_or_emptied(paid: Receipt, attack: str) -> None:
    with refused("BA002"), recorded(by=HOUSE):
        sql(attack)


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        ("UPDATE finance_charge SET principal = principal + 1", "BA035"),
        ("UPDATE finance_charge SET paid = 0", "BA035"),
        ("UPDATE finance_charge SET due_on = '2030-01-01'", "BA035"),
        ("UPDATE finance_charge SET party_id = party_id + 1", "BA035"),
        ("DELETE FROM finance_charge", "BA035"),
        ("TRUNCATE finance_charge CASCADE", "BA002"),
        ("UPDATE finance_receipt SET amount = 61", "BA037"),
        ("UPDATE finance_receipt SET number = 7", "BA037"),
        ("DELETE FROM finance_receipt", "BA037"),
        ("UPDATE finance_monthlybalance SET debit = 0", "BA038"),
        ("DELETE FROM finance_monthlybalance", "BA038"),
        ("TRUNCATE finance_monthlybalance", "BA038"),
        ("UPDATE finance_cashsession SET on_date = '2020-01-01'", "BA039"),
        ("DELETE FROM finance_cashsession", "BA039"),
        ("DELETE FROM finance_period", "BA039"),
        ("UPDATE finance_period SET month = 1", "BA039"),
        ("UPDATE finance_period SET state = 'locked'", "BA039"),
    ],
)
def test_records_stand_as_they_are(paid: Receipt, attack: str, code: str) -> None:
    with refused(code), recorded(by=HOUSE):
        sql(attack)


def test_more_than_is_owed_cannot_be_settled(paid: Receipt) -> None:
    charge = Charge.objects.get()
    with refused("23514"), recorded(by=HOUSE):
        sql(
            "INSERT INTO finance_settlement (charge_id, kind, date, amount, base, tendered, entry_id)"
            " VALUES (%s, 'cancelled', now(), 41, 41, 0, %s)", charge.pk, charge.entry_id,
        )  # fmt: skip


def test_settlements_of_a_receipt_add_up_to_it(paid: Receipt) -> None:
    charge = Charge.objects.get()
    with refused("BA037"), recorded(by=HOUSE):
        sql(
            "INSERT INTO finance_settlement (charge_id, kind, date, amount, base, tendered, receipt_id, entry_id)"
            " VALUES (%s, 'paid', now(), 5, 5, 5, %s, %s)", charge.pk, paid.pk, paid.entry_id,
        )  # fmt: skip


def test_a_settlement_is_taken_back_once_and_exactly(paid: Receipt) -> None:
    one = paid.settlements.get()
    taken_back = (
        "INSERT INTO finance_settlement (charge_id, kind, date, amount, base, tendered, receipt_id, entry_id, reverses_id)"
        " VALUES (%s, 'paid', now(), %s, %s, %s, %s, %s, %s)"
    )
    with refused("BA034"), recorded(by=HOUSE):
        sql(taken_back, one.charge_id, -59, -59, -59, paid.pk, paid.entry_id, one.pk)


def test_a_receipt_without_money_or_use_does_not_commit(paid: Receipt) -> None:
    with refused("BA037"), recorded(by=HOUSE):
        sql(
            "INSERT INTO finance_receipt (uid, created_at, box_id, session_id, year, number, number_text, party_id, payer_name,"
            " received_on, received_at, currency, amount, surplus, words, note, entry_id, cashier_name, void_kind, void_reason)"
            " SELECT gen_random_uuid(), now(), box_id, session_id, year, 2, 'x', party_id, payer_name, received_on, now(),"
            " currency, 10, 0, words, '', (SELECT entry_id FROM finance_charge LIMIT 1), '', '', '' FROM finance_receipt"
        )
        sql("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_entry_is_reversed_once(paid: Receipt) -> None:
    entry = Charge.objects.get().entry
    reverse_entry(entry, reason="خطأ", by=HOUSE)
    with refused("23505"), recorded(by=HOUSE):
        sql(
            "INSERT INTO finance_entry (uid, created_at, journal, year, number, date, period_id, kind, description, source,"
            " reverses_id, posted_by_name) SELECT gen_random_uuid(), now(), 'JV', year, 999, date, period_id, 'reversal', '', '',"
            " %s, '' FROM finance_entry WHERE id = %s", entry.pk, entry.pk,
        )  # fmt: skip


def test_a_reversal_mirrors_its_entry(paid: Receipt) -> None:
    original = Charge.objects.get().entry
    with refused("BA034"), recorded(by=HOUSE):
        entry = begin_entry(
            journal="JV",
            kind=EntryKind.REVERSAL,
            on=today(),
            description="",
            by=HOUSE,
            reverses=original,
        )
        sql(INSERT + line(entry, "5", "0") + "," + line(entry, "0", "5", seq=2))


def test_nothing_is_posted_to_a_heading_or_without_the_person(town: str) -> None:
    for code in ("12", "1203"):
        with refused("BA033"), recorded(by=HOUSE):
            entry = head()
            sql(INSERT + line(entry, "5", "0", code=code) + "," + line(entry, "0", "5", seq=2))


def test_nothing_is_dated_into_a_closed_month_or_outside_of_it(town: str) -> None:
    sql_close = "UPDATE finance_period SET state = 'closed' WHERE month = %s AND year = %s"
    values = (today().month, today().year)
    with refused("BA031"), recorded(by=HOUSE):
        sql(sql_close, *values)
        sql(
            "INSERT INTO finance_entry (uid, created_at, journal, year, number, date, period_id, kind, description, source,"
            " posted_by_name) SELECT gen_random_uuid(), now(), 'JV', year, 1, %s, id, 'journal', '', '', '' FROM finance_period"
            " WHERE month = %s AND year = %s", today(), *values,
        )  # fmt: skip
    with refused("BA031"), recorded(by=HOUSE):
        sql(
            "INSERT INTO finance_entry (uid, created_at, journal, year, number, date, period_id, kind, description, source,"
            " posted_by_name) SELECT gen_random_uuid(), now(), 'JV', year, 1, '2020-05-05', id, 'journal', '', '', '' FROM"
            " finance_period WHERE month = %s AND year = %s", *values,
        )  # fmt: skip


def test_money_is_received_in_an_open_session_only(paid: Receipt) -> None:
    with refused("BA036"), recorded(by=HOUSE):
        sql("UPDATE finance_cashsession SET closed_at = now(), closed_by_id = cashier_id")
        sql(
            "INSERT INTO finance_receipt (uid, created_at, box_id, session_id, year, number, number_text, party_id, payer_name,"
            " received_on, received_at, currency, amount, surplus, words, note, entry_id, cashier_name, void_kind, void_reason)"
            " SELECT gen_random_uuid(), now(), box_id, session_id, year, 2, 'x', party_id, payer_name, received_on, now(),"
            " currency, 10, 0, words, '', (SELECT entry_id FROM finance_charge LIMIT 1), '', '', '' FROM finance_receipt"
        )


def test_another_towns_connection_meets_the_same_guards(
    paid: Receipt, town: str, other_town: str
) -> None:
    """The guards look at the table's own schema, whatever path the session has."""
    with use(other_town):
        with refused("BA002"):
            sql(f"UPDATE {town}.finance_line SET debit = debit + 1")
        with refused("BA030"), recorded(by=HOUSE):
            sql(
                f"INSERT INTO {town}.finance_line (entry_id, seq, date, account_id, fund, description, currency, debit, credit,"
                f" rate, base_debit, base_credit) SELECT e.id, 99, e.date, a.id, 'current', '', 'ILS', 1, 0, 1, 1, 0"
                f" FROM {town}.finance_entry e, {town}.finance_account a WHERE a.code = '31' LIMIT 1"
            )


def test_monthly_balances_follow_and_prove(paid: Receipt) -> None:
    stored = MonthlyBalance.objects.get(account__code="1203", journal="RV.01")
    assert (stored.debit, stored.credit) == (0, 60)
    assert faults(HOUSE) == []


def test_five_thousand_lines_are_posted_in_one_go(town: str) -> None:
    with recorded(by=HOUSE):
        entry = head()
        sql(
            INSERT.replace("VALUES ", "")
            + "SELECT %s, n, %s, (SELECT id FROM finance_account WHERE code = CASE WHEN n %% 2 = 0 THEN '31' ELSE '51' END),"
            " 'current', '', 'ILS', CASE WHEN n %% 2 = 0 THEN 1.5 ELSE 0 END, CASE WHEN n %% 2 = 1 THEN 1.5 ELSE 0 END, 1,"
            " CASE WHEN n %% 2 = 0 THEN 1.5 ELSE 0 END, CASE WHEN n %% 2 = 1 THEN 1.5 ELSE 0 END FROM generate_series(1, 5000) n",
            entry.pk, entry.date,
        )  # fmt: skip
    assert entry.lines.count() == 5000
    assert faults(HOUSE) == []
