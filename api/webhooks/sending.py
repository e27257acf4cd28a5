"""One POST to an integrator's address, and what came of it. Touches no table."""

from __future__ import annotations

import time
from dataclasses import dataclass

import httpx

from api.errors import WebhookAddressRefused
from api.webhooks.addresses import target_of

_TIMEOUT = httpx.Timeout(8, connect=4)
_GONE = 410


@dataclass(frozen=True)
class Outcome:
    """`status` is None when nobody answered; `detail` says why, without anything the other side wrote."""

    status: int | None
    detail: str
    milliseconds: int

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == _GONE


def post(url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """Send once, to the address that was judged; no redirect is followed and no proxy of ours asked."""
    began = time.monotonic()
    try:
        status, detail = _post(url, body, headers), ""
    except WebhookAddressRefused:
        status, detail = None, "address_refused"
    except httpx.TimeoutException:
        status, detail = None, "timeout"
    except httpx.HTTPError as error:
        status, detail = None, type(error).__name__
    except OSError:
        status, detail = None, "name_unknown"
    return Outcome(status, detail, round((time.monotonic() - began) * 1000))


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    target = target_of(url)
    address = httpx.URL(url)
    with (
        httpx.Client(trust_env=False, follow_redirects=False, timeout=_TIMEOUT) as client,
        client.stream(
            "POST",
            address.copy_with(host=target.ip),
            content=body,
            headers={
                **headers,
                "Content-Type": "application/json",
                "User-Agent": "Baladiyat-Webhooks/1",
                "Host": address.netloc.decode("ascii"),
            },
            extensions={"sni_hostname": target.host},
        ) as answer,
    ):
        return answer.status_code  # what it says is never read
