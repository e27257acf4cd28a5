"""The accountant's reports as tables: the same rows for the screen, the sheet and the paper.

Amounts stand beside their currency and are never added across currencies. What must not live here: how they look.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from kernel.viewer import Viewer
from modules.finance.errors.books import ReportTooLong
from modules.finance.models import Account
from modules.finance.selectors.ageing_reports import AGEING_REPORTS
from modules.finance.selectors.books import BalanceLine, base_currency, trial_balance
from modules.finance.selectors.desk_reports import DESK_REPORTS
from modules.finance.selectors.dimensions import (
    EVERYTHING,
    Dimensions,
    journal_lines,
    line_called,
    trial_balance_of,
)
from modules.finance.selectors.late_cash import LATE_REPORTS
from modules.finance.selectors.relief_reports import RELIEF_REPORTS
from modules.finance.selectors.spending import execution
from modules.finance.selectors.staff_advances import STAFF_REPORTS
from modules.finance.selectors.tables import Chart, Report, Table, named, sql_table


def _trial_balance(viewer: Viewer, since: date, until: date) -> Table:
    return _balances(trial_balance(viewer, on=until), until)


def _narrowed_balance(
    viewer: Viewer, since: date, until: date, dimensions: Dimensions, account: Account | None
) -> Table:
    if not dimensions and account is None:
        return _trial_balance(viewer, since, until)
    found = (
        trial_balance_of(viewer, on=until, dimensions=dimensions)
        if dimensions
        else trial_balance(viewer, on=until)
    )
    beneath = account.code if account else ""
    return _balances([one for one in found if one.code.startswith(beneath)], until)


def _balances(found: list[BalanceLine], until: date) -> Table:
    rows = tuple(
        (one.code, one.name, one.currency, one.debit, one.credit, one.balance, one.base_balance)
        for one in found
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
    keys = tuple(one.code for one in found)
    return Table(headings, rows, "ledger", keys, frozenset({6}), base_currency(until))


def _journal(viewer: Viewer, since: date, until: date) -> Table:
    return _narrowed_journal(viewer, since, until, EVERYTHING, None)


def _narrowed_journal(
    viewer: Viewer, since: date, until: date, dimensions: Dimensions, account: Account | None
) -> Table:
    """Line by line. Refuses `ReportTooLong`."""
    found = list(
        journal_lines(viewer, since=since, until=until, dimensions=dimensions, account=account)[
            : MOST_LINES + 1
        ]
    )
    if len(found) > MOST_LINES:
        raise ReportTooLong(most=MOST_LINES)
    rows = tuple(
        (
            one.date,
            one.entry.number_text,
            str(one.account),
            one.description or one.entry.description,
            str(one.party) if one.party else None,
            str(one.section) if one.section else None,
            line_called(one.budget_line) if one.budget_line else None,
            one.currency,
            one.debit or None,
            one.credit or None,
            one.in_base,  # type: ignore[attr-defined]
        )
        for one in found
    )
    headings = (
        _("Date"),
        _("Number"),
        _("Account"),
        _("Description"),
        _("Person"),
        _("Section"),
        _("Budget line"),
        _("Currency"),
        _("Debit"),
        _("Credit"),
        _("In base"),
    )
    keys = tuple(str(one.entry.uid) for one in found)
    return Table(headings, rows, "entry", keys, frozenset({10}), base_currency(until))


def _budget(viewer: Viewer, since: date, until: date) -> Table:
    found = list(execution(viewer, year=until.year))
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
        for one in found
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
    return Table(headings, rows, "budget-line", tuple(str(one.line.uid) for one in found))


_REVENUE = f"""
    SELECT k.id, {named("k.title")}, c.currency, sum(c.principal), count(*)
    FROM finance_charge c JOIN finance_dueskind k ON k.id = c.kind_id JOIN finance_entry e ON e.id = c.entry_id
    WHERE e.date BETWEEN %(since)s AND %(until)s AND c.cancelled = 0 AND NOT c.is_opening AND c.origin_id IS NULL
    GROUP BY k.position, k.id, c.currency ORDER BY k.position, c.currency
"""
# Of this period's dues and of those from before it (old dues brought in are from before, whenever they came): what was owed, what was paid within it, and the share.
# A due that was moved counts once: with its new person, from the day of the first one.
_COLLECTION = f"""
    SELECT k.id, {named("k.title")}, c.currency,
        sum(c.owed) FILTER (WHERE c.is_new),
        COALESCE(sum(s.paid) FILTER (WHERE c.is_new), 0),
        round(COALESCE(sum(s.paid) FILTER (WHERE c.is_new), 0) * 100
            / NULLIF(sum(c.owed) FILTER (WHERE c.is_new), 0), 1),
        sum(c.owed - COALESCE(s.before, 0)) FILTER (WHERE NOT c.is_new),
        COALESCE(sum(s.paid) FILTER (WHERE NOT c.is_new), 0),
        round(COALESCE(sum(s.paid) FILTER (WHERE NOT c.is_new), 0) * 100
            / NULLIF(sum(c.owed - COALESCE(s.before, 0)) FILTER (WHERE NOT c.is_new), 0), 1)
    FROM (SELECT x.id, x.kind_id, x.currency, x.cancelled, x.principal - COALESCE(m.moved, 0) AS owed,
            COALESCE(f.date, e.date) >= %(since)s AND NOT x.is_opening AS is_new
        FROM finance_charge x JOIN finance_entry e ON e.id = x.entry_id AND e.date <= %(until)s
        LEFT JOIN finance_charge o ON o.id = x.origin_id LEFT JOIN finance_entry f ON f.id = o.entry_id
        LEFT JOIN LATERAL (SELECT sum(r.amount) AS moved FROM finance_credit r JOIN finance_entry t ON t.id = r.entry_id
            WHERE r.charge_id = x.id AND r.kind = 'transfer' AND t.date <= %(until)s) m ON x.credited > 0) c
    JOIN finance_dueskind k ON k.id = c.kind_id
    LEFT JOIN (SELECT s.charge_id,
            sum(s.amount) FILTER (WHERE (s.kind = 'paid' OR r.kind = 'advance') AND s.date >= %(since)s) AS paid,
            sum(s.amount) FILTER (WHERE s.date < %(since)s AND r.kind IS DISTINCT FROM 'transfer') AS before
        FROM finance_settlement s LEFT JOIN finance_credit r ON r.id = s.credit_id
        WHERE s.date <= %(until)s GROUP BY s.charge_id) s ON s.charge_id = c.id
    WHERE c.cancelled = 0 GROUP BY k.position, k.id, c.currency ORDER BY k.position, c.currency
"""
# A deposit that is given up was never revenue.
_FORGONE = f"""
    SELECT c.uid, e.date, p.full_name, {named("k.title")} || ' ' || c.year, r.kind, r.authority, r.decision_no, r.decided_on,
        c.currency, r.amount
    FROM finance_credit r JOIN finance_charge c ON c.id = r.charge_id JOIN finance_entry e ON e.id = r.entry_id
    JOIN finance_dueskind k ON k.id = c.kind_id JOIN parties_party p ON p.id = c.party_id
    JOIN finance_account a ON a.id = k.revenue_id AND NOT a.needs_party
    WHERE r.kind IN ('exemption', 'discount', 'write_off') AND e.date BETWEEN %(since)s AND %(until)s
        AND NOT EXISTS (SELECT 1 FROM finance_entry v WHERE v.reverses_id = e.id)
    ORDER BY e.date, r.id
"""
_VOIDS = """
    SELECT r.uid, r.number_text, r.received_on, v.date, r.payer_name, r.cashier_name, r.void_reason, r.currency, r.amount
    FROM finance_receipt r JOIN finance_entry v ON v.id = r.void_entry_id
    WHERE v.date BETWEEN %(since)s AND %(until)s ORDER BY v.date, r.id
"""
# At the count, and at the beginning where the float was not what the books said.
_OVER_SHORT = f"""
    SELECT s.uid, s.on_date, b.code, {named("u.name")}, x.at, x.method, x.currency, x.expected, x.counted,
        x.counted - x.expected, x.why
    FROM finance_cashsession s
    JOIN finance_cashbox b ON b.id = s.box_id JOIN identity_user u ON u.id = s.cashier_id
    CROSS JOIN LATERAL (
        SELECT 'opening' AS at, 'cash' AS method, key AS currency, COALESCE(k.value::numeric, 0) AS expected,
            COALESCE(f.value::numeric, 0) AS counted, s.opening_reason AS why
        FROM jsonb_each_text(s.opening_books) k FULL JOIN jsonb_each_text(s.opening_float) f USING (key)
        WHERE s.opening_reason <> ''
        UNION ALL
        SELECT 'count', n.method, n.currency, n.opening + n.taken, n.counted, s.note
        FROM finance_cashcount n WHERE n.session_id = s.id
    ) x
    WHERE x.counted <> x.expected AND s.on_date BETWEEN %(since)s AND %(until)s
    ORDER BY s.on_date, s.id, x.at DESC, x.method, x.currency
"""
_CHEQUES = """
    SELECT q.uid, q.dated_on, q.number, q.bank, q.drawer, q.state, q.currency, q.amount FROM finance_cheque q
    WHERE q.way = 'in' AND q.dated_on BETWEEN %(since)s AND %(until)s ORDER BY q.dated_on, q.id
"""
_DAY_BOOK = """
    SELECT r.uid, r.received_on, r.number_text, r.payer_name, i.method, r.currency, i.amount, r.cashier_name
    FROM finance_receipt r JOIN finance_instrument i ON i.receipt_id = r.id
    WHERE r.void_kind = '' AND r.received_on BETWEEN %(since)s AND %(until)s ORDER BY r.received_on, r.id, i.id
"""

# More lines than this are no paper to read; a spreadsheet holds them well.
MOST_LINES = 20_000
REPORTS: dict[str, Report] = {
    "day-book": Report(
        _("Day book"),
        sql_table(
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
            leads="receipt",
        ),
    ),
    "trial-balance": Report(
        _("Trial balance"), _trial_balance, narrowed=_narrowed_balance, told="day"
    ),
    "journal": Report(
        _("Journal, line by line"), _journal, narrowed=_narrowed_journal, of_a_month=True
    ),
    "budget": Report(
        _("Budget execution"),
        _budget,
        Chart(label=0, values=(5, 6, 7), currency=1),
        told="year",
    ),
    "revenue": Report(
        _("Assessed by kind of due"),
        sql_table(
            (_("Kind of due"), _("Currency"), _("Assessed"), _("Dues")), _REVENUE, leads="kind"
        ),
        Chart(label=0, values=(2,), currency=1),
    ),
    "collection": Report(
        _("Collection rates"),
        sql_table(
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
            leads="kind",
        ),
        Chart(label=0, values=(2, 3, 5, 6), currency=1),
        shares={4: (3, 2), 7: (6, 5)},
    ),
    **AGEING_REPORTS,
    "cheques": Report(
        _("Calendar of cheques"),
        sql_table(
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
            leads="cheque",
        ),
    ),
    "forgone": Report(
        _("Exemptions, discounts and write-offs"),
        sql_table(
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
            leads="charge",
        ),
    ),
    **RELIEF_REPORTS,
    "voids": Report(
        _("Receipts taken back"),
        sql_table(
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
            leads="receipt",
        ),
    ),
    "over-short": Report(
        _("Cash over and short"),
        sql_table(
            (
                _("Date"),
                _("Box"),
                _("Cashier"),
                _("At"),
                _("Method"),
                _("Currency"),
                _("Expected"),
                _("Counted"),
                _("Over or short"),
                _("Why it differs"),
            ),
            _OVER_SHORT,
            leads="session",
        ),
    ),
    **DESK_REPORTS,
    **LATE_REPORTS,
    **STAFF_REPORTS,
}
