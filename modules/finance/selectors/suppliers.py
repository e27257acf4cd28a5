"""Suppliers with what was bought, what is owed to them and since when; the statement of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Func, Max, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from kernel.parties.selectors import ids_of
from kernel.text import tokens
from kernel.viewer import Viewer
from modules.finance.constants import AccountRole, EntryKind, SpendingState
from modules.finance.errors.suppliers import SupplierUnknown
from modules.finance.models import Line, Spending, Supplier
from modules.finance.selectors.books import account_of
from modules.finance.selectors.payables import with_open

NOTHING = Decimal(0)
BANDS = (0, 30, 60, 90)
LIKE_DAYS = 30


def suppliers(viewer: Viewer) -> QuerySet[Supplier]:
    return Supplier.objects.select_related("party").order_by("party__full_name", "id")


def named_like(rows: QuerySet[Supplier], text: str) -> QuerySet[Supplier]:
    """Those whose names have a word that begins like each of the typed ones, so that a list narrows while one types."""
    names = Func(
        F("party__search_words"),
        Value(" "),
        function="array_to_string",
        output_field=TextField(),
    )
    rows = rows.annotate(spelled=Concat(Value(" "), names, output_field=TextField()))
    for word in tokens(text):
        rows = rows.filter(spelled__contains=f" {word}")
    return rows


def supplier_for(viewer: Viewer, uid: UUID) -> Supplier:
    """The supplier of that uid. Refuses `SupplierUnknown`."""
    found = Supplier.objects.select_related("party").filter(uid=uid).first()
    if found is None:
        raise SupplierUnknown()
    return found


def supplier_of(party_id: int) -> Supplier | None:
    return Supplier.objects.filter(party_id__in=ids_of(party_id)).first()


def spendings_of(viewer: Viewer, supplier: Supplier) -> QuerySet[Spending]:
    return Spending.objects.filter(party_id__in=ids_of(supplier.party_id)).order_by("-id")


def like_it(spending: Spending) -> QuerySet[Spending]:
    """Others for the same payee with the same amount in the month before: perhaps the same thing twice."""
    return Spending.objects.filter(
        party_id__in=ids_of(spending.party_id),
        currency=spending.currency,
        amount=spending.amount,
        asked_on__gte=spending.asked_on - timedelta(days=LIKE_DAYS),
        pk__lt=spending.pk,
    ).exclude(state=SpendingState.REJECTED)


@dataclass(frozen=True)
class Payable:
    """An invoice of which something is open, how much, and the day by which it is to be paid."""

    spending: Spending
    amount: Decimal
    invoiced_on: date
    due_on: date

    def overdue(self, on: date) -> int:
        return (on - self.due_on).days


def open_payables(
    viewer: Viewer, *, on: date, party_ids: Sequence[int] | None = None
) -> list[Payable]:
    """Invoices that wait for their payment, the oldest first. Two queries."""
    rows = (
        with_open(
            Spending.objects.filter(state__in=[SpendingState.INVOICED, SpendingState.APPROVED])
        )
        .select_related("party")
        .annotate(
            invoiced_on=Max("steps__on_date", filter=Q(steps__to_state=SpendingState.INVOICED))
        )
    )
    if party_ids is not None:
        rows = rows.filter(party_id__in=party_ids)
    terms = dict(Supplier.objects.values_list("party_id", "terms_days"))
    found = [
        Payable(
            one,
            one.left_open,  # type: ignore[attr-defined]
            one.invoiced_on,
            one.invoiced_on + timedelta(days=terms.get(one.party_id, 0)),
        )
        for one in rows
    ]
    return sorted(found, key=lambda one: (one.due_on, one.spending.pk))


def band_of(days: int) -> int:
    """In which band of age so many days overdue are: 0 not due yet, then up to 30, 60, 90 and above."""
    for place, limit in enumerate(BANDS):
        if days <= limit:
            return place
    return len(BANDS)


@dataclass(frozen=True)
class Age:
    """What is owed to one payee in one currency, by how long it is overdue."""

    party: str
    currency: str
    bands: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.bands, NOTHING)


def ageing_of_payables(viewer: Viewer, *, on: date) -> list[Age]:
    """Open invoices by payee, currency and days overdue."""
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for one in open_payables(viewer, on=on):
        key = (one.spending.party.full_name, one.spending.currency)
        bands = sums.setdefault(key, [NOTHING] * (len(BANDS) + 1))
        bands[band_of(one.overdue(on))] += one.amount
    return [Age(*key, tuple(bands)) for key, bands in sorted(sums.items())]


@dataclass(frozen=True)
class Movement:
    """One line of a supplier's statement."""

    on_date: date
    text: str
    invoiced: Decimal
    paid: Decimal
    balance: Decimal


@dataclass(frozen=True)
class SupplierStatement:
    """What the municipality owes a supplier over a period, in one currency."""

    currency: str
    opening: Decimal
    movements: tuple[Movement, ...]
    closing: Decimal


def statement_of(
    viewer: Viewer, supplier: Supplier, *, since: date, until: date
) -> list[SupplierStatement]:
    """The supplier's account from the books (payables), by currency."""
    rows = (
        Line.objects.filter(
            party_id__in=ids_of(supplier.party_id),
            account_id=account_of(AccountRole.PAYABLES),
            date__lte=until,
        )
        .exclude(debit=0, credit=0)
        .select_related("entry")
        .order_by("date", "id")
    )
    found = []
    for currency in sorted({one.currency for one in rows}):
        before = [one for one in rows if one.currency == currency and one.date < since]
        opening = sum((one.credit - one.debit for one in before), NOTHING)
        balance, movements = opening, []
        for one in rows:
            if one.currency == currency and one.date >= since:
                balance += one.credit - one.debit
                text = _text(one)
                movements.append(Movement(one.date, text, one.credit, one.debit, balance))
        found.append(SupplierStatement(currency, opening, tuple(movements), balance))
    return found


def _text(line: Line) -> str:
    """What a movement is called; of a set-off not the payer's name, but what it took from and by which receipt."""
    entry = line.entry
    if entry.kind == EntryKind.RECEIPT:
        return f"{_('Set off')} {line.description} · {entry.number_text}"
    return entry.description or entry.number_text


def bought_of(viewer: Viewer, supplier: Supplier, *, year: int) -> list[tuple[str, Decimal]]:
    """Invoiced in a year, by currency."""
    rows = (
        Line.objects.filter(
            party_id__in=ids_of(supplier.party_id),
            account_id=account_of(AccountRole.PAYABLES),
            date__year=year,
            entry__reversal=None,
            entry__reverses=None,
            entry__steps__to_state=SpendingState.INVOICED,
        )
        .values("currency")
        .annotate(total=Sum("credit"))
        .order_by("currency")
    )
    return [(row["currency"], row["total"]) for row in rows]
