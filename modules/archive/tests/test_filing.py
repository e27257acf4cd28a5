"""A paper is filed once, under a gapless number, and stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.errors import NotPermitted
from kernel.events.models import OutboxEvent
from kernel.files.services import store_file
from kernel.holds.services import raise_hold
from kernel.organisation.models import Section
from kernel.parties.tests.factories import a_person
from kernel.policies.services import set_value
from kernel.ports import ask
from kernel.ports.filing import FilingPort
from kernel.tenancy import as_owner
from kernel.viewer import Viewer
from modules.archive.errors import AlreadyFiled, DatedAhead, TitleMissing, TypeUnknown
from modules.archive.models import Record
from modules.archive.selectors import disposal_holds
from modules.archive.services import file_by_hand
from modules.archive.tests.factories import a_file, a_record


def through_the_port(
    file_id: int, *, by: Viewer, section_ids: tuple[int, ...] = (), confidential: bool = False
) -> str:
    return ask(FilingPort).file_document(
        file_id=file_id,
        title="صورة الهوية",
        type_code="identity_card",
        subject="request:1",
        party_id=None,
        confidential=confidential,
        section_ids=section_ids,
        by=by,
    )


def test_a_module_files_a_paper_once(amal: Viewer, planning: Section) -> None:
    file = a_file(by=amal)

    first = through_the_port(file.pk, by=amal, section_ids=(planning.pk,))
    second = through_the_port(file.pk, by=amal, section_ids=(planning.pk,))

    assert first == second
    record = Record.objects.get(uid=first)
    assert (record.number, record.source_module, record.section_ids) == (
        "2026/00001",
        "frontdesk",
        [planning.pk],
    )
    assert OutboxEvent.objects.filter(name="archive.RecordFiled").count() == 1
    assert (
        AuditEntry.objects.filter(
            table_name="archive_record", operation="insert", actor_name=amal.name
        ).count()
        == 1
    )


def test_filing_again_adds_sections_and_takes_none_away(amal: Viewer) -> None:
    file = a_file(by=amal)
    through_the_port(file.pk, by=amal, section_ids=(7, 3))

    uid = through_the_port(file.pk, by=amal, section_ids=(5,), confidential=True)

    record = Record.objects.get(uid=uid)
    assert record.section_ids == [3, 5, 7]
    assert record.is_confidential


def test_a_number_goes_back_when_the_filing_is_undone(amal: Viewer) -> None:
    with pytest.raises(RuntimeError), recorded(by=amal):
        a_record(by=amal)
        raise RuntimeError

    assert a_record(by=amal).number == "2026/00001"


def test_a_type_declared_confidential_is_confidential_whoever_files_it(amal: Viewer) -> None:
    assert a_record(by=amal, type_code="health_report").is_confidential


@pytest.mark.parametrize(
    "change", [{"number": "2026/00099"}, {"subject": "request:9"}, {"filed_by_name": "غيري"}]
)
def test_what_was_filed_cannot_be_rewritten(amal: Viewer, change: dict[str, Any]) -> None:
    record = a_record(by=amal)

    with pytest.raises(DatabaseError, match="stands as it was filed"), recorded(by=amal):
        Record.objects.filter(pk=record.pk).update(**change)


def test_a_record_is_never_deleted(amal: Viewer) -> None:
    record = a_record(by=amal)

    with pytest.raises(DatabaseError, match="stands as it was filed"), recorded(by=amal):
        record.delete()
    with (
        pytest.raises(DatabaseError, match="never emptied"),
        as_owner(),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE archive_record")


def test_a_title_may_be_corrected_and_the_trail_tells_who(amal: Viewer, abeer: Viewer) -> None:
    record = a_record(by=amal)

    with recorded(by=abeer, reason="خطأ في العنوان"):
        Record.objects.filter(pk=record.pk).update(title="سند تسجيل")

    record.refresh_from_db()
    assert record.version == 2
    assert AuditEntry.objects.filter(
        table_name="archive_record", operation="update", actor_name=abeer.name
    ).exists()


def test_the_archivist_files_an_old_contract(abeer: Viewer, planning: Section) -> None:
    nour = a_person()

    record = file_by_hand(
        a_file(by=abeer),
        title=" عقد إيجار قديم ",
        type_code="archive.contract",
        party_id=nour.pk,
        section_ids=[planning.pk],
        dated_on=date(1998, 5, 3),
        by=abeer,
    )

    assert record.title == "عقد إيجار قديم"
    assert (record.subject, record.source_module) == (f"party:{nour.pk}", "archive")
    assert (record.dated_on, record.filed_on) == (date(1998, 5, 3), date(2026, 12, 6))
    assert (record.retention, record.keep_until) == ("permanent", None)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"title": "  "}, TitleMissing),
        ({"type_code": "nothing.known"}, TypeUnknown),
        ({"dated_on": date(2026, 12, 7)}, DatedAhead),
    ],
)
def test_what_cannot_be_right_is_not_filed(
    abeer: Viewer, typed: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        file_by_hand(
            a_file(by=abeer), **{"title": "محضر", "type_code": "archive.memo", "by": abeer, **typed}
        )

    assert not Record.objects.exists()


def test_the_same_content_is_filed_twice_only_when_it_is_meant(abeer: Viewer) -> None:
    file = a_file(by=abeer)
    first = file_by_hand(file, title="محضر", type_code="archive.memo", by=abeer)
    same_scan = store_file(file.read(), "نسخة.pdf", abeer)

    with pytest.raises(AlreadyFiled) as refused:
        file_by_hand(same_scan, title="محضر ثان", type_code="archive.memo", by=abeer)
    second = file_by_hand(
        same_scan, title="محضر ثان", type_code="archive.memo", again=True, by=abeer
    )

    assert refused.value.facts["number"] == first.number
    assert second.number == "2026/00002"


def test_a_clerk_without_the_permission_files_nothing_by_hand(amal: Viewer) -> None:
    with pytest.raises(NotPermitted):
        file_by_hand(a_file(by=amal), title="محضر", type_code="archive.memo", by=amal)


def test_a_financial_paper_is_kept_ten_years_after_its_own_year(amal: Viewer) -> None:
    """README, worked example: a receipt of 5 March 2026 is kept until 31 December 2036."""
    record = a_record(by=amal, type_code="finance.receipt", dated_on=date(2026, 3, 5))

    assert (record.retention, record.keep_until) == ("finance", date(2036, 12, 31))


def test_the_years_are_those_of_the_manual_on_the_papers_day(amal: Viewer, system: Viewer) -> None:
    set_value(
        "ARC-02.finance_years", 15, starts_on=date(2026, 6, 1), resolution="12/2026", by=system
    )

    before = a_record(by=amal, type_code="finance.receipt", dated_on=date(2026, 5, 31))
    after = a_record(by=amal, type_code="finance.receipt", dated_on=date(2026, 6, 1))

    assert before.keep_until == date(2036, 12, 31)
    assert after.keep_until == date(2041, 12, 31)


def test_a_hold_on_the_person_keeps_the_papers_from_disposal(amal: Viewer, system: Viewer) -> None:
    nour = a_person()
    record = a_record(by=amal, party_id=nour.pk)

    hold = raise_hold(
        f"party:{nour.pk}", effect="disposal", reason="قضية منظورة", source="court:1", by=system
    )

    assert disposal_holds(record) == [hold]


def test_filing_costs_a_fixed_number_of_queries(
    amal: Viewer, count_queries: Callable[[], Any]
) -> None:
    file = a_file(by=amal)
    through_the_port(a_file(by=amal).pk, by=amal)

    with recorded(by=amal), count_queries() as first:
        through_the_port(file.pk, by=amal)
    with count_queries() as again:
        through_the_port(file.pk, by=amal)

    # Known? A savepoint around the counter, the row and the event.
    assert len(first) == 6, [one["sql"][:80] for one in first.captured_queries]
    assert len(again) == 1
