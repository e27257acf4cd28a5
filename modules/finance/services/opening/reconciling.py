"""The sums of a sheet of old dues beside what of it is right and what is in the books: the paper that is signed.

What must not live here: whether a row is right (`checking`), how the paper looks (`opening_papers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.money import parse_amount
from kernel.text import normalise_digits
from modules.finance.models import Charge, OpeningBatch
from modules.finance.selectors.books import base_currency, kinds_by_id, kinds_snapshot
from modules.finance.services.opening.checking import Judged
from modules.finance.services.opening.sheet import as_text

NOTHING = Decimal(0)


@dataclass
class Reconciled:
    """One kind, year and currency: rows and sums of the sheet, of the right rows, and of the books."""

    kind: str
    year: str
    currency: str
    sheet_count: int = 0
    sheet_sum: Decimal = NOTHING
    right_count: int = 0
    right_sum: Decimal = NOTHING
    books_count: int = 0
    books_sum: Decimal = NOTHING

    @property
    def difference(self) -> Decimal:
        """What the sheet says and the books do not hold."""
        return self.sheet_sum - self.books_sum


def totals_of_sheet(judged: Iterable[Judged]) -> list[list[str]]:
    """Counts and sums by kind, year and currency, of all rows as written and of those that are right."""
    found: dict[tuple[str, str, str], list[Decimal]] = {}
    base = base_currency(today())
    for one in judged:
        if one.new is not None:
            new = one.new
            key = (new.kind.code, str(new.year), new.amount.currency.code)
            amount = new.amount.amount
        else:
            key, amount = _as_written(one, base)
        sums = found.setdefault(key, [NOTHING, NOTHING, NOTHING, NOTHING])
        sums[0] += 1
        sums[1] += amount
        if one.new is not None:
            sums[2] += 1
            sums[3] += amount
    return [[*key, *(str(one) for one in sums)] for key, sums in sorted(found.items())]


def _as_written(one: Judged, base: str) -> tuple[tuple[str, str, str], Decimal]:
    """What a wrong row still says of itself; an amount that cannot be read counts as nothing."""
    cells = {
        name: as_text(cell if cell is not None else "") for name, cell in one.row.cells.items()
    }
    currency = cells.get("currency", "").upper() or base
    try:
        amount = parse_amount(cells.get("amount", ""), currency).amount
    except Refusal:
        amount = NOTHING
    year = normalise_digits(cells.get("year", ""))
    return (cells.get("kind", "") or "—", year or "—", currency), amount


def reconciliation(batch: OpeningBatch) -> list[Reconciled]:
    """The sheet's own sums beside the books', line by line; in two queries."""
    known = kinds_snapshot.get()
    lines: dict[tuple[str, str, str], Reconciled] = {}
    for kind, year, currency, *sums in batch.control.get("rows", []):
        title = known[kind].title_ar if kind in known else kind
        count, total, right, right_sum = (Decimal(one) for one in sums)
        lines[kind, year, currency] = Reconciled(
            title, year, currency, int(count), total, int(right), right_sum
        )
    kinds = kinds_by_id()
    loaded = (
        Charge.objects.filter(batch=batch, cancelled=0)
        .order_by()
        .values("kind_id", "year", "currency")
        .annotate(count=Count("id"), total=Sum("principal"))
    )
    for row in loaded:
        kind = kinds[row["kind_id"]]
        key = (kind.code, str(row["year"]), row["currency"])
        line = lines.setdefault(key, Reconciled(kind.title_ar, key[1], key[2]))
        line.books_count, line.books_sum = row["count"], row["total"]
    return [lines[key] for key in sorted(lines)]


def sums_by_currency(lines: Sequence[Reconciled]) -> list[Reconciled]:
    """The totals under the lines, a currency at a time."""
    sums: dict[str, Reconciled] = {}
    for one in lines:
        total = sums.setdefault(one.currency, Reconciled("", "", one.currency))
        total.sheet_count += one.sheet_count
        total.sheet_sum += one.sheet_sum
        total.right_count += one.right_count
        total.right_sum += one.right_sum
        total.books_count += one.books_count
        total.books_sum += one.books_sum
    return [sums[one] for one in sorted(sums)]
