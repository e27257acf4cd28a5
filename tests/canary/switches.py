"""Each fix of tenancy, and how it is switched off: proof that the matrix sees what it looks for.

A switch undoes one promise in the place where it is kept. Where two walls keep the same promise it takes both down,
for with one of them standing nothing leaks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import pytest
import structlog
from django.contrib.sessions.backends.cached_db import SessionStore as CachedSessions
from django.core.cache import caches
from django.core.signing import Signer
from django.utils.crypto import salted_hmac

import kernel.files.selectors
import kernel.files.services
import kernel.files.storage
import kernel.identity.keys
import kernel.printing.keeping
import kernel.profile.selectors
import kernel.tasks
import tenants.metrics
import tenants.middleware
from kernel.identity.models import User
from kernel.identity.sessions import SessionStore
from kernel.identity.tokens import PasswordResetTokens
from kernel.parties.models import Party
from kernel.tenancy import use
from tenants.backend.base import DatabaseWrapper
from tenants.hosts import address_of
from tenants.portability import exporting
from tests.canary.twins import Twins

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Switch:
    """`off` takes the fix away; `seen` is what the run must then say."""

    name: str
    off: Callable[[Patch, Twins], None]
    seen: str
    in_threads: bool = False
    acts: tuple[str, ...] = ()
    """What the run does instead of the short run's acts."""


def _cache_keys(patch: Patch, twins: Twins) -> None:
    def key(key: str, key_prefix: str, version: int) -> str:
        return f"{key_prefix}-{twins.first.schema}:{version}:{key}"

    patch.setattr(caches["default"], "key_func", key)


def _hosts(patch: Patch, twins: Twins) -> None:
    def neighbour(host: str) -> Any:
        town = next((one for one in twins if one.host == host), None)
        return address_of(twins.other(town).host if town else host)

    patch.setattr(tenants.middleware, "address_of", neighbour)


def _path(patch: Patch, twins: Twins) -> None:
    """A connection stays in the first town that it served."""
    first: dict[int, str] = {}
    real = DatabaseWrapper._cursor

    def sticky(self: Any, name: str | None = None) -> Any:
        cursor = real(self, name)
        schema = kernel.tasks.current_schema()
        if twins.of(schema) and self.connection.info.transaction_status != 3:
            stays = first.setdefault(id(self.connection), schema)
            with self.connection.cursor() as raw:
                raw.execute(f'RESET ROLE; SET search_path = "{stays}", extensions')
        return cursor

    patch.setattr(DatabaseWrapper, "_cursor", sticky)


class _OneForAll:
    """A variable of the process where a variable of the context should be."""

    def __init__(self, real: ContextVar[Any]) -> None:
        self._value = real.get()

    def get(self, *_: Any) -> Any:
        return self._value

    def set(self, value: Any) -> Any:
        before, self._value = self._value, value
        return before

    def reset(self, token: Any) -> None:
        self._value = token


def _context(patch: Patch, twins: Twins) -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("kernel.tenancy"):
            for attribute, value in list(vars(module).items()):
                if isinstance(value, ContextVar):
                    patch.setattr(module, attribute, _OneForAll(value))


def _signatures(patch: Patch) -> None:
    """Django's own signer, where the house has bound it to the municipality."""
    module = sys.modules.get("kernel.tenancy.signing")
    if module is not None:
        patch.setattr(Signer, "__init__", module._plain)


def _sessions(patch: Patch, twins: Twins) -> None:
    def unbound(self: User, secret: str | None = None) -> str:
        return salted_hmac("session", self.password, secret=secret).hexdigest()

    _signatures(patch)
    patch.setattr(User, "_get_session_auth_hash", unbound)
    patch.setattr(SessionStore, "load", CachedSessions.load)


def _links(patch: Patch, twins: Twins) -> None:
    def unbound(self: Any, user: User, timestamp: int) -> str:
        return f"{user.pk}:{user.password}:{timestamp}"

    patch.setattr(PasswordResetTokens, "secret", "one-secret-for-all")
    patch.setattr(PasswordResetTokens, "secret_fallbacks", [])
    patch.setattr(PasswordResetTokens, "_make_hash_value", unbound)


def _locks(patch: Patch, twins: Twins) -> None:
    patch.setattr(kernel.identity.keys, "current_schema", lambda: "anywhere")


def _files(patch: Patch, twins: Twins) -> None:
    """One folder for all."""

    def key(sha256: str) -> str:
        return f"{twins.first.schema}/{sha256[:2]}/{sha256}"

    for name, module in list(sys.modules.items()):
        if name.startswith("kernel.") and hasattr(module, "key_for"):
            patch.setattr(module, "key_for", key)


def _tasks(patch: Patch, twins: Twins) -> None:
    """The worker stays where its last task was."""

    @contextmanager
    def stays(schema: str) -> Iterator[str]:
        town = twins.of(schema)
        with use(twins.other(town).schema if town else schema) as entered:
            yield entered

    patch.setattr(kernel.tasks, "use", stays)


def _messages(patch: Patch, twins: Twins) -> None:
    """The message carries whatever town the process served last, not the one that asked."""
    real = kernel.tasks.current_schema

    def other() -> str:
        town = twins.of(real())
        return twins.other(town).schema if town else real()

    patch.setattr(kernel.tasks, "current_schema", other)


def _remembered(patch: Patch, twins: Twins) -> None:
    """A function that remembers its first answer for the whole process."""
    remembered: list[Any] = []

    def get() -> Any:
        if not remembered:
            remembered.append(kernel.profile.selectors._load())
        return remembered[0]

    patch.setattr(kernel.profile.selectors.snapshot, "get", get)


def _log_lines(patch: Patch, twins: Twins) -> None:
    """Log lines keep the town of the request before."""

    @contextmanager
    def unbound(**told: Any) -> Iterator[None]:
        yield

    structlog.contextvars.bind_contextvars(tenant=twins.first.schema)
    patch.setattr(tenants.middleware.structlog.contextvars, "bound_contextvars", unbound)


def _copies(patch: Patch, twins: Twins) -> None:
    """The rows of a copy are read from the neighbour's tables."""
    real = exporting.copy_out

    def neighbours(cursor: Any, schema: str, table: Any, write: Any) -> Any:
        town = twins.of(schema)
        return real(cursor, twins.other(town).schema if town else schema, table, write)

    patch.setattr(exporting, "copy_out", neighbours)


def _numbers_only(patch: Patch, twins: Twins) -> None:
    """A page of the hub tells a text of the municipality where a number should stand."""
    real = tenants.metrics._numbers

    def told(ship: Any) -> Any:
        if twins.of(ship.town.schema_name) is None:
            return real(ship)
        with use(ship.town.schema_name):
            return {**real(ship), "jobs_open": Party.objects.latest("pk").full_name}

    patch.setattr(tenants.metrics, "_numbers", told)


SWITCHES = (
    Switch("cache keys carry the municipality", _cache_keys, "cache"),
    Switch("the host decides the municipality", _hosts, "anybody get /"),
    Switch("a connection follows the municipality", _path, "the mark of"),
    Switch("the municipality belongs to the context", _context, "the mark of", in_threads=True),
    Switch("a session is bound to its municipality", _sessions, "carried session"),
    Switch("a link that sets a password is bound", _links, "carried link"),
    Switch("a locked secret is bound", _locks, "carried secret"),
    Switch("files lie in the municipality's folder", _files, "get /files/"),
    Switch("a worker enters the message's municipality", _tasks, "carried message: is"),
    Switch("a message carries the municipality that asked", _messages, "message "),
    Switch("nothing is remembered for the whole process", _remembered, "get /"),
    Switch("log lines carry the municipality", _log_lines, "log "),
    Switch(
        "a copy is of its own municipality", _copies, "export of", acts=("export in the clear",)
    ),
    Switch("the hub sees numbers only", _numbers_only, "/metrics of hub", acts=("hub metrics",)),
)
