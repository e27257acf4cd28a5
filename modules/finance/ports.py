"""What finance answers to others: what a person owes, and charges assessed for another module's records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from kernel.calendar.selectors import today
from kernel.money import Money, money
from kernel.parties.selectors import party_of_id
from kernel.policies.selectors import value
from kernel.ports.charges import ChargeRef, ChargeSource
from kernel.ports.dues import DuesAnswer
from kernel.ports.paying import PayingOffer, PayingWish
from kernel.viewer import Viewer
from modules.finance.models import Charge, Settlement
from modules.finance.selectors.dues import charge_for, dues_of, last_entry
from modules.finance.selectors.online import gateway_box, is_taking
from modules.finance.services.charging import assess_charge
from modules.finance.services.credits import correct_charge
from modules.finance.services.online import Wish, begin_payment
from modules.finance.services.online_offer import payable


class Dues:
    """Answers `kernel.ports.dues.DuesPort`. One query; the ids are those of the whole alias family."""

    def dues_of(self, party_ids: Sequence[int], *, on: date) -> DuesAnswer:
        """Open dues as of a day, oldest first; for a past day as they stood at its end."""
        return dues_of(party_ids, today=today(), on=on)

    def watermark(self) -> int:
        return last_entry()

    @staticmethod
    def absent() -> Dues:
        return Dues()


class Charges:
    """Answers `kernel.ports.charges.ChargePort`. Whoever charges through here has judged by its own permissions."""

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
        """Charge once; the same source with the same facts gives the same charge back."""
        charge = assess_charge(
            source=source,
            party_id=party_id,
            kind=kind,
            amount=amount,
            due_on=due_on,
            description=description,
            by=by,
        )
        return _refs([charge])[str(charge.uid)]

    def status(self, charge_uids: Sequence[str]) -> dict[str, ChargeRef]:
        """What is still owed on each charge, and the receipts that settled it; unknown ones are left out."""
        return _refs(list(Charge.objects.filter(uid__in=[UUID(one) for one in charge_uids])))

    def credit(self, *, charge_uid: str, amount: Money, reason: str, by: Viewer) -> ChargeRef:
        """Take a part of the assessment back against its revenue."""
        charge = charge_for(by, UUID(charge_uid))
        correct_charge(charge, amount=amount, reason=reason, by=by)
        charge.refresh_from_db()
        return _refs([charge])[charge_uid]


class Paying:
    """Answers `kernel.ports.paying.PayingPort`. Whoever asks has shown that the payer is that person."""

    def is_open(self) -> bool:
        return is_taking(gateway_box()) and bool(value("FIN-01.online", on=today()).value)

    def offer(self, party_id: int) -> PayingOffer:
        """Open dues in the currencies of the gateway, oldest first, as they are asked today."""
        if not self.is_open():
            return PayingOffer(is_open=False)
        return payable(party_id)

    def begin(self, wish: PayingWish, *, by: Viewer) -> str:
        intent = begin_payment(
            Wish(
                party=party_of_id(Viewer.system("finance.paying"), wish.party_id),
                charge_uids=wish.charge_uids,
                amount=wish.amount,
                phone=wish.phone,
                home=wish.home,
            ),
            by=by,
        )
        return f"/c/finance/paying/{intent.uid}"

    @staticmethod
    def absent() -> Paying:
        return Paying()


def _refs(charges: Sequence[Charge]) -> dict[str, ChargeRef]:
    numbers: dict[int, dict[str, None]] = {}
    moved = _moved(charges)
    known_as = {one.pk: one.pk for one in charges if one.paid}
    known_as |= {part.pk: root for root, parts in moved.items() for part in parts if part.paid}
    paid = (
        Settlement.objects.filter(charge__in=list(known_as), reverses=None, reversal=None)
        .exclude(receipt=None)
        .order_by("id")
        .values_list("charge_id", "receipt__number_text")
    )
    for charge_id, number in paid if known_as else ():
        numbers.setdefault(known_as[charge_id], {})[number] = None
    return {
        str(one.uid): ChargeRef(
            uid=str(one.uid),
            amount=money(one.principal, one.currency).amount,
            balance=money(
                _left(one) + sum((_left(part) for part in moved.get(one.pk, ())), Decimal(0)),
                one.currency,
            ).amount,
            currency=one.currency,
            receipt_numbers=tuple(numbers.get(one.pk, ())),
        )
        for one in charges
    }


def _moved(charges: Sequence[Charge]) -> dict[int, list[Charge]]:
    """The dues that these became when they were moved or divided; no query when nothing was credited."""
    found: dict[int, list[Charge]] = {}
    credited = [one.pk for one in charges if one.credited]
    for part in Charge.objects.filter(origin__in=credited) if credited else ():
        found.setdefault(part.origin_id or 0, []).append(part)
    return found


def _left(charge: Charge) -> Decimal:
    left: Decimal = charge.principal - charge.paid - charge.credited - charge.cancelled
    return left
