"""What is still open on what we owe somebody: its amount less what was set off and what was paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kernel.calendar.selectors import today
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, SpendingKind, SpendingState
from modules.finance.models import Instrument, Spending, Step

NOTHING = Decimal(0)
# Money that we owe; filling the petty cash and advances to staff stay ours until they are spent.
OWED = (SpendingKind.PURCHASE, SpendingKind.DEPOSIT_REFUND, SpendingKind.ADVANCE_REFUND)
# Closed, until what closed it is taken back.
CLOSED = (SpendingState.ISSUED, SpendingState.HANDED_OVER, SpendingState.SET_OFF)


def _payments() -> QuerySet[Step]:
    """The steps whose entries paid from the payables, or brought back to them."""
    return Step.objects.filter(
        to_state__in=[SpendingState.ISSUED, SpendingState.APPROVED],
        entry__lines__account__role=AccountRole.PAYABLES,
    )


@dataclass(frozen=True)
class Open:
    """What is left of a payable, and what of it in the books' currency."""

    amount: Decimal
    base: Decimal

    def base_of(self, amount: Decimal, spending: Spending, step: Decimal) -> Decimal:
        """The base amount that goes with this much of it; the last part takes what is left."""
        if amount >= self.amount:
            return self.base
        share: Decimal = (spending.base * amount / spending.amount).quantize(step)
        return min(share, self.base)


def left_of(spending: Spending) -> Open:
    """What is still open of one spending. One query."""
    lines = F("entry__lines__debit") - F("entry__lines__credit")
    base = F("entry__lines__base_debit") - F("entry__lines__base_credit")
    paid = (
        _payments()
        .filter(spending_id=spending.pk)
        .aggregate(amount=Coalesce(Sum(lines), NOTHING), base=Coalesce(Sum(base), NOTHING))
    )
    return Open(
        spending.amount - spending.set_off - paid["amount"],
        spending.base - spending.set_off_base - paid["base"],
    )


def with_open(rows: QuerySet[Spending]) -> QuerySet[Spending]:
    """The spendings with `left_open`, and only those of which something is open."""
    number = DecimalField(max_digits=18, decimal_places=3)
    lines = F("entry__lines__debit") - F("entry__lines__credit")
    paid = _payments().filter(spending=OuterRef("pk")).order_by().values("spending")
    return rows.annotate(
        left_open=F("amount")
        - F("set_off")
        - Coalesce(
            Subquery(paid.annotate(sum=Sum(lines)).values("sum")), NOTHING, output_field=number
        )
    ).filter(left_open__gt=0)


def states_set_off() -> tuple[SpendingState, ...]:
    """In which states something may be set off against it (FIN-03)."""
    if value("FIN-03.set_off_needs_approval", on=today()).value:
        return (SpendingState.APPROVED,)
    return (SpendingState.INVOICED, SpendingState.APPROVED)


def payables_of(viewer: Viewer, family: Sequence[int]) -> list[Spending]:
    """What is owed to these persons and may be set off now, the oldest first, each with `left_open`."""
    rows = Spending.objects.filter(
        party_id__in=family, kind__in=OWED, state__in=states_set_off()
    ).order_by("id")
    return list(with_open(rows))


def set_offs_of(spending: Spending) -> QuerySet[Instrument]:
    """What receipts set off against it, also those taken back."""
    return (
        Instrument.objects.filter(spending_id=spending.pk).select_related("receipt").order_by("id")
    )
