"""Find issued papers, and tell anybody with a code whether one is genuine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.calendar.selectors import local_date, today
from kernel.errors import NotVisible
from kernel.printing.codes import typed_code
from kernel.printing.heads import public_base
from kernel.printing.models import IssuedDocument
from kernel.profile.selectors import town_name
from kernel.terms import has_term, term
from kernel.viewer import Viewer

Status = Literal["valid", "expired", "revoked"]
MAY_SEE = "parties.read"

_LABELS: dict[str, str | Promise] = {
    "request": _("Request"),
    "service": _("Service"),
    "name": _("Name"),
    "amount": _("Amount"),
    "purpose": _("Purpose"),
}


@dataclass(frozen=True)
class Verification:
    """What anybody who holds the code may learn: enough to compare with the paper, no more."""

    status: Status
    title: str
    number: str
    municipality: str
    issued_on: date
    valid_until: date | None
    revoked_on: date | None
    facts: tuple[tuple[str, str], ...]


def verification(code: str) -> Verification | None:
    """The state of the paper with this code today, or None: such a paper was never issued here.

    Revoked comes before expired: whoever asks must hear that it was withdrawn.
    """
    document = document_by_code(code)
    if document is None:
        return None
    status: Status = "valid"
    if document.revoked_at is not None:
        status = "revoked"
    elif document.valid_until is not None and document.valid_until < today():
        status = "expired"
    return Verification(
        status=status,
        title=document.title,
        number=document.number,
        municipality=town_name(),
        issued_on=document.issued_on,
        valid_until=document.valid_until,
        revoked_on=local_date(document.revoked_at) if document.revoked_at else None,
        facts=tuple((_label(name), value) for name, value in document.facts),
    )


def document_by_code(code: str) -> IssuedDocument | None:
    """The paper with this code, however it was typed (spaces, dashes, small letters, O for 0)."""
    return IssuedDocument.objects.filter(code=typed_code(code)).first()


def document_for(viewer: Viewer, uid: UUID | str) -> IssuedDocument:
    """The paper of that uid; `NotVisible` when there is none or the viewer may not see papers."""
    document = documents_for(viewer).filter(uid=uid).first()
    if document is None:
        raise NotVisible()
    return document


def documents_for(viewer: Viewer) -> QuerySet[IssuedDocument]:
    """All issued papers that the viewer may see, newest first, with their files."""
    found = IssuedDocument.objects.select_related("file__blob").order_by("-id")
    return (
        found
        if viewer.may(MAY_SEE)
        else found.filter(issued_by=viewer.user_id, issued_by__isnull=False)
    )


def documents_of_party(viewer: Viewer, party_id: int) -> QuerySet[IssuedDocument]:
    """Papers issued to a person, newest first."""
    return documents_for(viewer).filter(party_id=party_id)


def documents_about(viewer: Viewer, subject: str) -> QuerySet[IssuedDocument]:
    """Papers issued about a record, newest first."""
    return documents_for(viewer).filter(subject=subject)


def visible_files(viewer: Viewer, file_ids: set[int]) -> set[int]:
    """The kernel's file guard for the PDFs of issued papers."""
    return set(documents_for(viewer).filter(file_id__in=file_ids).values_list("file_id", flat=True))


def verification_url(code: str) -> str:
    """The address that the QR of a paper leads to."""
    return f"{public_base()}/v/{code}"


def _label(name: str) -> str:
    if name in _LABELS:
        return str(_LABELS[name])
    return term(name) if has_term(name) else name
