"""Verification codes: unguessable, and readable from paper into a telephone."""

from __future__ import annotations

import secrets
from typing import Final

# Crockford's alphabet: no I, L, O or U, so that what is misread is still read right.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 16
_MISREAD = str.maketrans("ILO", "110")


def new_code() -> str:
    """Eighty random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown_code(code: str) -> str:
    """In fours, as it stands on paper: `7KQM-X2RT-9HPW-A4ZC`."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def typed_code(text: str) -> str:
    """What a person typed, as a code: without spaces and dashes, with misread letters put right."""
    return "".join(text.upper().split()).replace("-", "").translate(_MISREAD)[:64]
