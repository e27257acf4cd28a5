"""Cash that should be at the bank by now: it lies in a box longer than policy FIN-01 allows, and nobody took it there."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.calendar.selectors import end_of_day, local_date
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.models.books import in_readers_language
from modules.finance.selectors.custody import working_hours
from modules.finance.selectors.tables import Report, Table

_Drawer: TypeAlias = tuple[str, str, str, str, str, Decimal]

# What lies in a box is what came in last, as in the report of custody; here to the instant, because hours are counted.
_LIES = """
    WITH held AS (
        SELECT * FROM (
            SELECT b.id, b.code, b.name_ar, b.name_en, b.account_id, a.code AS account, m.currency,
                sum(m.debit - m.credit) - COALESCE((
                    SELECT sum(l.debit - l.credit) FROM finance_line l WHERE l.account_id = b.account_id
                        AND l.currency = m.currency AND l.date > %(until)s), 0) AS amount
            FROM finance_cashbox b JOIN finance_account a ON a.id = b.account_id
            JOIN finance_monthlybalance m ON m.account_id = b.account_id
            GROUP BY b.id, a.code, m.currency) past
        WHERE amount > 0
    ), came AS (
        SELECT h.*, e.posted_at, l.debit,
            sum(l.debit) OVER (PARTITION BY h.id, h.currency ORDER BY l.date DESC, l.id DESC) - l.debit AS newer
        FROM held h JOIN finance_line l ON l.account_id = h.account_id AND l.currency = h.currency AND l.debit > 0
            AND l.date <= %(until)s
        JOIN finance_entry e ON e.id = l.entry_id
        WHERE NOT EXISTS (SELECT 1 FROM finance_entry v WHERE v.reverses_id = e.id AND v.date <= %(until)s)
    )
    SELECT account, code, name_ar, name_en, currency, amount, posted_at, least(debit, amount - newer)
    FROM came WHERE newer < amount ORDER BY code, currency, posted_at
"""


def _late(viewer: Viewer, since: date, until: date) -> Table:
    at = min(end_of_day(until), timezone.now())
    most = int(value("FIN-01.deposit_within_hours", on=until).value)
    rows, keys = [], []
    for (account, code, name_ar, name_en, currency, held), layers in _by_box(until).items():
        came = [one for one, _amount in layers]
        # Hours only grow with age: of the layers in order the first are late, and none after the first in time.
        late = bisect_left(came, True, key=lambda one: working_hours(one, at) <= most)
        if not late:
            continue
        amount = sum((part for _came, part in layers[:late]), Decimal(0))
        name = in_readers_language(name_ar, name_en)
        rows.append(
            (code, name, currency, local_date(came[0]), working_hours(came[0], at), amount, held)
        )
        keys.append(account)
    headings = (
        _("Box"),
        _("Name"),
        _("Currency"),
        _("Since"),
        _("Working hours"),
        _("Amount that is late"),
        _("In the books"),
    )
    return Table(headings, tuple(rows), "ledger", tuple(keys))


def _by_box(until: date) -> dict[_Drawer, list[tuple[datetime, Decimal]]]:
    """What lies in each box by the instant at which it came, the oldest first."""
    found: dict[_Drawer, list[tuple[datetime, Decimal]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LIES, {"until": until})
        for *drawer, came, amount in cursor.fetchall():
            found.setdefault(tuple(drawer), []).append((came, amount))  # type: ignore[arg-type]
    return found


LATE_REPORTS: dict[str, Report] = {
    "late-cash": Report(_("Cash that should be at the bank by now"), _late, told="day"),
}
