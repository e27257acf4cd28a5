"""Move one municipality to another installation: never served at both, and at one of them in the end.

Files go ahead while it works. Then it is closed here, its rows are copied and restored there, and the other register
opening it is the moment of the move: before it, giving up leaves it here; after it, it lives there and is put aside
here. A move that was broken off is looked at by running it again, which asks the other side and finishes or takes back.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kernel.files.models import Blob
from kernel.files.storage import byte_store, key_for, store_at
from kernel.tenancy import use, use_shared
from tenants.hosts import forget_everywhere
from tenants.models import Municipality, Stage
from tenants.portability.database import direct
from tenants.portability.errors import OnItsWay, OtherSideFailed
from tenants.portability.exporting import make_copy
from tenants.portability.models import Passage, Purpose
from tenants.portability.packages import directory_package
from tenants.portability.rewinding import put_aside, quiet, serve_again
from tenants.staging import NoSuchMunicipality, suspend

Progress = Callable[[str], None]
WITHIN = 3600


@dataclass(frozen=True)
class There:
    """The other installation: its database, its files, its secret's file where it is not ours."""

    database: str
    storage: str
    cache: str = ""
    hosts: Sequence[str] = ()

    def environment(self) -> dict[str, str]:
        changed = {"DATABASE_URL": self.database, "STORAGE_URL": self.storage}
        if self.cache:
            changed["CACHE_URL"] = self.cache
        return {**os.environ, "SECRET_KEY": settings.SECRET_KEY, **changed}


@dataclass(frozen=True)
class Moved:
    """The report: `closed_for` is how long nobody could work."""

    schema: str
    rows: int
    files: int
    closed_for: float
    seconds: float
    finished_earlier: bool = False


def move(schema: str, to: There, *, progress: Progress = lambda line: None) -> Moved:
    """Move it, or finish or take back a move that was broken off. Refuses `OnItsWay` (to somewhere else),
    `OtherSideFailed` and `TownBusy`; then it is served here as before."""
    began = time.monotonic()
    town = _town(schema)
    passage = _open_passage(town)
    if passage is not None:
        if passage.to != _place(to):
            raise OnItsWay(schema=schema, to=passage.to)
        if lives_there(schema, to):
            _put_aside_here(schema, passage)
            return Moved(schema, 0, 0, 0, time.monotonic() - began, finished_earlier=True)
        _give_up(schema, passage)
        town = _town(schema)
    progress("files")
    files = send_files(schema, to)
    passage = _begin(town, to)
    closed_at = time.monotonic()
    try:
        rows = _carry(schema, to, passage, progress)
    except BaseException:
        # Whether the other side opened it decides; nobody else may say that it lives here.
        if not lives_there(schema, to):
            _give_up(schema, passage)
            raise
        rows = 0
        _put_aside_here(schema, passage)
    forget_everywhere()
    closed_for = time.monotonic() - closed_at
    return Moved(schema, rows, files, closed_for, time.monotonic() - began)


def _carry(schema: str, to: There, passage: Passage, progress: Progress) -> int:
    """Rows out of here and into there; the restore there ends by opening it."""
    scratch = Path(settings.EXPORT_SCRATCH)
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    progress("close")
    suspend(schema)
    # The lock outlives the copy: whoever still wrote would write into what is left behind.
    with (
        tempfile.TemporaryDirectory(prefix="move-", dir=scratch) as room,
        direct() as own,
        own.transaction(),
        own.cursor() as cursor,
    ):
        quiet(cursor, schema, "SHARE")
        progress("rows")
        place = Path(room) / "copy"
        made = make_copy(
            schema, place, directory_package(place), purpose=Purpose.MOVE, with_files=False
        )
        send_files(schema, to)
        progress("restore there")
        hosts = [word for host in to.hosts for word in ("--host", host)]
        stage = ("--stage", passage.stage, "--not-yet")
        _tell(to, "municipality", "restore", str(place), *stage, *hosts)
        progress("open there")
        _open_there(schema, to, passage.stage)
        progress("aside")
        _aside(cursor, schema, passage)
    return made.manifest.rows


def send_files(schema: str, to: There) -> int:
    """Every content that the other store has not, under the same name. Run before the town is closed and after."""
    there, count = store_at(to.storage), 0
    with use(schema):
        for sha256, size in Blob.objects.filter(discarded_at=None).values_list("sha256", "size"):
            if not there.exists(key_for(sha256)):
                with byte_store().open(key_for(sha256)) as content:
                    there.put(key_for(sha256), content, size)
                count += 1
    return count


def lives_there(schema: str, to: There) -> bool:
    """Whether the other register serves it. Refuses `OtherSideFailed` when nobody can say."""
    try:
        with direct(to.database) as other:
            found = other.execute(
                "SELECT stage FROM public.tenants_municipality WHERE schema_name = %s", [schema]
            ).fetchone()
    except psycopg.Error as error:
        raise OtherSideFailed(why=str(error)) from error
    return found is not None and found[0] != Stage.PROVISIONING


def _open_there(schema: str, to: There, stage: str) -> None:
    """The moment of the move: one row of the other register. Only this process does it, so that nothing that
    outlives it can. A name that is being made is never served, and cleared by the next restore."""
    try:
        with direct(to.database) as other:
            changed = other.execute(
                "UPDATE public.tenants_municipality SET stage = %s WHERE schema_name = %s AND stage = %s",
                [stage, schema, Stage.PROVISIONING],
            ).rowcount
    except psycopg.Error as error:
        raise OtherSideFailed(why=str(error)) from error
    if not changed:
        raise OtherSideFailed(why=schema)
    _tell(to, "municipality", "announce")


def _tell(to: There, *words: str) -> str:
    """The product's own command, with the other installation's addresses."""
    try:
        done = subprocess.run(  # noqa: S603  our own fixed arguments
            [sys.executable, "-c", "from config.command import main; main()", *words],
            env=to.environment(),
            cwd=settings.ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=WITHIN,
        )
    except subprocess.TimeoutExpired as error:
        raise OtherSideFailed(why=str(error)) from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise OtherSideFailed(why="".join(last))
    return done.stdout


def _begin(town: Municipality, to: There) -> Passage:
    with use_shared():
        return Passage.objects.create(municipality=town, to=_place(to), stage=town.stage)


def _give_up(schema: str, passage: Passage) -> None:
    """It lives here: the passage is closed and it is served as before."""
    with use_shared(), transaction.atomic():
        Passage.objects.filter(pk=passage.pk).update(given_up_at=timezone.now())
    serve_again(schema, passage.stage)


def _put_aside_here(schema: str, passage: Passage) -> None:
    with direct() as own, own.transaction(), own.cursor() as cursor:
        _aside(cursor, schema, passage)
    forget_everywhere()


def _aside(cursor: psycopg.Cursor[Any], schema: str, passage: Passage) -> None:
    """It lives there: what stayed here is archived under another name, and whoever still waits to write is refused."""
    kept_as = f"{schema[:24]}_moved_{timezone.now():%Y%m%d%H%M%S}"
    put_aside(cursor, schema, kept_as)
    cursor.execute(
        "DELETE FROM public.tenants_host h USING public.tenants_municipality m"
        " WHERE m.id = h.tenant_id AND m.schema_name = %s",
        [schema],
    )
    cursor.execute(
        "UPDATE public.tenants_municipality SET schema_name = %s, stage = %s WHERE schema_name = %s",
        [kept_as, Stage.ARCHIVED, schema],
    )
    cursor.execute(
        "UPDATE public.portability_passage SET arrived_at = now() WHERE id = %s", [passage.pk]
    )


def _town(schema: str) -> Municipality:
    with use_shared():
        found = Municipality.objects.filter(schema_name=schema).first()
    if found is None:
        raise NoSuchMunicipality(schema=schema)
    return found  # type: ignore[no-any-return]


def _open_passage(town: Municipality) -> Passage | None:
    with use_shared():
        return Passage.objects.filter(municipality=town, arrived_at=None, given_up_at=None).first()


def _place(to: There) -> str:
    """The other database's address without its password."""
    return to.database.rsplit("@", 1)[-1]
