"""What the house asks of a gateway, and how its messages are signed. An adapter touches no table of ours."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Protocol

from kernel.errors import Refusal
from kernel.money import Money, format_amount, parse_amount
from modules.finance.errors.online import CallbackForged, CallbackNotUnderstood

SIGNATURE, TIMESTAMP = "X-Signature", "X-Timestamp"
TOLERANCE_SECONDS = 300


class Verdict(StrEnum):
    """What a gateway knows of a payment."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A payment to be begun. `order` is our name for it; the gateway begins the same order once."""

    order: str
    amount: Money
    title: str
    back_url: str
    callback_url: str
    expires_at: datetime


@dataclass(frozen=True)
class Begun:
    """Where the payer goes, and by what name the gateway knows the payment."""

    url: str
    reference: str


@dataclass(frozen=True)
class Told:
    """What the gateway says of one payment."""

    reference: str
    verdict: Verdict
    amount: Money | None = None
    detail: str = ""


_OF_A_PAYMENT = (Verdict.PENDING, Verdict.PAID, Verdict.FAILED)
_OF_A_REFUND = (Verdict.PENDING, Verdict.REFUNDED, Verdict.FAILED)


class GatewayFailed(Exception):
    """The gateway does not answer, or not as agreed; nothing is known of the payment."""


class PaymentGateway(Protocol):
    """A page of the bank on which somebody pays, and its word on what came of it."""

    def begin(self, asked: Asked) -> Begun:
        """Ask for a page to pay on. Raises `GatewayFailed`."""
        ...

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Told:
        """What a message says, once its signature and its time are proved.

        Refuses `CallbackForged` and `CallbackNotUnderstood`.
        """
        ...

    def enquire(self, reference: str) -> Told:
        """What became of a payment whose message may be lost. Raises `GatewayFailed`."""
        ...

    def refund(self, reference: str, *, order: str, amount: Money) -> Verdict:
        """Ask that all of a payment goes back to its card: refunded, pending or failed. `order` is our name for it.

        The same `order` again moves nothing more. Raises `GatewayFailed` when nothing is known.
        """
        ...


def sign(secret: str, *, at: int, body: bytes) -> str:
    """HMAC-SHA256, in hexadecimal, of the second, a full stop and the body as it travels."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()


def signed_headers(secret: str, body: bytes) -> dict[str, str]:
    at = int(time.time())
    return {TIMESTAMP: str(at), SIGNATURE: sign(secret, at=at, body=body)}


def read_signed(secret: str, headers: Mapping[str, str], body: bytes) -> Told:
    """The signed message of a callback. Refuses `CallbackForged` and `CallbackNotUnderstood`."""
    given, stamp = headers.get(SIGNATURE, ""), headers.get(TIMESTAMP, "")
    at = int(stamp) if stamp.isascii() and stamp.isdigit() and len(stamp) < 12 else 0
    expected = sign(secret, at=at, body=body)
    proved = hmac.compare_digest(expected.encode(), given.encode())
    if not secret or not proved or abs(time.time() - at) > TOLERANCE_SECONDS:
        raise CallbackForged()
    try:
        return told_by(json.loads(body))
    except (ValueError, GatewayFailed):
        raise CallbackNotUnderstood() from None


def told_by(said: Any) -> Told:
    """What a JSON object says of a payment. Raises `GatewayFailed` when it does not say it as agreed."""
    if not isinstance(said, dict):
        raise GatewayFailed("not an object")
    reference, verdict = said.get("reference"), said.get("status")
    if not isinstance(reference, str) or not 0 < len(reference) <= 200:
        raise GatewayFailed("no reference")
    if verdict not in _OF_A_PAYMENT:
        raise GatewayFailed("unknown status")
    amount = _amount(said) if "amount" in said else None
    if verdict == Verdict.PAID and amount is None:
        raise GatewayFailed("paid without an amount")
    return Told(reference, Verdict(verdict), amount, str(said.get("detail", ""))[:200])


def refund_told_by(said: Any, *, amount: Money) -> Verdict:
    """What an answer says of money on its way back. Raises `GatewayFailed` for another amount or nonsense."""
    if not isinstance(said, dict) or said.get("status") not in _OF_A_REFUND:
        raise GatewayFailed("unknown status")
    if said["status"] == Verdict.REFUNDED and _amount(said) != amount:
        raise GatewayFailed("another amount was paid back")
    return Verdict(said["status"])


def _amount(said: dict[str, Any]) -> Money:
    text, currency = said.get("amount"), said.get("currency")
    if not isinstance(text, str) or not isinstance(currency, str):
        raise GatewayFailed("an amount travels as text, with its currency")
    try:
        return parse_amount(text, currency)
    except Refusal:
        raise GatewayFailed("the amount is not understood") from None


def plain_amount(amount: Money) -> str:
    """An amount as it travels: Western digits, a full stop, the currency's own decimals, nothing else."""
    return format_amount(amount).replace(",", "")
