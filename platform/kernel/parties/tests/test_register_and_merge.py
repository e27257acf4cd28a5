"""Registering, correcting, merging; what is refused and what is only doubted."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotPermitted, Stale
from kernel.events.models import OutboxEvent
from kernel.parties.constants import DuplicateReason
from kernel.parties.errors import (
    MergeNeedsReason,
    PartyAlreadyRegistered,
    PartyFactsRefused,
    PartyKindsDiffer,
    PartyNotFound,
    PartyNotItself,
    PartyNotMerged,
)
from kernel.parties.models import Party
from kernel.parties.selectors import (
    canonical_id,
    ids_of,
    names_of,
    party_for,
    party_with_id_number,
    possible_duplicates,
)
from kernel.parties.services import (
    merge_parties,
    register_heirs,
    register_organisation,
    register_person,
    register_unknown,
    separate_parties,
    update_party,
)
from kernel.parties.tests.factories import CLERK, a_person
from kernel.tenancy import use
from kernel.viewer import Viewer


def events() -> list[str]:
    ours = OutboxEvent.objects.filter(name__startswith="parties.").order_by("id")
    return list(ours.values_list("name", flat=True))


def test_amal_registers_nour_and_the_house_remembers_who_did(town: str) -> None:
    nour = a_person(
        "نور سامي علي القدرة",
        id_number="٤٠١٢٣٤٥٦٢",
        phones=["0599 123 456", "+970599123456", "0567000111"],
        gender="female",
        birth_date=date(1990, 2, 28),
        current_address={"neighbourhood": " حي الأمل ", "street": "شارع 41", "nonsense": "x"},
    )
    nour.refresh_from_db()
    assert nour.full_name == "نور سامي علي القدرة"
    assert (nour.id_number, nour.id_unverified) == ("401234562", False)
    assert nour.phones == ["+970599123456", "+970567000111"]
    assert nour.phones_as_typed == ["0599 123 456", "0567000111"]
    assert nour.current_address == {"neighbourhood": "حي الأمل", "street": "شارع 41"}
    assert events() == ["parties.PartyRegistered"]
    entry = AuditEntry.objects.get(table_name="parties_party", row_id=str(nour.pk))
    assert (entry.operation, entry.actor_name) == ("insert", "Amal")


def test_a_wrong_check_digit_is_doubted_and_kept(town: str) -> None:
    assert a_person(id_number="401234563").id_unverified


def test_all_faults_are_told_at_once_field_by_field(town: str) -> None:
    with pytest.raises(PartyFactsRefused) as refused:
        register_person(
            given_name="محمد2",
            father_name="س" * 61,
            id_number="12a",
            phones=["0599"],
            gender="x",
            birth_date=today() + timedelta(days=1),
            by=CLERK,
        )
    assert set(refused.value.errors) == {
        "given_name", "father_name", "family_name", "id_number", "phones", "gender", "birth_date",
    }  # fmt: skip
    assert not Party.objects.exists()


def test_one_id_number_is_one_person(town: str) -> None:
    first = a_person(id_number="401234562")
    with pytest.raises(PartyAlreadyRegistered) as refused:
        a_person("سامي يوسف حسن الفرا", id_number="401234562")
    assert refused.value.facts["name"] == first.full_name
    assert refused.value.facts["party_uid"] == str(first.uid)
    assert events() == ["parties.PartyRegistered"]


def test_a_passport_may_have_the_digits_of_an_id_number(town: str) -> None:
    a_person(id_number="401234562")
    assert a_person(id_number="401234562", id_kind="passport").id_kind == "passport"


def test_names_are_kept_as_written_and_without_invisible_marks(town: str) -> None:
    person = register_person(
        given_name="\u200fعبد  الله ", family_name="أبو\u00a0عودة", id_number="", by=CLERK
    )
    assert person.full_name == "عبد الله أبو عودة"
    assert (person.id_number, person.id_kind) == ("", "")


def test_organisations_heirs_and_unknown_persons_have_names_of_their_own(town: str) -> None:
    shop = register_organisation(trade_name="مخبز النور", id_number="56 2401-123", by=CLERK)
    assert (shop.full_name, shop.id_kind, shop.id_number) == ("مخبز النور", "company", "562401123")
    assert (
        register_organisation(registered_name="وزارة الصحة", public=True, by=CLERK).kind
        == "public_body"
    )
    deceased = a_person("خليل محمد أحمد الأسطل")
    heirs = register_heirs(deceased=deceased.uid, by=CLERK)
    assert heirs.full_name == "ورثة خليل محمد أحمد الأسطل"
    assert heirs.heirs_of == deceased
    assert register_unknown(by=CLERK).full_name == "مجهول"
    with pytest.raises(PartyFactsRefused):
        register_organisation(by=CLERK)


def test_whoever_may_not_register_is_refused(town: str) -> None:
    with pytest.raises(NotPermitted):
        register_person(given_name="نور", family_name="القدرة", by=Viewer(user_id=2, name="Karim"))


def test_a_correction_tells_what_changed_and_only_that(town: str) -> None:
    person = a_person()
    corrected = update_party(
        person.uid, version=person.version, reason="card shown", by=CLERK, family_name="الأغا"
    )
    assert corrected.full_name == "محمد أحمد خليل الأغا"
    assert corrected.version == person.version + 1
    event = OutboxEvent.objects.get(name="parties.PartyCorrected")
    assert event.payload["fields"] == "family_name"
    entry = AuditEntry.objects.get(table_name="parties_party", operation="update")
    assert entry.reason == "card shown"
    assert entry.after["family_name"] == "الأغا"


def test_a_correction_that_changes_nothing_is_no_event(town: str) -> None:
    person = a_person()
    assert update_party(person.uid, by=CLERK, given_name=" محمد ").version == person.version
    assert "parties.PartyCorrected" not in events()


def test_two_clerks_on_one_person_the_second_is_told(town: str) -> None:
    person = a_person()
    update_party(person.uid, version=1, by=CLERK, known_as="أبو العبد")
    with pytest.raises(Stale):
        update_party(person.uid, version=1, by=CLERK, known_as="أبو خليل")


def test_the_dead_die_after_they_are_born(town: str) -> None:
    person = a_person(birth_date=date(1960, 1, 1))
    with pytest.raises(PartyFactsRefused) as refused:
        update_party(person.uid, by=CLERK, died_on=date(1959, 12, 31))
    assert set(refused.value.errors) == {"died_on"}
    assert update_party(person.uid, by=CLERK, died_on=date(1960, 1, 1)).died_on == date(1960, 1, 1)


def test_a_merged_record_answers_as_the_kept_one_and_keeps_its_id(town: str) -> None:
    kept, alias = a_person(), a_person("محمود أحمد خليل الأسطل")
    merge_parties(keep=kept.uid, alias=alias.uid, reason="same card", by=CLERK)
    assert party_for(CLERK, alias.uid) == kept
    assert canonical_id(alias.pk) == kept.pk
    assert ids_of(alias.pk) == ids_of(kept.pk) == [kept.pk, alias.pk]
    assert names_of([alias.pk]) == {alias.pk: "محمود أحمد خليل الأسطل"}
    assert events()[-1] == "parties.PartiesMerged"


def test_merging_a_merged_family_keeps_it_flat(town: str) -> None:
    one, two, three = (a_person() for _ in range(3))
    merge_parties(keep=two.uid, alias=three.uid, reason="same", by=CLERK)
    merge_parties(keep=one.uid, alias=three.uid, reason="same", by=CLERK)
    assert set(ids_of(three.pk)) == {one.pk, two.pk, three.pk}
    assert canonical_id(two.pk) == canonical_id(three.pk) == one.pk
    with pytest.raises(PartyNotItself):
        merge_parties(keep=two.uid, alias=three.uid, reason="same", by=CLERK)


def test_a_merge_needs_a_reason_and_one_kind(town: str) -> None:
    person, body = a_person(), register_organisation(trade_name="مخبز", by=CLERK)
    unknown = register_unknown(known_as="صاحب البسطة", by=CLERK)
    with pytest.raises(MergeNeedsReason):
        merge_parties(keep=person.uid, alias=body.uid, reason=" ", by=CLERK)
    with pytest.raises(PartyKindsDiffer):
        merge_parties(keep=person.uid, alias=body.uid, reason="x", by=CLERK)
    assert merge_parties(keep=person.uid, alias=unknown.uid, reason="found", by=CLERK) == person


def test_a_mistaken_merge_is_taken_back(town: str) -> None:
    kept, alias = a_person(), a_person("محمود أحمد خليل الأسطل")
    with pytest.raises(PartyNotMerged):
        separate_parties(alias=alias.uid, reason="two cards", by=CLERK)
    merge_parties(keep=kept.uid, alias=alias.uid, reason="same", by=CLERK)
    separate_parties(alias=alias.uid, reason="two cards", by=CLERK)
    assert party_for(CLERK, alias.uid) == alias
    assert ids_of(kept.pk) == [kept.pk]


def test_the_number_of_a_merged_record_is_free_until_the_merge_is_taken_back(town: str) -> None:
    kept, alias = a_person(id_number="401234562"), a_person(id_number="900000019")
    merge_parties(keep=kept.uid, alias=alias.uid, reason="same", by=CLERK)
    other = a_person("سامي يوسف حسن الفرا", id_number="900000019")
    assert party_with_id_number(CLERK, "900000019") == other
    with pytest.raises(PartyAlreadyRegistered):
        separate_parties(alias=alias.uid, reason="two cards", by=CLERK)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "person", "given_name": "نور"},
        {"kind": "organisation"},
        {"kind": "unknown", "id_kind": "national", "id_number": "12"},
        {"kind": "unknown", "id_number": "12"},
        {"kind": "unknown", "phones": ["+970599123456"]},
        {"kind": "ghost"},
    ],
)
def test_the_database_refuses_what_services_would(town: str, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), recorded(by=CLERK):
        Party.objects.create(**wrong)


def test_the_database_refuses_a_chain_of_merges_and_a_write_by_nobody(town: str) -> None:
    one, two, three = (a_person() for _ in range(3))
    merge_parties(keep=one.uid, alias=two.uid, reason="same", by=CLERK)
    with pytest.raises(DatabaseError, match="cannot be merged into"), recorded(by=CLERK):
        Party.objects.filter(pk=three.pk).update(alias_of=two)
    with pytest.raises(DatabaseError, match="without an actor"), transaction.atomic():
        Party.objects.filter(pk=three.pk).update(known_as="x")


def test_likely_duplicates_are_told_with_their_reasons(town: str) -> None:
    known = a_person(
        "عبدُ_الله أحمد خليل الأسطل",
        id_number="401234562",
        phones=["0599123456"],
        current_address={"neighbourhood": "حي الأمل"},
    )
    a_person("سامي يوسف حسن الفرا", phones=["0599123456"])
    same = {
        "given_name": "عبدالله", "father_name": "احمد", "grandfather_name": "خليل", "family_name": "الاسطل",
    }  # fmt: skip

    def reasons(**typed: object) -> list[tuple[Party, tuple[str, ...]]]:
        return [(one.party, one.reasons) for one in possible_duplicates(CLERK, **typed)]

    assert reasons(id_number="401234562") == [(known, (DuplicateReason.SAME_ID,))]
    assert reasons(**same) == [(known, (DuplicateReason.SAME_NAMES,))]
    placed = {**same, "current_address": {"neighbourhood": "حي الامل"}}
    assert reasons(**placed) == [(known, (DuplicateReason.SAME_NAMES_AND_PLACE,))]
    assert reasons(given_name="عبد الله", phones=["+970599123456"]) == [
        (known, (DuplicateReason.SAME_PHONE,))
    ]
    assert reasons(given_name="عبد الله") == []
    assert reasons(**{**same, "family_name": "الأغا"}) == []
    assert reasons(id_number="12", phones=["؟"]) == []


def test_nablus_never_sees_khan_yunis(town: str, other_town: str) -> None:
    person = a_person()
    with use(other_town):
        with pytest.raises(PartyNotFound):
            party_for(CLERK, person.uid)
        with pytest.raises(PartyNotFound):
            update_party(person.uid, by=CLERK, known_as="x")
