"""Take one municipality back to an instant, while its neighbours notice nothing.

The state of the instant is recovered on a server aside and copied back in one transaction. What stood until now is
kept under another name, what was issued since is listed for the accountant, and numbers that were given out since are
struck out, so that nobody gets them twice.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from psycopg import sql

from kernel.db import uuid7
from kernel.tenancy import as_owner, use_shared
from tenants.hosts import forget_everywhere
from tenants.models import SERVED, Municipality, Stage
from tenants.portability.database import direct, enter, snapshot, tables_of
from tenants.portability.errors import InstantAhead, TownBusy
from tenants.portability.exporting import write_snapshot
from tenants.portability.forgetting import forget_caches
from tenants.portability.models import Purpose
from tenants.portability.packages import Opened, directory_package, opened_export
from tenants.portability.restoring import fill_schema, prove_trail, refuse_newer, upgrade
from tenants.portability.sideserver import server_as_of
from tenants.portability.since import Counted, NewRows, came_since, counters_behind, write_list
from tenants.release import current_release
from tenants.roles import grant_municipality
from tenants.staging import NoSuchMunicipality, suspend

Progress = Callable[[str], None]
PATIENCE = 20


@dataclass(frozen=True)
class Rewound:
    """What going back did, or (dry) would do. `kept_as` is the schema in which the state until now stays."""

    instant: datetime
    came: Sequence[NewRows]
    counters: Sequence[Counted]
    rows: int
    kept_as: str
    recovered_in: float
    closed_for: float


def moment(text: str, schema: str) -> datetime:
    """The instant that was typed, in the municipality's time where no offset is given. Refuses `InstantAhead`."""
    given = datetime.fromisoformat(text)
    instant = given if given.tzinfo else given.replace(tzinfo=zone_of(schema))
    if instant > timezone.now():
        raise InstantAhead(instant=text)
    return instant


def zone_of(schema: str) -> ZoneInfo:
    with use_shared():
        region = (
            Municipality.objects.filter(schema_name=schema).values_list("region", flat=True).first()
        )
    if region is None:
        raise NoSuchMunicipality(schema=schema)
    return ZoneInfo("Asia/Gaza" if region == "GS" else "Asia/Hebron")


def rewind(
    schema: str,
    instant: datetime,
    *,
    listed_in: Path,
    dry: bool,
    address: str | None = None,
    progress: Progress = lambda line: None,
) -> Rewound:
    """Go back to the instant, or with `dry` only recover it, and write the list of what came since.

    `address` is a database that stands at the instant already; else it is recovered from the archive. Refuses
    `NoBaseBackup`, `CannotRecover`, `NotYetThen`, `ExportIsNewer`, `TownBusy`; then nothing was changed.
    """
    began = time.monotonic()
    progress("recover")
    with _address(instant, address) as place, direct(place) as then:
        recovered_in = time.monotonic() - began
        with _as_it_was(then, schema) as opened:
            refuse_newer(opened)
            with direct() as own:
                if dry:
                    progress("list")
                    with snapshot(own) as cursor, snapshot(then) as before:
                        came = came_since(cursor, before, schema, instant)
                        counters = counters_behind(cursor, before, schema)
                    write_list(listed_in, came, counters, instant=instant, zone=zone_of(schema))
                    return Rewound(
                        instant, came, counters, opened.manifest.rows, "", recovered_in, 0
                    )
                return _go_back(
                    own, then, opened, schema, instant, listed_in, recovered_in, progress
                )


@contextmanager
def _address(instant: datetime, address: str | None) -> Iterator[str]:
    if address:
        yield address
        return
    with server_as_of(instant) as found:
        yield found


@contextmanager
def _as_it_was(then: psycopg.Connection[Any], schema: str) -> Iterator[Opened]:
    """The municipality's rows of the instant. Its files lie in the store under their hashes and need no copy."""
    scratch = Path(settings.EXPORT_SCRATCH)
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rewind-", dir=scratch) as room:
        place = Path(room) / schema
        with directory_package(place) as package, snapshot(then) as cursor:
            write_snapshot(cursor, schema, package, purpose=Purpose.BACKUP, with_files=False)
        with opened_export(place) as opened:
            yield opened


def _go_back(
    own: psycopg.Connection[Any],
    then: psycopg.Connection[Any],
    opened: Opened,
    schema: str,
    instant: datetime,
    listed_in: Path,
    recovered_in: float,
    progress: Progress,
) -> Rewound:
    with use_shared():
        was_served = Municipality.objects.filter(schema_name=schema, stage__in=SERVED).first()
    progress("close")
    closed_at = time.monotonic()
    if was_served:
        suspend(schema)
    half_done = False
    kept_as = f"{schema[:30]}_until_{timezone.now():%Y%m%d%H%M%S}"
    try:
        with own.transaction(), own.cursor() as cursor, snapshot(then) as before:
            quiet(cursor, schema)
            progress("list")
            came = came_since(cursor, before, schema, instant)
            counters = counters_behind(cursor, before, schema)
            write_list(listed_in, came, counters, instant=instant, zone=zone_of(schema))
            progress("rows")
            put_aside(cursor, schema, kept_as)
            fill_schema(cursor, opened, schema)
            _strike_out(cursor, schema, counters, instant)
        half_done = True
        _make_ready(opened, schema, progress)
        half_done = False
    finally:
        # Once the rows are changed, it is served again only when everything behind them was done, too.
        if was_served and not half_done:
            serve_again(schema, was_served.stage)
    closed_for = time.monotonic() - closed_at
    return Rewound(instant, came, counters, opened.manifest.rows, kept_as, recovered_in, closed_for)


def quiet(cursor: psycopg.Cursor[Any], schema: str, mode: str = "ACCESS EXCLUSIVE") -> None:
    """Wait until nobody writes in the municipality, and let nobody begin. Refuses `TownBusy`."""
    tables = [sql.Identifier(schema, one.name) for one in tables_of(cursor, schema)]
    cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
    try:
        cursor.execute(
            sql.SQL("LOCK TABLE {} IN {} MODE").format(sql.SQL(", ").join(tables), sql.SQL(mode))
        )
    except psycopg.errors.LockNotAvailable:
        raise TownBusy(schema=schema, seconds=PATIENCE) from None


def put_aside(cursor: psycopg.Cursor[Any], schema: str, kept_as: str) -> None:
    """The state until now stays for whoever must look into it; the municipality's role has no right there."""
    cursor.execute(
        "SELECT DISTINCT grantee.rolname FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) a"
        " JOIN pg_roles grantee ON grantee.oid = a.grantee"
        " WHERE n.nspname = %s AND a.grantee <> n.nspowner",
        [schema],
    )
    for (role,) in cursor.fetchall():
        for what in ("ALL TABLES IN SCHEMA", "ALL SEQUENCES IN SCHEMA", "SCHEMA"):
            cursor.execute(
                sql.SQL("REVOKE ALL ON {} {} FROM {}").format(
                    sql.SQL(what), sql.Identifier(schema), sql.Identifier(role)
                )
            )
    cursor.execute(
        sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(
            sql.Identifier(schema), sql.Identifier(kept_as)
        )
    )


def _strike_out(
    cursor: psycopg.Cursor[Any], schema: str, counters: Sequence[Counted], instant: datetime
) -> None:
    """Numbers that were given out since are void here: their papers are in people's hands."""
    with override("ar"):
        reason = _("Given out before the return to %(instant)s; see the list of that return") % {
            "instant": f"{instant:%Y-%m-%d %H:%M}"
        }
    enter(cursor, schema)
    for one in counters:
        cursor.executemany(
            "INSERT INTO numbering_counter AS c (series, year, book, last) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (series, year, book) DO UPDATE SET last = c.last + 1",
            [(one.series, one.year, one.book)] * (one.now - one.then),
        )
        cursor.executemany(
            "INSERT INTO numbering_void (uid, created_at, series, year, book, number, reason, voided_by_name)"
            " VALUES (%s, now(), %s, %s, %s, %s, %s, 'rewind') ON CONFLICT DO NOTHING",
            [
                (uuid7(), one.series, one.year, one.book, number, reason)
                for number in range(one.then + 1, one.now + 1)
            ],
        )


def _make_ready(opened: Opened, schema: str, progress: Progress) -> None:
    with as_owner():
        with use_shared(), transaction.atomic():
            grant_municipality(schema)
        forget_caches(schema)
        newest = current_release().fingerprint
        if opened.manifest.release != newest:
            progress("upgrade")
            upgrade(schema)
            with use_shared():
                Municipality.objects.filter(schema_name=schema).update(release=newest)
        progress("trail")
        prove_trail(schema)


def serve_again(schema: str, stage: str) -> None:
    """From suspended to the stage in which it was before."""
    with use_shared():
        Municipality.objects.filter(schema_name=schema, stage=Stage.SUSPENDED).update(stage=stage)
    forget_everywhere()
