"""Attach scanned papers to receipts, vouchers and spendings.

Bytes are the kernel's; the archive files them where it is switched on. What must not live here: who may open a paper
(`selectors.attachments`).
"""

from __future__ import annotations

from collections.abc import Sequence

from kernel.audit.recording import recorded
from kernel.files.models import StoredFile
from kernel.ports import ask
from kernel.ports.filing import FilingPort
from kernel.viewer import Viewer
from modules.finance.constants import PAPERS_AT_ONCE
from modules.finance.errors.attachments import PaperMissing, TooManyPapers
from modules.finance.models import Attachment, Entry, Receipt, Spending

SCAN = "finance.scan"


def attach_to_receipt(
    receipt: Receipt, files: Sequence[StoredFile], *, title: str = "", by: Viewer
) -> list[Attachment]:
    """Papers behind a receipt, also of one that is void. Needs `finance.attach`. Refuses `PaperMissing`, `TooManyPapers`."""
    return _attach(
        files,
        title=title,
        subject=f"receipt:{receipt.uid}",
        number=receipt.number_text,
        party_id=receipt.party_id,
        entry=receipt.entry,
        by=by,
    )


def attach_to_entry(
    entry: Entry, files: Sequence[StoredFile], *, title: str = "", by: Viewer
) -> list[Attachment]:
    """Papers behind an entry of the books. Needs `finance.attach`. Refuses `PaperMissing`, `TooManyPapers`."""
    return _attach(
        files,
        title=title,
        subject=f"entry:{entry.uid}",
        number=entry.number_text,
        party_id=None,
        entry=entry,
        by=by,
    )


def attach_to_spending(
    spending: Spending, files: Sequence[StoredFile], *, title: str = "", by: Viewer
) -> list[Attachment]:
    """Papers behind a request to spend or its payment. Needs `finance.attach`. Refuses `PaperMissing`, `TooManyPapers`."""
    return _attach(
        files,
        title=title,
        subject=f"spending:{spending.uid}",
        number=spending.number_text,
        party_id=spending.party_id,
        spending=spending,
        by=by,
    )


def _attach(
    files: Sequence[StoredFile],
    *,
    title: str,
    subject: str,
    number: str,
    party_id: int | None,
    entry: Entry | None = None,
    spending: Spending | None = None,
    by: Viewer,
) -> list[Attachment]:
    by.require("finance.attach")
    if not files:
        raise PaperMissing()
    if len(files) > PAPERS_AT_ONCE:
        raise TooManyPapers(limit=PAPERS_AT_ONCE)
    with recorded(by=by):
        made = Attachment.objects.bulk_create(
            Attachment(
                entry=entry,
                spending=spending,
                file=file,
                title=title.strip() or file.name,
                added_by_id=by.user_id,
                added_by_name=by.name,
            )
            for file in files
        )
        for one in made:
            ask(FilingPort).file_document(
                file_id=one.file_id,
                title=f"{one.title} · {number}",
                type_code=SCAN,
                subject=subject,
                party_id=party_id,
                confidential=True,
                section_ids=(),
                by=by,
            )
    return made
