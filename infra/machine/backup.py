"""infra/backup: database and files of the whole house in one directory, and the proof of it.

`create` dumps the database first and copies the files after it: files are never changed or
removed under a name, so every file that the dump knows is in the copy. `verify` does what a
restore would: it loads the dump into a throw-away server and hashes every file. `base` makes what
`baladiyat municipality rewind` needs: see `archive`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from machine import throwaway
from machine.archive import KEPT, base_command
from machine.commands import run
from machine.places import VAR, ensure_var, secret
from machine.postgres import OWNER, Postgres, program
from machine.report import Trouble, complain, say, seconds, step
from machine.supervisor import Supervisor

DUMP = "database.dump"
FILES = "files"
MANIFEST = "manifest.json"
TABLES = """
SELECT schemaname, format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname !~ '^(pg_|information_schema$)' ORDER BY 1, 2
"""


def main(arguments: Sequence[str]) -> int:
    """Makes or proves a backup. 0 only when it is whole."""
    parser = argparse.ArgumentParser(prog="infra/backup", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    create = actions.add_parser("create", help="back up into a new directory under DIRECTORY")
    create.add_argument("directory", type=Path)
    verify = actions.add_parser("verify", help="prove a backup by restoring it aside")
    verify.add_argument("directory", type=Path)
    base = actions.add_parser(
        "base", help="copy the embedded database for going back in time, and archive its journal"
    )
    base.add_argument("--keep", type=int, default=KEPT, help=f"base backups to keep ({KEPT})")
    wishes = parser.parse_args(arguments)
    began = time.monotonic()
    try:
        ensure_var()
        if wishes.action == "base":
            base_command(_embedded(), wishes.keep)
        elif wishes.action == "create":
            place = create_backup(wishes.directory.resolve())
            say(
                f"\n{place} is whole ({seconds(time.monotonic() - began)}). Keys are not in it: "
                f"keep {VAR / 'secret'} apart. Prove it: infra/backup verify {place}"
            )
        else:
            found = verify_backup(wishes.directory.resolve())
            say(f"\nRestored and compared: {found} ({seconds(time.monotonic() - began)}).")
    except Trouble as trouble:
        complain(f"\n{trouble}")
        return 1
    return 0


def _embedded() -> Postgres:
    """The house's own server, as it is running now."""
    server = Postgres(VAR / "postgres", VAR / "log" / "postgres.log")
    try:
        server.port = int((server.home / "port").read_text())
    except (FileNotFoundError, ValueError):
        raise Trouble("This house has no embedded database.") from None
    server.password = secret("postgres")
    return server


def create_backup(parent: Path) -> Path:
    """A directory named after the moment; it has its final name only when it is whole."""
    settings = _settings()
    name = time.strftime("baladiyat-%Y%m%d-%H%M%S")
    part = parent / f"{name}.part"
    part.mkdir(mode=0o700, parents=True)
    with step("Dumping the database"):
        run(
            [program("pg_dump"), "--format=custom", "--no-password", "--serializable-deferrable",
             *_by_the_owner(settings["DATABASE_URL"]), f"--file={part / DUMP}",
             _without_password(settings["DATABASE_URL"])],
            env={"PGPASSWORD": _password(settings["DATABASE_URL"]), "PATH": "/usr/bin:/bin"},
            trouble="The database could not be dumped.",
        )  # fmt: skip
    storage = urlsplit(settings["STORAGE_URL"])
    if storage.scheme == "file":
        with step("Copying the files", storage.path):
            shutil.copytree(storage.path, part / FILES, symlinks=True)
    else:
        say(f"          files lie in {storage.scheme}://{storage.netloc}: back them up there")
    with step("Hashing"):
        hashes = _hashes(part)
        (part / MANIFEST).write_text(json.dumps(hashes, indent=1))
    _sync(part / MANIFEST)
    place = part.with_suffix("")
    part.replace(place)
    return place


def verify_backup(place: Path) -> str:
    """What was found in the restored copy. Refuses a backup with anything missing or changed."""
    try:
        promised = json.loads((place / MANIFEST).read_text())
    except (FileNotFoundError, ValueError) as error:
        raise Trouble(f"{place} is no whole backup: its {MANIFEST} cannot be read.") from error
    with step("Hashing"):
        present = _hashes(place)
    missing = sorted(set(promised) - set(present))
    changed = sorted(name for name in promised if present.get(name, "") != promised[name])
    if missing or changed:
        raise Trouble(
            f"{place} is damaged: {len(missing)} files are missing, "
            f"{len(changed)} differ; the first is {(missing or changed)[0]}."
        )
    with throwaway.room() as scratch:
        return _restored(place, scratch, files=len(promised) - 1)


def _restored(place: Path, scratch: Path, *, files: int) -> str:
    supervisor = Supervisor(quiet=True)
    database = Postgres(scratch / "postgres", scratch / "postgres.log", durable=False)
    try:
        database.prepare()
        with step("Restoring into a throw-away server"):
            database.wait_until_ready(supervisor.add(database.child()))
            database.ensure_database()
            run(
                [program("pg_restore"), "--exit-on-error", "--no-owner", "--no-privileges",
                 f"--role={OWNER}", "--dbname", _without_password(database.url), place / DUMP],
                env={"PGPASSWORD": database.password, "PATH": "/usr/bin:/bin"},
                trouble=f"{place / DUMP} cannot be restored.",
            )  # fmt: skip
        return f"{_counted(database)}, {files} files"
    finally:
        supervisor.stop()


def _counted(database: Postgres) -> str:
    tables = [line.split("|", 1) for line in database.psql(TABLES).splitlines()]
    counts = database.psql("".join(f"SELECT count(*) FROM {name};\n" for _, name in tables))
    rows = sum(int(line) for line in counts.split())
    return f"{len({schema for schema, _ in tables})} schemas, {len(tables)} tables, {rows:,} rows"


def _settings() -> dict[str, str]:
    """Addresses from the environment, or those of the running house."""
    given = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "STORAGE_URL")}
    noted = VAR / "run" / "environment"
    if noted.exists():
        for line in noted.read_text().splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            if name in given and not given[name]:
                given[name] = value.strip("'")
    if not given["DATABASE_URL"] or not given["STORAGE_URL"]:
        raise Trouble(
            "Which database? Start the house (infra/up --detach), or give DATABASE_URL "
            "and STORAGE_URL."
        )
    return given


def _password(url: str) -> str:
    return unquote(urlsplit(url).password or "")


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    user = f"{parts.username}@" if parts.username else ""
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"{user}{parts.hostname or ''}{port}").geturl()


def _by_the_owner(url: str) -> list[str]:
    """Where the login has no rights of its own, the dump is taken by the owner of the tables, whom it may become."""
    owner = run(
        [program("psql"), "-XAtq", "-c",
         "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
         " AND pg_get_userbyid(datdba) <> session_user AND pg_has_role(session_user, datdba, 'MEMBER')",
         _without_password(url)],
        env={"PGPASSWORD": _password(url), "PATH": "/usr/bin:/bin"},
        trouble="The database does not answer.",
    ).strip()  # fmt: skip
    return [f"--role={owner}"] if owner else []


def _hashes(place: Path) -> dict[str, str]:
    found = {}
    for path in sorted(place.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[str(path.relative_to(place))] = digest
    return found


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
