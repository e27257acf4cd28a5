"""Finance as the front desk's stories need it: dues that a test sets, charges that a test settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from kernel.money import Money
from kernel.ports.charges import ChargeRef, ChargeSource
from kernel.ports.dues import DueLine, DuesAnswer
from kernel.viewer import Viewer


def due(
    balance: str,
    *,
    kind: str = "water",
    currency: str = "ILS",
    plan: str = "",
    covered: str = "0",
) -> DueLine:
    amount = Decimal(balance)
    return DueLine(
        charge_uid=f"charge-{kind}-{balance}",
        kind=kind,
        kind_title=kind,
        year=2025,
        principal=amount,
        paid=Decimal(0),
        balance=amount,
        currency=currency,
        due_on=date(2025, 3, 1),
        plan=plan,
        covered=Decimal(covered),
    )


class FakeDues:
    lines: ClassVar[tuple[DueLine, ...]] = ()
    asked: ClassVar[list[tuple[int, ...]]] = []
    last_entry: ClassVar[int] = 0

    def dues_of(self, party_ids: Sequence[int], *, on: date) -> DuesAnswer:
        FakeDues.asked.append(tuple(party_ids))
        totals: dict[str, Decimal] = {}
        for line in FakeDues.lines:
            totals[line.currency] = totals.get(line.currency, Decimal(0)) + line.balance
        return DuesAnswer(known=True, lines=FakeDues.lines, totals=totals, as_of=on)

    def watermark(self) -> int:
        return FakeDues.last_entry


class FakeCharges:
    charges: ClassVar[dict[str, ChargeRef]] = {}
    sources: ClassVar[dict[ChargeSource, str]] = {}
    credited: ClassVar[list[tuple[str, Money, str]]] = []

    def assess(
        self,
        *,
        source: ChargeSource,
        party_id: int,
        kind: str,
        amount: Money,
        due_on: date,
        description: str,
        by: Viewer,
    ) -> ChargeRef:
        if source not in FakeCharges.sources:
            uid = f"00000000-0000-4000-8000-{len(FakeCharges.sources):012d}"
            FakeCharges.sources[source] = uid
            FakeCharges.charges[uid] = ChargeRef(
                uid, amount.amount, amount.amount, amount.currency.code
            )
        return FakeCharges.charges[FakeCharges.sources[source]]

    def status(self, charge_uids: Sequence[str]) -> dict[str, ChargeRef]:
        return {one: FakeCharges.charges[one] for one in charge_uids if one in FakeCharges.charges}

    def credit(self, *, charge_uid: str, amount: Money, reason: str, by: Viewer) -> ChargeRef:
        FakeCharges.credited.append((charge_uid, amount, reason))
        old = FakeCharges.charges[charge_uid]
        FakeCharges.charges[charge_uid] = replace(old, balance=old.balance - amount.amount)
        return FakeCharges.charges[charge_uid]


def pay(charge_uid: str, *, receipt: str = "RV-2026/00001") -> None:
    """What the cashier does, as far as the front desk can see."""
    old = FakeCharges.charges[charge_uid]
    FakeCharges.charges[charge_uid] = replace(old, balance=Decimal(0), receipt_numbers=(receipt,))


def forget_everything() -> None:
    FakeDues.lines = ()
    FakeDues.asked = []
    FakeDues.last_entry = 0
    FakeCharges.charges = {}
    FakeCharges.sources = {}
    FakeCharges.credited = []


PROVIDERS: dict[str, Any] = {
    "kernel.ports.dues.DuesPort": ("frontdesk", "modules.frontdesk.tests.fakes.FakeDues"),
    "kernel.ports.charges.ChargePort": ("frontdesk", "modules.frontdesk.tests.fakes.FakeCharges"),
}
