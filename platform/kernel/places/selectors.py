"""Reads of the register of places; the only door to a parcel, premises or holding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from kernel.parties.selectors import ids_of
from kernel.places.codes import read_code
from kernel.places.errors import PlaceNotFound
from kernel.places.holdings import largest_total_share
from kernel.places.models import Holding, LandLineage, LandUnit, Neighbourhood, Premises
from kernel.text import fold_key
from kernel.viewer import Viewer

__all__ = [
    "PlaceFound",
    "holdings_of",
    "holdings_on",
    "land_unit_for",
    "land_unit_of_id",
    "largest_total_share",
    "lineage_of",
    "neighbourhoods",
    "predecessors_of",
    "premises_for",
    "search_places",
    "successors_of",
]

READ = "parties.read"
Place = TypeVar("Place", LandUnit, Premises)


@dataclass(frozen=True)
class PlaceFound:
    """A place that answers a search; higher scores are closer."""

    place: LandUnit | Premises | Neighbourhood
    score: int


def land_unit_for(viewer: Viewer, uid: UUID) -> LandUnit:
    """The parcel behind a uid, retired or not. Refuses `NotPermitted` and `PlaceNotFound`."""
    viewer.require(READ)
    return _one(LandUnit.objects.select_related("neighbourhood"), uid=uid)


def land_unit_of_id(viewer: Viewer, land_unit_id: int) -> LandUnit:
    viewer.require(READ)
    return _one(LandUnit.objects.select_related("neighbourhood"), pk=land_unit_id)


def premises_for(viewer: Viewer, uid: UUID) -> Premises:
    """The premises behind a uid. Refuses `NotPermitted` and `PlaceNotFound`."""
    viewer.require(READ)
    return _one(Premises.objects.select_related("land_unit", "neighbourhood"), uid=uid)


def neighbourhoods() -> QuerySet[Neighbourhood]:
    """The quarters of the town as they are now, by name."""
    return Neighbourhood.objects.filter(retired_on=None).order_by("search_key")


def holdings_of(party_id: int, *, on: date | None = None) -> QuerySet[Holding]:
    """What a party (under any of its records) holds: all of it, or only what it held on a day."""
    rows = Holding.objects.filter(party_id__in=ids_of(party_id)).select_related(
        "land_unit", "premises"
    )
    return _as_of(rows, on).order_by("ends_on", "relation", "id")


def holdings_on(
    viewer: Viewer, place: LandUnit | Premises, *, on: date | None = None
) -> QuerySet[Holding]:
    """Who holds a place: everybody ever, or those of a day."""
    viewer.require(READ)
    which = {"land_unit": place} if isinstance(place, LandUnit) else {"premises": place}
    rows = Holding.objects.filter(**which).select_related("party")
    return _as_of(rows, on).order_by("ends_on", "relation", "id")


def lineage_of(viewer: Viewer, unit: LandUnit) -> QuerySet[LandLineage]:
    """The edges into and out of a parcel, in the order in which they happened."""
    viewer.require(READ)
    edges = LandLineage.objects.filter(Q(parent=unit) | Q(child=unit))
    return edges.select_related("parent", "child").order_by("happened_on", "id")


def successors_of(land_unit_id: int) -> list[int]:
    """The ids of all parcels that this one became, however often land was divided since."""
    return _follow(land_unit_id, "parent_id", "child_id")


def predecessors_of(land_unit_id: int) -> list[int]:
    """The ids of all parcels that this one was made of."""
    return _follow(land_unit_id, "child_id", "parent_id")


def search_places(viewer: Viewer, text: str, limit: int = 20) -> list[PlaceFound]:
    """Parcels by number (`643/15`, `حوض 12 قطعة 5`, a block alone), premises and quarters by name.

    Standing parcels come before retired ones, the whole number before its beginning. Refuses
    `NotPermitted` without `parties.read`.
    """
    viewer.require(READ)
    code = read_code(text)
    found = _land_units(code.key, fold_key(code.block_name), limit) if code else []
    key = fold_key(text)
    if len(key) >= 2 and not key.isdigit():
        found += [
            PlaceFound(one, 40) for one in neighbourhoods().filter(search_key__contains=key)[:limit]
        ]
        premises = Premises.objects.filter(search_key__contains=key).select_related("land_unit")
        found += [
            PlaceFound(one, 50 if one.search_key.startswith(key) else 30)
            for one in premises.order_by("search_key")[:limit]
        ]
    return sorted(found, key=lambda one: -one.score)[:limit]


def _land_units(key: str, block_name: str, limit: int) -> list[PlaceFound]:
    # A block alone (`643`) means its parcels; a parcel (`643/1`) means itself first, then 643/15 too.
    begun = key if "/" in key else f"{key}/"
    rows = LandUnit.objects.filter(search_key__startswith=begun).annotate(
        closeness=Case(
            When(search_key=key, then=Value(90)),
            When(search_key__startswith=f"{key}/", then=Value(80)),
            default=Value(60),
            output_field=IntegerField(),
        )
    )
    found = [
        PlaceFound(unit, unit.closeness - (20 if unit.is_retired else 0))
        for unit in rows.order_by("-closeness", "search_key")[: limit * 2]
    ]
    named = [one for one in found if block_name and block_name in fold_key(one.place.block_name)]  # type: ignore[union-attr]
    return sorted(named or found, key=lambda one: (-one.score, _natural(one.place)))[:limit]


def _natural(place: LandUnit | Premises | Neighbourhood) -> list[int]:
    """Parcel 2 before parcel 10."""
    return [int(number) for number in re.findall(r"\d+", place.search_key)]


def _follow(land_unit_id: int, since: str, towards: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE line(id) AS ("
            f" SELECT {towards} FROM places_landlineage WHERE {since} = %s"
            f" UNION SELECT edge.{towards} FROM places_landlineage edge JOIN line ON edge.{since} = line.id"
            f") SELECT id FROM line ORDER BY id",
            [land_unit_id],
        )
        return [row[0] for row in cursor.fetchall()]


def _as_of(rows: QuerySet[Holding], on: date | None) -> QuerySet[Holding]:
    if on is None:
        return rows
    begun = Q(starts_on=None) | Q(starts_on__lte=on)
    return rows.filter(begun, Q(ends_on=None) | Q(ends_on__gt=on))


def _one(rows: QuerySet[Place], **which: object) -> Place:
    found = rows.filter(**which).first()
    if found is None:
        raise PlaceNotFound()
    return found
