"""A paper is issued once, verified by anybody, copied with a mark, and revoked for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pypdfium2
import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotPermitted, NotVisible
from kernel.events.models import OutboxEvent
from kernel.files.errors import FileDamaged
from kernel.files.services import store_file, verify
from kernel.files.tests import samples
from kernel.money import money
from kernel.printing.codes import ALPHABET, new_code, shown_code, typed_code
from kernel.printing.errors import (
    DocumentAlreadyRevoked,
    DocumentRevoked,
    ReprintNeedsReason,
    RevocationNeedsReason,
)
from kernel.printing.models import IssuedDocument, Reprint
from kernel.printing.render import TemplateDataWrong
from kernel.printing.selectors import (
    document_by_code,
    document_for,
    documents_about,
    documents_of_party,
    verification,
    visible_files,
)
from kernel.printing.services import issue_document, render_pdf, reprint, revoke_document
from kernel.printing.tests.papers import papers
from kernel.profile.services import save_profile
from kernel.tenancy import use
from kernel.viewer import Viewer


def issued(by: Viewer, **changes: Any) -> IssuedDocument:
    paper = papers()["certificate"]
    for common in ("title", "number", "date", "verify_url", "code", "valid_until"):
        del paper[common]
    given: dict[str, Any] = {
        "kind": "clearance",
        "number": "CL-2026/00001",
        "title": "براءة ذمة",
        "template": "certificate",
        "data": paper,
        "facts": {"name": "نور خليل الحاج", "amount": money("10", "ILS")},
        "party_id": 7,
        "subject": "request:1",
        "valid_until": today() + timedelta(days=90),
    }
    return issue_document(**given | changes, by=by)


def words(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


@pytest.fixture
def clerk(amal: Viewer) -> Viewer:
    return amal.with_permissions("printing.reprint", "printing.revoke", "parties.read")


def test_an_issued_paper_is_kept_with_its_bytes_and_its_trail(clerk: Viewer) -> None:
    document = issued(clerk)

    assert verify(document.file)
    assert document.file.media_type == "application/pdf"
    assert document.file.name == "براءة ذمة CL-2026-00001.pdf"
    assert "براءة ذمة" in words(document.file.read())
    assert document.issued_by == clerk.user_id
    entry = AuditEntry.objects.get(table_name="printing_issueddocument", operation="insert")
    assert entry.after["number"] == "CL-2026/00001"
    assert "data" not in entry.after


def test_anybody_with_the_code_learns_that_the_paper_is_genuine(clerk: Viewer) -> None:
    document = issued(clerk)

    for typed in (document.code, shown_code(document.code).lower(), f" {document.code} "):
        found = verification(typed)
        assert found is not None
        assert found.status == "valid"
        assert found.number == "CL-2026/00001"
        assert "خان يونس" in found.municipality
        assert [value for _name, value in found.facts] == [
            "نور خليل الحاج",
            "\u206610.00\u00a0₪\u2069",
        ]


def test_an_unknown_code_was_never_issued(clerk: Viewer, other_town: str) -> None:
    document = issued(clerk)

    assert verification(new_code()) is None
    assert verification("'; DROP TABLE x;--") is None
    assert verification("") is None
    with use(other_town):
        assert document_by_code(document.code) is None


def test_a_paper_expires_the_day_after_its_last(
    clerk: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = issued(clerk, valid_until=today())
    assert (seen := verification(document.code)) and seen.status == "valid"

    monkeypatch.setattr("kernel.printing.selectors.today", lambda: date(2999, 1, 1))
    assert (seen := verification(document.code)) and seen.status == "expired"


def test_a_copy_is_marked_counted_and_says_the_same(clerk: Viewer) -> None:
    document = issued(clerk)

    first = reprint(document, by=clerk, reason="ضاع الأصل")
    second = reprint(document, by=clerk, reason="طلب البنك")

    assert "نسخة رقم 2" in words(first)
    assert "نسخة رقم 3" in words(second)
    assert "نور خليل الحاج" in words(first)
    assert list(Reprint.objects.order_by("id").values_list("copy_number", "reason")) == [
        (2, "ضاع الأصل"),
        (3, "طلب البنك"),
    ]


def test_a_copy_keeps_the_head_of_its_day(clerk: Viewer, system: Viewer) -> None:
    document = issued(clerk)
    save_profile(by=system, governorate_ar="محافظة جديدة")

    assert "محافظة جديدة" not in words(reprint(document, by=clerk, reason="ضاع"))
    assert "محافظة جديدة" in words(render_pdf("slip", papers()["slip"]))


def test_a_revoked_paper_says_so_and_is_not_copied(
    clerk: Viewer, deliver_events: Callable[[], int]
) -> None:
    document = issued(clerk, valid_until=today())

    revoke_document(document, by=clerk, reason="صدرت بالخطأ")

    found = verification(document.code)
    assert found is not None and found.status == "revoked" and found.revoked_on == today()
    assert OutboxEvent.objects.filter(name="printing.DocumentRevoked").count() == 1
    with pytest.raises(DocumentRevoked):
        reprint(document, by=clerk, reason="ضاع")
    with pytest.raises(DocumentAlreadyRevoked):
        revoke_document(document, by=clerk, reason="مرة أخرى")


def test_copies_and_revocations_want_a_permission_and_a_reason(clerk: Viewer, amal: Viewer) -> None:
    document = issued(clerk)
    nobody = Viewer(user_id=amal.user_id, name=amal.name)

    with pytest.raises(ReprintNeedsReason):
        reprint(document, by=clerk, reason="  ")
    with pytest.raises(RevocationNeedsReason):
        revoke_document(document, by=clerk, reason="")
    with pytest.raises(NotPermitted):
        reprint(document, by=nobody, reason="ضاع")
    with pytest.raises(NotPermitted):
        revoke_document(document, by=nobody, reason="خطأ")
    assert not Reprint.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE printing_issueddocument SET number = 'X'",
        "UPDATE printing_issueddocument SET facts = '[]'",
        "UPDATE printing_issueddocument SET file_id = NULL",
        "UPDATE printing_issueddocument SET revoked_at = now()",
        "DELETE FROM printing_issueddocument",
        "UPDATE printing_reprint SET reason = 'x'",
        "DELETE FROM printing_reprint",
    ],
)
def test_the_database_keeps_what_was_issued(change: str, clerk: Viewer) -> None:
    reprint(issued(clerk), by=clerk, reason="ضاع")
    with pytest.raises(DatabaseError), recorded(by=clerk), connection.cursor() as sql:
        sql.execute(change)


def test_papers_are_found_by_person_and_by_subject(clerk: Viewer, basel: Viewer) -> None:
    document = issued(clerk)
    issued(clerk, party_id=8, subject="lease:1", number="CL-2026/00002")

    assert [one.pk for one in documents_of_party(clerk, 7)] == [document.pk]
    assert [one.pk for one in documents_about(clerk, "request:1")] == [document.pk]
    assert document_for(clerk, document.uid) == document
    stranger = Viewer(user_id=basel.user_id, name=basel.name)
    assert visible_files(clerk, {document.file_id}) == {document.file_id}
    assert visible_files(stranger, {document.file_id}) == set()
    with pytest.raises(NotVisible):
        document_for(stranger, document.uid)


def test_a_paper_that_cannot_be_printed_leaves_nothing(clerk: Viewer) -> None:
    with pytest.raises(TemplateDataWrong):
        issued(clerk, data={"unknown": 1})
    assert not IssuedDocument.objects.exists()


def test_the_emblem_of_the_profile_is_printed(clerk: Viewer, system: Viewer) -> None:
    before = len(render_pdf("slip", papers()["slip"]))
    emblem = store_file(samples.picture("PNG", (300, 300)), "شعار.png", system)
    save_profile(by=system, emblem=emblem.uid)

    document = issued(clerk)

    assert document.head["emblem"] == str(emblem.uid)
    assert len(render_pdf("slip", papers()["slip"])) != before
    with pytest.raises(FileDamaged):
        store_file(samples.picture("PNG")[:-40], "شعار.png", system)


def test_printing_costs_no_query_and_issuing_a_few(clerk: Viewer) -> None:
    render_pdf("slip", papers()["slip"])
    with CaptureQueriesContext(connection) as printing:
        render_pdf("slip", papers()["slip"])
    assert len(printing) == 0
    issued(clerk)
    with CaptureQueriesContext(connection) as issuing:
        issued(clerk, number="CL-2026/00003")
    assert len(issuing) <= 12


def test_codes_are_unguessable_and_forgiving() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 16 and set(code) <= set(ALPHABET) for code in codes)
    assert typed_code("7kqm-x2rt 9hpw-a4zo") == "7KQMX2RT9HPWA4Z0"
