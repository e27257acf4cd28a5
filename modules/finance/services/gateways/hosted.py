"""A gateway with a payment page of its own, spoken to by HTTP and JSON. What it must offer: docs/operators.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from kernel.money import Money
from kernel.outside import AddressRefused, check_address, target_of
from modules.finance.services.gateways.protocol import (
    Asked,
    Begun,
    GatewayFailed,
    Told,
    Verdict,
    plain_amount,
    read_signed,
    refund_told_by,
    signed_headers,
    told_by,
)

_TIMEOUT = httpx.Timeout(10, connect=5)
_LONGEST = 65_536


class HostedPage:
    """Answers `PaymentGateway`. The same secret signs what we ask and what the gateway tells."""

    def __init__(self, base_url: str, *, merchant: str, secret: str) -> None:
        self._base, self._merchant, self._secret = base_url.rstrip("/"), merchant, secret

    def begin(self, asked: Asked) -> Begun:
        said = self._ask(
            "POST",
            "/payments",
            {
                "merchant": self._merchant,
                "order": asked.order,
                "amount": plain_amount(asked.amount),
                "currency": asked.amount.currency.code,
                "description": asked.title,
                "language": "ar",
                "return_url": asked.back_url,
                "callback_url": asked.callback_url,
                "expires_at": asked.expires_at.isoformat(timespec="seconds"),
            },
        )
        url, reference = said.get("redirect_url"), said.get("reference")
        if not isinstance(url, str) or not isinstance(reference, str) or not reference:
            raise GatewayFailed("no page or no reference")
        try:
            return Begun(check_address(url), reference[:200])
        except AddressRefused:
            raise GatewayFailed("the page leads nowhere") from None

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Told:
        return read_signed(self._secret, headers, body)

    def enquire(self, reference: str) -> Told:
        told = told_by(self._ask("GET", f"/payments/{quote(reference, safe='')}", None))
        if told.reference != reference:
            raise GatewayFailed("another payment was answered")
        return told

    def refund(self, reference: str, *, order: str, amount: Money) -> Verdict:
        said = self._ask(
            "POST",
            f"/payments/{quote(reference, safe='')}/refunds",
            {"order": order, "amount": plain_amount(amount), "currency": amount.currency.code},
        )
        return refund_told_by(said, amount=amount)

    def _ask(self, method: str, path: str, said: dict[str, Any] | None) -> dict[str, Any]:
        """One signed request, to the very address that was judged. A question without a body signs its path."""
        body = b"" if said is None else json.dumps(said, ensure_ascii=False).encode()
        url = httpx.URL(f"{self._base}{path}")
        try:
            target = target_of(str(url))
            with (
                httpx.Client(trust_env=False, follow_redirects=False, timeout=_TIMEOUT) as client,
                client.stream(
                    method,
                    url.copy_with(host=target.ip),
                    content=body or None,
                    headers={
                        **signed_headers(self._secret, body or path.encode()),
                        "X-Merchant": self._merchant,
                        "Content-Type": "application/json",
                        "Accept": "application/json",
                        "Host": url.netloc.decode("ascii"),
                    },
                    extensions={"sni_hostname": target.host},
                ) as answer,
            ):
                content = _content(answer)
        except (httpx.HTTPError, OSError, AddressRefused) as error:
            raise GatewayFailed(type(error).__name__) from error
        try:
            found = json.loads(content)
        except ValueError:
            raise GatewayFailed("no JSON") from None
        if not isinstance(found, dict):
            raise GatewayFailed("not an object")
        return found


def _content(answer: httpx.Response) -> bytes:
    if not answer.is_success:
        raise GatewayFailed(f"answered {answer.status_code}")
    content = b""
    for part in answer.iter_bytes():
        content += part
        if len(content) > _LONGEST:
            raise GatewayFailed("too long an answer")
    return content
