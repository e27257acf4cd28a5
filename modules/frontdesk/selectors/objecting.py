"""Until when somebody may object to a decision (policy FRD-07)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kernel.calendar.selectors import local_date
from kernel.policies.selectors import value
from modules.frontdesk.models import Request


def objection_days(decided_at: datetime) -> tuple[int, date]:
    """How many days the manual gives to object to a decision of that moment, and the last of them."""
    decided_on = local_date(decided_at)
    days = int(value("FRD-07.appeal_days", on=decided_on).value)
    return days, decided_on + timedelta(days=days)


def objection_ends(request: Request) -> date | None:
    """The last day on which somebody may object to the decision; None before there is one."""
    return objection_days(request.decided_at)[1] if request.decided_at is not None else None
