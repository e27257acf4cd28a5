"""Print what a service will cost, under a number of its own and with a code that anybody can verify."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.numbering.services import take
from kernel.printing.keeping import to_keep
from kernel.printing.models import IssuedDocument
from kernel.printing.services import documents_about, issue_document
from kernel.viewer import Viewer
from modules.frontdesk.constants import QUOTATION_SERIES
from modules.frontdesk.events import QuotationPrinted
from modules.frontdesk.models import Request
from modules.frontdesk.selectors.quotation_paper import (
    KIND,
    public_facts,
    quotation_paper,
    quotation_title,
)
from modules.frontdesk.selectors.quoting import Quotation, quotation_of
from modules.frontdesk.services.recording import lock_draft

OPEN = "frontdesk.open"


def print_quotation(uid: UUID | str, *, by: Viewer) -> tuple[IssuedDocument, Quotation]:
    """The quotation of a draft as it stands. Printed twice on a day with nothing changed, it is the same paper.

    Needs `frontdesk.open`. Refuses `NotADraft` for a request that has its number: its fees are charged already.
    """
    by.require(OPEN)
    with recorded(by=by):
        request = lock_draft(uid, by=by)
        quotation = quotation_of(request, on=today())
        title, data = quotation_title(), quotation_paper(quotation, clerk=by.name)
        same = _printed(request, data, on=quotation.on, by=by)
        if same is not None:
            return same, quotation
        document = issue_document(
            kind=KIND,
            number=take(QUOTATION_SERIES, year=today().year, by=by).text,
            title=title,
            template="quotation",
            data=data,
            facts=public_facts(quotation),
            party_id=request.payer_id,
            subject=request.subject_ref,
            valid_until=quotation.valid_until,
            by=by,
        )
        emit(
            QuotationPrinted(
                request_uid=str(request.uid),
                service_code=request.service_version.service.code,
                number=document.number,
                valid_until=quotation.valid_until,
            ),
            by=by,
        )
    return document, quotation


def _printed(
    request: Request, data: dict[str, Any], *, on: date, by: Viewer
) -> IssuedDocument | None:
    """The same quotation, if this person printed it already today."""
    told = to_keep({name: data[name] for name in _COMPARED})
    for one in documents_about(by, request.subject_ref).filter(
        kind=KIND, issued_on=on, issued_by=by.user_id, revoked_at=None
    ):
        if {name: one.data.get(name) for name in _COMPARED} == told:
            return one
    return None


_COMPARED = ("applicant", "facts", "rows", "papers", "days", "references")
