"""Printed sheets that come back signed: the scan closes the step that the sheet was printed for.

A sheet's number is the request's number and the step's own: `2026/00417/8123`. It stands on the sheet as text and
in its code, so a scan with a text layer is recognised by itself; any other by the number that the clerk types, or
that a scanner reads from the code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kernel.audit.recording import recorded
from kernel.files.kinds import PDF
from kernel.files.models import StoredFile
from kernel.files.pdfs import PdfUnreadable, texts_of_pages
from kernel.text import normalise_digits
from kernel.viewer import Viewer
from modules.frontdesk.constants import StepKind, StepState, Verb
from modules.frontdesk.definitions import Field
from modules.frontdesk.errors.standing import SheetUnknown
from modules.frontdesk.models import HandOver, Request, RequestStep
from modules.frontdesk.selectors.requests import visible_requests
from modules.frontdesk.services.hand_over import hand_over, require_may_receive
from modules.frontdesk.services.papers import attach_paper
from modules.frontdesk.services.recording import lock_open_step, lock_running, note
from modules.frontdesk.services.steps import complete_step, require_own_step

SIGNED_SHEET = "signed_sheet"
RECIPIENT = "recipient"
_NUMBER = re.compile(r"(?<!\d)(\d{4})\s*[/\-_]\s*(\d{1,9})\s*[/\-_]\s*(\d{1,18})(?!\d)")
_PAGES_READ = 3


@dataclass(frozen=True)
class Returned:
    """What came of a sheet: the step, and whether it is closed. An open one still needs what no scan can say."""

    request: Request
    step: RequestStep
    closed: bool


def sheet_number(request: Request, step: RequestStep) -> str:
    """The number that stands on the sheet of a step."""
    return f"{request.number}/{step.pk}"


def numbers_in(text: str) -> list[str]:
    """Sheet numbers that stand in a text (a typed one, a scanned address, a file's name), in order, each once."""
    found = _NUMBER.findall(normalise_digits(text))
    return list(dict.fromkeys("/".join(one) for one in found))


def number_on(file: StoredFile, *, by: Viewer) -> str:
    """The number on a scan of a sheet that is still open: in its text where the scanner made one, else in its name.

    Dates and other numbers may stand beside it; empty when none of them is a sheet's.
    """
    for number in [*_numbers_of_text(file), *numbers_in(file.name)]:
        try:
            step_of_sheet(by, number)
        except SheetUnknown:
            continue
        return number
    return ""


def keep_recipient(
    uid: UUID | str, step_uid: UUID | str, *, recipient: dict[str, Any], by: Viewer
) -> RequestStep:
    """Keep who will sign the printed receipt until it comes back. Nothing is handed over by this.

    Refuses what handing over would refuse of that recipient.
    """
    by.require("frontdesk.hand_over")
    with recorded(by=by):
        request = lock_running(uid, by=by)
        step = lock_open_step(request, step_uid)
        require_own_step(step, by=by)
        require_may_receive(
            request,
            recipient.get("recipient", ""),
            authority=recipient.get("authority", ""),
            id_number=recipient.get("recipient_id_number", ""),
        )
        step.answers = {**step.answers, RECIPIENT: recipient}
        step.save()
    return step


def step_of_sheet(viewer: Viewer, number: str) -> tuple[Request, RequestStep]:
    """The open step that a sheet belongs to. Refuses `SheetUnknown`, also for steps the viewer may not see."""
    wanted = next(iter(numbers_in(number)), "")
    of_request, _slash, of_step = wanted.rpartition("/")
    found = _steps_of(viewer).filter(pk=int(of_step)).first() if of_step else None
    if found is None or not _same_number(found.request.number or "", of_request):
        raise SheetUnknown(number=number.strip()[:60] or "—")
    return found.request, found


def return_sheet(number: str, *, file: StoredFile, by: Viewer) -> Returned:
    """Keep a signed sheet with its step, and close the step where nothing else is needed for it.

    A receipt closes the delivery with the recipient that was kept when it was printed. A step that decides, that asks
    for answers or for a visit's report stays open with the sheet beside it. Refuses `SheetUnknown`, and what
    completing the step or handing over refuses.
    """
    request, step = step_of_sheet(by, number)
    with recorded(by=by):
        running = lock_running(request.uid, by=by)
        held = lock_open_step(running, step.uid)
        require_own_step(held, by=by)
        attach_paper(
            running.uid,
            requirement=SIGNED_SHEET,
            file=file,
            title=f"{held.title} {sheet_number(running, held)}"[:200],
            step=held,
            by=by,
        )
        closed = _close(running, held, file=file, by=by)
        if not closed:
            running.refresh_from_db()
            note(running, Verb.SHEET_RETURNED, by=by, step=held, text=file.name)
            running.save()
    return Returned(request, step, closed)


def add_signed_receipt(uid: UUID | str, *, file: StoredFile, by: Viewer) -> HandOver:
    """Add the scan of a receipt that was signed after the hand-over was recorded. Once.

    Refuses `SheetUnknown` where nothing was handed over, or the signature is there already.
    """
    by.require("frontdesk.hand_over")
    with recorded(by=by):
        given = (
            HandOver.objects.select_for_update()
            .filter(request__uid=uid, request__in=visible_requests(by), signature=None)
            .first()
        )
        if given is None:
            raise SheetUnknown(number="—")
        given.signature = file
        given.save()
    return given


def _close(request: Request, step: RequestStep, *, file: StoredFile, by: Viewer) -> bool:
    if step.kind == StepKind.DELIVERY and step.answers.get(RECIPIENT):
        hand_over(request.uid, step.uid, signature=file, by=by, **step.answers[RECIPIENT])
        return True
    plan = step.plan
    needs_more = (
        plan.decides
        or plan.visit
        or step.kind in (StepKind.DELIVERY, StepKind.FEE_COLLECTION)
        or _needs_answers(plan.fields)
        or any(fee.assessed_by == step.code for fee in request.design.fees)
    )
    if needs_more:
        return False
    complete_step(request.uid, step.uid, by=by)
    return True


def _needs_answers(fields: tuple[Field, ...]) -> bool:
    return any(one.required and not one.shown_if for one in fields)


def _steps_of(viewer: Viewer) -> QuerySet[RequestStep]:
    return RequestStep.objects.filter(
        state=StepState.OPEN, request__in=visible_requests(viewer)
    ).select_related("section", "request__service_version__service")


def _same_number(kept: str, typed: str) -> bool:
    """`2026/417` is `2026/00417`: noughts are dropped by people and by scanners."""
    return [one.lstrip("0") for one in kept.split("/")] == [
        one.lstrip("0") for one in typed.split("/")
    ]


def _numbers_of_text(file: StoredFile) -> list[str]:
    if file.media_type != PDF.media_type:
        return []
    try:
        with file.open() as stream:
            return numbers_in("\n".join(texts_of_pages(stream.read(), most=_PAGES_READ)))
    except PdfUnreadable:
        return []
