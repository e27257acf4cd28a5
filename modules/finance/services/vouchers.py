"""Entries written by the accountant's own hand (سند قيد), and taking them back.

What must not live here: entries that follow from a due, a receipt or a cheque.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.audit.recording import recorded
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import REGISTERS, EntryKind, Fund, Journal
from modules.finance.errors import AccountNotPostable, ReasonMissing
from modules.finance.errors.books import (
    AccountOfARegister,
    AccountOfCharges,
    LineNamesNobody,
    OnlyHandEntriesReversed,
)
from modules.finance.models import Account, BudgetLine, CashBox, DuesKind, Entry
from modules.finance.selectors.books import in_base, rate_on
from modules.finance.selectors.staff_advances import is_settlement
from modules.finance.services.budgeting import refuse_another_year, spend_by_entry
from modules.finance.services.posting import About, Side, credit, debit, post_entry, reverse_entry


@dataclass(frozen=True, kw_only=True)
class HandLine:
    """A line as the accountant writes it: one of debit and credit."""

    account: Account
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    party_id: int | None = None
    description: str = ""
    budget_line: BudgetLine | None = None


def post_voucher(
    *, on: date, description: str, currency: str, lines: Sequence[HandLine], by: Viewer
) -> Entry:
    """Post a balanced entry in one currency. Receivables of dues follow their charges and take no line by hand.

    A line may name a budget line: what it puts on costs is spent of it, what it puts on revenue is received for it.
    Refuses `EntryUnbalanced`, `EntryEmpty`, `AccountNotPostable`, `AccountOfCharges`, `AccountOfARegister`,
    `LineNamesNobody`, `PeriodClosed`, `RateMissing`, `BudgetLineOfAnotherYear`, `BudgetExceeded`, `BudgetBelowUse`.
    """
    by.require("finance.post_voucher")
    if not description.strip():
        raise ReasonMissing()
    controlled = set(DuesKind.objects.values_list("receivable_id", flat=True))
    boxes = set(CashBox.objects.values_list("account_id", flat=True))
    for place, one in enumerate(lines, 1):
        if not one.account.is_posting or not one.account.is_active:
            raise AccountNotPostable(account=one.account.code)
        if one.account.pk in controlled:
            raise AccountOfCharges(account=one.account.code)
        if one.account.role in REGISTERS or one.account.pk in boxes:
            raise AccountOfARegister(account=one.account.code)
        if one.account.needs_party and one.party_id is None:
            raise LineNamesNobody(account=one.account.code, line=place)
        if one.budget_line is not None:
            refuse_another_year(one.budget_line, on)
    rate = rate_on(currency, on)
    with recorded(by=by):
        entry = post_entry(
            journal=Journal.GENERAL.value,
            kind=EntryKind.JOURNAL,
            on=on,
            description=description.strip(),
            sides=_sides(lines, currency, rate, on),
            by=by,
        )
        if any(one.budget_line for one in lines):
            spend_by_entry(entry, by=by)
        return entry


def _sides(lines: Sequence[HandLine], currency: str, rate: Decimal, on: date) -> list[Side]:
    """Base amounts are rounded line by line; the last line of each side takes what rounding leaves."""
    sides: list[Side] = []
    for way in ("debit", "credit"):
        mine = [one for one in lines if getattr(one, way)]
        whole = sum((getattr(one, way) for one in mine), Decimal(0))
        left = in_base(money(whole, currency), rate, on) if mine else Decimal(0)
        for place, one in enumerate(mine):
            amount = money(getattr(one, way), currency)
            base = left if place == len(mine) - 1 else in_base(amount, rate, on)
            left -= base
            about = About(
                party_id=one.party_id,
                description=one.description,
                budget_line_id=one.budget_line.pk if one.budget_line else None,
                fund=one.budget_line.fund if one.budget_line else Fund.CURRENT.value,
            )
            make = debit if way == "debit" else credit
            sides.append(make(one.account.pk, amount, base=base, rate=rate, about=about))
    return sides


def reverse_voucher(entry: Entry, *, reason: str, by: Viewer) -> Entry:
    """Take an entry by hand back by its opposite, or one by which an employee accounted for an advance.

    Refuses `OnlyHandEntriesReversed` and what reversing refuses.
    """
    by.require("finance.post_voucher")
    if not is_by_hand(entry) or entry.settlements.exists():
        raise OnlyHandEntriesReversed(entry=entry.number_text)
    with recorded(by=by, reason=reason):
        mirror = reverse_entry(entry, reason=reason, by=by)
        spend_by_entry(mirror, by=by)
    return mirror


def is_by_hand(entry: Entry) -> bool:
    """Whether an entry is taken back by itself, and not with the receipt, due or cheque that it belongs to."""
    if entry.kind == EntryKind.SPENDING:
        return is_settlement(entry)
    return entry.kind == EntryKind.JOURNAL and not entry.source
