"""Backups by the clock, one municipality at a time, and the proof that the newest one can be restored.

A backup is an export that the installation's own backup key opens, too. Proving restores it into a throw-away schema,
compares every row and walks the trail; only then does it count as a backup.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zlib import crc32

import structlog
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.audit.sealing import verify
from kernel.errors import Refusal
from kernel.jobs.models import OPEN, Job
from kernel.jobs.running import RunningJob
from kernel.jobs.services import start_job
from kernel.tasks import tenant_task
from kernel.tenancy import HUB, as_owner, use, use_shared
from kernel.viewer import Viewer
from tenants.models import SERVED, Municipality, Stage
from tenants.portability import keys
from tenants.portability.database import direct, drop
from tenants.portability.errors import TrailBroken
from tenants.portability.exporting import Made, make_copy
from tenants.portability.models import Copy, Purpose
from tenants.portability.packages import opened_export, shelved_package
from tenants.portability.restoring import REST, fill_schema, refuse_newer
from tenants.portability.shelf import discard

log = structlog.get_logger(__name__)
HOUSE = Viewer.system("portability")
# So many at most are begun every ten minutes: the desks come first.
AT_ONCE = 4


@dataclass(frozen=True)
class Proof:
    """What a restore drill showed."""

    copy: Copy
    rows: int
    files: int
    entries: int
    seconds: float


def back_up(schema: str) -> Made:
    """Make a backup now, under BACKUP_DIR; files that the newest one holds are shared. Refuses what `make_copy` refuses."""
    moment = timezone.now()
    place = Path(settings.BACKUP_DIR) / schema / f"{schema}-{moment:%Y%m%dT%H%M%S%f}.tar.gz.age"
    own = keys.public_key_or_none(schema)
    publics = [str(keys.backup_identity().to_public()), *([own] if own else [])]
    before = newest_backup(schema)
    # A faulty one is not shared with: its files are written anew.
    package = shelved_package(
        place, publics, before=Path(before.place) if before and not before.fault else None
    )
    return make_copy(schema, place, package, purpose=Purpose.BACKUP)


def prove(copy: Copy) -> Proof:
    """Restore the backup into a schema that nobody can enter, compare, drop it, and write down what was found.

    Refuses what opening and restoring refuse; the fault is written beside the copy first.
    """
    began = time.monotonic()
    try:
        rows, files, entries = _restore_aside(copy)
    except Refusal as refusal:
        _note(copy, fault=str(refusal))
        raise
    took = time.monotonic() - began
    _note(copy, fault="", proved_at=timezone.now(), proved_in_ms=round(took * 1000))
    return Proof(copy, rows, files, entries, took)


def _restore_aside(copy: Copy) -> tuple[int, int, int]:
    aside = f"drill_{copy.schema}"[:48]
    with opened_export(Path(copy.place), [keys.backup_identity()]) as opened:
        refuse_newer(opened)
        with direct() as own:
            try:
                with own.transaction(), own.cursor() as cursor:
                    drop(cursor, aside)
                    cursor.execute("SET LOCAL synchronous_commit = off")
                    fill_schema(cursor, opened, aside, rest=REST)
                with as_owner(), use(aside):
                    verdict = verify()
            finally:
                with own.transaction(), own.cursor() as cursor:
                    drop(cursor, aside)
        if not verdict.sound:
            raise TrailBroken(why=verdict.first_bad)
        return opened.manifest.rows, opened.manifest.files["count"], verdict.entries


def _note(copy: Copy, **changes: object) -> None:
    with use_shared():
        Copy.objects.filter(pk=copy.pk).update(**changes)
    for name, value in changes.items():
        setattr(copy, name, value)


def newest_backup(schema: str) -> Copy | None:
    with use_shared():
        return _kept().filter(schema=schema).order_by("-made_at").first()


def latest_verified_export(schema: str) -> Copy | None:
    """The newest backup that was restored and found whole; None when there is none."""
    with use_shared():
        return _kept().filter(schema=schema).exclude(proved_at=None).order_by("-made_at").first()


def backup_age(schema: str, *, now: datetime | None = None) -> timedelta | None:
    """How old the newest proved backup is: what would be lost if everything else were. None: there is none."""
    found = latest_verified_export(schema)
    return (now or timezone.now()) - found.made_at if found else None


def copies(schema: str = "", *, most: int = 500) -> list[Copy]:
    """The copies that were made, newest first; of one municipality or of all."""
    with use_shared():
        found = Copy.objects.filter(schema=schema) if schema else Copy.objects.all()
        return list(found.order_by("-made_at")[:most])


def remove_old(*, now: datetime | None = None) -> int:
    """Remove backups older than BACKUP_KEEP_DAYS; the newest one and the newest proved one always stay."""
    moment = now or timezone.now()
    removed = 0
    with use_shared():
        old = list(_kept().filter(made_at__lt=moment - timedelta(days=settings.BACKUP_KEEP_DAYS)))
    for copy in old:
        stay = {
            one.pk
            for one in (newest_backup(copy.schema), latest_verified_export(copy.schema))
            if one
        }
        if copy.pk not in stay:
            discard(Path(copy.place))
            _note(copy, removed_at=moment)
            removed += 1
    return removed


@tenant_task(name="portability.keep_copies")
def keep_copies() -> int:
    """Begin the backups that are due, prove one that was not, remove old ones. Runs in the hub, every ten minutes."""
    remove_old()
    begun = 0
    for schema in due_for_backup(timezone.now())[:AT_ONCE]:
        begun += _begin(
            "portability.back_up", schema, _("Backup of %(schema)s") % {"schema": schema}
        )
    for schema in due_for_proof()[:1]:
        begun += _begin(
            "portability.prove", schema, _("Proof of the backup of %(schema)s") % {"schema": schema}
        )
    return begun


def due_for_backup(now: datetime) -> list[str]:
    """Municipalities without a backup since their turn came last. Turns are spread over the period by name."""
    due = []
    for schema in _towns():
        newest = newest_backup(schema)
        if newest is None or newest.made_at < turn_of(schema, now):
            due.append(schema)
    return due


def turn_of(schema: str, now: datetime) -> datetime:
    """When the municipality's turn last came: the same time of day every day, another for each."""
    period = settings.BACKUP_EVERY_HOURS * 3600
    offset = crc32(schema.encode()) % period
    since = (now.timestamp() - offset) % period
    return now - timedelta(seconds=since)


def due_for_proof() -> list[str]:
    """Municipalities whose newest backup was neither proved nor found faulty, the longest unproved first."""
    with use_shared():
        seen: dict[str, Copy] = {}
        for copy in _kept().filter(schema__in=_towns()).order_by("schema", "-made_at"):
            seen.setdefault(copy.schema, copy)
    waiting = [one for one in seen.values() if one.proved_at is None and not one.fault]
    return [one.schema for one in sorted(waiting, key=lambda one: one.made_at)]


def _begin(kind: str, schema: str, title: str) -> int:
    if Job.objects.filter(kind=kind, status__in=OPEN, params__schema=schema).exists():
        return 0
    start_job(kind, params={"schema": schema}, title=title, by=HOUSE)
    return 1


def run_backup(job: RunningJob) -> None:
    """A backup as a job of the hub."""
    made = back_up(job.params["schema"])
    job.finish(
        text=_("%(rows)s rows and %(files)s files in %(seconds)s s")
        % {
            "rows": made.manifest.rows,
            "files": made.manifest.files["count"],
            "seconds": f"{made.seconds:.1f}",
        }
    )


def run_drill(job: RunningJob) -> None:
    """A restore drill as a job of the hub."""
    copy = newest_backup(job.params["schema"])
    if copy is None:
        job.fail(_("There is no backup of %(schema)s.") % {"schema": job.params["schema"]})
        return
    proof = prove(copy)
    job.finish(
        text=_("Restored and compared: %(rows)s rows, %(files)s files, in %(seconds)s s")
        % {"rows": proof.rows, "files": proof.files, "seconds": f"{proof.seconds:.1f}"}
    )


def _towns() -> Sequence[str]:
    with use_shared():
        kept = Municipality.objects.filter(Q(stage__in=SERVED) | Q(stage=Stage.SUSPENDED))
        return list(
            kept.exclude(schema_name=HUB)
            .order_by("schema_name")
            .values_list("schema_name", flat=True)
        )


def _kept() -> QuerySet[Copy]:
    return Copy.objects.filter(purpose=Purpose.BACKUP, removed_at=None)
