"""Events are frozen dataclasses with a name; their fields are ids and values that survive JSON."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

E = TypeVar("E")
_known: dict[str, type[Any]] = {}


class BadEvent(TypeError):
    """An event that cannot be written or read back; a fault in our code."""


def event(name: str) -> Callable[[type[E]], type[E]]:
    """Register a frozen dataclass under `module.PastTense`. A second class of that name is refused."""

    def register(cls: type[E]) -> type[E]:
        if name in _known and _known[name].__qualname__ != cls.__qualname__:
            raise BadEvent(f"Two events call themselves {name!r}.")
        cls.event_name = name  # type: ignore[attr-defined]
        _known[name] = cls
        return cls

    return register


def name_of(happened: object) -> str:
    try:
        return str(type(happened).event_name)  # type: ignore[attr-defined]
    except AttributeError:
        raise BadEvent(f"{type(happened).__name__} is not declared with @event(...)") from None


def to_payload(happened: Any) -> dict[str, Any]:
    """The event as JSON values: decimals, dates and uuids as text."""
    payload = {}
    for field in dataclasses.fields(happened):
        value = getattr(happened, field.name)
        if isinstance(value, Decimal | UUID):
            value = str(value)
        elif isinstance(value, date | datetime):
            value = value.isoformat()
        elif not (value is None or isinstance(value, str | int | bool)):
            raise BadEvent(f"{type(happened).__name__}.{field.name} must be an id or a value.")
        payload[field.name] = value
    return payload


def from_payload(name: str, payload: dict[str, Any]) -> Any:
    """The event read back as its dataclass; fields it no longer has are left out."""
    try:
        cls = _known[name]
    except KeyError:
        raise BadEvent(f"No installed module declares the event {name!r}.") from None
    hints = _hints(cls)  # type: ignore[arg-type]
    return cls(**{key: _read(hints[key], value) for key, value in payload.items() if key in hints})


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(cls)  # type: ignore[arg-type]


def _read(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        hint = next(one for one in typing.get_args(hint) if one is not type(None))
    if hint is Decimal:
        return Decimal(value)
    if hint is UUID:
        return UUID(value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is date:
        return date.fromisoformat(value)
    return value
