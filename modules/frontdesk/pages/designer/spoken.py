"""Words in two languages, as a definition keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def words(ar: str, en: str = "") -> dict[str, str]:
    """The same words in both languages, as a definition keeps them."""
    return {"ar": ar.strip(), **({"en": en.strip()} if en.strip() else {})}


def both(raw: Any) -> tuple[str, str]:
    """Arabic and English of words in a definition."""
    if isinstance(raw, str):
        return raw, ""
    found = raw if isinstance(raw, Mapping) else {}
    return str(found.get("ar", "")), str(found.get("en", ""))
