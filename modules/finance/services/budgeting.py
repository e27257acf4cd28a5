"""The budget: original, supplements and transfers by decision; what commitments and invoices take from a line.

The database keeps the sums (`CarriesBudget`) and refuses to overspend a line that blocks; here the sentence is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.money import format_money, money
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import Authority, BudgetControl, BudgetMoveKind, Fund
from modules.finance.errors import AmountNotPositive, DecisionMissing
from modules.finance.errors.spending import (
    BudgetBelowUse,
    BudgetExceeded,
    BudgetLineOfAnotherYear,
    BudgetLineTaken,
    TransferNeedsCouncil,
)
from modules.finance.models import Account, BudgetLine, BudgetMove, Entry, Line, Spending
from modules.finance.selectors.books import base_currency
from modules.finance.selectors.projects import SPENT

# The chapter of the budget (الباب) is the first digit of the account: 5 current, 6 enterprise, 7 development.
CHAPTER = 1


@dataclass(frozen=True, kw_only=True)
class BudgetPaper:
    """The decision behind a change of the budget."""

    number: str
    decided_on: date
    reason: str = ""
    authority: str = Authority.COUNCIL.value


@dataclass(frozen=True, kw_only=True)
class Project:
    """What a line is spent on when a donor pays for it, and the bank account kept apart for it."""

    name: str
    donor_id: int | None = None
    bank_account_id: int | None = None


def default_control() -> BudgetControl:
    """FIN-08: what a new line does when it is exceeded."""
    blocks = value("FIN-08.block_over_budget", on=today()).value
    return BudgetControl.BLOCK if blocks else BudgetControl.WARN


def add_line(
    *,
    year: int,
    account: Account,
    amount: Decimal,
    paper: BudgetPaper,
    fund: str = Fund.CURRENT.value,
    section_id: int | None = None,
    control: str = "",
    project: Project | None = None,
    by: Viewer,
) -> BudgetLine:
    """A line of the original budget. Refuses `DecisionMissing`, `AmountNotPositive`, `BudgetLineTaken`."""
    by.require("finance.manage_budget")
    _refuse_paperless(paper)
    if amount <= 0:
        raise AmountNotPositive()
    with recorded(by=by, reason=paper.reason):
        try:
            with transaction.atomic():
                line = BudgetLine.objects.create(
                    year=year,
                    account=account,
                    section_id=section_id,
                    fund=fund,
                    control=control or default_control(),
                    project=project.name.strip() if project else "",
                    donor_id=project.donor_id if project else None,
                    bank_account_id=project.bank_account_id if project else None,
                )
        except IntegrityError as error:
            raise BudgetLineTaken() from error
        _move(line, BudgetMoveKind.ORIGINAL, amount, paper=paper, by=by)
        line.refresh_from_db()
    return line


def supplement(line: BudgetLine, *, amount: Decimal, paper: BudgetPaper, by: Viewer) -> BudgetLine:
    """Add to a line, or take from it, by decision. Refuses `DecisionMissing`, `BudgetBelowUse`."""
    by.require("finance.manage_budget")
    _refuse_paperless(paper)
    with recorded(by=by, reason=paper.reason):
        held = (
            BudgetLine.objects.select_for_update(of=("self",))
            .select_related("account")
            .get(pk=line.pk)
        )
        _refuse_below_use(held, amount)
        _move(held, BudgetMoveKind.SUPPLEMENT, amount, paper=paper, by=by)
        held.refresh_from_db()
    return held


def transfer(
    line: BudgetLine, to: BudgetLine, *, amount: Decimal, paper: BudgetPaper, by: Viewer
) -> None:
    """Move from one line to another (مناقلة): within a chapter by the mayor, between chapters by the council (FIN-08).

    Refuses `TransferNeedsCouncil`, `BudgetBelowUse`, `DecisionMissing`, `AmountNotPositive`.
    """
    by.require("finance.manage_budget")
    _refuse_paperless(paper)
    if amount <= 0:
        raise AmountNotPositive()
    with recorded(by=by, reason=paper.reason):
        held = {
            one.pk: one
            for one in BudgetLine.objects.select_for_update(of=("self",))
            .select_related("account")
            .filter(pk__in=[line.pk, to.pk])
            .order_by("id")
        }
        chapters = {one.account.code[:CHAPTER] for one in held.values()}
        if len(chapters) > 1 and paper.authority != Authority.COUNCIL:
            raise TransferNeedsCouncil()
        _refuse_below_use(held[line.pk], -amount)
        _move(held[line.pk], BudgetMoveKind.TRANSFER, -amount, paper=paper, by=by)
        _move(held[to.pk], BudgetMoveKind.TRANSFER, amount, paper=paper, by=by)


def commit(line: BudgetLine, amount: Decimal, *, spending: Spending, by: Viewer) -> None:
    """Keep money of a line for a spending. Refuses `BudgetExceeded` when the line blocks."""
    held = (
        BudgetLine.objects.select_for_update(of=("self",)).select_related("account").get(pk=line.pk)
    )
    _refuse_exceeding(held, amount)
    _move(held, BudgetMoveKind.COMMITMENT, amount, spending=spending, by=by)


def release(line: BudgetLine, amount: Decimal, *, spending: Spending, by: Viewer) -> None:
    """Give a commitment back to its line."""
    _move(line, BudgetMoveKind.COMMITMENT, -amount, spending=spending, by=by)


def spend(line: BudgetLine, amount: Decimal, *, spending: Spending, by: Viewer) -> None:
    """What was committed is spent now: the invoice is there."""
    release(line, amount, spending=spending, by=by)
    _move(line, BudgetMoveKind.SPENT, amount, spending=spending, by=by)


def unspend(line: BudgetLine, amount: Decimal, *, spending: Spending, by: Viewer) -> None:
    """The invoice was taken back: what it had spent is there again."""
    _move(line, BudgetMoveKind.SPENT, -amount, spending=spending, by=by)


def spend_by_entry(entry: Entry, *, by: Viewer) -> None:
    """Take what an entry by hand, or its reversal, puts on costs of a budget line from that line.

    Refuses `BudgetExceeded` when the line blocks, `BudgetBelowUse` when more comes back than was spent.
    """
    sums: dict[int, Decimal] = {}
    for one in Line.objects.filter(SPENT, entry=entry, budget_line__isnull=False):
        key = one.budget_line_id or 0
        sums[key] = sums.get(key, Decimal(0)) + one.base_debit - one.base_credit
    held = (
        BudgetLine.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(pk__in=sums)
        .order_by("id")
    )
    paper = BudgetPaper(
        number=entry.number_text, decided_on=entry.date, reason=entry.description[:300]
    )
    for line in held:
        amount = sums[line.pk]
        if not amount:
            continue
        if amount > 0:
            _refuse_exceeding(line, amount)
        elif line.spent + amount < 0:
            raise BudgetBelowUse(line=line.account)
        _move(line, BudgetMoveKind.SPENT, amount, paper=paper, by=by)


def refuse_another_year(line: BudgetLine, on: date) -> None:
    """An entry names a budget line of its own year. Refuses `BudgetLineOfAnotherYear`."""
    if line.year != on.year:
        raise BudgetLineOfAnotherYear(line=line.project or line.account, year=line.year)


def _refuse_exceeding(line: BudgetLine, amount: Decimal) -> None:
    if line.control == BudgetControl.BLOCK and amount > line.available:
        currency = base_currency(today())
        raise BudgetExceeded(
            line=line.account,
            available=format_money(money(line.available, currency)),
            amount=format_money(money(amount, currency)),
        )


def _refuse_paperless(paper: BudgetPaper) -> None:
    if not paper.number.strip():
        raise DecisionMissing()


def _refuse_below_use(line: BudgetLine, amount: Decimal) -> None:
    blocked = line.control == BudgetControl.BLOCK and line.available + amount < 0
    if blocked or line.revised + amount < 0:
        raise BudgetBelowUse(line=line.account)


def _move(
    line: BudgetLine,
    kind: BudgetMoveKind,
    amount: Decimal,
    *,
    by: Viewer,
    paper: BudgetPaper | None = None,
    spending: Spending | None = None,
) -> BudgetMove:
    return BudgetMove.objects.create(
        line=line,
        kind=kind,
        on_date=today(),
        amount=amount,
        spending=spending,
        decision_no=paper.number.strip() if paper else "",
        decided_on=paper.decided_on if paper else None,
        reason=paper.reason.strip() if paper else "",
        made_by_id=by.user_id,
        made_by_name=by.name,
    )
