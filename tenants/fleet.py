"""The fleet as operators see it: what is served where, in which state. Nothing of a citizen is read.

Six statements, however many municipalities there are: the register, its hosts, the newest copies and turns, and for
the page in hand one question of the catalogue and one over the municipalities' own tables of staff and jobs. Sizes and
sign-ins are put in order by what was noted when the figures were last gathered: asking everybody would cost by each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.utils import timezone
from psycopg import sql

from kernel.errors import NotVisible
from kernel.tenancy import HUB, as_owner, use_shared
from kernel.text import fold_key
from kernel.viewer import Viewer
from tenants.models import SERVED, Figure, Municipality, Stage, Turn, TurnState
from tenants.portability.models import Copy
from tenants.release import current_release
from tenants.spares import stock

A_PAGE = 25
BACKUP_IS_OLD = timedelta(hours=48)
# Figures of the house itself, beside those of the modules: bytes on disk, and the last sign-in in seconds since 1970.
SIZE, SEEN = "house.size", "house.seen"
ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    "name": ("is_demo", "name_ar"),
    "state": ("stage", "name_ar"),
    "release": ("-released", "name_ar"),
    "backup": ("backed_up_at", "name_ar"),
    "made": ("-created_at",),
    "size": (F("noted_size").desc(nulls_last=True), "name_ar"),
    "seen": (F("noted_seen").asc(nulls_first=True), "name_ar"),
}


@dataclass(frozen=True)
class Ship:
    """One municipality's line. `size` is bytes on disk; what could not be asked is None."""

    town: Municipality
    hosts: tuple[str, ...]
    is_newest: bool
    turn: str
    backed_up_at: datetime | None
    size: int = 0
    seen_at: datetime | None = None
    jobs_open: int = 0
    jobs_failed: int = 0
    events_late: int = 0
    has_tables: bool = False

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is not as it should be: codes that the page puts into words."""
        found = []
        if not self.has_tables and self.town.stage != Stage.PROVISIONING:
            found.append("no_tables")
        if not self.is_newest:
            found.append("behind")
        if self.turn in {TurnState.FAILED, TurnState.REFUSED}:
            found.append("release_failed")
        if self.jobs_failed:
            found.append("jobs_failed")
        if self.events_late:
            found.append("events_late")
        late = timezone.now() - BACKUP_IS_OLD
        if not self.town.is_demo and (self.backed_up_at is None or self.backed_up_at < late):
            found.append("backup_old")
        return tuple(found)


@dataclass(frozen=True)
class Wanted:
    """What of the fleet is looked at: words in the name or address, a stage, a region, those that are behind."""

    text: str = ""
    stage: str = ""
    region: str = ""
    behind: bool = False
    schema: str = ""
    order: str = "name"


@dataclass(frozen=True)
class Fleet:
    """A page of the fleet, how many there are in all, and how many schemas stand ready for new ones."""

    ships: list[Ship] = field(default_factory=list)
    count: int = 0
    spares: int = 0


@dataclass(frozen=True)
class Totals:
    """The whole fleet in five numbers. `unsaved` are at work and have no backup of the last two days."""

    live: int
    coming: int
    closed: int
    behind: int
    unsaved: int


_SIZES = """
    SELECT n.nspname, sum(pg_total_relation_size(c.oid))::bigint
    FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'm')
    WHERE n.nspname = ANY(%s) GROUP BY n.nspname
    HAVING count(*) FILTER (WHERE c.relname IN ('identity_user', 'jobs_job', 'events_outbox')) = 3
"""
_PULSE = """
    SELECT {name},
           (SELECT max(signed_in_at) FROM {schema}.identity_user),
           (SELECT count(*) FROM {schema}.jobs_job WHERE status IN ('waiting', 'running')),
           (SELECT count(*) FROM {schema}.jobs_job
             WHERE status = 'failed' AND finished_at > now() - interval '7 days'),
           (SELECT count(*) FROM {schema}.events_outbox
             WHERE relayed_at IS NULL AND occurred_at < now() - interval '1 hour')
"""


def fleet(viewer: Viewer, wanted: Wanted = Wanted(), *, page: int = 1) -> Fleet:
    """One page of the municipalities. Refuses `NotPermitted` without `hub.read_fleet`."""
    viewer.require("hub.read_fleet")
    release = current_release()
    newest = release.fingerprint
    with use_shared():
        towns = _towns(wanted, newest)
        count = towns.count()
        here = list(
            towns.prefetch_related("domains")[max(0, page - 1) * A_PAGE : max(1, page) * A_PAGE]
        )
        names = [one.schema_name for one in here]
        hosts = {one.pk: tuple(host.domain for host in one.domains.all()) for one in here}
        spares = stock(release).ready if settings.SPARE_SCHEMAS else 0
    sizes, pulses = _asked(names)
    ships = [_ship(one, newest, hosts[one.pk], sizes, pulses) for one in here]
    return Fleet(ships, count, spares)


def totals(viewer: Viewer) -> Totals:
    """Refuses `NotPermitted` without `hub.read_fleet`. One statement beside the newest release's."""
    viewer.require("hub.read_fleet")
    newest = current_release().fingerprint
    late = timezone.now() - BACKUP_IS_OLD
    at_work = Q(stage__in=SERVED, is_demo=False)
    with use_shared():
        saved = Copy.objects.filter(
            schema=OuterRef("schema_name"), removed_at=None, fault="", made_at__gt=late
        )
        return Totals(
            **Municipality.objects.exclude(schema_name=HUB)
            .annotate(is_saved=Exists(saved))
            .aggregate(
                live=Count("pk", filter=Q(stage=Stage.LIVE)),
                coming=Count(
                    "pk", filter=Q(stage__in=[*SERVED - {Stage.LIVE}, Stage.PROVISIONING])
                ),
                closed=Count("pk", filter=Q(stage__in=[Stage.SUSPENDED, Stage.ARCHIVED])),
                behind=Count("pk", filter=~Q(release=newest) & ~Q(stage=Stage.PROVISIONING)),
                unsaved=Count("pk", filter=at_work & Q(is_saved=False)),
            )
        )


def measured(schema: str) -> tuple[int | None, datetime | None]:
    """Bytes on disk and the last sign-in of one municipality, to be noted with its figures."""
    sizes, pulses = _asked([schema])
    return sizes.get(schema), pulses[schema][0] if schema in pulses else None


def ship(viewer: Viewer, schema: str) -> Ship:
    """One municipality. Refuses `NotVisible` when there is none of that short name."""
    found = fleet(viewer, Wanted(schema=schema)).ships
    if not found:
        raise NotVisible()
    return found[0]


def _towns(wanted: Wanted, newest: str) -> QuerySet[Municipality]:
    copies = Copy.objects.filter(
        schema=OuterRef("schema_name"), removed_at=None, fault=""
    ).order_by("-made_at")
    turns = Turn.objects.filter(municipality=OuterRef("pk")).order_by("-id")
    noted = Figure.objects.filter(municipality=OuterRef("pk")).order_by("-on")
    towns = Municipality.objects.exclude(schema_name=HUB).annotate(
        backed_up_at=Subquery(copies.values("made_at")[:1]),
        released=Subquery(turns.values("finished_at")[:1]),
        turn=Subquery(turns.values("state")[:1]),
        noted_size=Subquery(noted.filter(code=SIZE).values("value")[:1]),
        noted_seen=Subquery(noted.filter(code=SEEN).values("value")[:1]),
    )
    if wanted.text:
        text = wanted.text.strip()
        named = [one.pk for one in towns if fold_key(text) in fold_key(one.name_ar)]
        towns = towns.filter(
            Q(pk__in=named)
            | Q(name_en__icontains=text)
            | Q(schema_name__icontains=text)
            | Q(domains__domain__icontains=text)
        ).distinct()
    if wanted.schema:
        towns = towns.filter(schema_name=wanted.schema)
    if wanted.stage:
        towns = towns.filter(stage=wanted.stage)
    if wanted.region:
        towns = towns.filter(region=wanted.region)
    if wanted.behind:
        towns = towns.exclude(release=newest)
    ordered: QuerySet[Municipality] = towns.order_by(*ORDERS.get(wanted.order, ORDERS["name"]))
    return ordered


def _asked(schemas: Sequence[str]) -> tuple[dict[str, int], dict[str, tuple[Any, ...]]]:
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute(_SIZES, [list(schemas)])
        sizes = dict(cursor.fetchall())
        return sizes, _pulses(cursor, sorted(sizes))


def _pulses(cursor: Any, schemas: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    if not schemas:
        return {}
    parts = [
        sql.SQL(_PULSE).format(name=sql.Literal(one), schema=sql.Identifier(one)) for one in schemas
    ]
    cursor.execute(sql.SQL(" UNION ALL ").join(parts).as_string(None))
    return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}


def _ship(
    town: Any,
    newest: str,
    hosts: tuple[str, ...],
    sizes: dict[str, int],
    pulses: dict[str, tuple[Any, ...]],
) -> Ship:
    seen, jobs_open, jobs_failed, late = pulses.get(town.schema_name, (None, 0, 0, 0))
    return Ship(
        town=town,
        hosts=hosts,
        is_newest=town.release == newest,
        turn=town.turn or "",
        backed_up_at=town.backed_up_at,
        size=sizes.get(town.schema_name, 0),
        seen_at=seen,
        jobs_open=jobs_open,
        jobs_failed=jobs_failed,
        events_late=late,
        has_tables=town.schema_name in sizes,
    )
