"""Cheque books and what became of each leaf."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from kernel.viewer import Viewer
from modules.finance.constants import ChequeWay
from modules.finance.errors.suppliers import ChequeBookUnknown
from modules.finance.models import Account, Cheque, ChequeBook


def books(viewer: Viewer) -> QuerySet[ChequeBook]:
    """The stock, newest first."""
    return ChequeBook.objects.select_related("account").order_by("-received_on", "-id")


def book_for(viewer: Viewer, uid: UUID) -> ChequeBook:
    """The book of that uid. Refuses `ChequeBookUnknown`."""
    found = ChequeBook.objects.select_related("account").filter(uid=uid).first()
    if found is None:
        raise ChequeBookUnknown()
    return found


@dataclass(frozen=True)
class Leaf:
    """One leaf: its cheque, or why it is void, or neither. `is_missing`: later ones are used and this one is not."""

    number: int
    cheque: Cheque | None = None
    void_reason: str = ""
    is_missing: bool = False

    @property
    def is_free(self) -> bool:
        return self.cheque is None and not self.void_reason


def leaves(viewer: Viewer, book: ChequeBook) -> list[Leaf]:
    """Every leaf of a book in order. One query."""
    issued = {
        int(one.number): one
        for one in Cheque.objects.filter(way=ChequeWay.OUT, account=book.account).select_related(
            "party"
        )
        if one.number.isdecimal() and book.first <= int(one.number) <= book.last
    }
    void = {int(number): facts["reason"] for number, facts in book.void_leaves.items()}
    used = max([*issued, *void], default=0)
    return [
        Leaf(
            number,
            issued.get(number),
            void.get(number, ""),
            number < used and number not in issued and number not in void,
        )
        for number in range(book.first, book.last + 1)
    ]


def next_leaf(account: Account) -> int | None:
    """The leaf after the last one used, in the oldest book that has one; None without books."""
    for book in ChequeBook.objects.filter(account=account).order_by("received_on", "id"):
        every = leaves(Viewer.system("finance.leaves"), book)
        last = max((one.number for one in every if not one.is_free), default=book.first - 1)
        if last < book.last:
            return last + 1
    return None
