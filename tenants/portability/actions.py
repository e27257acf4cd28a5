"""`baladiyat municipality key | export | restore | backup | prove | copies | rewind | move`: what an operator types."""

from __future__ import annotations

from argparse import _SubParsersAction
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from kernel.viewer import Viewer
from tenants.hosts import forget_everywhere
from tenants.models import Stage
from tenants.portability import backups, keys
from tenants.portability.exporting import export_municipality
from tenants.portability.moving import There, move
from tenants.portability.packages import opened_export
from tenants.portability.restoring import restore_export
from tenants.portability.rewinding import moment, rewind

Say = Callable[[str], Any]
OPERATOR = Viewer.system("baladiyat municipality", channel="command")


def declare(actions: _SubParsersAction[Any]) -> None:
    """Add the verbs to `baladiyat municipality`."""
    key = actions.add_parser(
        "key", help="make the municipality's key; the private half is shown once"
    )
    key.add_argument("schema")
    key.add_argument("--new", action="store_true", help="replace the key that stands")
    key.add_argument("--public", default="", help="the public half of a key that it made itself")
    export = actions.add_parser(
        "export", help="everything of one municipality, readable without us"
    )
    export.add_argument("schema")
    export.add_argument(
        "--to", required=True, type=Path, help="a new .tar.gz.age file, or a directory"
    )
    export.add_argument(
        "--in-the-clear",
        action="store_true",
        help="an open directory; guard it like the data itself",
    )
    restore = actions.add_parser("restore", help="bring a municipality in from an export")
    restore.add_argument("source", type=Path)
    restore.add_argument("--key", type=Path, help="file with the private key; else the backup key")
    restore.add_argument("--schema", default="", help="another short name")
    restore.add_argument("--host", action="append", default=[], dest="hosts")
    restore.add_argument(
        "--stage", default=Stage.SUSPENDED, choices=["suspended", "training", "onboarding", "live"]
    )
    restore.add_argument("--not-yet", action="store_true", help="leave it closed; for a move")
    for verb, text in (
        ("backup", "make a backup now"),
        ("prove", "restore the newest backup aside"),
    ):
        one = actions.add_parser(verb, help=text)
        one.add_argument("schema")
    back = actions.add_parser("rewind", help="take one municipality back to an instant")
    back.add_argument("schema")
    back.add_argument("--to", required=True, help="for example 2026-11-22T13:00, in its own time")
    back.add_argument("--dry-run", action="store_true", help="only recover it, and write the list")
    back.add_argument("--list", type=Path, help="where the list of what came since goes (.xlsx)")
    back.add_argument("--from-database", default="", help="a database that stands at the instant")
    away = actions.add_parser(
        "move", help="to another installation; run again, it finishes or takes back"
    )
    away.add_argument("schema")
    away.add_argument("--to-database", required=True, help="DATABASE_URL of the other installation")
    away.add_argument("--to-storage", required=True, help="its STORAGE_URL")
    away.add_argument("--to-cache", default="", help="its CACHE_URL")
    away.add_argument(
        "--host", action="append", default=[], dest="hosts", help="another address there"
    )
    actions.add_parser("announce", help="every process reads the register again")
    copies = actions.add_parser("copies", help="exports and backups, and when they were proved")
    copies.add_argument("schema", nargs="?", default="")


def key(say: Say, *, schema: str, new: bool, public: str, **_: Any) -> None:
    if public:
        keys.register_key(schema, public, anew=new)
        say(f"{schema}: exports are encrypted to {public}.")
        return
    secret = keys.make_key(schema, anew=new)
    say(f"# {schema}, public key: {keys.public_key(schema)}")
    say(
        "# The private key is shown once and kept nowhere. Give it to the municipality, on paper and on a medium."
    )
    say(secret)


def export(say: Say, *, schema: str, to: Path, in_the_clear: bool, **_: Any) -> None:
    made = export_municipality(
        schema, to.resolve(), in_the_clear=in_the_clear, progress=lambda step: say(f"  {step}")
    )
    files = made.manifest.files
    say(
        f"{made.place}: {made.manifest.rows:,} rows in {len(made.manifest.tables)} tables, {files['count']} files,"
        f" {made.size / 1e6:.1f} MB, instant {made.manifest.instant}; {made.seconds:.2f} s."
    )
    if files["missing"]:
        say(
            f"WARNING: the store has lost or changed {len(files['missing'])} files; the manifest names them:"
            f" {', '.join(one[:12] for one in files['missing'][:5])}"
        )


def restore(
    say: Say,
    *,
    source: Path,
    key: Path | None,
    schema: str,
    hosts: list[str],
    stage: str,
    not_yet: bool,
    **_: Any,
) -> None:
    identities = [keys.read_identity(key.read_text())] if key else [keys.backup_identity()]
    with opened_export(source.resolve(), identities) as opened:
        about = opened.manifest
        signed = "this installation" if opened.is_ours else "another installation"
        say(f"  {about.municipality['name_ar']} as of {about.instant}, signed by {signed}")
        done = restore_export(
            opened,
            schema=schema or about.schema,
            hosts=hosts,
            stage=stage,
            not_yet=not_yet,
            by=OPERATOR,
            progress=lambda step: say(f"  {step}"),
        )
    town = done.municipality
    say(
        f"{town.name_ar} ({town.schema_name}) is whole, {town.stage}: {done.rows:,} rows equal by hash, {done.files}"
        f" files, trail sound with {done.audit_entries:,} entries"
        f"{', brought to this release' if done.upgraded else ''}; {done.seconds:.2f} s."
    )
    if done.missing_files:
        say(
            f"WARNING: {len(done.missing_files)} files were missing already when the export was made."
        )


def backup(say: Say, *, schema: str, **_: Any) -> None:
    made = backups.back_up(schema)
    say(
        f"{made.place}: {made.manifest.rows:,} rows, {made.size / 1e6:.1f} MB; {made.seconds:.2f} s."
    )


def prove(say: Say, *, schema: str, **_: Any) -> None:
    newest = backups.newest_backup(schema)
    if newest is None:
        raise CommandError(f"There is no backup of {schema}.")
    proof = backups.prove(newest)
    age = timezone.now() - newest.made_at
    say(
        f"{newest.place}: restored and compared, {proof.rows:,} rows, {proof.files} files, {proof.entries:,} entries of"
        f" the trail; {proof.seconds:.2f} s. It is {age.total_seconds() / 3600:.1f} hours old."
    )


def copies(say: Say, *, schema: str, **_: Any) -> None:
    for one in backups.copies(schema):
        proved = (
            f"proved {one.proved_at:%Y-%m-%d %H:%M}" if one.proved_at else one.fault or "not proved"
        )
        gone = ", removed" if one.removed_at else ""
        say(
            f"{one.made_at:%Y-%m-%d %H:%M}  {one.schema:20} {one.purpose:7} {one.size / 1e6:9.1f} MB  {proved}{gone}"
            f"  {one.place}"
        )


def back(
    say: Say,
    *,
    schema: str,
    to: str,
    dry_run: bool,
    list: Path | None,
    from_database: str,
    **_: Any,
) -> None:
    instant = moment(to, schema)
    listed_in = list or Path(f"{schema}-since-{instant:%Y%m%dT%H%M%S}.xlsx")
    done = rewind(
        schema,
        instant,
        listed_in=listed_in,
        dry=dry_run,
        address=from_database or None,
        progress=lambda step: say(f"  {step}"),
    )
    for one in done.came:
        say(f"    {one.count:8,} {one.title} ({one.table})")
    for counter in done.counters:
        say(
            f"    {counter.series} {counter.year} {counter.book}: {counter.then} then, {counter.now} now"
        )
    say(
        f"Since {instant.isoformat()}: the list is in {listed_in}. Recovered in {done.recovered_in:.1f} s."
    )
    if dry_run:
        say("Nothing was changed.")
        return
    say(
        f"{schema} is as it was: {done.rows:,} rows, closed for {done.closed_for:.1f} s. What stood until now is kept in"
        f" the schema {done.kept_as}; drop it when the accountant has what he needs."
    )


def away(
    say: Say,
    *,
    schema: str,
    to_database: str,
    to_storage: str,
    to_cache: str,
    hosts: list[str],
    **_: Any,
) -> None:
    there = There(database=to_database, storage=to_storage, cache=to_cache, hosts=hosts)
    done = move(schema, there, progress=lambda step: say(f"  {step}"))
    if done.finished_earlier:
        say(f"{schema} was open there already; what stayed here is put aside now.")
        return
    say(
        f"{schema} lives there now: {done.rows:,} rows, {done.files} files sent ahead; closed for"
        f" {done.closed_for:.1f} s of {done.seconds:.1f} s. Point its addresses there."
    )


def announce(say: Say, **_: Any) -> None:
    forget_everywhere()
    say("Every process reads the register again.")


VERBS: dict[str, Callable[..., None]] = {
    "key": key,
    "export": export,
    "restore": restore,
    "backup": backup,
    "prove": prove,
    "copies": copies,
    "rewind": back,
    "move": away,
    "announce": announce,
}
