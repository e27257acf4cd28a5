"""What somebody may pay from home now, and what it comes to."""

from __future__ import annotations

from kernel.calendar.selectors import today
from kernel.parties.selectors import ids_of
from kernel.policies.selectors import value
from kernel.ports.paying import Payable, PayingOffer
from modules.finance.models import Charge
from modules.finance.models.books import in_readers_language
from modules.finance.selectors.books import kinds_by_id
from modules.finance.selectors.online import currencies_of, gateway_box
from modules.finance.services.online import asked_for

MOST = 200
"""Dues offered at once, the oldest first: a page is for a person, not for a company's whole register."""


def payable(party_id: int) -> PayingOffer:
    """The open dues of a person and all records that were merged into it."""
    box = gateway_box()
    if box is None:
        return PayingOffer(is_open=False)
    charges = list(
        Charge.objects.filter(
            party_id__in=ids_of(party_id), balance__gt=0, currency__in=currencies_of(box)
        ).order_by("due_on", "id")[:MOST]
    )
    asked, kinds = asked_for(charges), kinds_by_id()
    return PayingOffer(
        is_open=True,
        lines=tuple(
            Payable(
                charge_uid=str(one.uid),
                title=one.description
                or in_readers_language(kinds[one.kind_id].title_ar, kinds[one.kind_id].title_en),
                year=one.year,
                due_on=one.due_on,
                balance=one.balance,
                amount=asked[one.pk].amount,
                currency=one.currency,
            )
            for one in charges
        ),
        in_parts=bool(value("FIN-01.online_in_parts", on=today()).value),
        currencies=tuple(currencies_of(box)),
    )
