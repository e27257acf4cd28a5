"""Sums that tiles, indicators and reports show; each is one grouped query."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from kernel.money import Money, money
from kernel.viewer import Viewer
from modules.finance.constants import AccountKind, EntryKind
from modules.finance.models import Charge, Line, MonthlyBalance
from modules.finance.selectors.cash import receipts

NOTHING = Decimal(0)


def received_by_currency(viewer: Viewer, on: date) -> list[tuple[Money, int]]:
    """What was received on a day and still counts, with the number of receipts; the largest first."""
    rows = (
        receipts(viewer)
        .filter(received_on=on, void_kind="")
        .order_by()
        .values("currency")
        .annotate(total=Sum("amount"), number=Count("id"))
    )
    sums = [(money(row["total"], row["currency"]), row["number"]) for row in rows]
    return sorted(sums, key=lambda one: -one[1])


def owed_by_currency() -> list[Money]:
    """All open dues, from the receivable accounts' monthly balances: no charge is read."""
    rows = (
        MonthlyBalance.objects.filter(
            account__needs_party=True, account__kind=AccountKind.ASSET, account__role=""
        )
        .values("currency")
        .annotate(debit=Sum("debit"), credit=Sum("credit"))
    )
    sums = [
        money(row["debit"] - row["credit"], row["currency"])
        for row in rows
        if row["debit"] != row["credit"]
    ]
    return sorted(sums, key=lambda one: (one.currency.code != "ILS", one.currency.code))


def collected_between(since: date, until: date) -> Decimal:
    """What receipts brought in, in base currency; those that were taken back do not count."""
    taken = Line.objects.filter(
        date__range=(since, until),
        entry__kind=EntryKind.RECEIPT,
        entry__receipt__void_kind="",
        account__needs_party=True,
    )
    return taken.aggregate(total=Sum("base_credit"))["total"] or NOTHING


def collection_rate_of(since: date, until: date) -> Decimal | None:
    """Per cent of the charges assessed in the period that is settled; None when nothing was charged."""
    sums = Charge.objects.filter(
        entry__date__range=(since, until), cancelled=0, is_opening=False
    ).aggregate(assessed=Sum("base_principal"), settled=Sum("base_settled"))
    return (sums["settled"] or NOTHING) * 100 / sums["assessed"] if sums["assessed"] else None
