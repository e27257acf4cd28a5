"""Print, issue, copy and revoke papers. What a paper says comes from its module; how it looks from here.

A module issues by its own right. `reprint` and `revoke_document` ask for the house's permissions; a
module that revokes by its own right says so with `by.with_permissions("printing.revoke")`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import now_local, today
from kernel.events.services import emit
from kernel.files.services import store_file
from kernel.printing import events
from kernel.printing.codes import new_code, shown_code
from kernel.printing.errors import (
    DocumentAlreadyRevoked,
    DocumentRevoked,
    ReprintNeedsReason,
    RevocationNeedsReason,
)
from kernel.printing.heads import current_letterhead, head_of_the_day, kept_head
from kernel.printing.keeping import from_kept, to_keep
from kernel.printing.models import IssuedDocument, Reprint
from kernel.printing.render import CATALOGUE
from kernel.printing.render import render_pdf as render_under
from kernel.printing.selectors import (
    Verification,
    document_by_code,
    document_for,
    documents_about,
    documents_of_party,
    verification,
    verification_url,
)
from kernel.printing.wording import amount, ltr, moment
from kernel.viewer import Viewer

__all__ = [
    "Verification",
    "amount",
    "document_by_code",
    "document_for",
    "documents_about",
    "documents_of_party",
    "issue_document",
    "ltr",
    "render_pdf",
    "reprint",
    "revoke_document",
    "verification",
    "verification_url",
]

Facts = Mapping[str, Any] | Iterable[tuple[str, Any]]


def render_pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """A paper under this municipality's letterhead, not kept and not verifiable: lists, slips, drafts."""
    return render_under(
        template, {"date": now_local()} | dict(data), letterhead=current_letterhead()
    )


def issue_document(
    kind: str,
    number: str,
    title: str,
    template: str,
    data: Mapping[str, Any],
    facts: Facts,
    party_id: int | None = None,
    subject: str = "",
    *,
    by: Viewer,
    valid_until: date | None = None,
) -> IssuedDocument:
    """Print a paper once and keep it: PDF, code, public facts, and all that a copy needs.

    Title, number, date, validity and the QR are put in where the data does not say them. The
    caller takes the number in the same transaction, so that a failed print leaves no gap.
    """
    code = new_code()
    issued_on = today()
    paper: dict[str, Any] = {"title": title, "number": number, "date": issued_on}
    if valid_until is not None and "valid_until" in CATALOGUE[template].optional:
        paper["valid_until"] = valid_until
    paper |= dict(data) | {"verify_url": verification_url(code), "code": shown_code(code)}
    head = current_letterhead()
    pdf = render_under(template, paper, letterhead=head)
    with recorded(by=by):
        file = store_file(pdf, f"{title} {number}".strip().replace("/", "-") + ".pdf", by)
        return IssuedDocument.objects.create(
            code=code,
            kind=kind,
            number=number,
            title=title,
            party_id=party_id,
            subject=subject,
            facts=_shown_facts(facts),
            issued_on=issued_on,
            valid_until=valid_until,
            issued_by=by.user_id,
            issued_by_name=by.name,
            file=file,
            template=template,
            data=to_keep(paper),
            head=kept_head(head),
        )


def _shown_facts(facts: Facts) -> list[list[str]]:
    """Facts as the verification page shows them: plain words, amounts and days written out."""
    pairs = facts.items() if isinstance(facts, Mapping) else facts
    return [[str(name), _shown(value)] for name, value in pairs]


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return amount(value) if hasattr(value, "currency") else str(value)


def reprint(document: IssuedDocument, *, by: Viewer, reason: str) -> bytes:
    """A copy marked «نسخة رقم n», counted, with its reason. The paper's words, head and code stay.

    Refuses without the permission, `ReprintNeedsReason`, and `DocumentRevoked`.
    """
    by.require("printing.reprint")
    if not reason.strip():
        raise ReprintNeedsReason()
    with recorded(by=by, reason=reason.strip()):
        locked = IssuedDocument.objects.select_for_update().get(pk=document.pk)
        if locked.is_revoked:
            raise DocumentRevoked(number=locked.number)
        copy_number = locked.reprints.count() + 2
        Reprint.objects.create(
            document=locked,
            copy_number=copy_number,
            reason=reason.strip(),
            printed_by=by.user_id,
            printed_by_name=by.name,
        )
        paper = from_kept(locked.data) | {"copy": copy_number}
        paper["printed"] = f"{by.name} {moment(now_local())}"
        return render_under(locked.template, paper, letterhead=head_of_the_day(locked.head))


def revoke_document(document: IssuedDocument, *, by: Viewer, reason: str) -> IssuedDocument:
    """Declare a paper no longer valid; whoever scans it learns so at once.

    Refuses without the permission, `RevocationNeedsReason`, and `DocumentAlreadyRevoked`.
    """
    by.require("printing.revoke")
    if not reason.strip():
        raise RevocationNeedsReason()
    with recorded(by=by, reason=reason.strip()):
        locked = IssuedDocument.objects.select_for_update().get(pk=document.pk)
        if locked.is_revoked:
            raise DocumentAlreadyRevoked(number=locked.number)
        locked.revoked_at = timezone.now()
        locked.revoked_by = by.user_id
        locked.revoked_by_name = by.name
        locked.revoked_reason = reason.strip()
        locked.save(update_fields=["revoked_at", "revoked_by", "revoked_by_name", "revoked_reason"])
        emit(
            events.DocumentRevoked(
                document_uid=str(locked.uid),
                kind=locked.kind,
                number=locked.number,
                subject=locked.subject,
                reason=locked.revoked_reason,
            ),
            by=by,
        )
    return locked
