"""Background work that always knows its municipality.

A task is declared with `@tenant_task(name=...)` and asked for with `.enqueue(...)`: the message leaves only after
the transaction commits and carries the schema and a seal over name, schema and arguments by the municipality's own
key. A message without a schema, with a seal that does not fit, or for a municipality that is not served now
is rejected, never run elsewhere.
A broker that is away costs nothing: what must happen stands in a table (outbox, jobs, messages) and the
sweeper finds it.
"""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast

import structlog
from celery import Task, current_app, shared_task
from celery.exceptions import Reject
from django.db import transaction
from kombu.exceptions import OperationalError
from kombu.utils import json as kombu_json

from kernel.tenancy import VALID_SCHEMA, current_schema, town_key, town_keys, use

log = structlog.get_logger(__name__)
_SEAL = "seal"
_is_served: Callable[[str], bool] = bool


def set_register(is_served: Callable[[str], bool]) -> None:
    """Given once by `tenants` at start: whether a municipality is in the register and served now."""
    global _is_served
    _is_served = is_served


def send_task(name: str, schema: str, *args: Any, **kwargs: Any) -> None:
    """Send a task by its name alone, to one municipality. For the beat, which knows tasks from manifests only."""
    current_app.send_task(name, args=args, kwargs=sealed(name, schema, args, kwargs))


def sealed(
    name: str, schema: str, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """The keyword arguments of a message with its municipality and its seal."""
    seal = _seal(town_key("task", schema=schema), name, schema, args, kwargs)
    return {**kwargs, "schema": schema, _SEAL: seal}


def _why_not(
    name: str, schema: str, args: Sequence[Any], kwargs: Mapping[str, Any], seal: str
) -> str:
    """Why a message is not run; empty when it may be."""
    if not VALID_SCHEMA.match(schema):
        return "no municipality in the message"
    good = any(
        hmac.compare_digest(seal, _seal(key, name, schema, args, kwargs))
        for key in town_keys("task", schema=schema)
    )
    if not good:
        return "the seal of the message does not fit"
    return "" if _is_served(schema) else "the municipality is not served"


def _seal(key: str, name: str, schema: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    text: str = kombu_json.dumps([name, schema, list(args), dict(kwargs)], sort_keys=True)  # type: ignore[no-untyped-call]
    return hmac.new(bytes.fromhex(key), text.encode(), "sha256").hexdigest()


class TenantTask(Protocol):
    """What `@tenant_task` gives back."""

    name: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    def enqueue(self, *args: Any, **kwargs: Any) -> None: ...

    def send_to(self, schema: str, *args: Any, **kwargs: Any) -> None: ...


def tenant_task(*, name: str, **options: Any) -> Callable[[Callable[..., Any]], TenantTask]:
    """Declare a Celery task that runs inside the municipality it was asked from."""

    def declare(work: Callable[..., Any]) -> TenantTask:
        def run(self: Task, *args: Any, schema: str = "", **kwargs: Any) -> Any:
            seal = str(kwargs.pop(_SEAL, ""))
            why = _why_not(name, schema, args, kwargs, seal)
            if why:
                log.error("task.rejected", task=name, why=why)
                raise Reject(f"{name}: {why}", requeue=False)
            with use(schema), structlog.contextvars.bound_contextvars(tenant=schema, task=name):
                return work(*args, **kwargs)

        run.__name__ = work.__name__
        run.__doc__ = work.__doc__
        task = shared_task(bind=True, name=name, acks_late=True, typing=False, **options)(run)

        def send_to(schema: str, *args: Any, **kwargs: Any) -> None:
            try:
                task.apply_async(args=args, kwargs=sealed(name, schema, args, kwargs), retry=False)
            except OperationalError as error:
                log.warning("task.broker_away", task=name, tenant=schema, error=str(error))

        def enqueue(*args: Any, **kwargs: Any) -> None:
            schema = current_schema()
            transaction.on_commit(lambda: send_to(schema, *args, **kwargs))

        declared = cast(Any, functools.wraps(work)(lambda *args, **kwargs: work(*args, **kwargs)))
        declared.name = name
        declared.enqueue = enqueue
        declared.send_to = send_to
        declared.task = task
        return cast(TenantTask, declared)

    return declare
