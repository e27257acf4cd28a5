"""Spending and the budget: what was asked for, how far it is, what is left of each line, what is held for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet, Sum

from kernel.calendar.selectors import today
from kernel.parties.selectors import ids_of
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import BudgetMoveKind, SpendingKind, SpendingState
from modules.finance.errors.spending import SpendingUnknown
from modules.finance.models import (
    Account,
    BudgetLine,
    BudgetMove,
    Charge,
    Line,
    MonthlyBalance,
    Spending,
)

NOTHING = Decimal(0)
# The accounts of deposits stand under this code of the chart.
DEPOSITS = "22"


def spendings(viewer: Viewer) -> QuerySet[Spending]:
    """All of them, newest first."""
    return Spending.objects.select_related("party").order_by("-id")


def spending_for(viewer: Viewer, uid: UUID) -> Spending:
    """The spending of that uid. Refuses `SpendingUnknown`."""
    found = Spending.objects.select_related("party").filter(uid=uid).first()
    if found is None:
        raise SpendingUnknown()
    return found


def account_codes(spending: Spending) -> dict[int, str]:
    """The codes of the accounts that its lines name."""
    named = [one["account"] for one in spending.lines]
    return dict(Account.objects.filter(pk__in=named).values_list("pk", "code"))


def budget_lines(viewer: Viewer, *, year: int) -> QuerySet[BudgetLine]:
    return (
        BudgetLine.objects.filter(year=year)
        .select_related("account", "section")
        .order_by("account__code", "id")
    )


def budget_line_for(viewer: Viewer, uid: UUID) -> BudgetLine:
    """The line of that uid. Refuses `SpendingUnknown`."""
    found = BudgetLine.objects.select_related("account").filter(uid=uid).first()
    if found is None:
        raise SpendingUnknown()
    return found


@dataclass(frozen=True)
class Execution:
    """A line of the budget with what became of it."""

    line: BudgetLine
    original: Decimal
    supplements: Decimal
    transfers: Decimal

    @property
    def available(self) -> Decimal:
        left: Decimal = self.line.revised - self.line.committed - self.line.spent
        return left

    @property
    def percent(self) -> Decimal:
        if not self.line.revised:
            return NOTHING
        share: Decimal = self.line.spent * 100 / self.line.revised
        return share.quantize(Decimal("0.1"))


def execution(viewer: Viewer, *, year: int) -> list[Execution]:
    """The budget of a year: original, supplements, transfers, revised, committed, spent, left. Two queries."""
    sums: dict[tuple[int, str], Decimal] = {
        (row["line_id"], row["kind"]): row["total"]
        for row in BudgetMove.objects.filter(line__year=year)
        .values("line_id", "kind")
        .annotate(total=Sum("amount"))
    }
    return [
        Execution(
            one,
            sums.get((one.pk, BudgetMoveKind.ORIGINAL.value), NOTHING),
            sums.get((one.pk, BudgetMoveKind.SUPPLEMENT.value), NOTHING),
            sums.get((one.pk, BudgetMoveKind.TRANSFER.value), NOTHING),
        )
        for one in budget_lines(viewer, year=year)
    ]


def balance_of(account_id: int, currency: str) -> Decimal:
    """What the books say is on an account in a currency (debit less credit)."""
    found = MonthlyBalance.objects.filter(account_id=account_id, currency=currency).aggregate(
        debit=Sum("debit"), credit=Sum("credit")
    )
    return (found["debit"] or NOTHING) - (found["credit"] or NOTHING)


def held_for(party_id: int, account: Account, currency: str) -> Decimal:
    """What is held for a person on an account (credit less debit): a deposit, an advance paid in."""
    found = Line.objects.filter(
        party_id__in=ids_of(party_id), account=account, currency=currency
    ).aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return (found["credit"] or NOTHING) - (found["debit"] or NOTHING)


def refundable(
    party_id: int, account: Account, currency: str, *, but_for: Spending | None = None
) -> Decimal:
    """What may be given back or kept of it: held, really paid in, and not asked back already.

    The liability stands from the assessment, so what is assessed and unpaid is taken off; so are other requests
    for a refund that have no invoice yet (with one, they are in the books).
    """
    persons = ids_of(party_id)
    asked = (
        Spending.objects.filter(
            party_id__in=persons,
            currency=currency,
            kind__in=[SpendingKind.DEPOSIT_REFUND, SpendingKind.ADVANCE_REFUND],
            state__in=[SpendingState.REQUESTED, SpendingState.COMMITTED],
        )
        .exclude(pk__in=[but_for.pk] if but_for else [])
        .values_list("lines", flat=True)
    )
    waiting = sum(
        (
            Decimal(line["amount"])
            for lines in asked
            for line in lines
            if line["account"] == account.pk
        ),
        NOTHING,
    )
    unpaid = (
        Charge.objects.filter(
            party_id__in=persons, kind__revenue=account, currency=currency, is_opening=False
        ).aggregate(unpaid=Sum("balance"))["unpaid"]
        or NOTHING
    )
    return held_for(party_id, account, currency) - unpaid - waiting


@dataclass(frozen=True)
class Held:
    """A deposit held for somebody."""

    party_id: int
    party: str
    account: str
    currency: str
    amount: Decimal
    uid: str
    of: Account


def deposits_held(
    viewer: Viewer, accounts: Sequence[Account], *, party_ids: Sequence[int] | None = None
) -> list[Held]:
    """Every deposit that was paid in and is not refunded or forfeited yet; of some persons when they are named."""
    by_code = {one.code: one for one in accounts}
    unpaid = {
        (row["party_id"], row["kind__revenue__code"], row["currency"]): row["unpaid"]
        for row in Charge.objects.filter(
            kind__revenue__in=accounts, balance__gt=0, is_opening=False
        )
        .values("party_id", "kind__revenue__code", "currency")
        .annotate(unpaid=Sum("balance"))
    }
    rows = (
        _of(party_ids, Line.objects.filter(account__in=accounts, party__isnull=False))
        .values("party_id", "party__uid", "party__full_name", "account__code", "currency")
        .annotate(debit=Sum("debit"), credit=Sum("credit"))
        .order_by("account__code", "party_id")
    )
    held = [
        Held(
            row["party_id"],
            row["party__full_name"],
            row["account__code"],
            row["currency"],
            row["credit"]
            - row["debit"]
            - unpaid.get((row["party_id"], row["account__code"], row["currency"]), NOTHING),
            str(row["party__uid"]),
            by_code[row["account__code"]],
        )
        for row in rows
    ]
    return [one for one in held if one.amount]


def _of(party_ids: Sequence[int] | None, lines: QuerySet[Line]) -> QuerySet[Line]:
    return lines if party_ids is None else lines.filter(party_id__in=party_ids)


def is_its_approver(spending: Spending, by: Viewer) -> bool:
    """Whether this person approved the payment, and so must leave paying it to somebody else (FIN-12)."""
    if by.user_id is None or not value("FIN-12.maker_checker", on=today()).value:
        return False
    approved = (
        spending.steps.filter(from_state=SpendingState.INVOICED, to_state=SpendingState.APPROVED)
        .order_by("-id")
        .first()
    )
    return approved is not None and approved.taken_by_id == by.user_id
