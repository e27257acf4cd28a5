"""`ask(Port)` gives the provider of an active module, or the port's own absent answer."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from django.utils.translation import gettext_lazy as _

from kernel import registry
from kernel.activation.services import is_active
from kernel.errors import Unavailable

P = TypeVar("P")


class PortAbsent(Unavailable):
    code = "port_absent"
    sentence = _("The module that does this is not switched on in this municipality.")


def _name(port: type[Any]) -> str:
    return f"{port.__module__}.{port.__qualname__}"


def is_provided(port: type[Any]) -> bool:
    """True when an active module answers this port here."""
    found = registry.provider(_name(port))
    return found is not None and is_active(found[0])


def ask(port: type[P]) -> P:
    """The provider, built afresh. Without one: the port's `absent` answer, or `PortAbsent` if it has none."""
    found = registry.provider(_name(port))
    if found is not None and is_active(found[0]):
        return cast(P, registry.load(found[1])())
    absent = getattr(port, "absent", None)
    if absent is None:
        raise PortAbsent
    return cast(P, absent())
