"""Checks of the database: what it is, how it is set, and whether municipalities are kept apart and up to date in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.tenancy import HUB, as_owner, use_shared
from tenants.doctor.findings import Finding, Grade, when
from tenants.models import Municipality, Stage, Turn, TurnState
from tenants.owner import owner
from tenants.pooler import look
from tenants.roles import role_wall
from tenants.states import newest, states
from tenants.upgrade.contents import lacking


def reach() -> Iterator[Finding]:
    """Asked first, without the pool, which would try for half a minute before each of the other questions."""
    try:
        with owner():
            held = ""
    except psycopg.Error as error:
        held = " ".join(str(error).split())[:200]
    yield when(
        not held,
        "database",
        _("The database answers.")
        if not held
        else _("The database cannot be reached: %(why)s") % {"why": held},
        _("Start it, or correct DATABASE_URL. What needs it was not looked at."),
    )


def _row(text: str, *values: Any) -> tuple[Any, ...]:
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute(text, list(values) or None)
        return tuple(cursor.fetchone())


def database() -> Iterator[Finding]:
    version, letters, encoding = _row(
        "SELECT current_setting('server_version_num')::int / 10000, datctype, pg_encoding_to_char(encoding)"
        " FROM pg_database WHERE datname = current_database()"
    )
    yield when(
        15 <= version <= 18,
        "database_version",
        _("PostgreSQL %(version)s.") % {"version": version},
        _("Use PostgreSQL 15 to 18."),
    )
    yield when(
        encoding == "UTF8" and letters not in {"C", "POSIX"},
        "database_letters",
        _("Encoding %(encoding)s, character type %(letters)s.")
        % {"encoding": encoding, "letters": letters},
        _(
            "Make the database in UTF-8 with the character type C.UTF-8: under C, parts of Arabic names are not found."
        ),
    )


def settings_of_the_server() -> Iterator[Finding]:
    locks, connections, sync, fsync, checksums = _row(
        "SELECT current_setting('max_locks_per_transaction')::int, current_setting('max_connections')::int,"
        " current_setting('recovery_init_sync_method', true), current_setting('fsync'),"
        " current_setting('data_checksums')"
    )
    yield when(
        locks >= 512,
        "database_locks",
        _("max_locks_per_transaction is %(locks)s.") % {"locks": locks},
        _(
            "Set it to 512 or more: making, copying and deleting a municipality lock all its tables."
        ),
        grade="warn",
    )
    yield when(
        sync == "syncfs",
        "database_recovery",
        _("recovery_init_sync_method is %(sync)s.") % {"sync": sync or "?"},
        _(
            "Set it to syncfs: otherwise a start after a crash opens every file of every municipality, which takes minutes."
        ),
        grade="warn",
    )
    yield when(
        fsync == "on",
        "database_fsync",
        _("fsync is %(fsync)s.") % {"fsync": fsync},
        _("Set fsync to on: without it a power cut loses receipts."),
    )
    yield when(
        checksums == "on",
        "database_checksums",
        _("Data checksums are %(checksums)s.") % {"checksums": checksums},
        _(
            "Switch them on with pg_checksums while the server is stopped: rotten pages are then noticed."
        ),
        grade="warn",
    )
    yield when(
        connections >= 50,
        "database_connections",
        _("max_connections is %(connections)s.") % {"connections": connections},
        _("Set it to 100."),
        grade="warn",
    )


def clock() -> Iterator[Finding]:
    (there,) = _row("SELECT clock_timestamp()")
    apart = abs((there - timezone.now()).total_seconds())
    yield when(
        apart < 2,
        "clock",
        _("The database's clock and this computer's are %(apart).1f seconds apart.")
        % {"apart": apart},
        _("Let both follow a time server (NTP)."),
    )


def walls() -> Iterator[Finding]:
    wall = role_wall()
    grade: Grade = "warn" if wall.state == "owner_login" else "bad"
    yield when(wall.is_whole, "roles", wall.sentence, "", grade=grade)


def pooler() -> Iterator[Finding]:
    found = look(owner)
    if not found.mixes:
        yield Finding(
            "pooler",
            "ok",
            _("A pooler stands between, and each connection keeps its own process of the database.")
            if found.between
            else _("Connections lead to the database itself."),
        )
        return
    roles_lost = found.keeps_path and settings.DATABASE_ROLE_WALL
    yield Finding(
        "pooler",
        "warn" if found.keeps_path and not roles_lost else "bad",
        _(
            "A pooler answers one connection from several processes of the database, and keeps the path."
        )
        if found.keeps_path
        else _(
            "A pooler answers one connection from several processes of the database, and forgets the path:"
            " municipalities would be mixed."
        ),
        _(
            "Set it to session mode. The operators' page says under which conditions another mode will do."
        ),
    )


def releases() -> Iterator[Finding]:
    wanted = newest()
    with use_shared():
        made = Municipality.objects.exclude(stage=Stage.PROVISIONING)
        towns = list(made.values_list("schema_name", flat=True))
        refused = list(
            Turn.objects.filter(rollout__finished_at__isnull=False)
            .order_by("municipality", "-id")
            .distinct("municipality")
            .values_list("municipality__schema_name", "state")
        )
    there = states(towns)
    behind = sorted(
        {name for name in towns if there.get(name) != wanted}
        | {*lacking([one for one in towns if one != HUB])}
    )
    yield when(
        not behind,
        "release",
        _("Every municipality has the newest release.")
        if not behind
        else _("Behind the newest release: %(names)s.") % {"names": ", ".join(behind[:10])},
        _("Run “baladiyat release”."),
    )
    drifted = sorted(name for name, state in refused if state == TurnState.REFUSED)
    yield when(
        not drifted,
        "drift",
        _("No municipality was refused by the last release.")
        if not drifted
        else _("Their tables are not those of their release: %(names)s.")
        % {"names": ", ".join(drifted)},
        _(
            "“baladiyat release --dry-run” names the differences; undo them by hand, then release again."
        ),
    )
