"""Bring a municipality in from an export: whole and proved, or not at all.

Rows come in before keys, indexes and triggers stand, in one transaction that ends with every table read back and
compared by hash. Until everything is proved, the register holds the name as "being made" and nobody is served.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from django.db import connection, transaction

from kernel.audit.sealing import seal, verify
from kernel.files.storage import byte_store, key_for
from kernel.profile.services import keep_in_step
from kernel.tenancy import TEMPLATE, as_owner, use, use_shared
from kernel.viewer import Viewer
from tenants.hosts import forget_everywhere
from tenants.models import SERVED, Municipality, Stage
from tenants.owner import owner
from tenants.portability.database import (
    Table,
    copy_in,
    copy_out,
    direct,
    drop,
    enter,
    exists,
    in_place,
    sequences_of,
    set_sequences,
    statements,
)
from tenants.portability.errors import CannotUpgrade, ExportIsNewer, RowsDiffer, TrailBroken
from tenants.portability.forgetting import forget_caches
from tenants.portability.layout import RULES, TABLES
from tenants.portability.packages import Opened
from tenants.provisioning import Plan, check, give_up, making, reserve
from tenants.register import RegisterRow
from tenants.release import current_release
from tenants.roles import drop_role_of, grant_municipality
from tenants.states import catalogues, newest, states
from tenants.upgrade.rendering import plan_from
from tenants.upgrade.rollout import alone
from tenants.upgrade.running import run_plan

Progress = Callable[[str], None]
# A copy beside the desks rests as long as it worked, after each table, and leaves the second core alone.
REST, LONGEST_REST = 1.0, 0.5
_GENTLE = (
    "SET LOCAL max_parallel_maintenance_workers = 0; SET LOCAL max_parallel_workers_per_gather = 0"
)


@dataclass(frozen=True)
class Restored:
    """What came of a restore. `upgraded` when the export was of an older release."""

    municipality: Municipality
    rows: int
    files: int
    missing_files: Sequence[str]
    audit_entries: int
    upgraded: bool
    seconds: float


def restore_export(
    opened: Opened,
    *,
    schema: str,
    hosts: Sequence[str],
    by: Viewer,
    stage: str = Stage.SUSPENDED,
    not_yet: bool = False,
    progress: Progress = lambda line: None,
) -> Restored:
    """Restore under that name and those hosts, in `stage` (suspended: looked at before it is served). With `not_yet`
    the register goes on holding the name as "being made": whoever asked opens it.

    Refuses `ExportIsNewer`, `InvalidInput`, `SchemaTaken`, `HostTaken`, `RowsDiffer` and `TrailBroken`; then
    nothing of it is left, neither in the register nor in the database.
    """
    began = time.monotonic()
    plan = _plan(opened, schema, hosts)
    check(plan)
    older = refuse_newer(opened)
    current_release()
    # Its role is made last: until then the schema is entered by the owner's hand alone.
    with as_owner(), making(schema):
        _clear_wreck(schema)
        municipality = reserve(plan)
        try:
            return _restore(
                opened,
                municipality,
                plan,
                stage=stage,
                not_yet=not_yet,
                older=older,
                by=by,
                progress=progress,
                began=began,
            )
        except BaseException:
            _undo(municipality, schema)
            raise


def refuse_newer(opened: Opened) -> bool:
    """Whether the export is of an older release than this one. Refuses `ExportIsNewer`."""
    with use(TEMPLATE), connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        known = set(cursor.fetchall())
    theirs = {(app, name) for app, name in opened.manifest.migrations}
    if unknown := sorted(theirs - known):
        raise ExportIsNewer(first=".".join(unknown[0]), more=len(unknown) - 1)
    return theirs != known


def _restore(
    opened: Opened,
    municipality: Municipality,
    plan: Plan,
    *,
    stage: str,
    not_yet: bool,
    older: bool,
    by: Viewer,
    progress: Progress,
    began: float,
) -> Restored:
    schema = plan.schema
    progress("files")
    files = bring_files(opened, schema)
    progress("rows")
    with direct() as own, own.transaction(), own.cursor() as cursor:
        # Whatever opens it is written durably, and this before it.
        cursor.execute("SET LOCAL synchronous_commit = off")
        fill_schema(cursor, opened, schema, rest=REST)
    with use_shared(), transaction.atomic():
        grant_municipality(schema)
    forget_caches(schema)
    if older:
        progress("upgrade")
        upgrade(schema)
    progress("trail")
    entries = prove_trail(schema)
    progress("open")
    municipality.stage_before = _served_in(opened)
    open_town(municipality, plan, stage=stage, not_yet=not_yet, by=by)
    return Restored(
        municipality=municipality,
        rows=opened.manifest.rows,
        files=files,
        missing_files=opened.manifest.files["missing"],
        audit_entries=entries,
        upgraded=older,
        seconds=time.monotonic() - began,
    )


def fill_schema(
    cursor: psycopg.Cursor[Any], opened: Opened, schema: str, *, rest: float = 0
) -> None:
    """Schema, rows, rules and sequences inside the cursor's transaction, read back and compared. Refuses `RowsDiffer`.

    With `rest` it pauses so many times as long as it worked, piece by piece, so that others come in between.
    """
    enter(cursor, schema)
    cursor.execute(_GENTLE)
    with _resting(rest):
        cursor.execute(in_place(f'CREATE SCHEMA "{schema}";', schema))
        cursor.execute(in_place(opened.text(TABLES), schema))
    for entry in opened.manifest.tables:
        with _resting(rest), opened.table(entry.name) as rows:
            copy_in(cursor, schema, entry, rows)
    for piece in statements(opened.text(RULES)):
        with _resting(rest):
            cursor.execute(in_place(piece, schema))
    set_sequences(cursor, schema, opened.manifest.sequences)
    compare_rows(cursor, opened, schema, rest=rest)
    if sequences_of(cursor, schema) != opened.manifest.sequences:
        raise RowsDiffer(table="sequences")


@contextmanager
def _resting(rest: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    if rest:
        time.sleep(min(LONGEST_REST, rest * (time.monotonic() - began)))


def compare_rows(
    cursor: psycopg.Cursor[Any], opened: Opened, schema: str, *, rest: float = 0
) -> None:
    """Every table read back gives the hash that the export has for it. Refuses `RowsDiffer`."""
    keys = _keys(cursor, schema)
    for entry in opened.manifest.tables:
        table = Table(
            entry.name, tuple(entry.columns), keys.get(entry.name) or tuple(entry.columns)
        )
        with _resting(rest):
            found = copy_out(cursor, schema, table, len)
        if (found.rows, found.sha256) != (entry.rows, entry.sha256):
            raise RowsDiffer(table=entry.name)


def _keys(cursor: psycopg.Cursor[Any], schema: str) -> dict[str, tuple[str, ...]]:
    cursor.execute(
        """
        SELECT c.relname, array_agg(a.attname ORDER BY k.position)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
        CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY k (attnum, position)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
        WHERE n.nspname = %s GROUP BY c.relname
        """,
        [schema],
    )
    return {name: tuple(columns) for name, columns in cursor}


def bring_files(opened: Opened, schema: str) -> int:
    """Every content of the export into the store under this municipality; what is there already costs nothing."""
    count = 0
    store = byte_store()
    for place in sorted((opened.root / "files").glob("*/*")):
        with use(schema), place.open("rb") as content:
            store.put(key_for(place.name), content, place.stat().st_size)
        count += 1
    return count


def upgrade(schema: str) -> None:
    """Bring the restored tables to this release by the release's own plan, proved aside first like everybody's.

    Refuses `ReleaseRuns`, `CannotUpgrade` (its tables are not those of its release) and what planning refuses.
    """
    state = states([schema]).get(schema, "")
    if state != newest():
        with alone():
            plan = plan_from(state, [schema])
            if why := plan.drifted.get(schema):
                raise CannotUpgrade(why=why)
            with owner() as said:
                run_plan(plan, schema, said=said)
        if catalogues([schema])[schema] != plan.after:
            raise CannotUpgrade(why=schema)
    with use_shared(), transaction.atomic():
        grant_municipality(schema)


def prove_trail(schema: str) -> int:
    """Walk the sealed trail, then seal what was still open: its transactions were another server's. Refuses
    `TrailBroken`; returns the entries."""
    with use(schema):
        verdict = verify()
        if not verdict.sound:
            raise TrailBroken(why=verdict.first_bad)
        seal(settling=timedelta(0), alone=True)
        return verify().entries


def open_town(
    municipality: Municipality, plan: Plan, *, stage: str, not_yet: bool, by: Viewer
) -> None:
    """The municipality's own profile follows its new address; then the register opens it."""
    with use(plan.schema):
        keep_in_step(by=by, stage=stage, public_base_url=f"https://{plan.hosts[0]}")
    with use_shared(), transaction.atomic():
        municipality.stage = Stage.PROVISIONING if not_yet else stage
        municipality.release = current_release().fingerprint
        municipality.save(update_fields=["stage", "stage_before", "release"])
    forget_everywhere()


def _served_in(opened: Opened) -> str:
    """The stage that the municipality was served in where it came from: resumed here, it is in the same."""
    stage = opened.manifest.municipality["stage"]
    return stage if stage in SERVED else ""


def _plan(opened: Opened, schema: str, hosts: Sequence[str]) -> Plan:
    about = opened.manifest.municipality
    row = RegisterRow(
        name_ar=about["name_ar"],
        name_en=about["name_en"],
        governorate_ar=about["governorate_ar"],
        governorate_en=about["governorate_en"],
        region=about["region"],
        fee_class="",
        population=None,
        population_year=None,
        source="export",
    )
    return Plan(
        row=row,
        schema=schema,
        hosts=tuple(hosts or about["hosts"]),
        is_demo=about["is_demo"],
        kind=about["kind"],
    )


def _clear_wreck(schema: str) -> None:
    """What a restore that was killed left: a reserved name with a schema that was never opened."""
    with use_shared():
        left = Municipality.objects.filter(schema_name=schema, stage=Stage.PROVISIONING).first()
    if left is not None:
        _undo(left, schema)


def _undo(municipality: Municipality, schema: str) -> None:
    with direct() as own, own.transaction(), own.cursor() as cursor:
        if exists(cursor, schema):
            drop(cursor, schema)
    with use_shared():
        drop_role_of(schema)
    forget_caches(schema)
    give_up(municipality)
