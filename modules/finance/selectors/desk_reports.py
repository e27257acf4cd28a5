"""Reports of the cash desk and of collecting: campaigns, leaves, custody, collectors, cash in and out, what is to come."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from modules.finance.selectors.cash_basis import RECEIPTS_AND_PAYMENTS
from modules.finance.selectors.projects import IS_RECEIVED, IS_SPENT
from modules.finance.selectors.tables import Chart, Report, named, sql_table

_CAMPAIGNS = """
    SELECT m.uid, m.title, m.percent, m.since, m.until, c.currency, count(*), count(DISTINCT c.party_id),
        sum(COALESCE(s.paid, 0)), sum(r.amount)
    FROM finance_credit r JOIN finance_campaign m ON m.id = r.campaign_id JOIN finance_charge c ON c.id = r.charge_id
    JOIN finance_entry e ON e.id = r.entry_id
    LEFT JOIN LATERAL (SELECT sum(x.amount) AS paid FROM finance_settlement x
        WHERE x.receipt_id = r.receipt_id AND x.charge_id = r.charge_id AND x.reverses_id IS NULL) s ON true
    WHERE e.date BETWEEN %(since)s AND %(until)s
        AND NOT EXISTS (SELECT 1 FROM finance_entry v WHERE v.reverses_id = e.id)
    GROUP BY m.id, c.currency ORDER BY m.since DESC, m.id, c.currency
"""
_LEAVES = f"""
    SELECT b.uid, b.series, n.leaf, {named("u.name")}, b.allotted_on,
        CASE WHEN l.state = 'missing' THEN 'missing' WHEN n.leaf < top.leaf THEN 'skipped' ELSE 'with_collector' END,
        COALESCE(l.note, '')
    FROM finance_receiptbook b JOIN identity_user u ON u.id = b.collector_id
    CROSS JOIN LATERAL generate_series(b.first, b.last) n(leaf)
    LEFT JOIN finance_receiptleaf l ON l.book_id = b.id AND l.number = n.leaf
    LEFT JOIN LATERAL (SELECT max(x.number) AS leaf FROM finance_receiptleaf x
        WHERE x.book_id = b.id AND x.state = 'used') top ON true
    WHERE b.allotted_on <= %(until)s AND (l.id IS NULL OR l.state = 'missing')
    ORDER BY (l.state = 'missing') IS NOT TRUE, n.leaf > COALESCE(top.leaf, 0), b.series, n.leaf
"""
# What lies in a box is what came in last: going back from the asked day, the days whose takings add up to it. What
# was posted after that day is taken off the balance, and counts for nothing.
_CUSTODY = f"""
    WITH now AS (
        SELECT b.id, b.code, {named("b.name")} AS name, a.code AS account, b.account_id, m.currency, sum(m.debit - m.credit) AS amount
        FROM finance_cashbox b JOIN finance_account a ON a.id = b.account_id
        JOIN finance_monthlybalance m ON m.account_id = b.account_id
        GROUP BY b.id, a.code, m.currency
    ), held AS (
        SELECT * FROM (
            SELECT n.id, n.code, n.name, n.account, n.account_id, n.currency, n.amount - COALESCE((
                SELECT sum(l.debit - l.credit) FROM finance_line l WHERE l.account_id = n.account_id
                    AND l.currency = n.currency AND l.date > %(until)s), 0) AS amount
            FROM now n) past WHERE amount > 0
    ), came AS (
        SELECT h.id, h.currency, l.date, sum(l.debit) AS amount FROM held h
        JOIN finance_line l ON l.account_id = h.account_id AND l.currency = h.currency AND l.debit > 0
            AND l.date <= %(until)s
        WHERE NOT EXISTS (SELECT 1 FROM finance_entry v WHERE v.reverses_id = l.entry_id AND v.date <= %(until)s)
        GROUP BY h.id, h.currency, l.date
    ), layers AS (
        SELECT c.*, sum(amount) OVER (PARTITION BY id, currency ORDER BY date DESC) - amount AS newer FROM came c
    ), aged AS (
        SELECT h.*, l.date, least(l.amount, h.amount - l.newer) AS part
        FROM held h JOIN layers l ON l.id = h.id AND l.currency = h.currency AND l.newer < h.amount
    )
    SELECT account, code, name, currency, min(date), max(amount),
        COALESCE(sum(part) FILTER (WHERE %(until)s - date <= 1), 0),
        COALESCE(sum(part) FILTER (WHERE %(until)s - date BETWEEN 2 AND 7), 0),
        COALESCE(sum(part) FILTER (WHERE %(until)s - date > 7), 0)
    FROM aged GROUP BY account, code, name, currency ORDER BY code, currency
"""
# A deposit in time has the slip on both lines; on the box's line of a late one stands since when and why.
_LATE_DEPOSITS = """
    SELECT e.uid, e.date, b.code, e.description, l.currency, l.credit, e.posted_by_name, l.description
    FROM finance_line l JOIN finance_entry e ON e.id = l.entry_id
    JOIN finance_cashbox b ON b.account_id = l.account_id
    WHERE l.credit > 0 AND l.description <> e.description AND e.kind = 'journal' AND l.date BETWEEN %(since)s AND %(until)s
        AND EXISTS (SELECT 1 FROM finance_line x JOIN finance_account a ON a.id = x.account_id
            WHERE x.entry_id = e.id AND x.debit > 0 AND a.role = 'bank' AND x.description = e.description)
        AND NOT EXISTS (SELECT 1 FROM finance_entry v WHERE v.reverses_id = e.id)
    ORDER BY e.date, e.id
"""
_COLLECTORS = """
    SELECT a.code, b.code, r.cashier_name, r.currency, count(*), count(l.id),
        count(*) FILTER (WHERE r.void_kind <> ''), COALESCE(sum(r.amount) FILTER (WHERE r.void_kind = ''), 0)
    FROM finance_receipt r JOIN finance_cashbox b ON b.id = r.box_id JOIN finance_account a ON a.id = b.account_id
    LEFT JOIN finance_receiptleaf l ON l.receipt_id = r.id
    WHERE r.received_on BETWEEN %(since)s AND %(until)s
    GROUP BY a.code, b.code, r.cashier_name, r.currency ORDER BY b.code, r.cashier_name, r.currency
"""
# Month by month: cheques that wait, instalments of standing plans, what is paid of the other open dues at the pace of the
# last twelve months, and payments that are invoiced or approved and not made. A due under a plan or a cheque is told once.
_FORECAST = """
    WITH pace AS (
        SELECT c.currency, least(1, sum(s.amount) / 12 / NULLIF((
            SELECT sum(o.balance) FROM finance_charge o WHERE o.currency = c.currency AND o.balance > 0), 0)) AS share
        FROM finance_settlement s JOIN finance_charge c ON c.id = s.charge_id
        WHERE s.kind = 'paid' AND s.date > %(since)s::date - interval '12 months' AND s.date <= %(since)s
        GROUP BY c.currency
    ), months AS (
        SELECT generate_series(date_trunc('month', %(since)s::date), %(until)s::date, '1 month')::date AS month
    ), owed AS (
        SELECT currency, sum(balance) AS balance FROM finance_charge
        WHERE balance > 0
            AND id NOT IN (SELECT unnest(charge_ids) FROM finance_plan WHERE state = 'active')
            AND id NOT IN (SELECT unnest(covers) FROM finance_cheque WHERE way = 'in' AND state IN ('in_safe', 'deposited'))
        GROUP BY currency
    )
    SELECT month, currency, sum(cheques), sum(instalments), round(sum(observed), 3), sum(payments),
        sum(cheques + instalments - payments) + round(sum(observed), 3)
    FROM (
        SELECT date_trunc('month', dated_on)::date AS month, currency, amount AS cheques, 0 AS instalments,
            0 AS observed, 0 AS payments
        FROM finance_cheque WHERE way = 'in' AND state IN ('in_safe', 'deposited')
            AND dated_on BETWEEN %(since)s AND %(until)s
        UNION ALL
        SELECT date_trunc('month', (x->>'due_on')::date)::date, p.currency, 0, (x->>'amount')::numeric, 0, 0
        FROM finance_plan p CROSS JOIN LATERAL jsonb_array_elements(p.schedule) x
        WHERE p.state = 'active' AND (x->>'due_on')::date BETWEEN %(since)s AND %(until)s
            AND NOT EXISTS (SELECT 1 FROM finance_cheque q WHERE q.plan_id = p.id)
        UNION ALL
        SELECT m.month, o.currency, 0, 0,
            o.balance * p.share * power(1 - p.share, row_number() OVER (PARTITION BY o.currency ORDER BY m.month) - 1), 0
        FROM months m CROSS JOIN owed o JOIN pace p ON p.currency = o.currency AND p.share > 0
        UNION ALL
        SELECT date_trunc('month', greatest(moved_on, %(since)s::date))::date, currency, 0, 0, 0, amount - set_off
        FROM finance_spending WHERE state IN ('invoiced', 'approved') AND moved_on <= %(until)s
    ) m GROUP BY month, currency ORDER BY month, currency
"""

# Each project beside what stands on its own bank account, if it has one.
_PROJECTS = f"""
    SELECT min(b.uid::text), b.project, COALESCE(d.full_name, ''), COALESCE(a.code, ''), m.currency, sum(b.revised),
        sum(COALESCE(s.received, 0)), sum(b.committed), sum(COALESCE(s.spent, 0)), sum(b.revised - b.committed - b.spent), COALESCE(k.held, 0)
    FROM finance_budgetline b LEFT JOIN parties_party d ON d.id = b.donor_id
    LEFT JOIN finance_account a ON a.id = b.bank_account_id
    CROSS JOIN (SELECT %(base)s::text AS currency) m
    LEFT JOIN LATERAL (SELECT sum(l.base_debit - l.base_credit) FILTER (WHERE {IS_SPENT}) AS spent,
            sum(l.base_credit - l.base_debit) FILTER (WHERE {IS_RECEIVED}) AS received
        FROM finance_line l JOIN finance_account a ON a.id = l.account_id
        WHERE l.budget_line_id = b.id AND l.date BETWEEN %(since)s AND %(until)s) s ON true
    LEFT JOIN LATERAL (SELECT sum(x.base_debit - x.base_credit) AS held FROM finance_monthlybalance x
        WHERE x.account_id = b.bank_account_id) k ON true
    WHERE b.project <> '' AND b.year BETWEEN extract(year FROM %(since)s::date) AND extract(year FROM %(until)s::date)
    GROUP BY b.project, d.full_name, a.code, m.currency, k.held ORDER BY b.project
"""

DESK_REPORTS: dict[str, Report] = {
    "campaigns": Report(
        _("Revenue forgone by campaign"),
        sql_table(
            (
                _("Campaign"),
                "%",
                _("From"),
                _("To"),
                _("Currency"),
                _("Dues"),
                _("Persons"),
                _("Collected with it"),
                _("Revenue forgone"),
            ),
            _CAMPAIGNS,
            leads="campaign",
        ),
        Chart(label=0, values=(7, 8), currency=4),
    ),
    "receipts-payments": Report(
        _("Receipts and payments (cash basis)"),
        sql_table(
            (_("Account"), _("Code"), _("Currency"), _("Cash received"), _("Cash paid")),
            RECEIPTS_AND_PAYMENTS,
            leads="ledger",
        ),
        Chart(label=0, values=(3, 4), currency=2),
    ),
    "forecast": Report(
        _("Cash forecast"),
        sql_table(
            (
                _("Month"),
                _("Currency"),
                _("Cheques to come"),
                _("Instalments to come"),
                _("At the pace of the last year"),
                _("Payments to make"),
                _("Left over"),
            ),
            _FORECAST,
        ),
        Chart(label=0, values=(2, 3, 4, 5), currency=1),
    ),
    "projects": Report(
        _("Projects and donors"),
        sql_table(
            (
                _("Project"),
                _("Donor"),
                _("Bank account"),
                _("Currency"),
                _("Revised"),
                _("Received in the period"),
                _("Committed"),
                _("Spent in the period"),
                _("Left"),
                _("On the bank account"),
            ),
            _PROJECTS,
            leads="budget-line",
        ),
        Chart(label=0, values=(4, 5, 7), currency=3),
        not_summed=frozenset({9}),
    ),
    "leaves": Report(
        _("Leaves not accounted for"),
        sql_table(
            (
                _("Series"),
                _("Leaf"),
                _("Collector"),
                _("Handed out on"),
                _("State"),
                _("Note"),
            ),
            _LEAVES,
            leads="receipt-book",
        ),
        told="day",
    ),
    "custody": Report(
        _("Cash not handed over, by age"),
        sql_table(
            (
                _("Box"),
                _("Name"),
                _("Currency"),
                _("Since"),
                _("In the books"),
                _("Today and yesterday"),
                _("2 to 7 days"),
                _("Over 7 days"),
            ),
            _CUSTODY,
            leads="ledger",
        ),
        told="day",
    ),
    "late-deposits": Report(
        _("Cash that went late to the bank"),
        sql_table(
            (
                _("Date"),
                _("Box"),
                _("Deposit slip"),
                _("Currency"),
                _("Amount"),
                _("By"),
                _("Since when, and why"),
            ),
            _LATE_DEPOSITS,
            leads="entry",
        ),
    ),
    "collectors": Report(
        _("Turnover of cashiers and collectors"),
        sql_table(
            (
                _("Box"),
                _("Cashier"),
                _("Currency"),
                _("Receipts"),
                _("By leaf"),
                _("Taken back"),
                _("Amount"),
            ),
            _COLLECTORS,
            leads="ledger",
        ),
        Chart(label=1, values=(6,), currency=2),
    ),
}
