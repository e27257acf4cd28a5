"""Receipts and payments on the cash basis: what money came for and what it went for, by nature.

Each entry that moves money (boxes, banks, petty cash, what cards, wallets and transfers bring) is told once, with as much
as the money moved. What only passes through inside the entry is left out: cheques on their way, dues covered by them, the
currency position, what is set off. A due is told as its revenue or deposit; a cheque leads to what its receipt settled, a payment to the
lines of its request.
"""

from __future__ import annotations

from modules.finance.selectors.tables import named

# What passes through: never what money was for, when the entry or the paper behind it says more.
_ON_THE_WAY = """(
    'cheques_in_safe', 'postdated_cheques', 'under_collection', 'covered_by_cheques', 'cheques_issued', 'set_off',
    'exchange_position')"""

# `told` is what the entry itself says, in the currency of its money (a due in another currency at what it took of it);
# `behind` what the papers behind it say. What the entry does not explain is told by the papers, in proportion; without
# papers a part paid otherwise (set off) takes its share of everything; and what nobody explains stands as it is.
RECEIPTS_AND_PAYMENTS = f"""
    WITH money AS (
        SELECT id FROM finance_account WHERE role IN ('bank', 'petty_cash', 'cards', 'wallets', 'transfers')
            OR id IN (SELECT account_id FROM finance_cashbox) OR code LIKE (
                SELECT p.code || '%%' FROM finance_account b JOIN finance_account p ON p.id = b.parent_id
                WHERE b.role = 'bank')
    ), touched AS (
        SELECT l.entry_id, min(l.currency) AS paid_in, count(DISTINCT l.currency) AS currencies, sum(l.debit - l.credit) AS net
        FROM finance_line l JOIN money m ON m.id = l.account_id
        WHERE l.date BETWEEN %(since)s AND %(until)s AND (l.debit > 0 OR l.credit > 0) GROUP BY l.entry_id
    ), papers AS (
        SELECT s.entry_id, COALESCE(s.spending_id, q.spending_id) AS spending_id, q.amount, i.receipt_id
        FROM touched t JOIN finance_step s ON s.entry_id = t.entry_id
        LEFT JOIN finance_cheque q ON q.id = s.cheque_id LEFT JOIN finance_instrument i ON i.id = q.instrument_id
    ), behind AS (
        SELECT p.entry_id, k.revenue_id AS account_id, p.amount * x.tendered / r.amount AS amount
        FROM papers p JOIN finance_receipt r ON r.id = p.receipt_id
        JOIN finance_settlement x ON x.receipt_id = r.id AND x.reverses_id IS NULL
        JOIN finance_charge c ON c.id = x.charge_id JOIN finance_dueskind k ON k.id = c.kind_id
        UNION ALL
        SELECT p.entry_id, a.id, p.amount * r.surplus / r.amount
        FROM papers p JOIN finance_receipt r ON r.id = p.receipt_id AND r.surplus > 0
        JOIN finance_account a ON a.role = 'advances'
        UNION ALL
        SELECT p.entry_id, (x->>'account')::bigint, (x->>'amount')::numeric
        FROM (SELECT DISTINCT entry_id, spending_id FROM papers) p
        JOIN finance_spending g ON g.id = p.spending_id CROSS JOIN LATERAL jsonb_array_elements(g.lines) x
    ), set_off AS (
        SELECT unnest(ARRAY[r.entry_id, r.void_entry_id]) AS y FROM finance_instrument i
        JOIN finance_receipt r ON r.id = i.receipt_id WHERE i.spending_id IS NOT NULL
    ), explained AS (
        SELECT entry_id, sum(amount) AS total FROM behind GROUP BY entry_id
    ), contra AS (
        SELECT t.entry_id, t.paid_in, t.currencies = 1 AND l.currency <> t.paid_in AS foreign_to_it, a.role,
            COALESCE(k.revenue_id, l.account_id) AS account_id, l.currency, l.credit - l.debit AS net,
            l.base_credit - l.base_debit AS base,
            a.role IN {_ON_THE_WAY} OR (a.role = 'payables' AND (x.entry_id IS NOT NULL OR l.entry_id IN (
                SELECT y FROM set_off))) AS passes
        FROM touched t JOIN finance_line l ON l.entry_id = t.entry_id JOIN finance_account a ON a.id = l.account_id
        LEFT JOIN finance_charge c ON c.id = l.charge_id LEFT JOIN finance_dueskind k ON k.id = c.kind_id
        LEFT JOIN explained x ON x.entry_id = t.entry_id
        WHERE l.account_id NOT IN (SELECT id FROM money) AND (l.debit > 0 OR l.credit > 0)
    ), position AS (
        SELECT entry_id, sum(net) AS value FROM contra
        WHERE role = 'exchange_position' AND NOT foreign_to_it GROUP BY entry_id
    ), told AS (
        SELECT n.entry_id, n.account_id, CASE WHEN p.value IS NULL THEN n.currency ELSE n.paid_in END AS currency,
            CASE WHEN p.value IS NULL THEN n.net
                ELSE p.value * n.base / sum(n.base) OVER (PARTITION BY n.entry_id, n.foreign_to_it) END AS net
        FROM contra n LEFT JOIN position p ON p.entry_id = n.entry_id AND n.foreign_to_it WHERE NOT n.passes
    ), left_over AS (
        SELECT t.entry_id, t.paid_in, t.net, COALESCE(sum(d.net), 0) AS total, x.total AS explained,
            x.total IS NULL AND t.currencies = 1 AND t.net * sum(d.net) > 0 AS in_parts
        FROM touched t LEFT JOIN told d ON d.entry_id = t.entry_id LEFT JOIN explained x ON x.entry_id = t.entry_id
        GROUP BY t.entry_id, t.paid_in, t.net, t.currencies, x.total
    ), flows AS (
        SELECT d.entry_id, d.account_id, d.currency, CASE WHEN o.in_parts THEN d.net * o.net / o.total ELSE d.net END AS net
        FROM told d JOIN left_over o ON o.entry_id = d.entry_id
        UNION ALL
        SELECT b.entry_id, b.account_id, o.paid_in, b.amount * (o.net - o.total) / o.explained
        FROM behind b JOIN left_over o ON o.entry_id = b.entry_id WHERE o.explained <> 0
        UNION ALL
        SELECT n.entry_id, n.account_id, n.currency, n.net FROM contra n JOIN left_over o ON o.entry_id = n.entry_id
        WHERE n.passes AND o.explained IS NULL AND o.in_parts IS NOT TRUE
            AND NOT (n.role = 'exchange_position' AND EXISTS (SELECT 1 FROM told d WHERE d.entry_id = n.entry_id))
    ), sided AS (
        SELECT f.account_id, f.currency, f.net, (f.net > 0) = (e.reverses_id IS NULL) AS received
        FROM (SELECT entry_id, account_id, currency, sum(net) AS net FROM flows
            GROUP BY entry_id, account_id, currency) f JOIN finance_entry e ON e.id = f.entry_id WHERE f.net <> 0
    )
    SELECT a.code, {named("a.name")}, a.code, s.currency, round(COALESCE(sum(s.net) FILTER (WHERE s.received), 0), 3),
        round(COALESCE(-sum(s.net) FILTER (WHERE NOT s.received), 0), 3)
    FROM sided s JOIN finance_account a ON a.id = s.account_id GROUP BY a.id, s.currency
    HAVING COALESCE(sum(s.net) FILTER (WHERE s.received), 0) <> 0
        OR COALESCE(sum(s.net) FILTER (WHERE NOT s.received), 0) <> 0
    ORDER BY s.currency, a.code
"""
