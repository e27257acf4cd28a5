"""Bank statements, what of them is matched, and the reconciliation as of a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, ChequeState, ChequeWay, MatchKind
from modules.finance.errors.bank import StatementUnknown
from modules.finance.models import (
    Account,
    BankLine,
    BankMatch,
    BankStatement,
    Cheque,
    Line,
)
from modules.finance.selectors.books import roles_snapshot

NOTHING = Decimal(0)
ON_THE_WAY = (AccountRole.CARDS, AccountRole.WALLETS, AccountRole.TRANSFERS)
_AMOUNT = DecimalField(max_digits=18, decimal_places=3)


def statements(viewer: Viewer) -> QuerySet[BankStatement]:
    """All statements, newest first."""
    return BankStatement.objects.select_related("account").order_by("-until", "-id")


def statement_for(viewer: Viewer, uid: UUID) -> BankStatement:
    """The statement of that uid. Refuses `StatementUnknown`."""
    found = BankStatement.objects.select_related("account", "file").filter(uid=uid).first()
    if found is None:
        raise StatementUnknown()
    return found


def bank_line_for(viewer: Viewer, uid: UUID) -> BankLine:
    """The line of that uid with its statement. Refuses `StatementUnknown`."""
    found = BankLine.objects.select_related("statement__account").filter(uid=uid).first()
    if found is None:
        raise StatementUnknown()
    return found


def visible_files(viewer: Viewer, file_ids: Collection[int]) -> set[int]:
    """Files of the bank: for whoever may see its statements."""
    if not viewer.may("finance.read_bank"):
        return set()
    found = BankStatement.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True)
    return {one for one in found if one is not None}


def _sum_of_matches(**given: Any) -> Any:
    rows = (
        BankMatch.objects.filter(**given)
        .order_by()
        .values(*[one for one in given if isinstance(given[one], OuterRef)])
        .annotate(total=Sum("amount"))
    )
    return Coalesce(Subquery(rows.values("total"), output_field=_AMOUNT), Value(NOTHING))


def bank_lines(account: Account, currency: str, *, on: date | None = None) -> QuerySet[BankLine]:
    """Lines of an account with `matched`: so much of each is in the books, as of a day when one is given."""
    limits: dict[str, Any] = {"ledger_line__date__lte": on} if on else {}
    rows = BankLine.objects.filter(statement__account=account, statement__currency=currency)
    if on:
        rows = rows.filter(on_date__lte=on)
    return (
        rows.annotate(
            currency=F("statement__currency"),
            matched=_sum_of_matches(bank_line=OuterRef("pk"), kind=MatchKind.BOOKS.value, **limits),
        )
        .select_related("statement")
        .order_by("on_date", "statement__position", "seq")
    )


def ledger_lines(
    accounts: Sequence[int], currency: str, *, on: date | None = None
) -> QuerySet[Line]:
    """Lines of the books on these accounts with `signed` (in is above zero) and `matched`."""
    limits: dict[str, Any] = {"bank_line__on_date__lte": on} if on else {}
    rows = Line.objects.filter(account_id__in=accounts, currency=currency).exclude(
        debit=0, credit=0
    )
    if on:
        rows = rows.filter(date__lte=on)
    return (
        rows.annotate(
            signed=F("debit") - F("credit"),
            matched=_sum_of_matches(ledger_line=OuterRef("pk"), **limits),
        )
        .select_related("entry", "party")
        .order_by("date", "id")
    )


def open_ledger_lines(
    accounts: Sequence[int], currency: str, *, on: date | None = None
) -> list[Line]:
    """Those not wholly matched. An entry and its reversal that no bank ever saw are left out together."""
    rows = list(ledger_lines(accounts, currency, on=on).exclude(signed=F("matched")))  # type: ignore[misc]
    untouched = {one.entry_id for one in rows if one.matched == 0}  # type: ignore[attr-defined]
    undone: set[int] = set()
    for one in rows:
        first = one.entry.reverses_id
        if first is not None and first in untouched and one.entry_id in untouched:
            undone |= {first, one.entry_id}
    return [one for one in rows if one.entry_id not in undone]


def left_of(line: Any) -> Decimal:
    """What of a line, of the bank or of the books, is not matched yet."""
    whole = line.amount if isinstance(line, BankLine) else line.signed
    left: Decimal = whole - line.matched
    return left


def on_the_way(currency: str) -> list[Line]:
    """Cards, wallets and transfers received that the bank has not shown yet; taken back ones are left out."""
    roles = roles_snapshot.get()
    accounts = [roles[one.value] for one in ON_THE_WAY if one.value in roles]
    return [one for one in open_ledger_lines(accounts, currency) if left_of(one) > 0]


def locked_until(account: Account, currency: str) -> date | None:
    """The last day of the newest approved reconciliation: nothing up to it changes."""
    found: date | None = (
        BankStatement.objects.filter(account=account, currency=currency, approved_at__isnull=False)
        .order_by("-until")
        .values_list("until", flat=True)
        .first()
    )
    return found


def unsettled_deposits(viewer: Viewer) -> QuerySet[BankLine]:
    """Deposits posted to the account of unknown payers whose payer is not entered yet."""
    role = roles_snapshot.get().get(AccountRole.UNIDENTIFIED.value)
    if role is None:
        return BankLine.objects.none()
    held = Line.objects.filter(account_id=role, credit__gt=0, entry__reversal=None).values(
        "entry__source"
    )
    posted = BankLine.objects.filter(amount__gt=0, matches__ledger_line__entry__source__in=held)
    assigned = Line.objects.filter(
        account_id=role, debit__gt=0, entry__source__startswith="bank-payer:"
    ).values_list("entry__source", flat=True)
    gone = [one.removeprefix("bank-payer:") for one in assigned]
    return (
        posted.exclude(uid__in=gone)
        .select_related("statement__account")
        .order_by("on_date", "id")
        .distinct()
    )


@dataclass(frozen=True)
class Item:
    """One item of a reconciliation that only one side knows."""

    on_date: date
    text: str
    amount: Decimal


@dataclass(frozen=True)
class Reconciliation:
    """مذكرة تسوية بنكية: from the balance of the bank and from that of the books to one and the same figure.

    Cheques of ours that nobody cashed yet stand on their own account and not in the bank's balance of the books; they
    are listed to show what the bank will still be asked for.
    """

    account: Account
    currency: str
    on: date
    bank_balance: Decimal
    in_transit: tuple[Item, ...]
    outstanding: tuple[Item, ...]
    book_balance: Decimal
    bank_only: tuple[Item, ...]
    cheques: tuple[Cheque, ...]
    stale_before: date

    @property
    def adjusted_bank(self) -> Decimal:
        return self.bank_balance + _total(self.in_transit) + _total(self.outstanding)

    @property
    def adjusted_books(self) -> Decimal:
        return self.book_balance + _total(self.bank_only)

    @property
    def difference(self) -> Decimal:
        return self.adjusted_bank - self.adjusted_books

    @property
    def stale(self) -> list[Cheque]:
        return [one for one in self.cheques if one.dated_on < self.stale_before]


def _total(items: Sequence[Item]) -> Decimal:
    return sum((one.amount for one in items), NOTHING)


def reconciliation(viewer: Viewer, account: Account, currency: str, *, on: date) -> Reconciliation:
    """The reconciliation of an account as of a day. Refuses `StatementUnknown` before the first statement."""
    last = (
        BankStatement.objects.filter(account=account, currency=currency, since__lte=on)
        .order_by("-position")
        .first()
    )
    if last is None:
        raise StatementUnknown()
    later = last.lines.filter(on_date__gt=on).aggregate(moved=Sum("amount"))["moved"] or NOTHING
    mine = Line.objects.filter(account=account, currency=currency, date__lte=on).aggregate(
        debit=Sum("debit"), credit=Sum("credit")
    )
    open_books = [
        Item(one.date, one.entry.description or one.entry.number_text, left_of(one))
        for one in open_ledger_lines([account.pk], currency, on=on)
    ]
    open_bank = [
        Item(one.on_date, f"{one.reference} {one.text}".strip(), left_of(one))
        for one in bank_lines(account, currency, on=on).exclude(amount=F("matched"))
    ]
    days = int(value("FIN-06.stale_after_days", on=on).value)
    return Reconciliation(
        account=account,
        currency=currency,
        on=on,
        bank_balance=last.closing - later,
        in_transit=tuple(one for one in open_books if one.amount > 0),
        outstanding=tuple(one for one in open_books if one.amount < 0),
        book_balance=(mine["debit"] or NOTHING) - (mine["credit"] or NOTHING),
        bank_only=tuple(open_bank),
        cheques=tuple(uncashed(account, currency, on=on)),
        stale_before=on - timedelta(days=days),
    )


def uncashed(account: Account, currency: str, *, on: date) -> QuerySet[Cheque]:
    """Cheques of ours on an account that were issued by a day and not cashed or called back by then."""
    standing = Q(state__in=[ChequeState.ISSUED, ChequeState.HANDED_OVER]) | Q(moved_on__gt=on)
    return (
        Cheque.objects.filter(standing, way=ChequeWay.OUT, currency=currency, taken_on__lte=on)
        .filter(Q(account=account) | Q(account=None, bank=str(account)))
        .select_related("party")
        .order_by("dated_on", "id")
    )
