"""What an installation lacks, in sentences that say what to mend. Reads only.

Each check is a function that yields `Finding`s; a check that breaks is a finding itself, so that one fault hides no other.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import psycopg
from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.printing.coverage import FONT_FOLDERS
from kernel.tenancy import HUB, as_owner, use_shared
from tenants.models import SERVED, Host, Municipality, Stage, Turn, TurnState
from tenants.owner import owner
from tenants.pooler import look
from tenants.portability.models import Copy
from tenants.release import current_release
from tenants.roles import role_wall
from tenants.spares import stock
from tenants.states import newest, states
from tenants.tasks import SEEN
from tenants.upgrade.contents import lacking

Grade = Literal["ok", "warn", "bad"]
LEAST_SPACE = 2 * 1024**3
LEAST_SECRET = 50
BEAT_LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it stands, and what to do when it does not stand well."""

    code: str
    grade: Grade
    sentence: str
    mend: str = ""


def examine() -> list[Finding]:
    """Everything, in an order in which a person would mend it."""
    found = list(_reach())
    away = any(one.grade == "bad" for one in found)
    for check in CHECKS:
        if away and check in NEED_THE_DATABASE:
            continue
        try:
            found += check()
        except Exception as error:  # a check that breaks is a finding, not the end
            found.append(
                Finding(
                    check.__name__.strip("_"),
                    "bad",
                    _("This could not be looked at: %(why)s")
                    % {"why": " ".join(str(error).split())[:200]},
                    _("Read the log of the command; the cause is usually a server that is away."),
                )
            )
    return found


def _reach() -> Iterator[Finding]:
    """Asked first, without the pool, which would try for half a minute before each of the other questions."""
    try:
        with owner():
            held = ""
    except psycopg.Error as error:
        held = " ".join(str(error).split())[:200]
    yield _when(
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


def _database() -> Iterator[Finding]:
    version, letters, encoding = _row(
        "SELECT current_setting('server_version_num')::int / 10000, datctype, pg_encoding_to_char(encoding)"
        " FROM pg_database WHERE datname = current_database()"
    )
    yield _when(
        15 <= version <= 18,
        "database_version",
        _("PostgreSQL %(version)s.") % {"version": version},
        _("Use PostgreSQL 15 to 18."),
    )
    yield _when(
        encoding == "UTF8" and letters not in {"C", "POSIX"},
        "database_letters",
        _("Encoding %(encoding)s, character type %(letters)s.")
        % {"encoding": encoding, "letters": letters},
        _(
            "Make the database in UTF-8 with the character type C.UTF-8: under C, parts of Arabic names are not found."
        ),
    )


def _settings_of_the_server() -> Iterator[Finding]:
    locks, connections, sync, fsync, checksums = _row(
        "SELECT current_setting('max_locks_per_transaction')::int, current_setting('max_connections')::int,"
        " current_setting('recovery_init_sync_method', true), current_setting('fsync'),"
        " current_setting('data_checksums')"
    )
    yield _when(
        locks >= 512,
        "database_locks",
        _("max_locks_per_transaction is %(locks)s.") % {"locks": locks},
        _(
            "Set it to 512 or more: making, copying and deleting a municipality lock all its tables."
        ),
        grade="warn",
    )
    yield _when(
        sync == "syncfs",
        "database_recovery",
        _("recovery_init_sync_method is %(sync)s.") % {"sync": sync or "?"},
        _(
            "Set it to syncfs: otherwise a start after a crash opens every file of every municipality, which takes minutes."
        ),
        grade="warn",
    )
    yield _when(
        fsync == "on",
        "database_fsync",
        _("fsync is %(fsync)s.") % {"fsync": fsync},
        _("Set fsync to on: without it a power cut loses receipts."),
    )
    yield _when(
        checksums == "on",
        "database_checksums",
        _("Data checksums are %(checksums)s.") % {"checksums": checksums},
        _(
            "Switch them on with pg_checksums while the server is stopped: rotten pages are then noticed."
        ),
        grade="warn",
    )
    yield _when(
        connections >= 50,
        "database_connections",
        _("max_connections is %(connections)s.") % {"connections": connections},
        _("Set it to 100."),
        grade="warn",
    )


def _clock() -> Iterator[Finding]:
    (there,) = _row("SELECT clock_timestamp()")
    apart = abs((there - timezone.now()).total_seconds())
    yield _when(
        apart < 2,
        "clock",
        _("The database's clock and this computer's are %(apart).1f seconds apart.")
        % {"apart": apart},
        _("Let both follow a time server (NTP)."),
    )


def _walls() -> Iterator[Finding]:
    wall = role_wall()
    grade: Grade = "warn" if wall.state == "owner_login" else "bad"
    yield _when(wall.is_whole, "roles", wall.sentence, "", grade=grade)


def _pooler() -> Iterator[Finding]:
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


def _releases() -> Iterator[Finding]:
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
    yield _when(
        not behind,
        "release",
        _("Every municipality has the newest release.")
        if not behind
        else _("Behind the newest release: %(names)s.") % {"names": ", ".join(behind[:10])},
        _("Run “baladiyat release”."),
    )
    drifted = sorted(name for name, state in refused if state == TurnState.REFUSED)
    yield _when(
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


def _spares() -> Iterator[Finding]:
    with as_owner(), use_shared():
        ready, wanted = stock(current_release()).ready, settings.SPARE_SCHEMAS
    yield _when(
        ready >= wanted,
        "spares",
        _("Tables ready for new municipalities: %(ready)s of %(wanted)s.")
        % {"ready": ready, "wanted": wanted},
        _("The beat and a worker make them; “baladiyat municipality spares” does it now."),
        grade="warn",
    )


def _broker() -> Iterator[Finding]:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
        held = True
    except Exception:  # whatever the transport raises
        held = False
    yield _when(
        held,
        "broker",
        _("The queue answers.") if held else _("The queue does not answer."),
        _("Start it, or correct BROKER_URL. Until then messages wait in the database."),
    )


def _cache() -> Iterator[Finding]:
    key = f"doctor:{time.time()}"
    caches["shared"].set(key, 1, 10)
    held = caches["shared"].get(key) == 1
    caches["shared"].delete(key)
    yield _when(
        held,
        "cache",
        _("The cache answers.") if held else _("The cache does not answer."),
        _("Start it, or correct CACHE_URL. Until then pages are slower."),
        grade="warn",
    )


def _beat() -> Iterator[Finding]:
    seen = caches["shared"].get(SEEN)
    late = seen is None or time.time() - float(seen) > BEAT_LATE.total_seconds()
    yield _when(
        not late,
        "beat",
        _("Scheduled work is being sent.")
        if not late
        else _("No scheduled work was sent in the last five minutes."),
        _(
            "Start the beat (“baladiyat-beat”) and a worker: seals, deliveries and backups depend on them."
        ),
    )


def _storage() -> Iterator[Finding]:
    parts = urlsplit(settings.STORAGE_URL)
    if parts.scheme != "file":
        yield Finding("storage", "ok", _("Files are kept at %(place)s.") % {"place": parts.netloc})
        return
    place = Path(unquote(parts.path))
    there = next((one for one in (place, *place.parents) if one.exists()), Path("/"))
    probe = there / f".doctor-{time.time_ns()}"
    try:
        probe.write_bytes(b"doctor")
        held = probe.read_bytes() == b"doctor"
    except OSError:
        held = False
    finally:
        probe.unlink(missing_ok=True)
    yield _when(
        held,
        "storage",
        _("Files can be written under %(place)s.") % {"place": place}
        if held
        else _("Files cannot be written under %(place)s.") % {"place": place},
        _("Give the directory to the user of the service, or correct STORAGE_URL."),
    )
    free = shutil.disk_usage(there).free
    yield _when(
        free > LEAST_SPACE,
        "disk",
        _("%(free).1f GB are free.") % {"free": free / 1024**3},
        _("Make room: below 2 GB the database may stop."),
    )


def _adapters() -> Iterator[Finding]:
    for code, url, what in (
        ("mail", settings.EMAIL_URL, _("Mails")),
        ("sms", settings.SMS_GATEWAY_URL, _("Text messages")),
    ):
        local = url.startswith("local")
        yield _when(
            not local,
            code,
            _("%(what)s stay in the outbox page; nobody receives them.") % {"what": what}
            if local
            else _("%(what)s leave through a server.") % {"what": what},
            _("Set EMAIL_URL and SMS_GATEWAY_URL before people depend on messages."),
            grade="warn",
        )


def _backups() -> Iterator[Finding]:
    late = timezone.now() - timedelta(days=2)
    with use_shared():
        towns = Municipality.objects.filter(stage__in=SERVED, is_demo=False).exclude(kind="hub")
        names = set(towns.values_list("schema_name", flat=True))
        fresh = set(
            Copy.objects.filter(
                removed_at=None, proved_at__isnull=False, made_at__gt=late
            ).values_list("schema", flat=True)
        )
    without = sorted(names - fresh)
    yield _when(
        not without,
        "backups",
        _("Every municipality has a proved backup of the last two days.")
        if not without
        else _("No proved backup of the last two days: %(names)s.")
        % {"names": ", ".join(without[:10])},
        _(
            "See that the worker runs, and that BACKUP_DIR has room; the hub's jobs say what went wrong."
        ),
        grade="warn",
    )


def _secrets() -> Iterator[Finding]:
    key = settings.SECRET_KEY
    yield _when(
        len(key) >= LEAST_SECRET and len(set(key)) >= 10 and "only-for-building" not in key,
        "secret_key",
        _("SECRET_KEY has %(length)s characters.") % {"length": len(key)},
        _(
            "Make a random one of 50 characters or more, and keep the old one in SECRET_KEY_FALLBACKS."
        ),
    )
    yield _when(
        not settings.DEBUG,
        "debug",
        _("DEBUG is off.") if not settings.DEBUG else _("DEBUG is on: faults show their insides."),
        _("Remove DEBUG from the environment."),
    )


def _web() -> Iterator[Finding]:
    with use_shared():
        hosts = sorted(Host.objects.values_list("domain", flat=True))
    outside = [host for host in hosts if not host.endswith("localhost")]
    yield _when(
        bool(settings.BEHIND_TLS) or not outside,
        "https",
        _("Pages are served over TLS.")
        if settings.BEHIND_TLS
        else _("Pages are served without TLS."),
        _("Put a proxy with a certificate in front and set BEHIND_TLS=true: %(hosts)s.")
        % {"hosts": ", ".join(outside[:10])},
    )
    yield _when(
        settings.HUB_HOST in hosts,
        "hub_host",
        _("The hub is served at %(host)s.") % {"host": settings.HUB_HOST},
        _("Run “baladiyat setup”: the host of HUB_HOST is not in the register."),
    )


def _printing() -> Iterator[Finding]:
    fonts = [font for folder in FONT_FOLDERS for font in Path(folder).rglob("*.[to]tf")]
    yield _when(
        bool(fonts),
        "fonts",
        _("%(count)s fonts for papers.") % {"count": len(fonts)},
        _("Install the Python packages of the lock file again: papers need their Arabic fonts."),
    )


NEED_THE_DATABASE: frozenset[Callable[[], Iterator[Finding]]] = frozenset(
    {_database, _settings_of_the_server, _clock, _walls, _pooler, _releases, _backups, _web}
)


def _when(holds: bool, code: str, sentence: str, mend: str, *, grade: Grade = "bad") -> Finding:
    return Finding(code, "ok", sentence) if holds else Finding(code, grade, sentence, mend)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _database,
    _settings_of_the_server,
    _clock,
    _walls,
    _pooler,
    _releases,
    _spares,
    _broker,
    _cache,
    _beat,
    _storage,
    _adapters,
    _backups,
    _secrets,
    _web,
    _printing,
)
