"""From JSON to a definition and back: every fault told at once, with the path at which it stands."""

from __future__ import annotations

import dataclasses
import types
import typing
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar

from django.utils.translation import gettext_lazy as _

from modules.frontdesk.definitions.checking import check
from modules.frontdesk.definitions.faults import Fault
from modules.frontdesk.definitions.shapes import ServiceDefinition, Words
from modules.frontdesk.errors import DefinitionInvalid

T = TypeVar("T")


def read_definition(raw: Any) -> ServiceDefinition:
    """The definition that this JSON describes. Refuses `DefinitionInvalid` naming every fault and where it stands."""
    faults: list[Fault] = []
    definition = _read(ServiceDefinition, raw, "", faults)
    if not faults:
        faults = check(definition)
    if faults:
        raise DefinitionInvalid(faults)
    return typing.cast(ServiceDefinition, definition)


def read_loosely(raw: Any) -> tuple[ServiceDefinition | None, list[Fault]]:
    """The definition as far as it has the right shape, with all its faults: for a draft that is being worked on."""
    faults: list[Fault] = []
    definition = _read(ServiceDefinition, raw, "", faults)
    if faults:
        return None, faults
    found = typing.cast(ServiceDefinition, definition)
    return found, check(found)


def write_definition(definition: ServiceDefinition) -> dict[str, Any]:
    """The definition as JSON, without what equals the default: short to read, stable to compare."""
    return typing.cast(dict[str, Any], _write(definition))


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _read(hint: Any, raw: Any, path: str, faults: list[Fault]) -> Any:
    """Read one value of this type, noting faults and going on, so that all of them are told at once."""
    origin = typing.get_origin(hint)
    if origin is Literal:
        if raw not in typing.get_args(hint):
            faults.append(
                Fault(
                    path,
                    _("must be one of %(choices)s"),
                    {"choices": ", ".join(map(str, typing.get_args(hint)))},
                )
            )
        return raw
    if isinstance(hint, types.UnionType):
        kind = next(one for one in typing.get_args(hint) if one is not type(None))
        return None if raw is None else _read(kind, raw, path, faults)
    if origin is tuple:
        if not isinstance(raw, list | tuple):
            faults.append(Fault(path, _("must be a list")))
            return ()
        inner = typing.get_args(hint)[0]
        return tuple(_read(inner, one, f"{path}[{n}]", faults) for n, one in enumerate(raw))
    if dataclasses.is_dataclass(hint):
        return _read_dataclass(typing.cast(type[Any], hint), raw, path, faults)
    if isinstance(hint, type) and issubclass(hint, Enum):
        if raw not in {one.value for one in hint}:
            faults.append(
                Fault(
                    path,
                    _("must be one of %(choices)s"),
                    {"choices": ", ".join(str(one.value) for one in hint)},
                )
            )
            return raw
        return hint(raw)
    if not isinstance(raw, hint) or (hint is int and isinstance(raw, bool)):
        faults.append(Fault(path, _("must be %(kind)s"), {"kind": hint.__name__}))
    return raw


def _read_dataclass(cls: type[T], raw: Any, path: str, faults: list[Fault]) -> T | None:
    if cls is Words and isinstance(raw, str):
        raw = {"ar": raw}
    if not isinstance(raw, dict):
        faults.append(Fault(path or "definition", _("must be an object")))
        return None
    hints = _hints(typing.cast(Any, cls))
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    before = len(faults)
    faults += [Fault(_under(path, name), _("is not known")) for name in raw if name not in fields]
    given = {
        name: _read(hints[name], raw[name], _under(path, name), faults)
        for name in fields
        if name in raw
    }
    for name, field in fields.items():
        if name not in raw and field.default is dataclasses.MISSING:
            faults.append(Fault(_under(path, name), _("is missing")))
    return cls(**given) if len(faults) == before else None


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _write(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_write(one) for one in value]
    if dataclasses.is_dataclass(value):
        return {
            field.name: _write(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.default is dataclasses.MISSING or getattr(value, field.name) != field.default
        }
    return value
