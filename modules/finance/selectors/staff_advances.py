"""Advances to staff that are not settled: whose, since when, by which day they were to be, how much is left.

What somebody settled counts against the oldest of the advances first; the sum of what is left is the account's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from modules.finance.constants import AccountRole, EntryKind, SpendingState
from modules.finance.models import Entry, Spending
from modules.finance.selectors.books import account_of
from modules.finance.selectors.tables import Report, sql_table

PAID = (SpendingState.ISSUED, SpendingState.HANDED_OVER)

_OPEN = """
    WITH given AS (
        SELECT s.id, s.uid, s.number_text, COALESCE(w.alias_of_id, w.id) AS person, s.currency, s.amount, p.on_date,
            COALESCE((p.facts->>'due_by')::date, p.on_date) AS due_by,
            sum(s.amount) OVER (PARTITION BY COALESCE(w.alias_of_id, w.id), s.currency ORDER BY p.on_date, s.id) AS upto
        FROM finance_spending s JOIN parties_party w ON w.id = s.party_id
        JOIN LATERAL (SELECT x.on_date, x.facts FROM finance_step x WHERE x.spending_id = s.id
            AND x.to_state = 'issued' AND x.on_date <= %(until)s ORDER BY x.id DESC LIMIT 1) p ON true
        WHERE s.kind = 'staff_advance' AND s.state IN ('issued', 'handed_over')
    ), settled AS (
        SELECT COALESCE(w.alias_of_id, w.id) AS person, l.currency, sum(l.credit) AS amount
        FROM finance_account a JOIN finance_line l ON l.account_id = a.id AND l.credit > 0 AND l.date <= %(until)s
        JOIN finance_entry e ON e.id = l.entry_id AND e.reverses_id IS NULL
        JOIN parties_party w ON w.id = l.party_id
        WHERE a.role = 'staff_advances' AND NOT EXISTS (
            SELECT 1 FROM finance_entry v WHERE v.reverses_id = e.id AND v.date <= %(until)s)
        GROUP BY 1, 2
    ), open AS (
        SELECT g.*, least(g.amount, g.upto - COALESCE(t.amount, 0)) AS left_open
        FROM given g LEFT JOIN settled t ON t.person = g.person AND t.currency = g.currency
    )
"""
_REPORT = f"""{_OPEN}
    SELECT o.uid, o.number_text, w.full_name, o.currency, o.on_date, o.due_by, o.amount, o.left_open,
        CASE WHEN %(until)s <= o.due_by THEN o.left_open ELSE 0 END,
        CASE WHEN %(until)s - o.due_by BETWEEN 1 AND 30 THEN o.left_open ELSE 0 END,
        CASE WHEN %(until)s - o.due_by BETWEEN 31 AND 90 THEN o.left_open ELSE 0 END,
        CASE WHEN %(until)s - o.due_by > 90 THEN o.left_open ELSE 0 END
    FROM open o JOIN parties_party w ON w.id = o.person WHERE o.left_open > 0 ORDER BY o.due_by, o.id
"""


@dataclass(frozen=True)
class StaffAdvance:
    """One advance: when it was paid, by when it is to be settled, what is left."""

    paid_on: date
    due_by: date
    left: Decimal

    def overdue(self, on: date) -> int:
        return max(0, (on - self.due_by).days)


def advance_left(spending: Spending, *, on: date) -> StaffAdvance | None:
    """How an advance stands; None when it is none, or was not paid."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_OPEN} SELECT on_date, due_by, greatest(left_open, 0) FROM open WHERE id = %(id)s",
            {"until": on, "id": spending.pk},
        )
        row = cursor.fetchone()
    return StaffAdvance(*row) if row else None


def settlements_of(spending: Spending) -> QuerySet[Entry]:
    """The entries by which the employee accounted for this advance (`amount`), those taken back since among them."""
    return (
        Entry.objects.filter(
            _settles(),
            description__startswith=f"{spending.number_text} ",
            lines__party_id=spending.party_id,
        )
        .annotate(amount=Sum("lines__credit"))
        .select_related("reversal")
        .order_by("id")
    )


def is_settlement(entry: Entry) -> bool:
    """Whether an employee accounted for an advance by it."""
    return Entry.objects.filter(_settles(), pk=entry.pk).exists()


def _settles() -> Q:
    """By no step of a spending, which would be a payment or its way back."""
    return Q(
        kind=EntryKind.SPENDING,
        reverses=None,
        steps=None,
        lines__account_id=account_of(AccountRole.STAFF_ADVANCES),
        lines__credit__gt=0,
    )


STAFF_REPORTS: dict[str, Report] = {
    "staff-advances": Report(
        _("Advances to staff not settled, by age"),
        sql_table(
            (
                _("Number"),
                _("Employee"),
                _("Currency"),
                _("Paid out on"),
                _("To be settled by"),
                _("Amount"),
                _("Not settled"),
                _("not due yet"),
                _("1 to 30 days"),
                _("31 to 90 days"),
                _("Over 90 days"),
            ),
            _REPORT,
            leads="spending",
        ),
        told="day",
    ),
}
