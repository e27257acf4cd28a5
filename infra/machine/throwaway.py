"""Servers for one run of the tests: their own ports, no fsync, gone with everything afterwards."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from machine.places import VAR
from machine.postgres import Postgres
from machine.report import step
from machine.supervisor import Supervisor
from machine.valkey import Valkey

PARENT = VAR / "test"


@contextmanager
def room() -> Iterator[Path]:
    """A directory of this run's own; those of runs that were killed are removed first."""
    PARENT.mkdir(parents=True, exist_ok=True)
    for left in PARENT.iterdir():
        with (left / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(left, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix="run-", dir=PARENT))
    scratch.chmod(0o711)  # the servers' user passes through it
    lock = (scratch / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        lock.close()


@contextmanager
def servers(
    scratch: Path, env: dict[str, str], *, durable: bool = False, programs: Path | None = None
) -> Iterator[Supervisor]:
    """Puts addresses into `env`; starts a server for each that is not given, the database's from `programs`.

    Whatever the caller adds to the supervisor ends with them.
    """
    supervisor = Supervisor(quiet=True)
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        if not env.get("DATABASE_URL"):
            database = Postgres(
                scratch / "postgres", scratch / "postgres.log", durable=durable, programs=programs
            )
            database.prepare()
            where = f"127.0.0.1:{database.port}"
            with step(f"Starting a throw-away PostgreSQL {database.release}", where):
                database.wait_until_ready(supervisor.add(database.child()))
                database.ensure_database()
            env["DATABASE_URL"] = database.url
        if not (env.get("BROKER_URL") and env.get("CACHE_URL")):
            valkey = Valkey(scratch / "valkey", scratch / "valkey.log", durable=durable)
            valkey.prepare()
            with step("Starting a throw-away Valkey", f"127.0.0.1:{valkey.port}"):
                valkey.wait_until_ready(supervisor.add(valkey.child()))
            env["BROKER_URL"] = env.get("BROKER_URL") or valkey.url(0)
            env["CACHE_URL"] = env.get("CACHE_URL") or valkey.url(1)
        yield supervisor
    finally:
        supervisor.stop()


def _as_interrupt(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGINT)
