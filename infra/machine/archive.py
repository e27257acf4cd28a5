"""The archive from which one municipality goes back to an instant: base backups and the journal since.

`ARCHIVE/base/<moment>/` are copies of the whole data directory, `ARCHIVE/wal/*.gz` is PostgreSQL's journal.
Nothing is archived before the first base backup: a journal without one leads nowhere and fills the disk.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from machine.commands import run
from machine.postgres import Postgres, program
from machine.report import Trouble, say, seconds, step
from machine.servers import own

KEPT = 3
MOMENT = "%Y%m%dT%H%M%SZ"
NOTE = "taken.json"


def take_base(server: Postgres, *, keep: int = KEPT) -> Path:
    """A base backup of the running embedded server; older ones beyond `keep` go, and the journal before them."""
    archive = server.archive
    for room in (archive, archive / "base", archive / "wal"):
        own(room, server.user)
    switch = archive / "on"
    switch.touch()
    began = datetime.now(UTC)
    name = began.strftime(MOMENT)
    part = own(archive / "base" / f".{name}.part", server.user)
    with step("Copying the data directory", str(archive / "base" / name)):
        run(
            [program("pg_basebackup"), "--no-password", "--checkpoint=fast", "--wal-method=stream",
             f"--dbname=host=127.0.0.1 port={server.port} user=postgres", f"--pgdata={part / 'data'}"],
            env={"PGPASSWORD": server.password, "PATH": "/usr/bin:/bin"},
            user=server.user,
            cwd=Path("/"),
            trouble="The base backup could not be made.",
        )  # fmt: skip
    note = {"began": began.isoformat(), "ended": datetime.now(UTC).isoformat()}
    (part / NOTE).write_text(json.dumps(note) + "\n")
    place = archive / "base" / name
    part.rename(place)
    os.sync()
    _remove_old(archive, keep)
    return place


def _remove_old(archive: Path, keep: int) -> None:
    kept = sorted(one for one in (archive / "base").iterdir() if not one.name.startswith("."))
    for old in kept[:-keep]:
        shutil.rmtree(old)
    for left in (archive / "base").glob(".*.part"):
        shutil.rmtree(left)
    first = _first_segment(kept[-keep:][0])
    for segment in (archive / "wal").glob("*.gz"):
        if segment.name[8:24] < first[8:24]:
            segment.unlink()


def _first_segment(base: Path) -> str:
    """The segment of the journal with which a base backup begins."""
    label = (base / "data" / "backup_label").read_text()
    return label.split("(file ", 1)[1].split(")", 1)[0]


def base_command(server: Postgres, keep: int) -> None:
    """What `infra/backup base` says and does."""
    began = time.monotonic()
    if not (server.data / "postmaster.pid").exists():
        raise Trouble(
            "The embedded database is not running: infra/up --detach first. A server of your own "
            "needs its own archive (docs/operators.md)."
        )
    place = take_base(server, keep=keep)
    say(f"\n{place} ({seconds(time.monotonic() - began)}); the journal is archived from now on.")
