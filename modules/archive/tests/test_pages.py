"""The archive in the browser: list, sheet, record, filing by hand; closed to who may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.organisation.models import Section
from kernel.parties.tests.factories import a_person
from kernel.tenancy import use
from kernel.testing.people import seat_person
from kernel.viewer import Viewer
from modules.archive.models import Record
from modules.archive.tests.factories import a_pdf, a_record

Browser = Callable[..., Any]


def scan(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("مسح.pdf", content or a_pdf(), content_type="application/pdf")


def test_the_list_shows_what_one_sees(
    amal: Viewer, rana: Viewer, planning: Section, client_for: Browser
) -> None:
    a_record("رخصة فندق المحطة", by=amal, section_ids=[planning.pk])
    a_record("تقرير مشفى ناصر", by=amal, section_ids=[planning.pk], type_code="health_report")
    a_record("ورقة قسم آخر", by=amal)

    page = client_for("rana").get("/archive/").content.decode()

    assert "رخصة فندق المحطة" in page
    assert "تقرير مشفى ناصر" not in page
    assert "ورقة قسم آخر" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=رخصه", True),
        ("q=2026/1", True),
        ("q=عقد", False),
        ("type=title_deed", True),
        ("type=archive.memo", False),
        ("since=06/12/2026&until=06122026", True),
        ("until=5/12/2026", False),
        ("party=الأسطل", True),
        ("party=شعث", False),
    ],
)
def test_the_list_is_filtered(abeer: Viewer, client_for: Browser, query: str, found: bool) -> None:
    a_record("رخصة فندق المحطة", by=abeer, party_id=a_person().pk)

    page = client_for("abeer").get(f"/archive/?{query}").content.decode()

    assert ("رخصة فندق المحطة" in page) is found


def test_the_list_is_filtered_by_section(
    abeer: Viewer, planning: Section, client_for: Browser
) -> None:
    a_record("رخصة فندق المحطة", by=abeer, section_ids=[planning.pk])
    a_record("عقد سوق الجمعة", by=abeer)

    page = client_for("abeer").get(f"/archive/?section={planning.pk}").content.decode()

    assert "رخصة فندق المحطة" in page
    assert "عقد سوق الجمعة" not in page


def test_the_list_is_given_as_a_sheet(abeer: Viewer, client_for: Browser) -> None:
    a_record("رخصة فندق المحطة", by=abeer)

    answer = client_for("abeer").get("/archive/?export=xlsx")

    assert answer.status_code == 200
    assert "spreadsheetml" in answer["Content-Type"]


def test_a_record_shows_its_preview_and_what_lies_beside_it(
    amal: Viewer, abeer: Viewer, client_for: Browser
) -> None:
    record = a_record("سند ملكية", by=amal, subject="request:5")
    a_record("مخطط موقع", by=amal, subject="request:5")
    browser = client_for("abeer")

    page = browser.get(f"/archive/{record.uid}").content.decode()

    assert f'<iframe class="preview" src="/files/{record.file.uid}"' in page
    assert "مخطط موقع" in page
    assert browser.get(f"/files/{record.file.uid}").status_code == 200


def test_the_archivist_files_a_paper(abeer: Viewer, planning: Section, client_for: Browser) -> None:
    nour = a_person()

    answer = client_for("abeer").post(
        "/archive/new",
        {
            "file": scan(),
            "title": "عقد صيانة ٢٠١٩",
            "type_code": "archive.contract",
            "party": str(nour.uid),
            "sections": [str(planning.pk)],
            "dated_on": "٠٣/٠٥/٢٠١٩",
        },
    )

    record = Record.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/archive/{record.uid}"
    assert (record.title, record.party_id, record.section_ids) == (
        "عقد صيانة ٢٠١٩",
        nour.pk,
        [planning.pk],
    )
    assert record.dated_on.isoformat() == "2019-05-03"


def test_the_same_scan_is_refused_until_it_is_said_to_be_meant(
    abeer: Viewer, client_for: Browser
) -> None:
    content = a_pdf()
    browser = client_for("abeer")
    typed = {"title": "محضر", "type_code": "archive.memo"}
    browser.post("/archive/new", {**typed, "file": scan(content)})

    refused = browser.post("/archive/new", {**typed, "file": scan(content)})
    meant = browser.post("/archive/new", {**typed, "file": scan(content), "again": "on"})

    assert refused.status_code == 422
    assert "2026/00001" in refused.content.decode()
    assert meant.status_code == 302
    assert Record.objects.count() == 2


def test_an_empty_file_comes_back_with_a_sentence(abeer: Viewer, client_for: Browser) -> None:
    empty = SimpleUploadedFile("فارغ.pdf", b"", content_type="application/pdf")

    answer = client_for("abeer").post(
        "/archive/new", {"title": "محضر", "type_code": "archive.memo", "file": empty}
    )

    assert answer.status_code == 422
    assert not Record.objects.exists()


@pytest.mark.parametrize("path", ["/archive/new", "/archive/take-over"])
def test_a_reader_files_nothing(rana: Viewer, client_for: Browser, path: str) -> None:
    assert client_for("rana").post(path, {}).status_code == 403


def test_who_has_no_part_in_the_archive_is_told_so(amal: Viewer, client_for: Browser) -> None:
    assert client_for("amal").get("/archive/").status_code == 403
    assert client_for().get("/archive/").status_code == 302


def test_another_towns_archivist_gets_404(
    amal: Viewer, client_for: Browser, other_town: str
) -> None:
    record = a_record(by=amal)
    paths = [f"/archive/{record.uid}", f"/files/{record.file.uid}"]

    with use(other_town):
        seat_person(
            username="maha", name_ar="مها", name_en="Maha", role="archivist", section="archive"
        )
        browser = client_for("maha")
        assert browser.get("/archive/").status_code == 200
        assert [browser.get(path).status_code for path in paths] == [404, 404]


def test_a_page_of_the_list_costs_the_same_however_many_rows(
    amal: Viewer, abeer: Viewer, client_for: Browser, count_queries: Callable[[], Any]
) -> None:
    browser = client_for("abeer")
    a_record(by=amal)
    browser.get("/archive/")
    with count_queries() as one_row:
        browser.get("/archive/")
    for _number in range(4):
        a_record(by=amal, party_id=a_person().pk)

    with count_queries() as five_rows:
        browser.get("/archive/")

    assert len(five_rows) == len(one_row)
