"""Scanned papers behind receipts, entries and spendings: attached, found at the end of the way down, guarded."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.errors import NotPermitted, NotVisible
from kernel.files.selectors import file_for
from kernel.files.services import store_file
from kernel.viewer import Viewer
from modules.archive.models import Record
from modules.finance.errors.attachments import PaperMissing, TooManyPapers
from modules.finance.models import Account, Attachment, Receipt
from modules.finance.selectors.attachments import papers_behind
from modules.finance.services.attaching import (
    attach_to_entry,
    attach_to_receipt,
    attach_to_spending,
)
from modules.finance.services.spending.approving import enter_invoice
from modules.finance.services.spending.asking import commit_spending
from modules.finance.services.voiding import cancel_receipt
from modules.finance.services.vouchers import HandLine, post_voucher
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of, staff
from modules.finance.tests.test_guards import refused, sql
from modules.finance.tests.test_spending import asked, line
from tests.exemplars import picture, seat_powerless


@pytest.fixture
def receipt(karim: Viewer) -> Receipt:
    nour = person()
    owes(nour, "100")
    session_of(karim)
    return pays(nour, "60", by=karim)


def scan(name: str = "كرت.png", *, shade: int = 200, by: Viewer = HOUSE):  # type: ignore[no-untyped-def]
    return store_file(picture(shade), name, by)


def test_a_paper_put_to_a_receipt_is_seen_by_who_sees_dues_and_by_nobody_else(
    receipt: Receipt, karim: Viewer
) -> None:
    made = attach_to_receipt(receipt, [scan()], title="هوية الدافع", by=karim)
    assert [(one.title, one.added_by_name) for one in made] == [("هوية الدافع", karim.name)]
    huda = staff("huda", "accountant")
    assert file_for(huda, made[0].file.uid) == made[0].file
    stranger = seat_powerless("stranger")
    with pytest.raises(NotVisible):
        file_for(stranger, made[0].file.uid)


def test_a_paper_is_filed_once_in_the_archive_as_confidential(
    receipt: Receipt, karim: Viewer
) -> None:
    (made,) = attach_to_receipt(receipt, [scan()], by=karim)
    filed = Record.objects.get(file=made.file_id)
    assert (filed.subject, filed.type_code) == (f"receipt:{receipt.uid}", "finance.scan")
    assert filed.is_confidential
    assert receipt.number_text in filed.title


def test_no_file_and_too_many_files_are_refused(receipt: Receipt, karim: Viewer) -> None:
    with pytest.raises(PaperMissing):
        attach_to_receipt(receipt, [], by=karim)
    with pytest.raises(TooManyPapers):
        attach_to_receipt(receipt, [scan()] * 11, by=karim)
    with pytest.raises(NotPermitted):
        attach_to_receipt(receipt, [scan()], by=staff("salim", "auditor"))
    assert not Attachment.objects.exists()


def test_an_attached_paper_is_never_taken_away_or_rewritten(
    receipt: Receipt, karim: Viewer
) -> None:
    attach_to_receipt(receipt, [scan()], by=karim)
    with refused("BA002"):
        sql("DELETE FROM finance_attachment")
    with refused("BA002"):
        sql("UPDATE finance_attachment SET title = 'x'")


def test_the_way_down_from_the_books_ends_at_the_paper_of_the_spending(town: str) -> None:
    huda = staff("huda", "accountant")
    made = asked(line(), by=huda)
    commit_spending(made, by=huda)
    enter_invoice(made, reference="F-9", by=huda)
    attach_to_spending(made, [scan("فاتورة.png")], by=huda)
    entry = made.steps.get(to_state="invoiced").entry
    assert entry is not None
    assert [one.title for one in papers_behind(huda, entry)] == ["فاتورة.png"]


def test_the_papers_of_a_voided_receipt_stand_behind_its_reversal_too(
    receipt: Receipt, karim: Viewer
) -> None:
    attach_to_receipt(receipt, [scan()], by=karim)
    lama = staff("lama", "accountant").with_permissions("finance.cancel_receipt")
    cancel_receipt(receipt, reason="خطأ", by=lama)
    receipt.refresh_from_db()
    assert receipt.void_entry is not None
    assert len(papers_behind(lama, receipt.void_entry)) == 1


def test_an_entry_by_hand_carries_its_decision(town: str) -> None:
    huda = staff("huda", "accountant")
    bank, rent = (Account.objects.get(code=code) for code in ("1121", "471"))
    entry = post_voucher(
        on=today(),
        description="تبرع",
        currency="ILS",
        lines=[
            HandLine(account=bank, debit=Decimal("90")),
            HandLine(account=rent, credit=Decimal("90")),
        ],
        by=huda,
    )
    attach_to_entry(entry, [scan("قرار.png"), scan("كشف.png", shade=9)], by=huda)
    assert [one.title for one in papers_behind(huda, entry)] == ["قرار.png", "كشف.png"]
    cashier = staff("karim", "cashier")
    with pytest.raises(NotVisible):
        file_for(cashier, Attachment.objects.all()[0].file.uid)


def test_papers_are_attached_on_the_page_several_at_once(
    receipt: Receipt, client_for: Callable[..., Client]
) -> None:
    browser = client_for("karim")
    where = reverse("finance:receipt-attach", args=[receipt.uid])
    files = [
        SimpleUploadedFile("a.png", picture(1), "image/png"),
        SimpleUploadedFile("b.png", picture(2), "image/png"),
    ]
    answer = browser.post(where, {"title": "إشعار تحويل", "files": files})
    assert answer.status_code == 302, answer.content.decode()
    page = browser.get(reverse("finance:receipt", args=[receipt.uid])).content.decode()
    for one in Attachment.objects.all():
        assert reverse("files:file", args=[one.file.uid]) in page
        assert browser.get(reverse("files:file", args=[one.file.uid])).status_code == 200
    assert Attachment.objects.count() == 2


def test_a_file_that_is_not_kept_is_refused_and_the_words_stay(
    receipt: Receipt, client_for: Callable[..., Client]
) -> None:
    answer = client_for("karim").post(
        reverse("finance:receipt-attach", args=[receipt.uid]),
        {"title": "إشعار", "files": SimpleUploadedFile("a.exe", b"MZ", "application/x")},
    )
    assert answer.status_code == 422
    assert "إشعار" in answer.content.decode()
    assert not Attachment.objects.exists()
