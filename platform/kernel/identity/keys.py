"""Secrets that rest in the database, under a key of this municipality alone.

The key is derived from the installation's secret and the municipality (HKDF), so that a row carried into
another municipality, or a dump without the installation, tells nothing. Each value names the key it was
locked with; a retired installation secret (`SECRET_KEY_FALLBACKS`) still opens what it locked.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from kernel.tenancy import current_schema


class CannotOpen(Exception):
    """The secret was locked by another installation or in another municipality."""


def lock(text: str, *, purpose: str) -> str:
    """The text, readable only in this municipality and for this purpose."""
    return _box(settings.SECRET_KEY, current_schema(), purpose).encrypt(text.encode()).decode()


def open_locked(locked: str, *, purpose: str) -> str:
    """What `lock` was given. Refuses `CannotOpen` when it was locked elsewhere."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _box(secret, current_schema(), purpose).decrypt(locked.encode()).decode()
        except InvalidToken:
            continue
    raise CannotOpen(purpose)


@lru_cache(maxsize=2048)
def _box(secret: str, schema: str, purpose: str) -> Fernet:
    derived = HKDF(
        algorithm=SHA256(),
        length=32,
        salt=schema.encode(),
        info=f"baladiyat:{purpose}".encode(),
    ).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
