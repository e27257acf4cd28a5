"""Deleting a municipality: only what is archived, only with a copy that was proved, only after a waiting time."""

from __future__ import annotations

from datetime import date, timedelta

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from kernel.errors import Conflict, Refusal
from kernel.files.storage import byte_store
from kernel.jobs.models import Job
from kernel.jobs.running import RunningJob
from kernel.jobs.services import start_job
from kernel.tenancy import as_owner, use, use_shared
from kernel.viewer import Viewer
from tenants.hosts import forget_everywhere
from tenants.models import Municipality, Stage
from tenants.portability.backups import latest_verified_export
from tenants.roles import drop_role_of
from tenants.staging import NotArchived, found, move

log = structlog.get_logger(__name__)
WAITING = timedelta(days=30)
_ARCHIVED = frozenset({Stage.ARCHIVED})


class NoProvedCopy(Refusal):
    code = "no_proved_copy"
    sentence = _(
        "There is no copy of “%(schema)s” made since it was archived and proved by restoring it. Make one and prove it first."
    )


class NotYet(Conflict):
    code = "waiting_time"
    sentence = _("“%(schema)s” may be deleted from %(day)s on, not before.")


class NotAsked(Refusal):
    code = "deletion_not_asked"
    sentence = _("Nobody asked for the deletion of “%(schema)s”; ask first, then wait.")


class NameDiffers(Refusal):
    code = "name_differs"
    sentence = _("Type the short name “%(schema)s” exactly, to show that this is the one.")
    field = "confirm"


def ask_deletion(
    schema: str, *, reason: str, by: Viewer, today: date | None = None
) -> Municipality:
    """Begin the waiting time. Refuses `NotArchived` and `NoProvedCopy`."""
    by.require("hub.manage_fleet")
    if found(schema).stage != Stage.ARCHIVED:
        raise NotArchived(schema=schema)
    _proved(schema)
    day = (today or timezone.localdate()) + WAITING
    log.info("municipality.deletion_asked", tenant=schema, by=by.user_id, day=str(day))
    return move(
        schema,
        since=_ARCHIVED,
        to=Stage.ARCHIVED,
        otherwise=NotArchived,
        reason=reason,
        delete_after=day,
    )


def refuse(schema: str, *, confirm: str, by: Viewer, today: date | None = None) -> Municipality:
    """Refuses `NameDiffers`, `NotArchived`, `NotAsked`, `NotYet` and `NoProvedCopy`."""
    by.require("hub.manage_fleet")
    one = found(schema)
    if confirm != schema:
        raise NameDiffers(schema=schema)
    if one.stage != Stage.ARCHIVED:
        raise NotArchived(schema=schema)
    if one.delete_after is None:
        raise NotAsked(schema=schema)
    if (today or timezone.localdate()) < one.delete_after:
        raise NotYet(schema=schema, day=one.delete_after)
    _proved(schema)
    return one


def delete(schema: str, *, confirm: str, by: Viewer, today: date | None = None) -> None:
    """Remove the schema, its role, its files and its row; the list of its copies stays. Refuses what `refuse` does."""
    one = refuse(schema, confirm=confirm, by=by, today=today)
    # The bytes last: a crash in between leaves files without an owner, never papers without their bytes.
    with as_owner(), use(schema):
        store = byte_store()
        keys = [one.key for one in store.keys(schema) if one.key.startswith(f"{schema}/")]
    with as_owner(), use_shared(), transaction.atomic():
        with connection.cursor() as cursor:
            name = sql.Identifier(schema)
            cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(name).as_string(None))
        drop_role_of(schema)
        Municipality.objects.filter(pk=one.pk).delete()
    forget_everywhere()
    with as_owner(), use(schema):
        for key in keys:
            store.delete(key)
    log.info("municipality.deleted", tenant=schema, by=by.user_id)


def run(job: RunningJob) -> None:
    """The runner of the hub's job. A second run, after the schema is gone, has nothing left to do."""
    schema = job.params["schema"]
    with use_shared():
        there = Municipality.objects.filter(schema_name=schema).exists()
    if there:
        delete(schema, confirm=job.params["confirm"], by=job.by)
    job.finish(
        text=gettext("“%(schema)s” was deleted; its proved copy is kept.") % {"schema": schema}
    )


def ask_job(schema: str, *, confirm: str, by: Viewer) -> Job:
    """Start the deletion. What `delete` would refuse is refused at once."""
    refuse(schema, confirm=confirm, by=by)
    title = gettext("Deleting “%(schema)s”") % {"schema": schema}
    params = {"schema": schema, "confirm": confirm}
    return start_job("hub.delete", params=params, title=title, by=by)


def _proved(schema: str) -> None:
    copy = latest_verified_export(schema)
    if copy is None or copy.made_at < found(schema).stage_since:
        raise NoProvedCopy(schema=schema)
