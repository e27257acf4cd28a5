"""Boxes, sessions, receipts: what the cash desk and its supervisor look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from kernel.money import Money, money
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import Method, VoidKind
from modules.finance.errors import BoxUnknown, ReceiptUnknown
from modules.finance.models import CashBox, CashSession, Instrument, MonthlyBalance, Receipt

NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What a session should hold of one instrument in one currency."""

    method: str
    currency: str
    opening: Decimal = NOTHING
    taken: Decimal = NOTHING
    moved: Decimal = NOTHING
    receipts: int = 0

    @property
    def expected(self) -> Decimal:
        return self.opening + self.taken + self.moved

    @property
    def method_label(self) -> str:
        return str(Method(self.method).label)


def boxes(viewer: Viewer) -> QuerySet[CashBox]:
    return CashBox.objects.filter(is_active=True).select_related("account").order_by("code")


def drawers(viewer: Viewer) -> QuerySet[CashBox]:
    """The boxes at which somebody sits down: that of payments from home opens and closes by itself."""
    return boxes(viewer).filter(gateway__isnull=True)


def box_for(viewer: Viewer, uid: UUID) -> CashBox:
    """The box of that uid. Refuses `BoxUnknown`."""
    found = CashBox.objects.filter(uid=uid).first()
    if found is None:
        raise BoxUnknown()
    return found


def own_session(viewer: Viewer) -> CashSession | None:
    """The viewer's open session, whatever its day."""
    if viewer.user_id is None:
        return None
    return (
        CashSession.objects.select_related("box")
        .filter(cashier_id=viewer.user_id, closed_at=None)
        .first()
    )


def sessions(viewer: Viewer) -> QuerySet[CashSession]:
    """Sessions the viewer may see: his own, or all of them for who supervises the desk."""
    found = CashSession.objects.select_related("box", "cashier").order_by("-opened_at")
    if viewer.may("finance.read"):
        return found
    return found.filter(cashier_id=viewer.user_id)


def session_for(viewer: Viewer, uid: UUID, *, offered: bool = False) -> CashSession:
    """A session the viewer may see; with `offered` also one that is being handed over to the viewer."""
    found = sessions(viewer).filter(uid=uid).first()
    if found is None and offered:
        found = CashSession.objects.filter(
            uid=uid, closed_at=None, handover__to=viewer.user_id
        ).first()
    if found is None:
        raise BoxUnknown()
    return found


def expected_in(session: CashSession) -> list[Holding]:
    """What should be in the drawer: the float, what the receipts that still count brought in, and what else moved it.

    What else moved it is told by the books: since the session began they changed by all that came and went.
    """
    taken = (
        Instrument.objects.filter(receipt__session=session)
        .exclude(receipt__void_kind=VoidKind.CANCELLED)
        .values("method", "receipt__currency")
        .annotate(total=Sum("amount"), receipts=Count("receipt", distinct=True))
    )
    found = {
        (row["method"], row["receipt__currency"]): (row["total"], row["receipts"]) for row in taken
    }
    floats = {
        (Method.CASH.value, one): Decimal(amount) for one, amount in session.opening_float.items()
    }
    moved = _moved_otherwise(session, {key: total for key, (total, _receipts) in found.items()})
    return [
        Holding(
            method=method,
            currency=currency,
            opening=floats.get((method, currency), NOTHING),
            taken=found.get((method, currency), (NOTHING, 0))[0],
            moved=moved.get((method, currency), NOTHING),
            receipts=found.get((method, currency), (NOTHING, 0))[1],
        )
        for method, currency in sorted({*found, *floats, *moved})
    ]


def _moved_otherwise(
    session: CashSession, taken: dict[tuple[str, str], Decimal]
) -> dict[tuple[str, str], Decimal]:
    """Cash that came to the drawer of an open session or left it without a receipt of that session."""
    if not session.is_open or session.opening_books is None:
        return {}
    now = cash_in(session.box)
    moved: dict[tuple[str, str], Decimal] = {}
    for currency in {*now, *session.opening_books, *(code for _method, code in taken)}:
        key = (Method.CASH.value, currency)
        since = now.get(currency, NOTHING) - Decimal(session.opening_books.get(currency, 0))
        if since != taken.get(key, NOTHING):
            moved[key] = since - taken.get(key, NOTHING)
    return moved


def receipts(viewer: Viewer) -> QuerySet[Receipt]:
    """The list a viewer works with, newest first: all with `finance.read`, else those he wrote himself."""
    found = Receipt.objects.select_related("party", "box").order_by("-received_at", "-id")
    if viewer.may("finance.read"):
        return found
    return found.filter(cashier_id=viewer.user_id)


def known_receipts(viewer: Viewer) -> QuerySet[Receipt]:
    """Receipts that a viewer may open when he knows which: all for who may see what people paid."""
    if viewer.may("finance.read_dues") or viewer.may("finance.read"):
        return Receipt.objects.select_related("party", "box").order_by("-received_at", "-id")
    return receipts(viewer)


def receipt_for(viewer: Viewer, uid: UUID) -> Receipt:
    """The receipt of that uid with its party, box and session. Refuses `ReceiptUnknown`."""
    found = (
        known_receipts(viewer)
        .select_related("session", "entry", "void_entry", "voided_by", "party", "box")
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise ReceiptUnknown()
    return found


def receipts_of(viewer: Viewer, party_ids: list[int]) -> QuerySet[Receipt]:
    return (
        Receipt.objects.filter(party_id__in=party_ids)
        .select_related("box")
        .order_by("-received_at")
    )


def cash_in(box: CashBox) -> dict[str, Decimal]:
    """What the books say is in a drawer, per currency."""
    rows = (
        MonthlyBalance.objects.filter(account_id=box.account_id)
        .values("currency")
        .annotate(debit=Sum("debit"), credit=Sum("credit"))
    )
    return {
        row["currency"]: row["debit"] - row["credit"]
        for row in rows
        if row["debit"] != row["credit"]
    }


def books_of(box: CashBox) -> dict[str, str]:
    """What the books say is in a drawer, as a session keeps it when it begins."""
    return {currency: str(amount) for currency, amount in sorted(cash_in(box).items())}


@dataclass(frozen=True, kw_only=True)
class OpeningDifference:
    """A currency in which a session began with another sum than the books said."""

    currency: str
    books: Decimal
    counted: Decimal

    @property
    def off(self) -> Decimal:
        return self.counted - self.books


def opening_differences(
    floats: Mapping[str, str], books: Mapping[str, str] | None
) -> list[OpeningDifference]:
    """Where the float and the books differ, by currency; nothing is said of sessions older than the comparison."""
    if books is None:
        return []
    pairs = [
        OpeningDifference(
            currency=one, books=Decimal(books.get(one, 0)), counted=Decimal(floats.get(one, 0))
        )
        for one in sorted({*floats, *books})
    ]
    return [one for one in pairs if one.off]


def over_limit(box: CashBox, *, on: date) -> Money | None:
    """By how much the drawer holds more cash than policy FIN-01 allows; None while it does not."""
    limit: Money = value("FIN-01.cashbox_limit", on=on).value
    held = cash_in(box).get(limit.currency.code, NOTHING)
    return (
        money(held - limit.amount, limit.currency.code)
        if limit.amount and held > limit.amount
        else None
    )


@dataclass(frozen=True)
class DayFigures:
    """The day at the cash desks, per method and currency."""

    method: str
    currency: str
    receipts: int
    total: Decimal

    @property
    def method_label(self) -> str:
        return str(Method(self.method).label)


def day_figures(viewer: Viewer, on: date) -> list[DayFigures]:
    """What was received on a day and still counts."""
    rows = (
        Instrument.objects.filter(receipt__received_on=on, receipt__void_kind="")
        .values("method", "receipt__currency")
        .annotate(total=Sum("amount"), receipts=Count("receipt", distinct=True))
        .order_by("receipt__currency", "method")
    )
    return [
        DayFigures(row["method"], row["receipt__currency"], row["receipts"], row["total"])
        for row in rows
    ]


def voided_on(viewer: Viewer, on: date) -> QuerySet[Receipt]:
    """Receipts of a day that no longer count, and those taken back on that day."""
    return (
        Receipt.objects.exclude(void_kind="")
        .filter(Q(received_on=on) | Q(void_entry__date=on))
        .select_related("box", "party")
        .order_by("number_text")
    )
