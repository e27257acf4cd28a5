"""The accountant's reports as tables: the same rows for the screen, the sheet and the paper.

Amounts stand beside their currency and are never added across currencies. What must not live here: how they look.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.viewer import Viewer
from modules.finance.selectors.ageing import ageing
from modules.finance.selectors.books import base_currency, trial_balance
from modules.finance.selectors.spending import execution


@dataclass(frozen=True)
class Table:
    """A report: its headings and its rows; amounts are decimals, days are dates."""

    columns: tuple[str | Promise, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Report:
    """What a report is called, and how its rows are found for a period."""

    title: str | Promise
    table: Callable[[Viewer, date, date], Table]


def _sql(columns: Sequence[str | Promise], query: str) -> Callable[[Viewer, date, date], Table]:
    def table(viewer: Viewer, since: date, until: date) -> Table:
        with connection.cursor() as cursor:
            cursor.execute(query, {"since": since, "until": until})
            return Table(tuple(columns), tuple(cursor.fetchall()))

    return table


def _trial_balance(viewer: Viewer, since: date, until: date) -> Table:
    rows = tuple(
        (one.code, one.name, one.currency, one.debit, one.credit, one.balance, one.base_balance)
        for one in trial_balance(viewer, on=until)
    )
    headings = (
        _("Account"),
        _("Name"),
        _("Currency"),
        _("Debit"),
        _("Credit"),
        _("Balance"),
        _("Balance in base"),
    )
    return Table(headings, rows)


def _ageing(viewer: Viewer, since: date, until: date) -> Table:
    rows = tuple(
        (row.title, row.currency, *row.bands, row.total) for row in ageing(viewer, on=until).rows
    )
    headings = (
        _("Kind of due"),
        _("Currency"),
        _("not due yet"),
        _("1 to 30 days"),
        _("31 to 90 days"),
        _("91 to 180 days"),
        _("181 to 365 days"),
        _("1 to 3 years"),
        _("over 3 years"),
        _("Total"),
    )
    return Table(headings, rows)


def _budget(viewer: Viewer, since: date, until: date) -> Table:
    rows = tuple(
        (
            str(one.line.account),
            base_currency(until),
            one.original,
            one.supplements,
            one.transfers,
            one.line.revised,
            one.line.committed,
            one.line.spent,
            one.available,
        )
        for one in execution(viewer, year=until.year)
    )
    headings = (
        _("Account"),
        _("Currency"),
        _("Original"),
        _("Supplements"),
        _("Transfers"),
        _("Revised"),
        _("Committed"),
        _("Spent"),
        _("Left"),
    )
    return Table(headings, rows)


_REVENUE = """
    SELECT k.title_ar, c.currency, sum(c.principal), count(*)
    FROM finance_charge c JOIN finance_dueskind k ON k.id = c.kind_id JOIN finance_entry e ON e.id = c.entry_id
    WHERE e.date BETWEEN %(since)s AND %(until)s AND c.cancelled = 0 AND NOT c.is_opening
    GROUP BY k.position, k.title_ar, c.currency ORDER BY k.position, c.currency
"""
# Of this period's dues and of those from before it (old dues brought in are from before, whenever they came): what was owed, what was paid within it, and the share.
_COLLECTION = """
    SELECT k.title_ar, c.currency,
        sum(c.principal) FILTER (WHERE c.is_new),
        COALESCE(sum(s.paid) FILTER (WHERE c.is_new), 0),
        round(COALESCE(sum(s.paid) FILTER (WHERE c.is_new), 0) * 100
            / NULLIF(sum(c.principal) FILTER (WHERE c.is_new), 0), 1),
        sum(c.principal - COALESCE(s.before, 0)) FILTER (WHERE NOT c.is_new),
        COALESCE(sum(s.paid) FILTER (WHERE NOT c.is_new), 0),
        round(COALESCE(sum(s.paid) FILTER (WHERE NOT c.is_new), 0) * 100
            / NULLIF(sum(c.principal - COALESCE(s.before, 0)) FILTER (WHERE NOT c.is_new), 0), 1)
    FROM (SELECT x.*, e.date >= %(since)s AND NOT x.is_opening AS is_new FROM finance_charge x
        JOIN finance_entry e ON e.id = x.entry_id AND e.date <= %(until)s) c
    JOIN finance_dueskind k ON k.id = c.kind_id
    LEFT JOIN (SELECT charge_id,
            sum(amount) FILTER (WHERE kind = 'paid' AND date >= %(since)s) AS paid,
            sum(amount) FILTER (WHERE date < %(since)s) AS before
        FROM finance_settlement WHERE date <= %(until)s GROUP BY charge_id) s ON s.charge_id = c.id
    WHERE c.cancelled = 0 GROUP BY k.position, k.title_ar, c.currency ORDER BY k.position, c.currency
"""
_FORGONE = """
    SELECT e.date, p.full_name, k.title_ar || ' ' || c.year, r.kind, r.authority, r.decision_no, r.decided_on,
        c.currency, r.amount
    FROM finance_credit r JOIN finance_charge c ON c.id = r.charge_id JOIN finance_entry e ON e.id = r.entry_id
    JOIN finance_dueskind k ON k.id = c.kind_id JOIN parties_party p ON p.id = c.party_id
    WHERE r.kind IN ('exemption', 'discount', 'write_off') AND e.date BETWEEN %(since)s AND %(until)s
        AND NOT EXISTS (SELECT 1 FROM finance_entry v WHERE v.reverses_id = e.id)
    ORDER BY e.date, r.id
"""
_VOIDS = """
    SELECT r.number_text, r.received_on, v.date, r.payer_name, r.cashier_name, r.void_reason, r.currency, r.amount
    FROM finance_receipt r JOIN finance_entry v ON v.id = r.void_entry_id
    WHERE v.date BETWEEN %(since)s AND %(until)s ORDER BY v.date, r.id
"""
_OVER_SHORT = """
    SELECT s.on_date, b.code, u.name_ar, n.method, n.currency, n.opening + n.taken, n.counted, n.variance, s.note
    FROM finance_cashcount n JOIN finance_cashsession s ON s.id = n.session_id
    JOIN finance_cashbox b ON b.id = s.box_id JOIN identity_user u ON u.id = s.cashier_id
    WHERE n.variance <> 0 AND s.on_date BETWEEN %(since)s AND %(until)s ORDER BY s.on_date, s.id
"""
_CHEQUES = """
    SELECT q.dated_on, q.number, q.bank, q.drawer, q.state, q.currency, q.amount FROM finance_cheque q
    WHERE q.way = 'in' AND q.dated_on BETWEEN %(since)s AND %(until)s ORDER BY q.dated_on, q.id
"""
_DAY_BOOK = """
    SELECT r.received_on, r.number_text, r.payer_name, i.method, r.currency, i.amount, r.cashier_name
    FROM finance_receipt r JOIN finance_instrument i ON i.receipt_id = r.id
    WHERE r.void_kind = '' AND r.received_on BETWEEN %(since)s AND %(until)s ORDER BY r.received_on, r.id, i.id
"""
# Month by month: cheques that wait, instalments of standing plans, payments that are approved and not made.
_FORECAST = """
    SELECT month, currency, sum(cheques), sum(instalments), sum(payments), sum(cheques + instalments - payments) FROM (
        SELECT date_trunc('month', dated_on)::date AS month, currency, amount AS cheques, 0 AS instalments, 0 AS payments
        FROM finance_cheque WHERE way = 'in' AND state IN ('in_safe', 'deposited') AND dated_on BETWEEN %(since)s AND %(until)s
        UNION ALL
        SELECT date_trunc('month', (x->>'due_on')::date)::date, p.currency, 0, (x->>'amount')::numeric, 0
        FROM finance_plan p CROSS JOIN LATERAL jsonb_array_elements(p.schedule) x
        WHERE p.state = 'active' AND (x->>'due_on')::date BETWEEN %(since)s AND %(until)s
            AND NOT EXISTS (SELECT 1 FROM finance_cheque q WHERE q.plan_id = p.id)
        UNION ALL
        SELECT date_trunc('month', moved_on)::date, currency, 0, 0, amount FROM finance_spending
        WHERE state IN ('invoiced', 'approved') AND moved_on <= %(until)s
    ) m GROUP BY month, currency ORDER BY month, currency
"""

REPORTS: dict[str, Report] = {
    "day-book": Report(
        _("Day book"),
        _sql(
            (
                _("Date"),
                _("Number"),
                _("Paid by"),
                _("Method"),
                _("Currency"),
                _("Amount"),
                _("Cashier"),
            ),
            _DAY_BOOK,
        ),
    ),
    "trial-balance": Report(_("Trial balance"), _trial_balance),
    "budget": Report(_("Budget execution"), _budget),
    "revenue": Report(
        _("Assessed by kind of due"),
        _sql((_("Kind of due"), _("Currency"), _("Assessed"), _("Dues")), _REVENUE),
    ),
    "collection": Report(
        _("Collection rates"),
        _sql(
            (
                _("Kind of due"),
                _("Currency"),
                _("Assessed in the period"),
                _("Paid of it"),
                "%",
                _("Owed from before"),
                _("Paid of what is from before"),
                "%",
            ),
            _COLLECTION,
        ),
    ),
    "ageing": Report(_("Age of the dues"), _ageing),
    "cheques": Report(
        _("Calendar of cheques"),
        _sql(
            (
                _("Due on"),
                _("Number"),
                _("Bank"),
                _("Drawer"),
                _("State"),
                _("Currency"),
                _("Amount"),
            ),
            _CHEQUES,
        ),
    ),
    "forgone": Report(
        _("Exemptions, discounts and write-offs"),
        _sql(
            (
                _("Date"),
                _("Ratepayer"),
                _("Due"),
                _("Kind"),
                _("Decided by"),
                _("Number of the decision"),
                _("Date of the decision"),
                _("Currency"),
                _("Amount"),
            ),
            _FORGONE,
        ),
    ),
    "voids": Report(
        _("Receipts taken back"),
        _sql(
            (
                _("Number"),
                _("Received"),
                _("Taken back on"),
                _("Paid by"),
                _("Cashier"),
                _("Reason"),
                _("Currency"),
                _("Amount"),
            ),
            _VOIDS,
        ),
    ),
    "over-short": Report(
        _("Cash over and short"),
        _sql(
            (
                _("Date"),
                _("Box"),
                _("Cashier"),
                _("Method"),
                _("Currency"),
                _("Expected"),
                _("Counted"),
                _("Over or short"),
                _("Why it differs"),
            ),
            _OVER_SHORT,
        ),
    ),
    "forecast": Report(
        _("Cash forecast"),
        _sql(
            (
                _("Month"),
                _("Currency"),
                _("Cheques to come"),
                _("Instalments to come"),
                _("Payments to make"),
                _("Left over"),
            ),
            _FORECAST,
        ),
    ),
}
