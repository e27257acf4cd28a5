"""References that citizens write down: not to be guessed, easily read out on the telephone (K7QM-3XWP)."""

from __future__ import annotations

import secrets

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that are read for one another: 0 and O, 1, I and L. Eight of them: 850 thousand million references."""


def new_reference() -> str:
    """A new one; a constraint of its table makes sure that it is."""
    drawn = "".join(secrets.choice(_LETTERS) for _place in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"


def read_reference(typed: str) -> str:
    """As it is kept, however it was typed."""
    plain = "".join(one for one in typed.upper() if one.isalnum())
    return f"{plain[:4]}-{plain[4:]}" if len(plain) == 8 else plain
