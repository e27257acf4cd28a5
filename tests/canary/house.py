"""What the house does with a municipality from outside: exports, backups, the list of a return, the hub's pages, the metrics.

A copy carries its own municipality's marks and no other's. The hub and the collector see the register, states and
numbers; a mark stands only in a municipality's own texts, so of neither twin may one be seen there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from psycopg import sql

from kernel.files.services import store_file
from kernel.jobs.models import Job
from kernel.tasks import sealed
from kernel.tenancy import HUB, SHARED, use
from tenants.demo.towns import _staff_the_hub
from tenants.portability import keys
from tenants.portability.backups import newest_backup
from tenants.portability.database import direct, snapshot, tables_of
from tenants.portability.exporting import export_municipality
from tenants.portability.packages import opened_export
from tenants.portability.rewinding import zone_of
from tenants.portability.since import came_since, counters_behind, write_list
from tests.canary.acts import Act
from tests.canary.sightings import readable
from tests.canary.twins import Town, behind_the_house
from tests.canary.visiting import Visitor
from tests.doors import HUB as HUB_DOORS
from tests.doors import Door, doors

COLLECTOR = "canary-collector"
SENT = {
    "hub:visit": {"reason": "سؤال عن الطباعة", "minutes": "30"},
    "hub:backup": {},
}
"""Forms of the hub that are sent; the others suspend, delete, make or release municipalities, or leave."""


def house_acts() -> list[Act]:
    return [
        Act("export in the clear", "export", _exported, writes=True),
        Act("list of a return", "export", _listed, writes=True),
        Act("backup by the hub", "export", _backed_up, writes=True),
        *_hub_doors(),
        Act("hub metrics", "hub", _collected),
    ]


# --- Copies -------------------------------------------------------------------------------------------


def _exported(visitor: Visitor, town: Town) -> None:
    """Every byte of the directory."""
    _keep_a_file(visitor, town)
    with visitor.serving(town), tempfile.TemporaryDirectory(prefix="canary-export-") as room:
        made = export_municipality(town.schema, Path(room) / "export", in_the_clear=True)
        _look_at_copy(visitor, made.place, town, "export")


def _backed_up(visitor: Visitor, town: Town) -> None:
    """An operator asks for it, a worker makes it in the hub, the installation's key opens it."""
    _keep_a_file(visitor, town)
    visitor.asks(None, "post", f"/fleet/{town.schema}/copies/backup", who="operator", faulty=False)
    with use(HUB):
        job = Job.objects.filter(
            kind="portability.back_up", params__schema=town.schema
        ).latest("pk")  # fmt: skip
    visitor.works("jobs.run", [job.pk], sealed("jobs.run", HUB, [job.pk], {}), None)
    visitor.asks(None, "get", f"/jobs/{job.uid}", who="operator", faulty=False)
    copy = newest_backup(town.schema)
    if copy is None:
        visitor.sightings.tell(f"backup of {town.schema}: there is none")
        return
    with opened_export(Path(copy.place), [keys.backup_identity()]) as opened:
        _look_at_copy(visitor, opened.root, town, "backup")


def _keep_a_file(visitor: Visitor, town: Town) -> None:
    """The files that carry the mark behind their end no longer fit their digest: a copy names them as lost."""
    with visitor.inside(town) as viewer:
        store_file(f"ورقة\n{town.mark}\n".encode(), f"ورقة {town.mark}.txt", viewer)


def _look_at_copy(visitor: Visitor, place: Path, town: Town, what: str) -> None:
    own = set()
    for path in sorted(one for one in place.rglob("*") if one.is_file()):
        name = path.relative_to(place)
        where = f"{what} of {town.schema}, {name}"
        content = path.read_bytes()
        visitor.sightings.look(str(name).encode(), of=town, where=where)
        for part in readable(content, ""):
            visitor.sightings.look(part, of=town, where=where)
        if town.mark.encode() in content:
            own.add(name.parts[0])
    visitor.answered["copied"] += 1
    if not {"tables", "files"} <= own:
        visitor.sightings.tell(f"{what} of {town.schema}: its own marks only in {sorted(own)}")


def _listed(visitor: Visitor, town: Town) -> None:
    """As if the instant lay before every numbered paper: the list names all of them."""
    with (
        visitor.serving(town),
        tempfile.TemporaryDirectory(prefix="canary-list-") as room,
        direct() as own,
        snapshot(own) as now,
        behind_the_house() as raw,
        raw.transaction(force_rollback=True),
        raw.cursor() as then,
    ):
        for table in tables_of(now, town.schema):
            if {"uid", "created_at"} <= set(table.columns) and {"number", "number_text"} & set(
                table.columns
            ):
                then.execute(
                    sql.SQL("DELETE FROM {}").format(sql.Identifier(town.schema, table.name))
                )
        then.execute(
            sql.SQL("DELETE FROM {}").format(sql.Identifier(town.schema, "numbering_counter"))
        )
        instant = timezone.now() - timedelta(days=1)
        came = came_since(now, then, town.schema, instant)
        counters = counters_behind(now, then, town.schema)
        place = Path(room) / "list.xlsx"
        write_list(place, came, counters, instant=instant, zone=zone_of(town.schema))
        parts = list(readable(place.read_bytes(), ""))
    for part in parts:
        visitor.sightings.look(part, of=town, where=f"list of a return of {town.schema}")
    visitor.answered["listed"] += 1
    if not counters or not any(town.mark.encode() in part for part in parts):
        visitor.sightings.tell(f"list of a return of {town.schema}: names no paper of its own")


# --- The hub ------------------------------------------------------------------------------------------


def _hub_doors() -> Iterator[Act]:
    for door in doors(HUB_DOORS):
        if str(door) in {"account_logout", "hub:backup"}:  # leaves the hub; is an act of its own
            continue
        for who in ("operator", "coordinator", "anybody"):
            yield Act(f"hub {who} {door}", "hub", _opened_in_hub(door, who))
        if str(door) in SENT:
            yield Act(f"hub form {door}", "hub", _sent_in_hub(door), writes=True)


def _opened_in_hub(door: Door, who: str) -> Callable[[Visitor, Town], None]:
    def do(visitor: Visitor, town: Town) -> None:
        visitor.asks(
            None, "get", door.address(schema=town.schema, verb="suspend"), who=who, faulty=False
        )

    return do


def _sent_in_hub(door: Door) -> Callable[[Visitor, Town], None]:
    def do(visitor: Visitor, town: Town) -> None:
        address = door.address(schema=town.schema)
        visitor.asks(None, "post", address, who="operator", faulty=False, data=SENT[str(door)])

    return do


def _collected(visitor: Visitor, town: Town) -> None:
    answer = visitor.asks(None, "get", "/metrics", who="collector", faulty=False)
    if f'{{municipality="{town.schema}"}}'.encode() not in answer.body:
        visitor.sightings.tell(f"metrics: {answer.status}, no number of {town.schema}")


@contextmanager
def hub_staffed() -> Iterator[None]:
    """An operator and a coordinator in the hub; afterwards hub and register are as they were."""
    before = _heights()
    _staff_the_hub()
    try:
        yield
    finally:
        with behind_the_house() as raw:
            for (schema, table), height in _heights().items():
                known = before[schema, table]
                if height != known:
                    place = sql.Identifier(schema, table)
                    raw.execute(sql.SQL("DELETE FROM {} WHERE id > %s").format(place), [known])
            raw.execute("DELETE FROM hub.django_session")


def _heights() -> dict[tuple[str, str], int]:
    """The highest id of each table that has one."""
    with behind_the_house() as raw:
        tables = raw.execute(
            "SELECT table_schema, table_name FROM information_schema.columns"
            " WHERE table_schema = ANY(%s) AND column_name = 'id' AND data_type IN ('integer', 'bigint')",
            [[HUB, SHARED]],
        ).fetchall()
        return {
            (schema, table): raw.execute(
                sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(schema, table))
            ).fetchone()[0]  # type: ignore[index]
            for schema, table in tables
        }


def house_settings(room: Path) -> dict[str, str]:
    """Where copies lie during the run, and the collector's word."""
    return {
        "BACKUP_DIR": str(room / "backups"),
        "EXPORT_SCRATCH": str(room / "scratch"),
        "BACKUP_IDENTITY_FILE": str(room / "secret" / "identity"),
        "METRICS_TOKEN": COLLECTOR,
    }
