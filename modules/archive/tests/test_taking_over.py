"""What the municipality issued while the archive was off is filed later, once."""

from __future__ import annotations

from datetime import date

from kernel.activation.services import switch
from kernel.audit.recording import recorded
from kernel.jobs.models import Job
from kernel.jobs.services import run_job, start_job
from kernel.parties.tests.factories import a_person
from kernel.ports.asking import ask
from kernel.ports.filing import FilingPort
from kernel.printing.models import IssuedDocument
from kernel.viewer import Viewer
from modules.archive.models import Record
from modules.archive.selectors import kept_by_kernel, papers_kept
from modules.archive.tests.factories import a_file, a_record


def an_issued_paper(
    code: str, *, by: Viewer, kind: str = "finance.receipt", party_id: int | None = None
) -> IssuedDocument:
    with recorded(by=by):
        return IssuedDocument.objects.create(
            code=code,
            kind=kind,
            number="01-2026/00007",
            title="سند قبض",
            subject="receipt:7",
            party_id=party_id,
            issued_on=date(2026, 3, 5),
            file=a_file(by=by),
            template="receipt",
        )


def test_papers_issued_before_are_filed_by_one_job(abeer: Viewer, karim: Viewer) -> None:
    nour = a_person()
    paper = an_issued_paper("0123456789ABCDEF", by=karim, party_id=nour.pk)
    an_issued_paper("FEDCBA9876543210", by=karim, kind="finance.statement")

    job = start_job("archive.take_over", by=abeer)
    run_job(job.pk)

    assert Job.objects.get(pk=job.pk).status == "done"
    record = Record.objects.get(file=paper.file)
    assert (record.title, record.subject, record.party_id) == (
        "سند قبض 01-2026/00007",
        "receipt:7",
        nour.pk,
    )
    assert (record.dated_on, record.keep_until) == (date(2026, 3, 5), date(2036, 12, 31))
    assert Record.objects.get(type_code="finance.statement").is_confidential
    assert not kept_by_kernel().exists()


def test_the_second_run_files_nothing_more(abeer: Viewer, karim: Viewer) -> None:
    an_issued_paper("0123456789ABCDEF", by=karim)
    run_job(start_job("archive.take_over", by=abeer).pk)

    run_job(start_job("archive.take_over", by=abeer).pk)

    assert Record.objects.count() == 1


def test_a_paper_that_its_module_filed_does_not_wait(amal: Viewer, karim: Viewer) -> None:
    paper = an_issued_paper("0123456789ABCDEF", by=karim)

    a_record(by=amal, file=paper.file)

    assert not kept_by_kernel().exists()


def test_papers_handed_in_before_are_filed_as_they_would_have_been(
    abeer: Viewer, amal: Viewer, system: Viewer
) -> None:
    nour = a_person()
    file = a_file(by=amal)
    switch("archive", on=False, by=system)
    with recorded(by=amal):
        assert (
            ask(FilingPort).file_document(
                file_id=file.pk,
                title="صورة الهوية",
                type_code="finance.statement",
                subject="request:7",
                party_id=nour.pk,
                confidential=True,
                section_ids=[3, 5],
                by=amal,
            )
            == ""
        )
    switch("archive", on=True, by=system)
    assert papers_kept().count() == 1

    run_job(start_job("archive.take_over", by=abeer).pk)
    run_job(start_job("archive.take_over", by=abeer).pk)

    record = Record.objects.get(file=file)
    assert (record.subject, record.party_id, record.section_ids) == ("request:7", nour.pk, [3, 5])
    assert record.is_confidential
    assert not papers_kept().exists()


def test_with_the_archive_on_nothing_is_noted_for_later(amal: Viewer) -> None:
    with recorded(by=amal):
        ask(FilingPort).file_document(
            file_id=a_file(by=amal).pk,
            title="صورة الهوية",
            type_code="finance.statement",
            subject="request:7",
            party_id=None,
            confidential=False,
            section_ids=[],
            by=amal,
        )

    assert not papers_kept().exists()
