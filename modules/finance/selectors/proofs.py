"""Prove the books: what is stored equals what is recomputed. Run at every closing and every night; nearly free."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from kernel.viewer import Viewer

# Each query gives rows that should not be there.
_PROOFS: dict[str, str] = {
    "entries_balance": """
        SELECT entry_id, currency, sum(debit) - sum(credit) FROM finance_line
        GROUP BY entry_id, currency HAVING sum(debit) <> sum(credit)
    """,
    "base_balances": """
        SELECT entry_id, 'base', sum(base_debit) - sum(base_credit) FROM finance_line
        GROUP BY entry_id HAVING sum(base_debit) <> sum(base_credit)
    """,
    "monthly_balances": """
        SELECT account_id, currency, period_id, journal, debit, credit FROM (
            SELECT l.account_id, l.currency, e.period_id, e.journal, sum(l.debit) AS debit, sum(l.credit) AS credit,
                sum(l.base_debit) AS base_debit, sum(l.base_credit) AS base_credit
            FROM finance_line l JOIN finance_entry e ON e.id = l.entry_id GROUP BY 1, 2, 3, 4) computed
        FULL JOIN finance_monthlybalance stored USING (account_id, currency, period_id, journal, debit, credit,
            base_debit, base_credit)
        WHERE stored.id IS NULL OR computed.debit IS NULL
    """,
    "charges_follow_settlements": """
        SELECT c.id FROM finance_charge c LEFT JOIN (
            SELECT charge_id, COALESCE(sum(amount) FILTER (WHERE kind = 'paid'), 0) AS paid,
                COALESCE(sum(amount) FILTER (WHERE kind = 'credited'), 0) AS credited,
                COALESCE(sum(amount) FILTER (WHERE kind = 'cancelled'), 0) AS cancelled, sum(base) AS base
            FROM finance_settlement GROUP BY charge_id) s ON s.charge_id = c.id
        WHERE (c.paid, c.credited, c.cancelled, c.base_settled)
            IS DISTINCT FROM (COALESCE(s.paid, 0), COALESCE(s.credited, 0), COALESCE(s.cancelled, 0), COALESCE(s.base, 0))
    """,
    "charges_agree_with_ledger": """
        SELECT c.id, c.balance FROM finance_charge c LEFT JOIN (
            SELECT charge_id, sum(debit - credit) AS owed, sum(base_debit - base_credit) AS base
            FROM finance_line WHERE charge_id IS NOT NULL GROUP BY charge_id) l ON l.charge_id = c.id
        WHERE (c.balance, c.base_principal - c.base_settled) IS DISTINCT FROM (COALESCE(l.owed, 0), COALESCE(l.base, 0))
    """,
    "receivables_equal_charges": """
        SELECT a.id, a.currency, a.ledger, a.owed FROM (
            SELECT k.receivable_id AS id, c.currency, sum(c.balance) AS owed,
                (SELECT COALESCE(sum(b.debit - b.credit), 0) FROM finance_monthlybalance b
                 WHERE b.account_id = k.receivable_id AND b.currency = c.currency) AS ledger
            FROM finance_charge c JOIN finance_dueskind k ON k.id = c.kind_id
            GROUP BY k.receivable_id, c.currency) a
        WHERE a.owed <> a.ledger
    """,
    "receipts_have_no_gap": """
        SELECT box_id, year, max(number) - count(*) FROM finance_receipt
        GROUP BY box_id, year HAVING max(number) <> count(*)
    """,
    "entries_have_no_gap": """
        SELECT journal, year, max(number) - count(*) FROM finance_entry
        GROUP BY journal, year HAVING max(number) <> count(*)
    """,
    "days_are_sealed": """
        SELECT on_date FROM (
            SELECT on_date, previous, seal, contents, lag(seal, 1, '') OVER (ORDER BY on_date) AS before
            FROM finance_dayclosing) d
        WHERE previous <> before OR seal <> encode(sha256(convert_to(
            previous || on_date::text || contents::text, 'UTF8')), 'hex')
    """,
    "cheques_stand_in_their_accounts": """
        SELECT c.role, c.currency, c.total, b.held FROM (
            SELECT CASE WHEN state = 'deposited' THEN 'under_collection' ELSE 'cheques_issued' END AS role, currency,
                sum(CASE WHEN way = 'in' THEN amount ELSE -amount END) AS total
            FROM finance_cheque WHERE (way = 'in' AND state = 'deposited')
                OR (way = 'out' AND state IN ('issued', 'handed_over')) GROUP BY 1, 2) c
        JOIN finance_account a ON a.role = c.role
        LEFT JOIN LATERAL (SELECT sum(debit - credit) AS held FROM finance_monthlybalance m
                           WHERE m.account_id = a.id AND m.currency = c.currency) b ON true
        WHERE c.total IS DISTINCT FROM b.held
    """,
    "bank_statements_chain": """
        SELECT id, reference FROM (
            SELECT s.id, s.reference, s.opening, s.closing, l.moved,
                lag(s.closing) OVER (PARTITION BY s.account_id, s.currency ORDER BY s.position) AS before
            FROM finance_bankstatement s
            LEFT JOIN LATERAL (SELECT COALESCE(sum(amount), 0) AS moved FROM finance_bankline
                               WHERE statement_id = s.id AND seq > 0) l ON true) c
        WHERE c.opening <> COALESCE(c.before, c.opening) OR c.opening + c.moved <> c.closing
    """,
    "matches_within_their_lines": """
        SELECT 'bank', b.id, b.amount FROM finance_bankline b JOIN (
            SELECT bank_line_id, sum(abs(amount)) AS total FROM finance_bankmatch WHERE kind = 'books' GROUP BY 1) m
            ON m.bank_line_id = b.id WHERE m.total > abs(b.amount) AND b.seq > 0
        UNION ALL
        SELECT 'books', l.id, l.debit - l.credit FROM finance_line l JOIN (
            SELECT ledger_line_id, sum(abs(amount)) AS total FROM finance_bankmatch GROUP BY 1) m
            ON m.ledger_line_id = l.id WHERE m.total > abs(l.debit - l.credit)
    """,
    "set_offs_follow_receipts": """
        SELECT s.number_text, s.set_off, x.amount FROM finance_spending s
        LEFT JOIN (SELECT i.spending_id, sum(i.amount) AS amount, sum(i.base) AS base FROM finance_instrument i
            JOIN finance_receipt r ON r.id = i.receipt_id AND r.void_kind = ''
            WHERE i.spending_id IS NOT NULL GROUP BY i.spending_id) x ON x.spending_id = s.id
        WHERE (s.set_off <> 0 OR x.amount IS NOT NULL)
            AND (s.set_off, s.set_off_base) IS DISTINCT FROM (COALESCE(x.amount, 0), COALESCE(x.base, 0))
    """,
    "no_advance_below_zero": """
        SELECT l.party_id, l.currency, sum(l.credit - l.debit) FROM finance_line l
        JOIN finance_account a ON a.id = l.account_id AND a.role = 'advances'
        GROUP BY l.party_id, l.currency HAVING sum(l.credit) < sum(l.debit)
    """,
}


@dataclass(frozen=True)
class Fault:
    """A row that contradicts the books, with the proof that found it."""

    proof: str
    row: tuple[object, ...]


def faults(viewer: Viewer, *, most: int = 100) -> list[Fault]:
    """Everything in the books that does not add up; empty when all is well."""
    found: list[Fault] = []
    with connection.cursor() as cursor:
        for name, query in _PROOFS.items():
            cursor.execute(query)
            found += [Fault(name, row) for row in cursor.fetchmany(most)]
    return found


def proofs() -> tuple[str, ...]:
    """Names of what is proved."""
    return tuple(_PROOFS)
