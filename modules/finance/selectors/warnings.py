"""Who is to be warned, and the warnings there are (law 1/1997, article 27; policy REV-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.errors.closings import WarningUnknown
from modules.finance.models import Charge, Warning

# Not under a plan that is being paid, and not in a warning that stands.
_OVERDUE = """
    SELECT c.id FROM finance_charge c
    WHERE c.balance > 0 AND c.due_on <= %(before)s AND (%(party)s::bigint IS NULL OR c.party_id = %(party)s)
        AND NOT EXISTS (SELECT 1 FROM finance_plan p WHERE p.party_id = c.party_id AND p.state = 'active'
                        AND c.id = ANY(p.charge_ids))
        AND NOT EXISTS (SELECT 1 FROM finance_warning w WHERE w.party_id = c.party_id AND w.state <> 'lapsed'
                        AND c.id = ANY(w.charge_ids))
"""


@dataclass(frozen=True)
class ToWarn:
    """A person with dues that are overdue long enough."""

    party_id: int
    party_uid: UUID
    name: str
    currency: str
    count: int
    oldest: date
    total: Decimal


def warn_before(on: date) -> date:
    """REV-07: dues of this day or earlier have been unpaid long enough for the warning."""
    return on - timedelta(days=int(value("REV-07.warn_after_days", on=on).value))


def to_warn(viewer: Viewer, *, on: date, limit: int = 200) -> list[ToWarn]:
    """Who is to be warned, the largest sums first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.party_id, p.uid, p.full_name, c.currency, count(*), min(c.due_on), sum(c.balance)"
            f" FROM finance_charge c JOIN parties_party p ON p.id = c.party_id WHERE c.id IN ({_OVERDUE})"
            " GROUP BY 1, 2, 3, 4 ORDER BY 7 DESC LIMIT %(limit)s",
            {"before": warn_before(on), "party": None, "limit": limit},
        )
        return [ToWarn(*row) for row in cursor.fetchall()]


def overdue_charges(party_id: int, *, on: date) -> list[Charge]:
    """The dues of a person that a warning written on this day would name."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERDUE, {"before": warn_before(on), "party": party_id})
        ids = [row[0] for row in cursor.fetchall()]
    return list(Charge.objects.filter(pk__in=ids).select_related("kind").order_by("due_on", "id"))


def warnings(viewer: Viewer) -> QuerySet[Warning]:
    return Warning.objects.select_related("party").order_by("-id")


def warning_for(viewer: Viewer, uid: UUID) -> Warning:
    """The warning of that uid. Refuses `WarningUnknown`."""
    found = Warning.objects.select_related("party").filter(uid=uid).first()
    if found is None:
        raise WarningUnknown()
    return found
