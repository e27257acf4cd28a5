"""Host name -> municipality, without a query on the register in the steady state.

Each process keeps the whole map. A change raises a stamp in the shared cache, which a process looks at no
more than once a second; the map is read again when the stamp has moved, or after five minutes.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from django.core.cache import caches

from kernel.db import uuid7
from kernel.tenancy import use_shared
from tenants.models import SERVED, Kind, Municipality, Stage

_STAMP = "hosts:stamp"
_LOOK_EVERY = 1.0
_READ_EVERY = 300.0


@dataclass(frozen=True)
class Address:
    """Where a host leads."""

    schema: str
    kind: str
    stage: str
    name_ar: str
    name_en: str

    @property
    def is_hub(self) -> bool:
        return self.kind == Kind.HUB


@dataclass
class _Map:
    lock: threading.Lock = field(default_factory=threading.Lock)
    by_host: dict[str, Address] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    stamp: str | None = None
    read_at: float = 0.0
    looked_at: float = 0.0


_map = _Map()


def address_of(host: str) -> Address | None:
    """The municipality (or hub) of a host name, None when no such host is served or being made."""
    _refresh()
    return _map.by_host.get(host.lower().rstrip("."))


def forget_everywhere() -> None:
    """After a change of hosts or stages: every process reads the map again within a second."""
    caches["shared"].set(_STAMP, str(uuid7()), None)
    _map.read_at = 0.0


def settle() -> None:
    """Look at the stamp now, whenever it was looked at last: the map is as new as the register."""
    _map.looked_at = 0.0
    _refresh()


def is_served(schema: str) -> bool:
    """Whether work may be done in this schema now: it is in the register and neither suspended nor archived."""
    _refresh()
    if schema in _map.stages:
        return _map.stages[schema] in SERVED
    _map.read_at = 0.0  # made a moment ago, or never: the register itself is asked
    _refresh()
    return _map.stages.get(schema) in SERVED


def all_schemas() -> list[str]:
    """Schemas of the municipalities that are served now (the hub not among them)."""
    _refresh()
    served = {one.schema for one in _map.by_host.values() if not one.is_hub and one.stage in SERVED}
    return sorted(served)


def _refresh() -> None:
    now = time.monotonic()
    if _map.read_at and now - _map.looked_at < _LOOK_EVERY:
        return
    with _map.lock:
        _map.looked_at = now
        stamp = caches["shared"].get(_STAMP)
        if _map.read_at and stamp == _map.stamp and now - _map.read_at < _READ_EVERY:
            return
        _map.by_host, _map.stages = _read()
        _map.stamp, _map.read_at = stamp, now


def _read() -> tuple[dict[str, Address], dict[str, str]]:
    by_host, stages = {}, {}
    with use_shared():
        for host, *row in Municipality.objects.values_list(
            "domains__domain", "schema_name", "kind", "stage", "name_ar", "name_en"
        ):
            address = Address(*row)
            stages[address.schema] = address.stage
            if host and address.stage != Stage.PROVISIONING:
                by_host[host.lower()] = address
    return by_host, stages
