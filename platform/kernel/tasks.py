"""Background work that always knows its municipality.

A task is declared with `@tenant_task(name=...)` and asked for with `.enqueue(...)`: the message leaves only after
the transaction commits, carries the schema, and a message without one is rejected, never run elsewhere.
A broker that is away costs nothing: what must happen stands in a table (outbox, jobs, messages) and the
sweeper finds it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol, cast

import structlog
from celery import Task, shared_task
from celery.exceptions import Reject
from django.db import transaction
from kombu.exceptions import OperationalError

from kernel.tenancy import VALID_SCHEMA, current_schema, use

log = structlog.get_logger(__name__)


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
            if not VALID_SCHEMA.match(schema):
                log.error("task.rejected", task=name, why="no municipality in the message")
                raise Reject("a task without a municipality is not run", requeue=False)
            with use(schema), structlog.contextvars.bound_contextvars(tenant=schema, task=name):
                return work(*args, **kwargs)

        run.__name__ = work.__name__
        run.__doc__ = work.__doc__
        task = shared_task(bind=True, name=name, acks_late=True, typing=False, **options)(run)

        def send_to(schema: str, *args: Any, **kwargs: Any) -> None:
            try:
                task.apply_async(args=args, kwargs={**kwargs, "schema": schema}, retry=False)
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
