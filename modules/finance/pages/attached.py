"""The card of scanned papers on a page: what is attached, and the form that attaches more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, cast

from django.db.models import QuerySet

from frontend.forms import DeskForm
from frontend.pages import DeskRequest
from kernel.files.models import StoredFile
from kernel.files.services import store_file
from modules.finance.constants import PAPERS_AT_ONCE
from modules.finance.errors.attachments import TooManyPapers
from modules.finance.forms.attachments import AttachmentForm
from modules.finance.models import Attachment


@dataclass(frozen=True)
class Card:
    """What the template shows; `form` is None for who may not attach."""

    papers: list[Attachment]
    form: DeskForm | None
    action: str


def card_of(
    request: DeskRequest,
    papers: QuerySet[Attachment],
    *,
    action: str,
    form: AttachmentForm | None = None,
) -> Card:
    may = request.viewer.may("finance.attach")
    return Card(list(papers), (form or AttachmentForm()) if may else None, action)


def stored_files(request: DeskRequest) -> list[StoredFile]:
    """What was handed in with the form, kept. Refuses what the kernel does not keep, and `TooManyPapers`."""
    uploads = request.FILES.getlist("files")
    if len(uploads) > PAPERS_AT_ONCE:
        raise TooManyPapers(limit=PAPERS_AT_ONCE)
    return [store_file(cast(BinaryIO, one), one.name or "", request.viewer) for one in uploads]
