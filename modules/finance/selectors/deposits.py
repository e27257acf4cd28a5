"""Deposits on their way back: by when a refund is due, what the person owes first, what may be kept for its age (FIN-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Sum

from kernel.calendar.selectors import today
from kernel.money import Money, money
from kernel.parties.selectors import ids_of
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import EntryKind, SettlementKind, SpendingKind, SpendingState
from modules.finance.models import Account, Charge, Line, Settlement, Spending
from modules.finance.selectors.spending import refundable

NOTHING = Decimal(0)
WAITING = (
    SpendingState.REQUESTED,
    SpendingState.COMMITTED,
    SpendingState.INVOICED,
    SpendingState.APPROVED,
)


@dataclass(frozen=True)
class Refund:
    """A refund that was asked for and is not paid out yet."""

    spending: Spending
    due_by: date
    days_late: int


def refund_due_by(spending: Spending) -> date | None:
    """By when the policy of the day it was asked for wants a deposit back; None of any other spending."""
    if spending.kind != SpendingKind.DEPOSIT_REFUND:
        return None
    days = int(value("FIN-07.refund_within_days", on=spending.asked_on).value)
    return spending.asked_on + timedelta(days=days)


def refund_of(spending: Spending, *, on: date) -> Refund | None:
    """The refund with its day, while it waits."""
    due_by = refund_due_by(spending)
    if due_by is None or spending.state not in WAITING:
        return None
    return Refund(spending, due_by, max((on - due_by).days, 0))


def refunds_waiting(viewer: Viewer, *, on: date) -> list[Refund]:
    """Refunds of deposits that wait, the one due first on top."""
    rows = (
        Spending.objects.filter(kind=SpendingKind.DEPOSIT_REFUND, state__in=WAITING)
        .select_related("party")
        .order_by("asked_on", "id")
    )
    found = [refund_of(one, on=on) for one in rows]
    return sorted((one for one in found if one is not None), key=lambda one: one.due_by)


def owed_before_refund(spending: Spending, *, on: date) -> Money | None:
    """What the payee owes and should be set off first, where policy FIN-07 wants that; None where nothing is.

    Only what is due already, in the currency of the refund: a set-off is in one currency.
    """
    if spending.kind != SpendingKind.DEPOSIT_REFUND:
        return None
    if not value("FIN-07.auto_offset_dues", on=on).value:
        return None
    owed = Charge.objects.filter(
        party_id__in=ids_of(spending.party_id),
        currency=spending.currency,
        balance__gt=0,
        due_on__lte=on,
    ).aggregate(owed=Sum("balance"))["owed"]
    return money(owed, spending.currency) if owed else None


def kept_for_age(party_id: int, account: Account, currency: str, *, years: int) -> Decimal:
    """How much of a deposit has been held for so many years: what may be given back, less what came in since.

    A deposit that was brought in with the opening balances counts from the day of those.
    """
    since = years_before(today(), years)
    persons = ids_of(party_id)
    paid = Settlement.objects.filter(
        charge__party_id__in=persons,
        charge__kind__revenue=account,
        charge__currency=currency,
        charge__is_opening=False,
        kind=SettlementKind.PAID,
        date__gt=since,
    ).aggregate(sum=Sum("amount"))["sum"]
    brought = Line.objects.filter(
        account=account,
        party_id__in=persons,
        currency=currency,
        date__gt=since,
        entry__kind=EntryKind.OPENING,
    ).aggregate(sum=Sum(F("credit") - F("debit")))["sum"]
    recent = (paid or NOTHING) + (brought or NOTHING)
    return max(refundable(party_id, account, currency) - recent, NOTHING)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
