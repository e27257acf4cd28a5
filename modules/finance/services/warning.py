"""Warn who owes (law 1/1997, article 27): written, served, fifteen days more, then enforcement. A payment ends it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import structlog
from django.db import connection
from django.db.models import Sum

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.numbering.services import take
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import Service, WarningState
from modules.finance.errors import ReasonMissing
from modules.finance.errors.closings import (
    ContestedOutOfTime,
    GraceNotOver,
    NothingToWarnOf,
    ServedOutOfTime,
    WarningMoveNotAllowed,
)
from modules.finance.models import Charge, Warning
from modules.finance.models.steps import may_follow
from modules.finance.selectors.warnings import overdue_charges
from modules.finance.services.stepping import Move, take_step_of_warning

log = structlog.get_logger(__name__)


def write_warning(party_id: int, *, by: Viewer) -> Warning:
    """Write a numbered warning of all that is overdue long enough (REV-07), each due once. Refuses `NothingToWarnOf`."""
    by.require("finance.warn")
    on = today()
    with recorded(by=by):
        _hold_warnings(party_id)
        charges = overdue_charges(party_id, on=on)
        if not charges:
            raise NothingToWarnOf()
        totals: dict[str, Decimal] = {}
        for one in charges:
            totals[one.currency] = totals.get(one.currency, Decimal(0)) + one.balance
        number = take("finance.warning", year=on.year, by=by)
        made = Warning.objects.create(
            year=on.year,
            number=number.number,
            number_text=number.text,
            party_id=party_id,
            issued_on=on,
            charge_ids=[one.pk for one in charges],
            dues=[
                {
                    "charge": one.pk,
                    "title": f"{one.kind.title_ar} {one.year}",
                    "due_on": one.due_on.isoformat(),
                    "amount": str(one.balance),
                    "currency": one.currency,
                }
                for one in charges
            ],
            totals={currency: str(amount) for currency, amount in totals.items()},
        )
        take_step_of_warning(made, Move(to=WarningState.ISSUED, on=on), by=by)
    log.info("finance.warning_written", warning=made.pk, by=by.user_id)
    return made


def serve_warning(
    warning: Warning, *, how: Service, on: date, receiver: str, by: Viewer
) -> Warning:
    """It reached the person, in person, at the last residence, or by registered post; the days run from here.

    The last day to pay is kept as the policy is on that day. Refuses `ServedOutOfTime` for a day before it was written
    or after today.
    """
    by.require("finance.warn")
    with recorded(by=by):
        held = _held(warning, WarningState.SERVED)
        if not held.issued_on <= on <= today():
            raise ServedOutOfTime(written=f"{held.issued_on:%d/%m/%Y}")
        days = int(value("REV-07.grace_after_warning_days", on=on).value)
        facts = {"how": how.value, "until": (on + timedelta(days=days)).isoformat()}
        move = Move(to=WarningState.SERVED, on=on, holder=receiver, facts=facts)
        take_step_of_warning(held, move, by=by)
    return held


def deadline_of(warning: Warning) -> date | None:
    """REV-07: the last day to pay after it was served; None before."""
    served = warning.steps.filter(to_state=WarningState.SERVED).order_by("-id").first()
    if served is None:
        return None
    if "until" in served.facts:
        return date.fromisoformat(served.facts["until"])
    days = int(value("REV-07.grace_after_warning_days", on=served.on_date).value)
    return served.on_date + timedelta(days=days)


def contest_warning(warning: Warning, *, on: date, note: str, by: Viewer) -> Warning:
    """The person went to court within the days, having paid or secured the sum.

    Refuses `ContestedOutOfTime` for a day before the service, after the last day or after today, `ReasonMissing`.
    """
    served = warning.steps.filter(to_state=WarningState.SERVED).order_by("-id").first()
    last = deadline_of(warning)
    if served and last and not served.on_date <= on <= min(last, today()):
        raise ContestedOutOfTime(served=f"{served.on_date:%d/%m/%Y}", until=f"{last:%d/%m/%Y}")
    return _move(warning, WarningState.CONTESTED, note, by, on=on)


def enforce_warning(warning: Warning, *, note: str, by: Viewer) -> Warning:
    """Hand the file to enforcement. Refuses `GraceNotOver` while the person may still pay, `ReasonMissing`."""
    last = deadline_of(warning)
    if last is not None and today() <= last:
        raise GraceNotOver(date=f"{last:%d/%m/%Y}")
    return _move(warning, WarningState.ENFORCED, note, by)


def lapse_warning(warning: Warning, *, note: str, by: Viewer) -> Warning:
    """Call a warning off, or note that it was paid. Refuses `ReasonMissing`."""
    return _move(warning, WarningState.LAPSED, note, by)


def review_warnings(*, by: Viewer) -> int:
    """Every night: warnings whose dues are all settled end; how many did."""
    ended = 0
    for one in Warning.objects.exclude(state=WarningState.LAPSED).order_by("id").iterator():
        owed = Charge.objects.filter(pk__in=one.charge_ids).aggregate(left=Sum("balance"))["left"]
        if not owed and WarningState.LAPSED in may_follow("warning", one.state):
            lapse_warning(one, note="سُددت", by=by)
            ended += 1
    return ended


def _hold_warnings(party_id: int) -> None:
    """Who warns the same person at the same moment waits, and then finds nothing to warn of; the database waits too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('finance.warning:' || current_schema() || %s, 0))",
            [f":{party_id}"],
        )


def _move(
    warning: Warning, to: WarningState, note: str, by: Viewer, *, on: date | None = None
) -> Warning:
    by.require("finance.warn")
    if not note.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=note):
        held = _held(warning, to)
        take_step_of_warning(held, Move(to=to, on=on or today(), note=note), by=by)
    return held


def _held(warning: Warning, to: WarningState) -> Warning:
    held = Warning.objects.select_for_update().get(pk=warning.pk)
    if to not in may_follow("warning", held.state):
        raise WarningMoveNotAllowed(number=held.number_text, state=WarningState(held.state).label)
    return held
