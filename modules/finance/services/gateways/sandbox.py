"""A bank that is not one: a page of our own with buttons, for trials and demonstrations. No money moves.

What somebody decided there is remembered for a day, so that an enquiry finds it like at a bank.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.core.cache import cache

from kernel.money import Money
from modules.finance.services.gateways.protocol import (
    Asked,
    Begun,
    GatewayFailed,
    Told,
    Verdict,
    plain_amount,
    read_signed,
    signed_headers,
    told_by,
)

_DAY = 86400


class Sandbox:
    """Answers `PaymentGateway`."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def begin(self, asked: Asked) -> Begun:
        reference = f"T-{asked.order[-12:]}"  # chance alone, in a name of UUIDv7
        known = {"amount": plain_amount(asked.amount), "currency": asked.amount.currency.code}
        cache.add(_key(reference), {**known, "status": Verdict.PENDING.value}, _DAY)
        return Begun(f"/c/finance/paying/{asked.order}/trial", reference)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Told:
        return read_signed(self._secret, headers, body)

    def enquire(self, reference: str) -> Told:
        kept = cache.get(_key(reference)) or {"status": Verdict.PENDING.value}
        return told_by({"reference": reference, **kept})

    def refund(self, reference: str, *, order: str, amount: Money) -> Verdict:
        """What was paid within the day goes back, once; what is not remembered is not known."""
        kept = cache.get(_key(reference))
        if kept is None:
            raise GatewayFailed("unknown payment")
        paid = kept.get("status") == Verdict.PAID and kept["amount"] == plain_amount(amount)
        if not paid or kept.get("refund", order) != order:
            return Verdict.FAILED
        cache.set(_key(reference), {**kept, "refund": order}, _DAY)
        return Verdict.REFUNDED

    def decide(self, reference: str, verdict: Verdict) -> tuple[dict[str, str], bytes]:
        """The payer pressed a button: the message that a bank would send of it. The first word stands."""
        kept = cache.get(_key(reference)) or {}
        if kept.get("status") == Verdict.PENDING:
            kept = {**kept, "status": verdict.value}
            cache.set(_key(reference), kept, _DAY)
        body = json.dumps({"reference": reference, **kept}, sort_keys=True).encode()
        return signed_headers(self._secret, body), body


def _key(reference: str) -> str:
    return f"finance.sandbox:{reference}"
