"""Papers: attached once, used again, waived with a reason, or not accepted.

Bytes are the kernel's (`kernel.files`); from here every section on the route sees them at once, and the archive
files them where it is switched on.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from kernel import registry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.files.models import StoredFile
from kernel.files.services import untraced_copy
from kernel.parties.selectors import ids_of_all
from kernel.policies.selectors import value
from kernel.ports import ask
from kernel.ports.filing import FilingPort
from kernel.viewer import Viewer
from modules.frontdesk.constants import PaperStatus, Verb
from modules.frontdesk.errors import (
    NotADraft,
    PaperNotFound,
    PaperNotReusable,
    PaperUnknown,
    ReasonRequired,
    RequestClosed,
)
from modules.frontdesk.models import Request, RequestPaper, RequestStep
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.selectors.requests import reusable_papers
from modules.frontdesk.services.recording import lock_draft, lock_request, note

STEP_PHOTOS = "visit_photo"
OTHER_PAPER = "other"


def attach_paper(
    uid: UUID | str,
    *,
    requirement: str,
    file: StoredFile,
    document_type: str = "",
    title: str = "",
    issued_on: date | None = None,
    valid_until: date | None = None,
    step: RequestStep | None = None,
    by: Viewer,
) -> RequestPaper:
    """Attach a stored file under a requirement (or one of its substitutes), in a draft or while the request runs.

    Refuses `PaperUnknown` for a kind of paper that the service does not ask for, and `RequestClosed`.
    """
    with recorded(by=by):
        request = lock_request(uid, by=by)
        if request.is_closed:
            raise RequestClosed(number=request.number, state=request.get_state_display())
        paper = new_paper(
            request,
            requirement=requirement,
            file=file,
            document_type=document_type,
            title=title,
            issued_on=issued_on,
            valid_until=valid_until,
            step=step,
            by=by,
        )
        if not request.is_draft:
            paper.filing_ref = file_paper(request, paper, by=by)
        paper.save()
        if not request.is_draft:
            note(
                request,
                Verb.PAPER_ATTACHED,
                by=by,
                step=step,
                text=paper.title,
                paper=str(paper.uid),
            )
            request.save()
    return paper


def new_paper(
    request: Request,
    *,
    requirement: str,
    file: StoredFile,
    document_type: str = "",
    title: str = "",
    issued_on: date | None = None,
    valid_until: date | None = None,
    step: RequestStep | None = None,
    by: Viewer,
) -> RequestPaper:
    """The paper as it will be written; nothing is written here. Refuses `PaperUnknown`."""
    kind = document_type or requirement
    if step is None:
        _require_asked(request, requirement, kind)
        # A citizen's photograph, whichever way it came: a hidden reporter's home stands in it. Visits keep the place.
        file = untraced_copy(file, by=by)
    return RequestPaper(
        request=request,
        step=step,
        requirement=requirement,
        document_type=kind,
        file=file,
        title=title or file.name,
        is_confidential=_is_confidential(kind),
        issued_on=issued_on,
        valid_until=valid_until,
        added_by_id=by.user_id,
        added_by_name=by.name,
    )


def reuse_paper(
    uid: UUID | str, *, requirement: str, paper_uid: UUID | str, by: Viewer
) -> RequestPaper:
    """Use a valid paper of the same person that is already on file. Refuses `PaperNotReusable`."""
    with recorded(by=by):
        request = lock_request(uid, by=by)
        if request.is_closed:
            raise RequestClosed(number=request.number, state=request.get_state_display())
        asked = request.design_asked.requirement(requirement)
        if asked is None:
            raise PaperUnknown()
        offered = reusable_papers(
            by,
            party_ids=ids_of_all(one for one in (request.applicant_id,) if one),
            types=asked.accepted,
            issued_after=today() - timedelta(days=asked.reuse_days),
            on=today(),
        )
        old = next((one for one in offered if str(one.uid) == str(paper_uid)), None)
        if old is None or not asked.reuse_days:
            raise PaperNotReusable()
        paper = RequestPaper.objects.create(
            request=request,
            requirement=requirement,
            document_type=old.document_type,
            file=old.file,
            title=old.title,
            is_confidential=old.is_confidential,
            reused_from=old,
            issued_on=old.issued_on,
            valid_until=old.valid_until,
            filing_ref=old.filing_ref,
            added_by_id=by.user_id,
            added_by_name=by.name,
        )
        if not request.is_draft:
            note(request, Verb.PAPER_REUSED, by=by, text=paper.title, paper=str(paper.uid))
            request.save()
    return paper


def waive_paper(
    uid: UUID | str,
    *,
    requirement: str,
    reason: str,
    conditional: bool = False,
    until: date | None = None,
    by: Viewer,
) -> RequestPaper:
    """Let a request go on without a mandatory paper, for a reason.

    `conditional`: the paper is brought later, until the day that was agreed or within the days of policy FRD-03; the
    request is not approved before.
    Needs `frontdesk.waive`. Refuses `ReasonRequired` and `PaperUnknown`.
    """
    by.require("frontdesk.waive")
    if not reason.strip():
        raise ReasonRequired()
    with recorded(by=by, reason=reason):
        request = lock_request(uid, by=by)
        if request.is_closed:
            raise RequestClosed(number=request.number, state=request.get_state_display())
        _require_asked(request, requirement, requirement)
        until = until if conditional else None
        if conditional and until is None:
            days = value("FRD-03.conditional_accept_days", on=today()).value
            until = today() + timedelta(days=days)
        paper = RequestPaper.objects.create(
            request=request,
            requirement=requirement,
            document_type=requirement,
            title=paper_title(requirement),
            status=PaperStatus.WAIVED,
            valid_until=until,
            reason=reason.strip(),
            added_by_id=by.user_id,
            added_by_name=by.name,
        )
        if not request.is_draft:
            note(
                request,
                Verb.PAPER_WAIVED,
                by=by,
                text=f"{paper.title}: {reason}",
                paper=str(paper.uid),
            )
            request.save()
    return paper


def reject_paper(
    uid: UUID | str, *, paper_uid: UUID | str, reason: str, by: Viewer
) -> RequestPaper:
    """Say that a paper does not serve (unreadable, expired, another person's), with the reason."""
    by.require("frontdesk.work")
    if not reason.strip():
        raise ReasonRequired()
    with recorded(by=by, reason=reason):
        request = lock_request(uid, by=by)
        paper = _paper(request, paper_uid)
        paper.status, paper.reason = PaperStatus.REJECTED, reason.strip()
        paper.save()
        if not request.is_draft:
            note(
                request,
                Verb.PAPER_REJECTED,
                by=by,
                text=f"{paper.title}: {reason}",
                paper=str(paper.uid),
            )
            request.save()
    return paper


def remove_paper(uid: UUID | str, *, paper_uid: UUID | str, by: Viewer) -> None:
    """Take a paper out of a draft. What was submitted stays. Refuses `NotADraft`."""
    with recorded(by=by):
        request = lock_draft(uid, by=by)
        if request.submitted_at is not None:
            raise NotADraft(number=request.number)
        _paper(request, paper_uid).delete()


def file_paper(request: Request, paper: RequestPaper, *, by: Viewer) -> str:
    """Hand the paper to the archive for all sections on the route; "" where the kernel alone keeps the bytes."""
    if paper.file_id is None:
        return ""
    sections = RequestStep.objects.filter(request=request).values_list("section_id", flat=True)
    return ask(FilingPort).file_document(
        file_id=paper.file_id,
        title=f"{paper.title} · {request.number or ''}".rstrip(" ·"),
        type_code=paper.document_type,
        subject=request.subject_ref,
        party_id=request.told_party_id,
        confidential=paper.is_confidential,
        section_ids=sorted(set(sections)),
        by=by,
    )


def _require_asked(request: Request, requirement: str, document_type: str) -> None:
    asked = request.design_asked.requirement(requirement)
    if requirement == OTHER_PAPER:
        return
    if asked is None or document_type not in asked.accepted:
        raise PaperUnknown()


def _is_confidential(document_type: str) -> bool:
    declared = registry.document_types().get(document_type)
    return declared is not None and declared.confidential


def _paper(request: Request, paper_uid: UUID | str) -> RequestPaper:
    paper = RequestPaper.objects.select_for_update().filter(request=request, uid=paper_uid).first()
    if paper is None:
        raise PaperNotFound()
    return paper
