"""Ages of dues by neighbourhood and by collector: where a due lies, who collects there, equal to the books each time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.identity.models import User
from kernel.money import money
from kernel.parties.services import merge_parties, register_person
from kernel.places.facts import LandUnitFacts
from kernel.places.models import Neighbourhood
from kernel.places.services import register_land_unit, register_neighbourhood, register_premises
from kernel.ports.charges import ChargeSource
from modules.finance.constants import AgeingBy
from modules.finance.errors.rounds import RoundsNeedACollector, ZoneTaken
from modules.finance.models import CashBox, Charge
from modules.finance.selectors.ageing import ageing, dues_of_age
from modules.finance.selectors.reports import REPORTS
from modules.finance.services.charging import assess_charge
from modules.finance.services.rounds import set_rounds
from modules.finance.services.sessions import add_box
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of, staff

STATEMENTS_OF_THE_PAGE = 5
STATEMENTS_OF_THE_DUES = 7


def quarter(name: str) -> Neighbourhood:
    return register_neighbourhood(name_ar=name, by=HOUSE)


def on_a_place(amount: str, source: str, **place: int) -> Charge:
    """A due that names a place."""
    return assess_charge(
        source=ChargeSource(module="planning", record=source, code="fee"),
        party_id=person().pk,
        kind="finance.water",
        amount=money(amount),
        due_on=today(),
        description="رسم",
        by=HOUSE,
        **place,  # type: ignore[arg-type]
    )


def living_in(name: str) -> Any:
    return register_person(
        given_name="سعاد", family_name="حسن", current_address={"neighbourhood": name}, by=HOUSE
    )


@pytest.fixture
def two_quarters(town: str) -> tuple[Neighbourhood, Neighbourhood]:
    """The worked example of the README: a shop and its parcel in Amal, a person in Salam, a person of nowhere."""
    amal, salam = quarter("حي الأمل"), quarter("حي السلام")
    parcel = register_land_unit(
        LandUnitFacts(block_no="643", parcel_no="15", neighbourhood_id=amal.pk), by=HOUSE
    )
    shop = register_premises(kind="shop", name="دكان", land_unit=parcel, by=HOUSE)
    on_a_place("100", "1", land_unit_id=parcel.pk)
    on_a_place("40", "2", premises_id=shop.pk)
    owes(living_in("حيّ السلام"), "70", due_on=today() - timedelta(days=45))
    owes(person(), "5")
    return amal, salam


def told(by: AgeingBy) -> dict[str, Decimal]:
    found = ageing(HOUSE, on=today(), by=by)
    assert found.differences == {}
    return {row.title: row.total for row in found.rows}


def test_a_due_lies_where_its_place_lies_or_where_its_person_lives(
    two_quarters: tuple[Neighbourhood, Neighbourhood],
) -> None:
    assert told(AgeingBy.ZONE) == {"حي الأمل": 140, "حي السلام": 70, "بلا حي": 5}
    (salam,) = [row for row in ageing(HOUSE, on=today(), by=AgeingBy.ZONE).rows if row.total == 70]
    assert salam.bands == (0, 0, 70, 0, 0, 0, 0)


def test_a_collector_answers_for_the_neighbourhoods_of_his_rounds(
    two_quarters: tuple[Neighbourhood, Neighbourhood],
) -> None:
    amal, _salam = two_quarters
    staff("jamal", "collector")
    jamal = User.objects.get(username="jamal")
    set_rounds(
        add_box(code="J1", name_ar="جمال", by=HOUSE), collector=jamal, zones=[amal], by=HOUSE
    )
    assert told(AgeingBy.COLLECTOR) == {"jamal": 140, "بلا جابٍ": 75}


def test_each_grouping_equals_the_control_account_to_the_fils_on_every_day(
    two_quarters: tuple[Neighbourhood, Neighbourhood],
) -> None:
    rate("JOD", "5.2")
    karim = staff("karim2", "cashier")
    session_of(karim)
    suad = living_in("حي الأمل")
    rent = owes(suad, money("8.255", "JOD"), kind="finance.rent")
    owes(suad, "30")
    pays(suad, money("3.005", "JOD"), by=karim, charges=[rent])
    for days in (-1, 0, 1):
        day = today() + timedelta(days=days)
        sums = {by: ageing(HOUSE, on=day, by=by).sums for by in AgeingBy}
        assert all(ageing(HOUSE, on=day, by=by).differences == {} for by in AgeingBy)
        assert (
            len({str([(code, total) for code, _bands, total in one]) for one in sums.values()}) == 1
        )
    assert ("JOD", Decimal("5.250")) in [
        (code, total) for code, _bands, total in ageing(HOUSE, on=today(), by=AgeingBy.ZONE).sums
    ]


def test_what_is_owed_under_a_merged_record_lies_where_the_kept_one_lives(town: str) -> None:
    quarter("حي الأمل")
    kept, merged = living_in("حي الأمل"), living_in("حي آخر")
    owes(merged, "20")
    assert told(AgeingBy.ZONE) == {"بلا حي": 20}
    merge_parties(keep=kept.uid, alias=merged.uid, reason="شخص واحد", by=HOUSE)
    assert told(AgeingBy.ZONE) == {"حي الأمل": 20}


def test_a_neighbourhood_is_on_one_round_also_when_the_service_is_passed_by(
    two_quarters: tuple[Neighbourhood, Neighbourhood],
) -> None:
    amal, salam = two_quarters
    staff("jamal", "collector")
    jamal = User.objects.get(username="jamal")
    first = set_rounds(
        add_box(code="J1", name_ar="جمال", by=HOUSE), collector=jamal, zones=[amal], by=HOUSE
    )
    second = add_box(code="J2", name_ar="سمير", by=HOUSE)
    with pytest.raises(ZoneTaken):
        set_rounds(second, collector=jamal, zones=[salam, amal], by=HOUSE)
    with pytest.raises(RoundsNeedACollector):
        set_rounds(second, collector=None, zones=[salam], by=HOUSE)
    for zones in ([amal.pk], [salam.pk, salam.pk], [0]):
        with (
            pytest.raises(DatabaseError, match="not free"),
            transaction.atomic(),
            recorded(by=HOUSE),
        ):
            CashBox.objects.filter(pk=second.pk).update(collector=jamal, zones=zones)
    set_rounds(first, collector=None, zones=[], by=HOUSE)
    assert set_rounds(second, collector=jamal, zones=[amal], by=HOUSE).zones == [amal.pk]


def test_behind_each_figure_are_the_dues_that_make_it(
    two_quarters: tuple[Neighbourhood, Neighbourhood],
) -> None:
    for by in AgeingBy:
        for row in ageing(HOUSE, on=today(), by=by).rows:
            found = dues_of_age(HOUSE, on=today(), by=by, of=row.of)
            owed = [one.owed_then for one in found if one.currency == row.currency]
            assert (sum(owed), len(owed)) == (row.total, row.dues)
            for band, amount in enumerate(row.bands):
                cell = dues_of_age(HOUSE, on=today(), by=by, of=row.of, band=band)
                assert sum(one.owed_then for one in cell if one.currency == row.currency) == amount
    assert dues_of_age(HOUSE, on=today(), by=AgeingBy.ZONE, of="").count() == 4


def test_the_page_leads_to_the_dues_and_to_the_same_rows_as_a_sheet(
    two_quarters: tuple[Neighbourhood, Neighbourhood],
    client_for: Callable[..., Client],
    count_queries: Callable[..., Any],
) -> None:
    staff("huda", "accountant")
    huda, on = client_for("huda"), f"{today():%d/%m/%Y}"
    where = f"{reverse('finance:ageing')}?on={on}&by=zone"
    huda.get(where)
    with count_queries() as seen:
        page = huda.get(where).content.decode()
    assert len(seen) == STATEMENTS_OF_THE_PAGE
    assert "حي الأمل" in page
    assert "بلا حي" in page
    amal = two_quarters[0]
    behind = f"{reverse('finance:ageing-dues')}?on={on}&by=zone&of={amal.uid}"
    assert behind.replace("&", "&amp;") in page
    huda.get(behind)
    with count_queries() as seen:
        dues = huda.get(behind).content.decode()
    assert len(seen) == STATEMENTS_OF_THE_DUES
    assert "140.00" in dues
    assert "70.00" not in dues
    for code in ("ageing-by-zone", "ageing-by-collector"):
        assert huda.get(reverse("finance:report", args=[code]) + "?as=xlsx").status_code == 200
    table = REPORTS["ageing-by-zone"].table(HOUSE, today(), today())
    assert [row[0] for row in table.rows] == ["حي الأمل", "حي السلام", "بلا حي"]


def test_strange_questions_are_answered_with_a_sentence_or_not_at_all(
    town: str, client_for: Callable[..., Client]
) -> None:
    staff("huda", "accountant")
    huda, on = client_for("huda"), f"{today():%d/%m/%Y}"
    assert huda.get(f"{reverse('finance:ageing')}?on={on}&by=moon").status_code == 422
    assert huda.get(f"{reverse('finance:ageing')}?on=never").status_code == 422
    dues = reverse("finance:ageing-dues")
    for asked in (f"on={on}&of=1%27", f"on={on}&by=moon", "on=never", f"on={on}&band=9&of="):
        assert huda.get(f"{dues}?{asked}").status_code == 404, asked
    assert huda.get(dues).status_code == 200


def test_the_rounds_are_set_on_a_page_that_keeps_what_was_chosen(
    two_quarters: tuple[Neighbourhood, Neighbourhood], client_for: Callable[..., Client]
) -> None:
    amal, salam = two_quarters
    staff("muna", "finance_manager")
    staff("jamal", "collector")
    jamal, muna = User.objects.get(username="jamal"), client_for("muna")
    box = add_box(code="J1", name_ar="جمال", by=HOUSE)
    page = reverse("finance:box-rounds", args=[box.uid])
    assert muna.get(page).status_code == 200
    refused = muna.post(page, {"zones": [amal.pk]})
    assert refused.status_code == 422
    assert "checked" in refused.content.decode()
    chosen = {"collector": jamal.pk, "zones": [amal.pk, salam.pk]}
    assert muna.post(page, chosen).status_code == 302
    box.refresh_from_db()
    assert (box.collector_id, box.zones) == (jamal.pk, [amal.pk, salam.pk])
    assert "حي السلام" in muna.get(reverse("finance:boxes")).content.decode()
