"""Copy one municipality out: every row of one instant, every file, and the text of its tables."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import psycopg
from django.utils import timezone

from kernel.db.extensions import PREPARE_SQL
from kernel.files.storage import BytesMissing, byte_store, key_for
from kernel.tenancy import use, use_shared
from kernel.text.sql import FUNCTIONS_SQL
from tenants.models import Municipality
from tenants.portability import keys
from tenants.portability.database import (
    copy_out,
    direct,
    sequences_of,
    shape_of,
    snapshot,
    split,
    tables_of,
)
from tenants.portability.errors import NotYetThen, ReleaseUnknown, ShapeDiffers
from tenants.portability.layout import (
    FILES,
    LOAD,
    MANIFEST,
    PREPARE,
    README,
    README_TEXT,
    RULES,
    SEQUENCES,
    SIGNATURE,
    TABLES,
    TOWN,
    Manifest,
    TableEntry,
    file_path,
    load_script,
    sequence_script,
    table_path,
)
from tenants.portability.models import Copy, Purpose
from tenants.portability.packages import (
    Package,
    add_text,
    directory_package,
    sealed_package,
)
from tenants.portability.shelf import own_size
from tenants.release import PLACE

Progress = Callable[[str], None]
_IN_MEMORY = 1 << 22


@dataclass(frozen=True)
class Made:
    """A finished export."""

    place: Path
    manifest: Manifest
    size: int
    seconds: float


def export_municipality(
    schema: str, to: Path, *, in_the_clear: bool = False, progress: Progress = lambda line: None
) -> Made:
    """An export for the municipality itself: encrypted to its key alone, or a directory in the clear.

    Refuses `NoKey`, `PlaceTaken`, `ReleaseUnknown` and `ShapeDiffers`. The municipality goes on working meanwhile.
    """
    package = (
        directory_package(to)
        if in_the_clear
        else sealed_package(to, keys.recipients([keys.public_key(schema)]))
    )
    return make_copy(schema, to, package, purpose=Purpose.EXPORT, progress=progress)


def make_copy(
    schema: str,
    to: Path,
    package: AbstractContextManager[Package],
    *,
    purpose: str,
    progress: Progress = lambda line: None,
    with_files: bool = True,
) -> Made:
    """Write one copy into the package and into the register of copies."""
    began, moment = time.monotonic(), timezone.now()
    with direct() as connection, package as target, snapshot(connection) as cursor:
        manifest = write_snapshot(
            cursor, schema, target, purpose=purpose, progress=progress, with_files=with_files
        )
    made = Made(to, manifest, _size(to), time.monotonic() - began)
    with use_shared():
        Copy.objects.create(
            municipality=Municipality.objects.filter(schema_name=schema).first(),
            schema=schema,
            purpose=purpose,
            place=str(to),
            sha256=_hash(to),
            size=made.size,
            rows=manifest.rows,
            files=manifest.files["count"],
            missing_files=len(manifest.files["missing"]),
            release=manifest.release,
            made_at=moment,
            made_in_ms=round(made.seconds * 1000),
        )
    return made


def write_snapshot(
    cursor: psycopg.Cursor[Any],
    schema: str,
    package: Package,
    *,
    purpose: str,
    progress: Progress = lambda line: None,
    with_files: bool = True,
) -> Manifest:
    """Everything of the schema as the cursor's transaction sees it. Refuses `ReleaseUnknown`, `ShapeDiffers`."""
    cursor.execute("SELECT now(), current_setting('server_version')")
    instant, postgres = cast(tuple[Any, str], cursor.fetchone())
    municipality, release, ddl = _described(cursor, schema)
    tables = tables_of(cursor, schema)
    _check_shape(schema, ddl, {one.name: set(one.columns) for one in tables})
    progress("rows")
    entries: list[TableEntry] = []
    for table in tables:
        with _spooled() as spool:
            entry = copy_out(cursor, schema, table, spool.write)
            spool.seek(0)
            package.add(table_path(table.name), spool, entry.bytes)
        entries.append(entry)
    progress("files")
    files = _write_files(cursor, schema, package, with_files=with_files)
    before, after = split(ddl)
    sequences = sequences_of(cursor, schema)
    texts = {
        PREPARE: add_text(package, PREPARE, PREPARE_SQL + FUNCTIONS_SQL),
        TABLES: add_text(package, TABLES, before),
        RULES: add_text(package, RULES, after),
        SEQUENCES: add_text(package, SEQUENCES, sequence_script(sequences)),
        LOAD: add_text(package, LOAD, load_script(entries)),
        README: add_text(package, README, README_TEXT),
    }
    manifest = Manifest(
        purpose=purpose,
        instant=instant.isoformat(),
        postgres=postgres,
        municipality=municipality,
        release=release,
        migrations=_migrations(cursor, schema),
        tables=entries,
        sequences=sequences,
        texts=texts,
        files=files,
        audit=_trail(cursor, schema),
    )
    add_text(package, MANIFEST, manifest.text())
    add_text(package, SIGNATURE, json.dumps(keys.sign(manifest.text().encode()), indent=1) + "\n")
    return manifest


def _described(cursor: psycopg.Cursor[Any], schema: str) -> tuple[dict[str, Any], str, str]:
    """The register's row and the text of its release, read by the same snapshot (it may be another server's)."""
    cursor.execute(
        """
        SELECT m.uid::text, m.kind, m.stage, m.name_ar, m.name_en, m.governorate_ar, m.governorate_en, m.region,
            m.is_demo, m.release, r.ddl,
            (SELECT array_agg(h.domain ORDER BY h.is_primary DESC, h.domain)
             FROM public.tenants_host h WHERE h.tenant_id = m.id)
        FROM public.tenants_municipality m LEFT JOIN public.tenants_release r ON r.fingerprint = m.release
        WHERE m.schema_name = %s
        """,
        [schema],
    )
    row = cursor.fetchone()
    if row is None:
        cursor.execute("SELECT now()")
        raise NotYetThen(schema=schema, instant=cast(tuple[Any], cursor.fetchone())[0])
    names = [
        "uid",
        "kind",
        "stage",
        "name_ar",
        "name_en",
        "governorate_ar",
        "governorate_en",
        "region",
        "is_demo",
    ]
    if not row[10]:
        raise ReleaseUnknown(schema=schema)
    about = dict(zip(names, row, strict=False)) | {"schema": schema, "hosts": row[11] or []}
    return about, row[9], row[10].replace(PLACE, TOWN)


def _check_shape(schema: str, ddl: str, found: dict[str, set[str]]) -> None:
    promised = shape_of(ddl)
    for table in sorted(promised.keys() | found.keys()):
        if promised.get(table) != found.get(table):
            raise ShapeDiffers(schema=schema, table=table)


def _migrations(cursor: psycopg.Cursor[Any], schema: str) -> list[list[str]]:
    cursor.execute(f'SELECT app, name FROM "{schema}".django_migrations ORDER BY id')
    return [list(row) for row in cursor]


def _trail(cursor: psycopg.Cursor[Any], schema: str) -> dict[str, Any]:
    cursor.execute(
        f"""
        SELECT (SELECT count(*) FROM "{schema}".audit_entry), count(*), COALESCE(max(last_entry), 0),
            COALESCE((SELECT digest FROM "{schema}".audit_seal ORDER BY id DESC LIMIT 1), '')
        FROM "{schema}".audit_seal
        """
    )
    return dict(
        zip(("entries", "seals", "last_sealed", "head"), cursor.fetchone() or (), strict=True)
    )


def _write_files(
    cursor: psycopg.Cursor[Any], schema: str, package: Package, *, with_files: bool
) -> dict[str, Any]:
    """The bytes of every content that is kept, and the list of names. What the store lost is named, not hidden."""
    cursor.execute(
        f"""
        SELECT b.sha256, b.size, b.media_type, COALESCE(f.name, ''), COALESCE(f.uploaded_by_name, ''), f.created_at
        FROM "{schema}".files_blob b LEFT JOIN "{schema}".files_storedfile f ON f.blob_id = b.id
        WHERE b.discarded_at IS NULL ORDER BY b.sha256, f.id
        """
    )
    listed = cursor.fetchall()
    sizes = {row[0]: row[1] for row in listed}
    missing, count, total = [], 0, 0
    for sha256, size in sizes.items() if with_files else ():
        with _kept(schema, sha256, size) as content:
            if content is None:
                missing.append(sha256)
                continue
            package.add(file_path(sha256), content, size)
            count, total = count + 1, total + size
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["sha256", "size", "media_type", "name", "uploaded_by", "uploaded_at"])
    writer.writerows([*row[:5], row[5].isoformat() if row[5] else ""] for row in listed)
    return {
        "count": count,
        "bytes": total,
        "missing": missing,
        "elsewhere": not with_files,
        "sha256": add_text(package, FILES, text.getvalue()),
    }


@contextmanager
def _kept(schema: str, sha256: str, size: int) -> Iterator[BinaryIO | None]:
    """The content, whole and as its hash says; None when the store has lost or changed it."""
    with use(schema), _spooled() as spool:
        digest, seen = hashlib.sha256(), 0
        try:
            with byte_store().open(key_for(sha256)) as content:
                while block := content.read(1 << 18):
                    digest.update(block)
                    seen += len(block)
                    spool.write(block)
        except (BytesMissing, OSError):
            seen = -1
        spool.seek(0)
        yield spool if (seen, digest.hexdigest()) == (size, sha256) else None


def _spooled() -> BinaryIO:
    return cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))


def _size(place: Path) -> int:
    if place.is_file():
        return place.stat().st_size + own_size(place)
    return sum(one.stat().st_size for one in place.rglob("*") if one.is_file())


def _hash(place: Path) -> str:
    if not place.is_file():
        return ""
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
