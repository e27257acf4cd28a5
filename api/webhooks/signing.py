"""Signatures after Standard Webhooks 1.0.0: `v1,` and HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_PREFIX = "whsec_"


def new_secret() -> str:
    """A secret of 32 bytes as the specification writes it."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, *, message: str, at: int, body: bytes) -> str:
    """One signature of a message that is sent at this second."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.new(key, f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def headers(secrets_: list[str], *, message: str, at: int, body: bytes) -> dict[str, str]:
    """What travels with a message: its id, its second, and a signature by each living secret."""
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(
            signature(one, message=message, at=at, body=body) for one in secrets_
        ),
    }
