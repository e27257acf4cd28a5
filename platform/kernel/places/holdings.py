"""Who holds what: entering and ending holdings. On no day do owners own more than the whole.

Worked example: two heirs with 1/3 each own 2/3; a third may enter with 1/3 and no more. A sale ends
the seller's holding on a day and enters the buyer's from that same day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.parties.models import Party
from kernel.parties.selectors import canonical_id
from kernel.places.constants import Relation
from kernel.places.errors import (
    HoldingAlreadyRecorded,
    HoldingEnded,
    LandUnitRetired,
    PlaceFactsRefused,
    PlaceNotFound,
    SharesExceedWhole,
)
from kernel.places.events import HoldingEnded as HoldingEndedEvent
from kernel.places.events import HoldingRecorded
from kernel.places.facts import ENDS_BEFORE_START, NOT_A_SHARE, UNKNOWN_CHOICE
from kernel.places.models import Holding, LandUnit, Premises
from kernel.text import clean
from kernel.viewer import Viewer

WHOLE = Fraction(1)


def record_holding(
    party: Party,
    place: LandUnit | Premises,
    *,
    relation: str,
    share: Fraction = WHOLE,
    starts_on: date | None = None,
    ends_on: date | None = None,
    basis: str = "",
    by: Viewer,
) -> Holding:
    """Enter that a party owns, occupies or rents a place, wholly or by a share of it.

    Refuses `PlaceFactsRefused`, `LandUnitRetired`, `HoldingAlreadyRecorded`, and `SharesExceedWhole`
    when the owners would own more than there is on any day.
    """
    by.require("places.manage")
    _refuse_bad_facts(relation, share, starts_on, ends_on)
    with recorded(by=by):
        place = type(place).objects.select_for_update().get(pk=place.pk)  # type: ignore[union-attr]
        if isinstance(place, LandUnit) and place.is_retired:
            raise LandUnitRetired(code_text=place.code, on=place.retired_on)
        holding = Holding(
            party_id=canonical_id(party.pk),
            land_unit=place if isinstance(place, LandUnit) else None,
            premises=place if isinstance(place, Premises) else None,
            relation=relation,
            share_num=share.numerator,
            share_den=share.denominator,
            starts_on=starts_on,
            ends_on=ends_on,
            basis=clean(basis)[:200],
        )
        if relation == Relation.OWNER:
            _refuse_more_than_whole(holding)
        try:
            with transaction.atomic():
                holding.save(force_insert=True)
        except IntegrityError as error:
            if "places_holding_once" not in str(error):
                raise
            raise HoldingAlreadyRecorded(name=party.full_name) from None
        emit(HoldingRecorded(str(holding.uid), holding.party_id, place.subject, relation), by=by)
    return holding


def end_holding(uid: UUID, *, on: date | None = None, reason: str = "", by: Viewer) -> Holding:
    """Say from which day the party no longer holds the place.

    Refuses `HoldingEnded` when it ended already, `PlaceFactsRefused` when the day is not after its start.
    """
    by.require("places.manage")
    with recorded(by=by, reason=reason):
        holding = Holding.objects.select_for_update(of=("self",)).filter(uid=uid).first()
        if holding is None:
            raise PlaceNotFound()
        if holding.ends_on is not None:
            raise HoldingEnded(on=holding.ends_on)
        holding.ends_on = on or today()
        _refuse_bad_facts(holding.relation, holding.share, holding.starts_on, holding.ends_on)
        holding.save(update_fields=["ends_on"])
        holding.refresh_from_db()
        ended = HoldingEndedEvent(
            str(holding.uid),
            holding.party_id,
            holding.place.subject,
            holding.relation,
            holding.ends_on,
        )
        emit(ended, by=by)
    return holding


def largest_total_share(holdings: Iterable[Holding]) -> Fraction:
    """What the owners own together on the day on which it is most."""
    owned = [
        (one.starts_on or date.min, one.ends_on or date.max, one.share)
        for one in holdings
        if one.relation == Relation.OWNER
    ]
    totals = (
        sum((share for since, until, share in owned if since <= day < until), Fraction(0))
        for day, _until, _share in owned
    )
    return max(totals, default=Fraction(0))


def _refuse_more_than_whole(holding: Holding) -> None:
    others = Holding.objects.filter(
        land_unit=holding.land_unit, premises=holding.premises, relation=Relation.OWNER
    )
    total = largest_total_share([*others, holding])
    if total > WHOLE:
        raise SharesExceedWhole(total=total)


def _refuse_bad_facts(
    relation: str, share: Fraction, starts_on: date | None, ends_on: date | None
) -> None:
    if relation not in Relation.values:
        raise PlaceFactsRefused({"relation": [UNKNOWN_CHOICE]})
    if not 0 < share <= WHOLE or share.denominator >= 10**12:
        raise PlaceFactsRefused({"share_num": [NOT_A_SHARE]})
    if starts_on and ends_on and ends_on <= starts_on:
        raise PlaceFactsRefused({"ends_on": [ENDS_BEFORE_START]})
