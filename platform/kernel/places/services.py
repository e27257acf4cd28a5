"""Writes of the register of places: register, split, merge, renumber, premises.

What must not live here: search (selectors), holdings (`holdings`). A parcel that was split, merged
or renumbered is retired, never deleted; holds and dues pass to successors by explicit rule of those
who keep them (they listen to `LandUnitsSucceeded`), never silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import Stale
from kernel.events.services import emit
from kernel.places.constants import AREA_TOLERANCE, LineageKind, PremisesKind, Relation
from kernel.places.errors import (
    LandUnitAlreadyRegistered,
    LandUnitRetired,
    NeighbourhoodAlreadyRegistered,
    PartsExceedWhole,
    PlaceFactsRefused,
    PlaceNotFound,
    TooFewUnits,
)
from kernel.places.events import LandUnitRegistered, LandUnitsSucceeded
from kernel.places.facts import NOT_AN_AREA, REQUIRED, UNKNOWN_CHOICE, LandUnitFacts, read_area
from kernel.places.models import Holding, LandLineage, LandUnit, Neighbourhood, Premises
from kernel.text import clean
from kernel.viewer import Viewer

MANAGE = "places.manage"


def register_neighbourhood(*, name_ar: str, name_en: str = "", by: Viewer) -> Neighbourhood:
    """Enter a quarter of the town. Refuses an empty name and one that is there, however spelt."""
    by.require(MANAGE)
    if not clean(name_ar):
        raise PlaceFactsRefused({"name_ar": [REQUIRED]})
    with recorded(by=by):
        quarter = Neighbourhood(name_ar=clean(name_ar), name_en=clean(name_en))
        try:
            with transaction.atomic():
                quarter.save(force_insert=True)
        except IntegrityError:
            raise NeighbourhoodAlreadyRegistered(name=quarter.name_ar) from None
    return quarter


def register_land_unit(facts: LandUnitFacts, *, by: Viewer) -> LandUnit:
    """Enter a parcel. Refuses `PlaceFactsRefused` and `LandUnitAlreadyRegistered`."""
    by.require(MANAGE)
    with recorded(by=by):
        return _new_land_unit(facts, by)


def correct_land_unit(
    uid: UUID, facts: LandUnitFacts, *, version: int | None = None, reason: str = "", by: Viewer
) -> LandUnit:
    """Correct what was entered wrongly. A new number given by the land authority is `renumber_land_unit`.

    Refuses `LandUnitRetired`, `Stale`, `PlaceFactsRefused` and `LandUnitAlreadyRegistered`.
    """
    by.require(MANAGE)
    with recorded(by=by, reason=reason):
        (unit,) = _locked_units([uid])
        if version is not None and unit.version != version:
            raise Stale()
        for name, value in facts.columns().items():
            setattr(unit, name, value)
        _keep_land_unit(unit)
        unit.refresh_from_db()
    return unit


def split_land_unit(
    uid: UUID,
    *,
    into: Sequence[LandUnitFacts],
    on: date | None = None,
    order_ref: str = "",
    by: Viewer,
) -> list[LandUnit]:
    """Retire a parcel in favour of its parts (إفراز). Its holders hold each part with the same share.

    Refuses `TooFewUnits`, `LandUnitRetired`, `PartsExceedWhole` (the parts measure over one percent
    more than the whole) and `LandUnitAlreadyRegistered`.
    """
    by.require(MANAGE)
    if len(into) < 2:
        raise TooFewUnits()
    return _succeed(LineageKind.SPLIT, [uid], into, _Order(on or today(), clean(order_ref), by))


def merge_land_units(
    uids: Sequence[UUID],
    *,
    into: LandUnitFacts,
    on: date | None = None,
    order_ref: str = "",
    by: Viewer,
) -> LandUnit:
    """Retire several parcels in favour of one (توحيد).

    Its holders are carried over only when all the parcels had the same holders with the same shares;
    otherwise the shares follow from the areas and a person must enter them. Refuses `TooFewUnits`,
    `LandUnitRetired`, `PartsExceedWhole` (the new one measures over one percent more) and
    `LandUnitAlreadyRegistered`.
    """
    by.require(MANAGE)
    if len(set(uids)) < 2:
        raise TooFewUnits()
    return _succeed(LineageKind.MERGE, uids, [into], _Order(on or today(), clean(order_ref), by))[0]


def renumber_land_unit(
    uid: UUID, *, into: LandUnitFacts, on: date | None = None, order_ref: str = "", by: Viewer
) -> LandUnit:
    """Retire a parcel in favour of the same land under a new number, as settlement gives it.

    Refuses `LandUnitRetired` and `LandUnitAlreadyRegistered`.
    """
    by.require(MANAGE)
    return _succeed(
        LineageKind.RENUMBER, [uid], [into], _Order(on or today(), clean(order_ref), by)
    )[0]


def register_premises(
    *,
    kind: str,
    name: str = "",
    land_unit: LandUnit | None = None,
    neighbourhood: Neighbourhood | None = None,
    area_m2: Decimal | str | None = None,
    by: Viewer,
    **where: str,
) -> Premises:
    """Enter a building or a part of it. `where` takes street, landmark, building, floor and unit_no.

    Refuses `PlaceFactsRefused`, and `LandUnitRetired` for a parcel that is no more.
    """
    by.require(MANAGE)
    if land_unit is not None:
        _refuse_retired(land_unit)
    faults: dict[str, list[Any]] = {}
    if kind not in PremisesKind.values:
        faults["kind"] = [UNKNOWN_CHOICE]
    texts = {"name": clean(name), **{key: clean(value) for key, value in where.items()}}
    if not any(texts.get(key) for key in ("name", "building", "street", "landmark")):
        faults["name"] = [REQUIRED]
    try:
        area = read_area(area_m2)
    except ValueError:
        faults["area_m2"] = [NOT_AN_AREA]
    if faults:
        raise PlaceFactsRefused(faults)
    with recorded(by=by):
        return Premises.objects.create(
            kind=kind, land_unit=land_unit, neighbourhood=neighbourhood, area_m2=area, **texts
        )


@dataclass(frozen=True)
class _Order:
    """The act by which parcels succeed one another."""

    on: date
    ref: str
    by: Viewer


def _succeed(
    kind: str, uids: Sequence[UUID], into: Sequence[LandUnitFacts], order: _Order
) -> list[LandUnit]:
    with recorded(by=order.by, reason=order.ref):
        parents = _locked_units(uids)
        _refuse_growth(parents, [facts.columns()["area_m2"] for facts in into])
        # Retired first: a part may keep the number of the whole.
        LandUnit.objects.filter(pk__in=[parent.pk for parent in parents]).update(
            retired_on=order.on
        )
        children = [_new_land_unit(facts, order.by, parents[0]) for facts in into]
        LandLineage.objects.bulk_create(
            LandLineage(
                parent=parent,
                child=child,
                kind=kind,
                happened_on=order.on,
                order_ref=order.ref,
                made_by=order.by.user_id,
                made_by_name=order.by.name,
            )
            for parent in parents
            for child in children
        )
        _carry_holdings(parents, children, order)
        emit(
            LandUnitsSucceeded(
                kind=kind,
                parent_ids=",".join(str(parent.pk) for parent in parents),
                child_ids=",".join(str(child.pk) for child in children),
                happened_on=order.on,
                order_ref=order.ref,
            ),
            by=order.by,
        )
    return children


def _refuse_growth(parents: Sequence[LandUnit], areas: Sequence[Decimal | None]) -> None:
    whole = [parent.area_m2 for parent in parents if parent.area_m2 is not None]
    parts = [area for area in areas if area is not None]
    if len(whole) == len(parents) and sum(parts) > sum(whole) * AREA_TOLERANCE:
        raise PartsExceedWhole(parts=sum(parts), whole=sum(whole))


def _carry_holdings(
    parents: Sequence[LandUnit], children: Sequence[LandUnit], order: _Order
) -> None:
    """End what was held of the parents and hold the children alike, where that is certain."""
    open_ones = [
        list(Holding.objects.filter(land_unit=parent, ends_on=None).order_by("id"))
        for parent in parents
    ]
    held_alike = [
        {(one.party_id, one.relation, one.share, one.basis) for one in holdings}
        for holdings in open_ones
    ]
    if any(held != held_alike[0] for held in held_alike[1:]):
        return
    for holdings in open_ones:
        for holding in holdings:
            starts_later = holding.starts_on is not None and holding.starts_on >= order.on
            if not starts_later:
                holding.ends_on = order.on
                holding.save(update_fields=["ends_on"])
    for child in children:
        for holding in open_ones[0]:
            Holding.objects.create(
                party_id=holding.party_id,
                land_unit=child,
                relation=Relation(holding.relation),
                share_num=holding.share_num,
                share_den=holding.share_den,
                starts_on=order.on,
                basis=holding.basis,
            )


def _new_land_unit(facts: LandUnitFacts, by: Viewer, parent: LandUnit | None = None) -> LandUnit:
    columns = facts.columns()
    if parent is not None:
        columns["neighbourhood_id"] = columns["neighbourhood_id"] or parent.neighbourhood_id
        columns["locality"] = columns["locality"] or parent.locality
        columns["block_name"] = columns["block_name"] or (
            parent.block_name if columns["block_no"] == parent.block_no else ""
        )
    unit = LandUnit(**columns)
    _keep_land_unit(unit)
    emit(LandUnitRegistered(str(unit.uid), unit.pk), by=by)
    return unit


def _keep_land_unit(unit: LandUnit) -> None:
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError as error:
        if "places_landunit_once" not in str(error):
            raise
        raise LandUnitAlreadyRegistered(code_text=unit.code) from None


def _locked_units(uids: Sequence[UUID]) -> list[LandUnit]:
    """The parcels in the order asked for, locked in the order of their ids."""
    rows = LandUnit.objects.select_for_update().filter(uid__in=uids).order_by("pk")
    units = {unit.uid: unit for unit in rows}
    if len(units) < len(set(uids)):
        raise PlaceNotFound()
    for unit in units.values():
        _refuse_retired(unit)
    return [units[uid] for uid in dict.fromkeys(uids)]


def _refuse_retired(unit: LandUnit) -> None:
    if unit.is_retired:
        raise LandUnitRetired(code_text=unit.code, on=unit.retired_on)
