"""Figures of the programme: each municipality counts for itself, the hub keeps the numbers and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import structlog
from django.db import transaction
from django.utils import timezone

from kernel import registry
from kernel.activation.services import active_codes
from kernel.calendar.selectors import today
from kernel.manifest import Indicator
from kernel.tasks import tenant_task
from kernel.tenancy import HUB, use, use_shared
from kernel.viewer import Viewer
from tenants.fleet import SEEN, SIZE, measured
from tenants.models import SERVED, Figure, Municipality

log = structlog.get_logger(__name__)
# Fewer cases than this could point at a person: shown as "fewer than".
SMALLEST_CELL = 5
# Figures of a period are those of the last thirty days, the day itself with them.
SPAN = timedelta(days=29)


@dataclass(frozen=True)
class Row:
    """One municipality's line in the table of figures; values by indicator code."""

    name_ar: str
    name_en: str
    region: str
    stage: str
    is_demo: bool
    gathered_on: date | None
    values: Mapping[str, Figure]


def count_in(schema: str) -> dict[str, tuple[Decimal | None, str]]:
    """What the municipality's active modules say of it: {indicator: (value, unit)}. A failing one is None."""
    counted: dict[str, tuple[Decimal | None, str]] = {}
    with use(schema):
        active = active_codes()
        for module in registry.modules():
            if module.code not in active:
                continue
            for indicator in module.indicators:
                counted[indicator.code] = (_value(schema, indicator), indicator.unit)
    return counted


def _value(schema: str, indicator: Indicator) -> Decimal | None:
    until = today()
    try:
        with transaction.atomic():
            value = registry.load(indicator.provider)(since=until - SPAN, until=until)
    except Exception:  # one indicator that fails must not hide the others
        log.exception("figure.failed", tenant=schema, indicator=indicator.code)
        return None
    return None if value is None else Decimal(value).quantize(Decimal("0.001"))


@tenant_task(name="hub.gather_figures")
def gather_figures() -> int:
    """Ask every municipality that is served; returns how many answered. Runs in the hub.

    One that cannot answer (it is being restored, its tables are away) is logged and hides no other.
    """
    with use_shared():
        towns = list(Municipality.objects.filter(stage__in=SERVED).exclude(schema_name=HUB))
    on, answered = timezone.now().date(), 0
    for town in towns:
        try:
            counted = count_in(town.schema_name) | _of_the_house(town.schema_name)
        except Exception:
            log.exception("figures.failed", tenant=town.schema_name)
            continue
        answered += 1
        with use_shared():
            Figure.objects.bulk_create(
                [
                    Figure(municipality=town, code=code, unit=unit, value=value, on=on)
                    for code, (value, unit) in counted.items()
                ],
                update_conflicts=True,
                unique_fields=["municipality", "code", "on"],
                update_fields=["value", "unit", "gathered_at"],
            )
    return answered


def _of_the_house(schema: str) -> dict[str, tuple[Decimal | None, str]]:
    """What the fleet is put in order by, noted with the figures."""
    size, seen = measured(schema)
    return {
        SIZE: (None if size is None else Decimal(size), ""),
        SEEN: (None if seen is None else Decimal(int(seen.timestamp())), ""),
    }


def table(viewer: Viewer) -> list[Row]:
    """The newest figures of each municipality, by name. Two queries."""
    viewer.require("hub.read_programme")
    with use_shared():
        towns = list(
            Municipality.objects.exclude(schema_name=HUB)
            .filter(stage__in=SERVED)
            .order_by("is_demo", "name_ar")
        )
        newest: dict[int, dict[str, Figure]] = {}
        for figure in Figure.objects.order_by("municipality_id", "code", "-on").distinct(
            "municipality_id", "code"
        ):
            newest.setdefault(figure.municipality_id, {})[figure.code] = figure
    return [
        Row(
            town.name_ar,
            town.name_en,
            town.region,
            town.stage,
            town.is_demo,
            max((one.on for one in newest.get(town.pk, {}).values()), default=None),
            newest.get(town.pk, {}),
        )
        for town in towns
    ]


def indicators() -> list[Indicator]:
    """Every indicator that some installed module declares, in order."""
    return [one for module in registry.modules() for one in module.indicators]
