"""Who pays on time (REV-03): every due of some months settled by its day, nothing overdue."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection

from modules.finance.months import month_later

# Records that were merged count as the one that stays. A due that was assessed after its day could not be paid by it:
# its own day counts then. Dues that were only given away prove nothing, so at least one was paid.
_COMMITTED = """
    WITH family AS (
        SELECT p.id, COALESCE(p.alias_of_id, p.id) AS whose FROM parties_party p
        WHERE p.id = ANY(%(parties)s) OR p.alias_of_id = ANY(%(parties)s)
    )
    SELECT f.whose
    FROM family f JOIN finance_charge c ON c.party_id = f.id AND c.cancelled = 0
    LEFT JOIN LATERAL (
        SELECT max(s.date) AS last FROM finance_settlement s WHERE s.charge_id = c.id
            AND c.due_on >= %(since)s AND c.due_on < %(on)s) s ON true
    LEFT JOIN LATERAL (SELECT e.date FROM finance_entry e WHERE e.id = c.entry_id
            AND c.due_on >= %(since)s AND c.due_on < %(on)s) e ON true
    GROUP BY f.whose
    HAVING bool_and(c.balance = 0 OR c.due_on >= %(on)s)
        AND bool_and(s.last <= greatest(c.due_on, e.date))
            FILTER (WHERE c.due_on >= %(since)s AND c.due_on < %(on)s)
        AND bool_or(c.paid > 0) FILTER (WHERE c.due_on >= %(since)s AND c.due_on < %(on)s)
"""


def committed_payers(party_ids: Collection[int], *, on: date, months: int) -> set[int]:
    """Which of these persons paid everything that came due in so many months before a day by its day. One query."""
    if not party_ids:
        return set()
    asked: dict[str, Any] = {
        "parties": list(party_ids),
        "on": on,
        "since": month_later(on, -months),
    }
    with connection.cursor() as cursor:
        cursor.execute(_COMMITTED, asked)
        return {row[0] for row in cursor.fetchall()}
