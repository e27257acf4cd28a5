"""Parcels: registered once, split and merged with their lineage, found by number."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import DatabaseError, IntegrityError

from kernel.audit.recording import recorded
from kernel.errors import NotPermitted, Stale
from kernel.events.models import OutboxEvent
from kernel.parties.tests.factories import CLERK, a_person
from kernel.places.errors import (
    LandUnitAlreadyRegistered,
    LandUnitRetired,
    NeighbourhoodAlreadyRegistered,
    PartsExceedWhole,
    PlaceFactsRefused,
    PlaceNotFound,
    TooFewUnits,
)
from kernel.places.holdings import record_holding
from kernel.places.models import LandLineage, LandUnit
from kernel.places.selectors import (
    holdings_on,
    land_unit_for,
    lineage_of,
    predecessors_of,
    search_places,
    successors_of,
)
from kernel.places.services import (
    correct_land_unit,
    merge_land_units,
    register_neighbourhood,
    register_premises,
    renumber_land_unit,
    split_land_unit,
)
from kernel.places.tests.factories import a_parcel, facts
from kernel.tenancy import use
from kernel.viewer import Viewer

DAY = date(2026, 3, 1)


def found(text: str) -> list[str]:
    return [str(one.place) for one in search_places(CLERK, text)]


def test_a_parcel_reads_in_the_towns_own_words(town: str) -> None:
    parcel = a_parcel("٦٤٣/15أ", area_m2="١,٢٥٠.5", block_name="الكروم")
    parcel.refresh_from_db()
    assert parcel.code == "\u2066643/15أ\u2069"
    assert parcel.label == "قطعة 643 الكروم قسيمة \u206615أ\u2069"
    assert (parcel.area_m2, parcel.area_dunum) == (Decimal("1250.50"), Decimal("1.2505"))


def test_a_number_is_used_once_in_its_block(town: str) -> None:
    a_parcel("643/15")
    a_parcel("643/15", kind="fiscal")
    a_parcel("643/15", locality="عبسان")
    with pytest.raises(LandUnitAlreadyRegistered):
        a_parcel("٦٤٣/١٥")


def test_all_faults_are_told_at_once(town: str) -> None:
    with pytest.raises(PlaceFactsRefused) as refused:
        a_parcel("x/", area_m2="-3", kind="moon")
    assert set(refused.value.errors) == {"block_no", "parcel_no", "area_m2", "kind"}


def test_a_subdivision_retires_the_whole_and_carries_its_owners(town: str) -> None:
    whole = a_parcel("643/1", area_m2="3000")
    owner = a_person()
    record_holding(owner, whole, relation="owner", share=Fraction(1, 2), by=CLERK)
    parts = split_land_unit(
        whole.uid,
        into=[facts("643/2", area_m2="1000"), facts("643/3", area_m2="1990")],
        on=DAY,
        order_ref="قرار 14/2026",
        by=CLERK,
    )
    whole.refresh_from_db()
    assert whole.retired_on == DAY
    assert successors_of(whole.pk) == [part.pk for part in parts]
    assert predecessors_of(parts[1].pk) == [whole.pk]
    assert [(edge.kind, edge.order_ref) for edge in lineage_of(CLERK, whole)] == [
        ("split", "قرار 14/2026")
    ] * 2
    for part in parts:
        (holding,) = holdings_on(CLERK, part, on=DAY)
        assert (holding.party, holding.share, holding.starts_on) == (owner, Fraction(1, 2), DAY)
    assert not holdings_on(CLERK, whole, on=DAY)
    assert holdings_on(CLERK, whole, on=date(2026, 2, 28)).count() == 1
    event = OutboxEvent.objects.get(name="places.LandUnitsSucceeded")
    assert event.payload["parent_ids"] == str(whole.pk)


def test_a_part_may_keep_the_number_of_the_whole(town: str) -> None:
    whole = a_parcel("643/1")
    first, _second = split_land_unit(whole.uid, into=[facts("643/1"), facts("643/2")], by=CLERK)
    assert first.search_key == "643/1"


def test_parts_are_not_larger_than_the_whole(town: str) -> None:
    whole = a_parcel("643/1", area_m2="1000")
    with pytest.raises(PartsExceedWhole):
        split_land_unit(
            whole.uid, into=[facts("643/2", area_m2="600"), facts("643/3", area_m2="411")], by=CLERK
        )
    whole.refresh_from_db()
    assert whole.retired_on is None
    assert LandUnit.objects.count() == 1
    split_land_unit(
        whole.uid, into=[facts("643/2", area_m2="600"), facts("643/3", area_m2="410")], by=CLERK
    )


def test_merging_keeps_owners_only_where_that_is_certain(town: str) -> None:
    owner = a_person()
    alike = [a_parcel("643/1"), a_parcel("643/2")]
    for parcel in alike:
        record_holding(owner, parcel, relation="owner", by=CLERK)
    merged = merge_land_units([one.uid for one in alike], into=facts("643/9"), on=DAY, by=CLERK)
    assert [one.party for one in holdings_on(CLERK, merged)] == [owner]
    assert predecessors_of(merged.pk) == [one.pk for one in alike]

    other = a_parcel("643/4")
    record_holding(a_person(), other, relation="owner", by=CLERK)
    unlike = merge_land_units([merged.uid, other.uid], into=facts("643/10"), on=DAY, by=CLERK)
    assert not holdings_on(CLERK, unlike)
    assert set(predecessors_of(unlike.pk)) == {alike[0].pk, alike[1].pk, merged.pk, other.pk}


def test_what_was_retired_is_never_split_corrected_or_brought_back(town: str) -> None:
    old = a_parcel("643/1")
    new = renumber_land_unit(old.uid, into=facts("2001/1"), on=DAY, by=CLERK)
    assert successors_of(old.pk) == [new.pk]
    with pytest.raises(LandUnitRetired):
        split_land_unit(old.uid, into=[facts("643/2"), facts("643/3")], by=CLERK)
    with pytest.raises(LandUnitRetired):
        register_premises(
            kind="shop", name="محل", land_unit=land_unit_for(CLERK, old.uid), by=CLERK
        )
    with pytest.raises(DatabaseError, match="retired or must stay"), recorded(by=CLERK):
        LandUnit.objects.filter(pk=old.pk).update(retired_on=None)


def test_a_parcel_and_its_lineage_are_never_deleted(town: str) -> None:
    old = a_parcel("643/1")
    renumber_land_unit(old.uid, into=facts("2001/1"), by=CLERK)
    with pytest.raises(DatabaseError, match="append-only"), recorded(by=CLERK):
        LandLineage.objects.all().delete()
    alone = a_parcel("644/1")
    with pytest.raises(DatabaseError, match="must stay"), recorded(by=CLERK):
        alone.delete()


def test_nobody_is_their_own_ancestor(town: str) -> None:
    first, second = a_parcel("643/1"), a_parcel("643/2")
    with pytest.raises(IntegrityError), recorded(by=CLERK):
        LandLineage.objects.create(parent=second, child=first, kind="split", happened_on=DAY)


def test_one_parcel_cannot_be_split_into_one_nor_one_merged(town: str) -> None:
    parcel = a_parcel()
    with pytest.raises(TooFewUnits):
        split_land_unit(parcel.uid, into=[facts("643/2")], by=CLERK)
    with pytest.raises(TooFewUnits):
        merge_land_units([parcel.uid, parcel.uid], into=facts("643/2"), by=CLERK)


def test_two_clerks_on_one_parcel_the_second_is_told(town: str) -> None:
    parcel = a_parcel()
    assert (
        correct_land_unit(parcel.uid, facts("643/15", area_m2="500"), version=1, by=CLERK).version
        == 2
    )
    with pytest.raises(Stale):
        correct_land_unit(parcel.uid, facts("643/15", area_m2="600"), version=1, by=CLERK)


def test_parcels_are_found_by_number_the_whole_one_first(town: str) -> None:
    for code in ("643/15", "643/1", "643/150", "643/15/2", "644/15"):
        a_parcel(code)
    old = a_parcel("643/2")
    renumber_land_unit(old.uid, into=facts("643/20"), by=CLERK)
    isolated = "\u2066{}\u2069".format
    expected = [isolated(code) for code in ("643/15", "643/15/2", "643/150")]
    for typed in ("643/15", "٦٤٣/١٥", "قطعة 643 قسيمة 15", "643 15"):
        assert found(typed) == expected, typed
    assert found("643/2") == [isolated("643/2"), isolated("643/20")]
    assert len(found("643")) == 6
    assert found("644") == [isolated("644/15")]
    assert found("9/9") == []


def test_blocks_are_told_apart_by_their_names(town: str) -> None:
    a_parcel("12/5", block_name="الكروم", kind="fiscal")
    a_parcel("12/5", block_name="الغربي")
    assert [one.place.block_name for one in search_places(CLERK, "حوض 12 الكروم قطعة 5")] == [
        "الكروم"
    ]


def test_premises_and_quarters_are_found_by_name(town: str) -> None:
    quarter = register_neighbourhood(name_ar="حي الأمل", by=CLERK)
    shop = register_premises(
        kind="shop",
        name="محل 3",
        building="عمارة الفرا",
        street="شارع 41",
        neighbourhood=quarter,
        by=CLERK,
    )
    assert found("عماره الفرا") == [str(shop)]
    assert found("حي الامل") == ["حي الأمل"]
    with pytest.raises(NeighbourhoodAlreadyRegistered):
        register_neighbourhood(name_ar="حيّ الامل", by=CLERK)
    with pytest.raises(PlaceFactsRefused):
        register_premises(kind="castle", by=CLERK)


def test_whoever_may_not_keep_places_is_refused(town: str) -> None:
    with pytest.raises(NotPermitted):
        register_neighbourhood(name_ar="حي", by=Viewer(user_id=2, name="Karim"))
    with pytest.raises(NotPermitted):
        search_places(Viewer(user_id=2, name="Karim"), "643/15")


def test_nablus_never_sees_khan_yunis(town: str, other_town: str) -> None:
    parcel = a_parcel()
    with use(other_town):
        assert found("643/15") == []
        with pytest.raises(PlaceNotFound):
            land_unit_for(CLERK, parcel.uid)
        assert a_parcel("12/5").label == "حوض 12 قطعة \u20665\u2069"
