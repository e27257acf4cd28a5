"""The journal as plain text, in the notation of Beancount: anybody can check with it, without us, that the books balance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from kernel.viewer import Viewer
from modules.finance.constants import AccountKind

_HEADS = {
    AccountKind.ASSET: "Assets",
    AccountKind.LIABILITY: "Liabilities",
    AccountKind.NET_ASSETS: "Equity",
    AccountKind.REVENUE: "Income",
    AccountKind.EXPENSE: "Expenses",
    AccountKind.MEMORANDUM: "Equity:Memorandum",
}
# What a line is worth in the currency of the books is a commodity of its own: it balances too, entry by entry.
BASE = "BASE"

_LINES = """
    SELECT e.id, e.date, e.journal, e.year, e.number, e.description, a.kind, a.code, l.currency,
        l.debit - l.credit, l.base_debit - l.base_credit
    FROM finance_entry e JOIN finance_line l ON l.entry_id = e.id JOIN finance_account a ON a.id = l.account_id
    WHERE e.date BETWEEN %s AND %s ORDER BY e.date, e.id, l.seq
"""
_KEPT = """
    SELECT a.kind, a.code, m.currency, sum(m.debit - m.credit) FROM finance_monthlybalance m
    JOIN finance_account a ON a.id = m.account_id GROUP BY a.kind, a.code, m.currency ORDER BY a.code, m.currency
"""
_USED = """
    SELECT DISTINCT a.kind, a.code FROM finance_line l JOIN finance_account a ON a.id = l.account_id ORDER BY a.code
"""


def plain_journal(viewer: Viewer, *, since: date, until: date) -> Iterator[str]:
    """Every entry between two days as text, line by line, accounts opened before the first."""
    viewer.require("finance.read")
    with connection.cursor() as cursor:
        cursor.execute(_USED)
        for kind, code in cursor.fetchall():
            yield f"{since.isoformat()} open {_name(kind, code)}"
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [since, until])
        before = None
        for entry, on, journal, year, number, text, kind, code, currency, amount, base in cursor:
            if entry != before:
                yield ""
                yield f'{on.isoformat()} * "{journal} {year}/{number:05d}" "{_quoted(text)}"'
                before = entry
            if amount:
                yield f"  {_name(kind, code)}  {amount:.3f} {currency}"
            if base:
                yield f"  {_name(kind, code)}  {base:.3f} {BASE}"


def kept_balances(viewer: Viewer, *, on: date) -> Iterator[str]:
    """What the monthly balances say, as assertions for the end of that day; for the whole journal only."""
    viewer.require("finance.read")
    with connection.cursor() as cursor:
        cursor.execute(_KEPT)
        for kind, code, currency, amount in cursor.fetchall():
            day = (on + timedelta(days=1)).isoformat()
            yield f"{day} balance {_name(kind, code)}  {Decimal(amount):.3f} {currency}"


def _name(kind: str, code: str) -> str:
    return f"{_HEADS[AccountKind(kind)]}:A{code}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
