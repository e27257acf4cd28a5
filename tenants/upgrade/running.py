"""The steps of a plan in one municipality: each in a transaction of its own, none twice, none waiting long for a lock."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import psycopg
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import errors

from kernel.tenancy import as_owner, use
from tenants.upgrade.rendering import Plan, Step

MOST_TRIES = 8
LOCK_TIMEOUT_MS = 2000
PAUSE = 0.25
_BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)


class StillBusy(RuntimeError):
    """Somebody held a table for so long that we gave up; nothing of the step was done."""


def run_plan(
    plan: Plan,
    schema: str,
    *,
    said: psycopg.Connection,
    tried: Callable[[int], None] = lambda tries: None,
    lock_timeout_ms: int = LOCK_TIMEOUT_MS,
    most_tries: int = MOST_TRIES,
    pause: float = PAUSE,
) -> int:
    """Run what is missing. Returns the number of tries of the hardest step. Refuses `StillBusy`."""
    hardest = 1
    for step in plan.steps:
        for tries in range(1, most_tries + 1):
            try:
                _run(step, schema, said=said, lock_timeout_ms=lock_timeout_ms)
                break
            except _BUSY as busy:
                tried(tries)
                hardest = max(hardest, tries + 1)
                if tries == most_tries:
                    raise StillBusy(f"{step}: {busy.diag.message_primary}") from busy
                time.sleep(pause * min(2**tries, 20) * random.uniform(0.5, 1))  # noqa: S311
    return hardest


def _run(step: Step, schema: str, *, said: psycopg.Connection, lock_timeout_ms: int) -> None:
    if step.by_django:
        return _by_django(step, schema, lock_timeout_ms=lock_timeout_ms)
    with said.transaction():
        said.execute(
            f'SET LOCAL search_path = "{schema}", extensions; SET LOCAL lock_timeout = {lock_timeout_ms}'
        )
        # The row is both the mark of a step that is done and the lock against a second runner.
        said.execute("LOCK TABLE django_migrations IN SHARE ROW EXCLUSIVE MODE")
        done = said.execute(
            "SELECT 1 FROM django_migrations WHERE app = %s AND name = %s", [step.app, step.name]
        ).fetchone()
        if done:
            return None
        if step.text:
            said.execute(step.at(schema))  # type: ignore[arg-type]
        said.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())",
            [step.app, step.name],
        )
    return None


def _by_django(step: Step, schema: str, *, lock_timeout_ms: int) -> None:
    """A migration with Python in it: Django's own way, in this municipality."""
    with as_owner(), use(schema):
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {lock_timeout_ms}")
        try:
            executor = MigrationExecutor(connection)
            if (step.app, step.name) not in executor.loader.applied_migrations:
                executor.migrate([(step.app, step.name)])
        except Exception as error:
            busy = error.__cause__
            if isinstance(busy, _BUSY):
                raise busy from error
            raise
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = 0")
