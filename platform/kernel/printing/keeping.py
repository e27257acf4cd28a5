"""The data of a paper as JSON that gives it back, types and all, for a copy years later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from kernel.money import Money


def to_keep(value: Any) -> Any:
    """JSON of a paper's data. A type that cannot be printed cannot be kept: TypeError."""
    match value:
        case None | bool() | int() | str():
            return value
        case Promise() | UUID():
            return str(value)
        case Money():
            return {"$money": [str(value.amount), value.currency.code]}
        case Decimal():
            return {"$decimal": str(value)}
        case datetime():
            return {"$moment": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case Mapping():
            return {str(key): to_keep(each) for key, each in value.items()}
        case list() | tuple():
            return [to_keep(each) for each in value]
    raise TypeError(f"{type(value).__name__} cannot be kept for a copy.")


def from_kept(value: Any) -> Any:
    """The data as `to_keep` was given it."""
    match value:
        case {"$money": [amount, currency]}:
            return Money(Decimal(amount), currency)
        case {"$decimal": text}:
            return Decimal(text)
        case {"$moment": text}:
            return datetime.fromisoformat(text)
        case {"$date": text}:
            return date.fromisoformat(text)
        case dict():
            return {key: from_kept(each) for key, each in value.items()}
        case list():
            return [from_kept(each) for each in value]
    return value
