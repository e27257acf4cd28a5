"""Owners own the whole together and never more, on any day."""

from datetime import date
from fractions import Fraction

import pytest
from django.db import DatabaseError, connection
from hypothesis import given
from hypothesis import strategies as st

from kernel.audit.recording import recorded
from kernel.parties.services import merge_parties
from kernel.parties.tests.factories import CLERK, a_person
from kernel.places.errors import (
    HoldingAlreadyRecorded,
    HoldingEnded,
    PlaceFactsRefused,
    SharesExceedWhole,
)
from kernel.places.holdings import end_holding, largest_total_share, record_holding
from kernel.places.models import Holding
from kernel.places.selectors import holdings_of
from kernel.places.services import register_premises
from kernel.places.tests.factories import a_parcel

THIRD = Fraction(1, 3)


def test_three_thirds_are_the_whole_and_a_fourth_is_refused(town: str) -> None:
    parcel = a_parcel()
    for _heir in range(3):
        record_holding(a_person(), parcel, relation="owner", share=THIRD, by=CLERK)
    with pytest.raises(SharesExceedWhole) as refused:
        record_holding(a_person(), parcel, relation="owner", share=Fraction(1, 1000), by=CLERK)
    assert refused.value.facts["total"] == Fraction(1001, 1000)
    record_holding(a_person(), parcel, relation="occupier", by=CLERK)


def test_a_sale_ends_one_holding_and_begins_another_on_the_same_day(town: str) -> None:
    parcel, seller, buyer = a_parcel(), a_person(), a_person()
    held = record_holding(seller, parcel, relation="owner", starts_on=date(2001, 1, 1), by=CLERK)
    with pytest.raises(SharesExceedWhole):
        record_holding(buyer, parcel, relation="owner", starts_on=date(2026, 3, 1), by=CLERK)
    end_holding(held.uid, on=date(2026, 3, 1), reason="sale", by=CLERK)
    record_holding(
        buyer, parcel, relation="owner", starts_on=date(2026, 3, 1), basis="عقد بيع 7", by=CLERK
    )
    assert [one.party for one in Holding.objects.filter(ends_on=None)] == [buyer]
    assert not holdings_of(seller.pk, on=date(2026, 3, 1))
    assert holdings_of(seller.pk, on=date(2026, 2, 28)).count() == 1
    with pytest.raises(HoldingEnded):
        end_holding(held.uid, by=CLERK)


def test_the_past_is_guarded_like_today(town: str) -> None:
    parcel = a_parcel()
    record_holding(
        a_person(),
        parcel,
        relation="owner",
        starts_on=date(2000, 1, 1),
        ends_on=date(2010, 1, 1),
        by=CLERK,
    )
    with pytest.raises(SharesExceedWhole):
        record_holding(
            a_person(),
            parcel,
            relation="owner",
            share=THIRD,
            starts_on=date(2009, 12, 31),
            by=CLERK,
        )
    record_holding(a_person(), parcel, relation="owner", starts_on=date(2010, 1, 1), by=CLERK)


def test_the_database_keeps_shares_within_the_whole_by_itself(town: str) -> None:
    parcel = a_parcel()
    for _heir in range(3):
        record_holding(a_person(), parcel, relation="owner", share=THIRD, by=CLERK)
    person = a_person()
    with pytest.raises(DatabaseError, match="would own"), recorded(by=CLERK):
        Holding.objects.create(
            party=person, land_unit=parcel, relation="owner", share_num=1, share_den=10**6
        )


@pytest.mark.parametrize(
    "wrong", [{"share": Fraction(3, 2)}, {"share": Fraction(0)}, {"relation": "king"}]
)
def test_impossible_holdings_are_refused(town: str, wrong: dict[str, object]) -> None:
    with pytest.raises(PlaceFactsRefused):
        record_holding(a_person(), a_parcel(), **{"relation": "owner", **wrong}, by=CLERK)  # type: ignore[arg-type]


def test_the_same_holding_is_not_entered_twice(town: str) -> None:
    person, parcel = a_person(), a_parcel()
    record_holding(person, parcel, relation="tenant", by=CLERK)
    with pytest.raises(HoldingAlreadyRecorded):
        record_holding(person, parcel, relation="tenant", by=CLERK)


def test_a_merged_person_holds_what_both_records_held(town: str) -> None:
    kept, alias = a_person(), a_person()
    record_holding(alias, a_parcel("643/1"), relation="owner", by=CLERK)
    shop = register_premises(kind="shop", name="محل 3", by=CLERK)
    merge_parties(keep=kept.uid, alias=alias.uid, reason="same", by=CLERK)
    record_holding(alias, shop, relation="tenant", by=CLERK)
    assert holdings_of(kept.pk).count() == 2
    assert {one.party_id for one in holdings_of(kept.pk)} == {kept.pk, alias.pk}


def test_reading_what_a_person_holds_costs_three_queries(town: str, count_queries) -> None:  # type: ignore[no-untyped-def]
    person = a_person()
    for number in range(3):
        record_holding(person, a_parcel(f"643/{number + 1}"), relation="owner", by=CLERK)
    with count_queries() as seen:
        assert len([one.place.code for one in holdings_of(person.pk)]) == 3
    assert len(seen) == 3
    assert connection.vendor == "postgresql"


DAYS = st.dates(date(2000, 1, 1), date(2001, 1, 1))


@given(
    st.lists(
        st.tuples(DAYS, DAYS, st.fractions(min_value=Fraction(1, 50), max_value=1)), max_size=6
    )
)
def test_the_largest_total_is_that_of_the_fullest_day(
    rows: list[tuple[date, date, Fraction]],
) -> None:
    holdings = [
        Holding(
            relation="owner",
            starts_on=since,
            ends_on=until,
            share_num=share.numerator,
            share_den=share.denominator,
        )
        for since, until, share in rows
        if since < until
    ]
    every_day = {day for one in holdings for day in (one.starts_on,)}
    fullest = max(
        (
            sum(one.share for one in holdings if one.starts_on <= day < one.ends_on)
            for day in every_day
        ),
        default=0,
    )
    assert largest_total_share(holdings) == fullest
