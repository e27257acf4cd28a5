"""What a line of the bank probably is: offered to a person, who decides.

A number that stands on both sides makes an offer sure; an amount alone does not. Nothing is offered twice.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _

from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import ChequeState, ChequeWay
from modules.finance.models import Account, BankLine, Cheque, Line
from modules.finance.selectors.bank import bank_lines, left_of, on_the_way, open_ledger_lines

_NUMBER = re.compile(r"\d{3,}")


@dataclass(frozen=True)
class Offer:
    """`way` says what confirming does: books, cheques_in, cheque_out or on_the_way; `ids` are of those."""

    way: str
    ids: tuple[int, ...]
    title: str
    is_sure: bool = False

    @property
    def value(self) -> str:
        """How the offer travels through a form."""
        return f"{self.way}:{','.join(str(one) for one in self.ids)}"


@dataclass
class Pools:
    """Everything that may still be matched, each at most once."""

    books: list[Line]
    cheques_out: list[Cheque]
    cheques_in: list[Cheque]
    coming: list[Line]
    slips: dict[int, str]
    used: set[tuple[str, int]] = field(default_factory=set)

    def free(self, way: str, rows: Iterable[Line | Cheque]) -> list[Line | Cheque]:
        return [one for one in rows if (way, one.pk) not in self.used]


def pools(account: Account, currency: str) -> Pools:
    """What may be matched with lines of an account. Four queries and one for the slips."""
    at_bank = list(
        Cheque.objects.filter(
            way=ChequeWay.IN, state=ChequeState.DEPOSITED, currency=currency
        ).prefetch_related("steps")
    )
    slips = {
        one.pk: next(
            (
                step.facts["slip"]
                for step in sorted(one.steps.all(), key=lambda step: -step.pk)
                if step.facts.get("slip")
            ),
            "",
        )
        for one in at_bank
    }
    ours = Cheque.objects.filter(
        way=ChequeWay.OUT, state=ChequeState.HANDED_OVER, currency=currency
    ).select_related("party")
    return Pools(
        books=open_ledger_lines([account.pk], currency),
        cheques_out=[
            one
            for one in ours
            if one.account_id == account.pk or (one.account_id is None and one.bank == str(account))
        ],
        cheques_in=at_bank,
        coming=on_the_way(currency),
        slips=slips,
    )


def open_bank_lines(account: Account, currency: str) -> list[BankLine]:
    """Lines of the bank that are not wholly in the books."""
    return list(bank_lines(account, currency).exclude(amount=F("matched")))


def offers(
    viewer: Viewer, lines: Sequence[BankLine], found: Pools, *, on: date
) -> dict[int, Offer]:
    """The best offer for each line, the sure ones first, so that a guess never takes what is certain elsewhere."""
    days = timedelta(days=int(value("FIN-01.match_days", on=on).value))
    made: dict[int, Offer] = {}
    for sure in (True, False):
        for line in lines:
            if line.pk in made:
                continue
            offer = _best(line, left_of(line), found, days, sure=sure)
            if offer is not None:
                made[line.pk] = offer
                found.used |= {(offer.way, one) for one in offer.ids}
    return made


def _best(
    line: BankLine, left: Decimal, found: Pools, days: timedelta, *, sure: bool
) -> Offer | None:
    written = f"{line.reference} {line.text}"
    numbers = {one.lstrip("0") for one in _NUMBER.findall(written)}
    return (
        _in_books(line, left, numbers, found, days, sure=sure)
        or _cheque_of_ours(left, numbers, found, sure=sure)
        or _cheques_received(left, numbers, written, found, sure=sure)
        or _on_the_way(line, left, numbers, found, days, sure=sure)
    )


def _said(*texts: str) -> set[str]:
    return {one.lstrip("0") for text in texts for one in _NUMBER.findall(text)}


def _in_books(
    line: BankLine,
    left: Decimal,
    numbers: set[str],
    found: Pools,
    days: timedelta,
    *,
    sure: bool,
) -> Offer | None:
    near: list[Line] = [
        one
        for one in found.free("books", found.books)
        if isinstance(one, Line) and (abs(one.date - line.on_date) <= days or line.seq == 0)
    ]
    equal = [one for one in near if left_of(one) == left]
    named = [one for one in equal if _said(one.description, one.entry.description) & numbers]
    if sure:
        return _of_line(named[0], is_sure=True) if len(named) == 1 else None
    if equal:
        return _of_line(min(equal, key=lambda one: abs(one.date - line.on_date)))
    together = _adds_up(left, near, lambda one: one.entry.description)
    if together:
        return Offer(
            "books",
            tuple(one.pk for one in together),
            _("%(count)s entries: %(text)s")
            % {"count": len(together), "text": together[0].entry.description},
        )
    larger = [
        one
        for one in near
        if _said(one.description, one.entry.description) & numbers
        and (left_of(one) > 0) == (left > 0)
        and abs(left_of(one)) > abs(left)
    ]
    return _of_line(larger[0]) if len(larger) == 1 else None


def _of_line(line: Line, *, is_sure: bool = False) -> Offer:
    text = line.entry.description or line.description
    return Offer("books", (line.pk,), f"{line.entry.number_text} {text}".strip(), is_sure)


def _adds_up(left: Decimal, lines: Sequence[Line], key) -> list[Line]:  # type: ignore[no-untyped-def]
    """Lines that say the same and make the amount together: a slip deposited in parts, a batch of cards."""
    groups: dict[object, list[Line]] = defaultdict(list)
    for one in lines:
        if key(one) and (left_of(one) > 0) == (left > 0):
            groups[key(one)].append(one)
    for many in groups.values():
        if len(many) > 1 and sum((left_of(one) for one in many), Decimal(0)) == left:
            return many
    return []


def _cheque_of_ours(left: Decimal, numbers: set[str], found: Pools, *, sure: bool) -> Offer | None:
    if left >= 0:
        return None
    equal = [
        one
        for one in found.free("cheque_out", found.cheques_out)
        if isinstance(one, Cheque) and one.amount == -left
    ]
    named = [one for one in equal if one.number.lstrip("0") in numbers]
    chosen = named if sure else equal
    if len(chosen) != 1:
        return None
    one = chosen[0]
    title = _("Cheque %(number)s of ours to %(party)s") % {
        "number": one.number,
        "party": one.party.full_name,
    }
    return Offer("cheque_out", (one.pk,), title, sure)


def _cheques_received(
    left: Decimal, numbers: set[str], written: str, found: Pools, *, sure: bool
) -> Offer | None:
    if left <= 0:
        return None
    free = [one for one in found.free("cheques_in", found.cheques_in) if isinstance(one, Cheque)]
    slips: dict[str, list[Cheque]] = defaultdict(list)
    for one in free:
        if found.slips.get(one.pk):
            slips[found.slips[one.pk]].append(one)
    for slip, many in slips.items():
        if sum((one.amount for one in many), Decimal(0)) == left and (
            slip in written or (not sure and len(many) > 1)
        ):
            title = _("Cheques on slip %(slip)s (%(count)s)") % {"slip": slip, "count": len(many)}
            return Offer("cheques_in", tuple(one.pk for one in many), title, sure)
    equal = [one for one in free if one.amount == left]
    named = [one for one in equal if one.number.lstrip("0") in numbers]
    chosen = named if sure else equal
    if len(chosen) != 1:
        return None
    title = _("Cheque %(number)s of %(drawer)s") % {
        "number": chosen[0].number,
        "drawer": chosen[0].drawer,
    }
    return Offer("cheques_in", (chosen[0].pk,), title, sure)


def _on_the_way(
    line: BankLine,
    left: Decimal,
    numbers: set[str],
    found: Pools,
    days: timedelta,
    *,
    sure: bool,
) -> Offer | None:
    if left <= 0:
        return None
    near = [
        one
        for one in found.free("on_the_way", found.coming)
        if isinstance(one, Line) and abs(one.date - line.on_date) <= days
    ]
    equal = [one for one in near if left_of(one) == left]
    named = [one for one in equal if _said(one.description) & numbers]
    if sure:
        return _of_coming(named) if len(named) == 1 else None
    if len(equal) == 1:
        return _of_coming(equal, is_sure=False)
    together = _adds_up(left, near, lambda one: (one.account_id, one.date))
    return _of_coming(together, is_sure=False) if together else None


def _of_coming(lines: Sequence[Line], *, is_sure: bool = True) -> Offer:
    first = lines[0]
    title = _("Received on %(date)s, on its way: %(text)s") % {
        "date": f"{first.date:%d/%m/%Y}",
        "text": first.description or first.entry.number_text
        if len(lines) == 1
        else _("%(count)s receipts") % {"count": len(lines)},
    }
    return Offer("on_the_way", tuple(one.pk for one in lines), title, is_sure)
