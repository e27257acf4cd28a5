"""The active municipality, carried in a context variable.

The connection layer (`tenants.backend`) reads it before every query and refuses a query while none is set.
`use` sets path and role of open connections at once, so that raw cursors cannot remain in another town.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.conf import settings
from django.db import connections

SHARED = "public"
HUB = "hub"
TEMPLATE = "template_town"
VALID_SCHEMA = re.compile(r"^[a-z][a-z0-9_]{1,47}$")


class Place(NamedTuple):
    """Where work stands: in which schema, and whether by the owner's hand (who may make and drop tables)."""

    schema: str | None
    by_owner: bool = False


_NOWHERE = Place(None)
_place: ContextVar[Place] = ContextVar("municipality", default=_NOWHERE)


class NoTenant(RuntimeError):
    """A query, cache key, file or task without a municipality: a fault in our code, never shown as data."""


class WrongTenant(RuntimeError):
    """Something of one municipality was used while another was active."""


def current_schema() -> str:
    """The active municipality's schema. Raises `NoTenant` when none is active."""
    schema = _place.get().schema
    if schema is None:
        raise NoTenant("no municipality is active here; enter one with kernel.tenancy.use(schema)")
    return schema


def current_schema_or_none() -> str | None:
    return _place.get().schema


def current_place() -> Place:
    """Schema and hand together, for the connection layer."""
    return _place.get()


@contextmanager
def use(schema: str) -> Iterator[str]:
    """Work inside one municipality (or the hub, the template, the shared register) until the block ends."""
    if not VALID_SCHEMA.match(schema):
        raise NoTenant(f"not a municipality's schema name: {schema!r}")
    with _standing(Place(schema, _place.get().by_owner)):
        yield schema


@contextmanager
def use_shared() -> Iterator[str]:
    """Work on the shared register (municipalities, hosts, programme). Never for a citizen's data."""
    with use(SHARED) as schema:
        yield schema


@contextmanager
def as_owner() -> Iterator[None]:
    """Work by the hand that owns the tables: to make, migrate, restore and drop. Never while serving a request's data."""
    with _standing(Place(_place.get().schema, True)):
        yield


@contextmanager
def _standing(place: Place) -> Iterator[None]:
    token = _place.set(place)
    try:
        _point_open_connections()
        yield
    finally:
        _place.reset(token)
        _point_open_connections()


def _point_open_connections() -> None:
    if not settings.configured:
        return
    for connection in connections.all(initialized_only=True):
        point = getattr(connection, "point_to_current_tenant", None)
        if point is not None:
            point()


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Django's cache KEY_FUNCTION: every key belongs to the active municipality; none active is an error."""
    return f"{key_prefix}:{current_schema()}:{version}:{key}"


def shared_cache_key(key: str, key_prefix: str, version: int) -> str:
    """Key function of the one cache that holds nothing of a citizen (host map)."""
    return f"{key_prefix}:shared:{version}:{key}"
