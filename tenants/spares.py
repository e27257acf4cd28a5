"""Spare schemas: tables of the newest release that are nobody's yet, so that a new municipality only takes a name.

A spare is made whole in one transaction and taken inside the transaction of the municipality: whoever dies on the way
leaves it as it was. Its name tells its release, so no list is kept; those of a former release are dropped, not upgraded.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from kernel.tasks import tenant_task
from kernel.tenancy import as_owner, use_shared
from tenants.backend.wall import SPARE_PREFIX, role_name
from tenants.models import Release
from tenants.release import Progress, current_release, replay
from tenants.roles import drop_role_of, grant_municipality

_KEEPERS = 7402033


@dataclass(frozen=True)
class Stock:
    """How many are ready for the newest release, and the names of those of former ones."""

    ready: int
    outdated: tuple[str, ...]


def stock(release: Release) -> Stock:
    """What stands ready. One query of the catalogue."""
    there = _spares(SPARE_PREFIX)
    ready = [name for name in there if name.startswith(_prefix(release))]
    return Stock(len(ready), tuple(sorted(set(there) - set(ready))))


def take_spare(release: Release, schema: str) -> bool:
    """Give a spare this name and its role the name's role. Inside the caller's transaction; False when none is free."""
    role = role_name(connection.settings_dict["NAME"], schema)
    for spare in _spares(_prefix(release)):
        if not _hold(spare):
            continue
        with connection.cursor() as cursor:
            of_spare = role_name(connection.settings_dict["NAME"], spare)
            cursor.execute(
                "SELECT rolname FROM pg_roles WHERE rolname IN (%s, %s)", [role, of_spare]
            )
            roles = {name for (name,) in cursor.fetchall()}
            if role in roles:
                return False  # left by a municipality of that name: its rights are given anew, not mixed with others
            cursor.execute(f'ALTER SCHEMA "{spare}" RENAME TO "{schema}"')
            if of_spare in roles:
                cursor.execute(f'ALTER ROLE "{of_spare}" RENAME TO "{role}"')
            else:
                grant_municipality(schema)
        return True
    return False


def keep_spares(count: int, *, progress: Progress = lambda line: None) -> Stock:
    """Drop what is of former releases or too many, make what is missing: one after another, each whole or not at all."""
    with as_owner(), use_shared(), connection.cursor() as cursor:
        release = current_release()
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_KEEPERS])
        if not cursor.fetchone()[0]:
            return stock(release)  # somebody is at it
        try:
            found = stock(release)
            too_many = _spares(_prefix(release))[count:]
            for name in (*found.outdated, *too_many):
                _drop(name)
                progress(f"{name}: dropped")
            for _number in range(found.ready, count):
                progress(f"{_make(release)}: ready")
            return stock(release)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_KEEPERS])


@tenant_task(name="hub.keep_spares")
def refill() -> int:
    """The stock as SPARE_SCHEMAS wants it; returns how many are ready. Runs in the hub.

    Where it wants none, those that an operator made by hand stay until they are taken or a release passes.
    """
    return keep_spares(settings.SPARE_SCHEMAS or stock(current_release()).ready).ready


def _prefix(release: Release) -> str:
    return f"{SPARE_PREFIX}{release.fingerprint[:12]}_"


def _spares(prefix: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname, %s) ORDER BY oid",
            [prefix],
        )
        return [name for (name,) in cursor.fetchall()]


def _hold(spare: str) -> bool:
    """Keep others off it until the transaction ends; False when it is held, or was taken a moment ago."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"spare:{spare}"])
        if not cursor.fetchone()[0]:
            return False
    return spare in _spares(spare)


def _make(release: Release) -> str:
    name = _prefix(release) + secrets.token_hex(4)
    with as_owner(), use_shared(), transaction.atomic():
        replay(release, name)
        grant_municipality(name)
    return name


def _drop(spare: str) -> None:
    with as_owner(), use_shared(), transaction.atomic():
        if _hold(spare):
            with connection.cursor() as cursor:
                cursor.execute(f'DROP SCHEMA "{spare}" CASCADE')
            drop_role_of(spare)
