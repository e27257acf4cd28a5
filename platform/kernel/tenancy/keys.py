"""Keys of one municipality, derived (HKDF) from the installation's secret.

What is signed or sealed with them is worth nothing in another municipality, even where an id, a name or a whole row
was carried over. `SECRET_KEY_FALLBACKS` are derived alike, so that the installation's secret can be exchanged.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from kernel.tenancy.context import current_schema


def town_key(purpose: str, *, secret: str | bytes = "", schema: str = "") -> str:
    """The key of the active municipality (or of `schema`) for one purpose, as hexadecimal text."""
    return derived(_bytes(secret or settings.SECRET_KEY), schema or current_schema(), purpose)


def town_keys(purpose: str, *, schema: str = "") -> list[str]:
    """The key in use first, then those of former secrets, in the order of `SECRET_KEY_FALLBACKS`."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [town_key(purpose, secret=secret, schema=schema) for secret in secrets]


@lru_cache(maxsize=4096)
def derived(secret: bytes, schema: str, purpose: str) -> str:
    """HKDF-SHA256 with the municipality as salt and the purpose as info."""
    return (
        HKDF(
            algorithm=SHA256(),
            length=32,
            salt=schema.encode(),
            info=f"baladiyat:{purpose}".encode(),
        )
        .derive(secret)
        .hex()
    )


def _bytes(secret: str | bytes) -> bytes:
    return secret if isinstance(secret, bytes) else secret.encode()
