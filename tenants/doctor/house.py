"""Checks of what stands around the database: queue, cache, beat, files, mail, backups, secrets, addresses, fonts."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.printing.coverage import FONT_FOLDERS
from kernel.tenancy import as_owner, use_shared
from tenants.doctor.findings import Finding, when
from tenants.models import SERVED, Host, Municipality
from tenants.portability.models import Copy
from tenants.release import current_release
from tenants.spares import stock
from tenants.tasks import SEEN

LEAST_SPACE = 2 * 1024**3
LEAST_SECRET = 50
BEAT_LATE = timedelta(minutes=5)


def spares() -> Iterator[Finding]:
    with as_owner(), use_shared():
        ready, wanted = stock(current_release()).ready, settings.SPARE_SCHEMAS
    yield when(
        ready >= wanted,
        "spares",
        _("Tables ready for new municipalities: %(ready)s of %(wanted)s.")
        % {"ready": ready, "wanted": wanted},
        _("The beat and a worker make them; “baladiyat municipality spares” does it now."),
        grade="warn",
    )


def broker() -> Iterator[Finding]:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
        held = True
    except Exception:  # whatever the transport raises
        held = False
    yield when(
        held,
        "broker",
        _("The queue answers.") if held else _("The queue does not answer."),
        _("Start it, or correct BROKER_URL. Until then messages wait in the database."),
    )


def cache() -> Iterator[Finding]:
    key = f"doctor:{time.time()}"
    caches["shared"].set(key, 1, 10)
    held = caches["shared"].get(key) == 1
    caches["shared"].delete(key)
    yield when(
        held,
        "cache",
        _("The cache answers.") if held else _("The cache does not answer."),
        _("Start it, or correct CACHE_URL. Until then pages are slower."),
        grade="warn",
    )


def beat() -> Iterator[Finding]:
    seen = caches["shared"].get(SEEN)
    late = seen is None or time.time() - float(seen) > BEAT_LATE.total_seconds()
    yield when(
        not late,
        "beat",
        _("Scheduled work is being sent.")
        if not late
        else _("No scheduled work was sent in the last five minutes."),
        _(
            "Start the beat (“baladiyat-beat”) and a worker: seals, deliveries and backups depend on them."
        ),
    )


def storage() -> Iterator[Finding]:
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
    yield when(
        held,
        "storage",
        _("Files can be written under %(place)s.") % {"place": place}
        if held
        else _("Files cannot be written under %(place)s.") % {"place": place},
        _("Give the directory to the user of the service, or correct STORAGE_URL."),
    )
    free = shutil.disk_usage(there).free
    yield when(
        free > LEAST_SPACE,
        "disk",
        _("%(free).1f GB are free.") % {"free": free / 1024**3},
        _("Make room: below 2 GB the database may stop."),
    )


def adapters() -> Iterator[Finding]:
    for code, url, what in (
        ("mail", settings.EMAIL_URL, _("Mails")),
        ("sms", settings.SMS_GATEWAY_URL, _("Text messages")),
    ):
        local = url.startswith("local")
        yield when(
            not local,
            code,
            _("%(what)s stay in the outbox page; nobody receives them.") % {"what": what}
            if local
            else _("%(what)s leave through a server.") % {"what": what},
            _("Set EMAIL_URL and SMS_GATEWAY_URL before people depend on messages."),
            grade="warn",
        )


def backups() -> Iterator[Finding]:
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
    yield when(
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


def secrets() -> Iterator[Finding]:
    key = settings.SECRET_KEY
    yield when(
        len(key) >= LEAST_SECRET and len(set(key)) >= 10 and "only-for-building" not in key,
        "secret_key",
        _("SECRET_KEY has %(length)s characters.") % {"length": len(key)},
        _(
            "Make a random one of 50 characters or more, and keep the old one in SECRET_KEY_FALLBACKS."
        ),
    )
    yield when(
        not settings.DEBUG,
        "debug",
        _("DEBUG is off.") if not settings.DEBUG else _("DEBUG is on: faults show their insides."),
        _("Remove DEBUG from the environment."),
    )


def web() -> Iterator[Finding]:
    with use_shared():
        hosts = sorted(Host.objects.values_list("domain", flat=True))
    outside = [host for host in hosts if not host.endswith("localhost")]
    yield when(
        bool(settings.BEHIND_TLS) or not outside,
        "https",
        _("Pages are served over TLS.")
        if settings.BEHIND_TLS
        else _("Pages are served without TLS."),
        _("Put a proxy with a certificate in front and set BEHIND_TLS=true: %(hosts)s.")
        % {"hosts": ", ".join(outside[:10])},
    )
    yield when(
        settings.HUB_HOST in hosts,
        "hub_host",
        _("The hub is served at %(host)s.") % {"host": settings.HUB_HOST},
        _("Run “baladiyat setup”: the host of HUB_HOST is not in the register."),
    )


def printing() -> Iterator[Finding]:
    fonts = [font for folder in FONT_FOLDERS for font in Path(folder).rglob("*.[to]tf")]
    yield when(
        bool(fonts),
        "fonts",
        _("%(count)s fonts for papers.") % {"count": len(fonts)},
        _("Install the Python packages of the lock file again: papers need their Arabic fonts."),
    )
