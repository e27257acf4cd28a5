"""Who sees a paper: its sections, who filed it, who reads everything; confidential ones by permission and manual."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from kernel.activation.services import switch
from kernel.errors import NotVisible
from kernel.files.selectors import file_for
from kernel.organisation.models import Section
from kernel.parties.tests.factories import a_person
from kernel.policies.services import set_value
from kernel.ports import ask, is_provided
from kernel.ports.filing import FilingPort
from kernel.search import search
from kernel.tenancy import use
from kernel.viewer import Viewer
from modules.archive.indicators import records_filed
from modules.archive.models import Record
from modules.archive.panels import papers_of_party
from modules.archive.selectors import matching, record_for, records, visible_records
from modules.archive.tests.factories import a_record
from modules.archive.tiles import filed_today


def test_a_paper_is_seen_by_its_section_and_by_no_other(
    amal: Viewer, rana: Viewer, lina: Viewer, planning: Section
) -> None:
    record = a_record(by=amal, section_ids=[planning.pk])

    assert list(records(rana)) == [record]
    assert file_for(rana, record.file.uid) == record.file
    assert list(records(lina)) == []
    with pytest.raises(NotVisible):
        record_for(lina, record.uid)
    with pytest.raises(NotVisible):
        file_for(lina, record.file.uid)


def test_a_confidential_paper_is_hidden_even_from_its_section(
    amal: Viewer, rana: Viewer, abeer: Viewer, planning: Section
) -> None:
    record = a_record(by=amal, section_ids=[planning.pk], confidential=True)

    assert list(records(rana)) == []
    with pytest.raises(NotVisible):
        file_for(rana, record.file.uid)
    assert list(records(rana.with_permissions("archive.read_confidential"))) == [record]
    assert list(records(abeer)) == [record]


def test_confidential_papers_of_another_section_stay_hidden_whatever_the_permission(
    amal: Viewer, lina: Viewer, planning: Section
) -> None:
    a_record(by=amal, section_ids=[planning.pk], confidential=True)

    assert list(records(lina.with_permissions("archive.read_confidential"))) == []


def test_the_manual_narrows_confidential_papers_to_the_roles_it_names(
    amal: Viewer, abeer: Viewer, system: Viewer
) -> None:
    a_record(by=amal, confidential=True)
    assert records(abeer).count() == 1

    set_value(
        "ARC-03.sensitive_roles",
        ["manager"],
        starts_on=date(2026, 12, 1),
        resolution="7/2026",
        by=system,
    )

    assert records(abeer).count() == 0


def test_who_filed_a_paper_goes_on_seeing_it(abeer: Viewer, amal: Viewer) -> None:
    record = a_record(by=amal, confidential=True)

    assert list(records(amal.with_permissions("archive.read"))) == [record]


def test_without_a_permission_of_the_archive_nothing_is_seen(
    amal: Viewer, basel: Viewer, planning: Section
) -> None:
    a_record(by=amal, section_ids=[planning.pk])

    assert list(visible_records(basel)) == []
    assert list(visible_records(Viewer.citizen())) == []


def test_another_town_has_none_of_it(amal: Viewer, system: Viewer, other_town: str) -> None:
    record = a_record(by=amal)

    with use(other_town), pytest.raises(NotVisible):
        record_for(system, record.uid)


@pytest.mark.parametrize(
    "typed", ["2026/00001", "٢٠٢٦/١", "1", "2026-1", "سند المِلكيه", "الملكية سند"]
)
def test_a_paper_is_found_by_number_and_by_words_in_any_spelling(
    amal: Viewer, abeer: Viewer, typed: str
) -> None:
    record = a_record("سند الملكيّة", by=amal)
    a_record("مخطط الموقع", by=amal)

    assert list(matching(records(abeer), typed)) == [record]


def test_the_one_box_finds_papers_for_those_who_see_them(
    amal: Viewer, abeer: Viewer, lina: Viewer
) -> None:
    a_record("مخطط موقع الحديقة", by=amal)

    found = [hit for hit in search(abeer, "الحديقه مخطط") if hit.icon == "archive"]

    assert [hit.title for hit in found] == ["مخطط موقع الحديقة"]
    assert [hit for hit in search(lina, "الحديقه مخطط") if hit.icon == "archive"] == []


def test_a_persons_page_shows_their_papers(amal: Viewer, abeer: Viewer) -> None:
    nour = a_person()
    record = a_record(by=amal, party_id=nour.pk)
    a_record(by=amal)

    panel = papers_of_party(abeer, nour.pk)

    assert (panel.context["records"], panel.count) == ([record], 1)


def test_figures_count_what_was_filed(amal: Viewer, abeer: Viewer, lina: Viewer) -> None:
    a_record(by=amal)

    assert filed_today(abeer).value == "1"
    assert filed_today(lina).value == "0"
    assert records_filed(since=date(2026, 12, 1), until=date(2026, 12, 31)) == 1


def test_switched_off_the_archive_is_silent(
    amal: Viewer, abeer: Viewer, system: Viewer, client_for: Callable[..., Any]
) -> None:
    record = a_record(by=amal)

    switch("archive", on=False, by=system)

    assert not is_provided(FilingPort)
    answer = ask(FilingPort).file_document(
        file_id=record.file_id,
        title="صورة",
        type_code="identity_card",
        subject="request:2",
        party_id=None,
        confidential=False,
        section_ids=(),
        by=amal,
    )
    assert answer == ""
    assert Record.objects.count() == 1
    assert client_for("abeer").get("/archive/").status_code == 404
    with pytest.raises(NotVisible):
        file_for(abeer, record.file.uid)


def test_a_list_costs_one_query_whatever_its_length(
    amal: Viewer, abeer: Viewer, count_queries: Callable[[], Any]
) -> None:
    for _number in range(3):
        a_record(by=amal)
    records(abeer).first()

    with count_queries() as seen:
        titles = [(one.title, one.party, one.file.size) for one in records(abeer)]

    assert len(titles) == 3
    assert len(seen) == 1
