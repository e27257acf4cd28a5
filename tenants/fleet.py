"""The fleet as operators see it: what is served where, in which state. Nothing of a citizen is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from kernel.tenancy import HUB, use_shared
from kernel.viewer import Viewer
from tenants.models import Municipality
from tenants.release import current_release


@dataclass(frozen=True)
class Ship:
    """One municipality's line. `size` is bytes on disk, tables and indexes together."""

    schema: str
    name_ar: str
    name_en: str
    governorate_ar: str
    governorate_en: str
    region: str
    stage: str
    stage_title: str
    is_demo: bool
    hosts: tuple[str, ...]
    is_newest: bool
    size: int
    created_at: datetime


_SIZES = """
    SELECT n.nspname, COALESCE(sum(pg_total_relation_size(c.oid)), 0)::bigint
    FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind = 'r'
    WHERE n.nspname = ANY(%s) GROUP BY n.nspname
"""


def fleet(viewer: Viewer) -> list[Ship]:
    """All municipalities, by name. Refuses `NotPermitted` without `hub.read_fleet`."""
    viewer.require("hub.read_fleet")
    newest = current_release().fingerprint
    with use_shared():
        towns = list(
            Municipality.objects.exclude(schema_name=HUB)
            .prefetch_related("domains")
            .order_by("is_demo", "name_ar")
        )
        with connection.cursor() as cursor:
            cursor.execute(_SIZES, [[town.schema_name for town in towns]])
            sizes = dict(cursor.fetchall())
    return [
        Ship(
            schema=town.schema_name,
            name_ar=town.name_ar,
            name_en=town.name_en,
            governorate_ar=town.governorate_ar,
            governorate_en=town.governorate_en,
            region=town.region,
            stage=town.stage,
            stage_title=str(town.get_stage_display()),
            is_demo=town.is_demo,
            hosts=tuple(host.domain for host in town.domains.all()),
            is_newest=town.release == newest,
            size=sizes.get(town.schema_name, 0),
            created_at=town.created_at,
        )
        for town in towns
    ]
