"""Handing over: who receives, looked at and signed for; and signed sheets that come back as scans."""

from __future__ import annotations

import base64
import binascii
from typing import Any, BinaryIO, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.forms import DeskForm
from frontend.forms.widgets import CodeInput
from frontend.pages import DeskRequest, page
from kernel.errors import Refusal
from kernel.files.kinds import PNG
from kernel.files.models import StoredFile
from kernel.files.services import store_file
from kernel.printing.services import render_pdf
from kernel.viewer import Viewer
from modules.frontdesk.errors.standing import SheetNotRecognised, SignatureUnreadable
from modules.frontdesk.forms import HandOverForm
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.pages.acting import act_on_step
from modules.frontdesk.selectors.requests import knows_applicant, request_for, step_for
from modules.frontdesk.selectors.sheets import sheet_paper
from modules.frontdesk.services import hand_over
from modules.frontdesk.services.sheets import (
    RECIPIENT,
    Returned,
    add_signed_receipt,
    keep_recipient,
    number_on,
    numbers_in,
    return_sheet,
    sheet_number,
)

_DRAWN = "data:image/png;base64,"
_MOST_DRAWN = 400_000
_KEPT = ("recipient", "recipient_name", "recipient_id_number", "authority", "text")


class SheetForm(DeskForm):
    number = forms.CharField(
        label=gettext_lazy("Number of the sheet"),
        max_length=200,
        required=False,
        widget=CodeInput(attrs={"inputmode": "text"}),
        help_text=gettext_lazy(
            "Read the code with the scanner, or leave it empty: it is looked for on the scan."
        ),
    )
    file = forms.FileField(label=gettext_lazy("Scan of the signed sheet"))


class ReceiptForm(DeskForm):
    file = forms.FileField(label=gettext_lazy("Scan of the signed receipt"))


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.hand_over", module="frontdesk")
def hand_over_page(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    """Record who received the document, after looking at their card: signed on the glass, on a scan, or on a printed
    receipt that comes back.
    """
    found = request_for(request.viewer, uid)
    at = step_for(request.viewer, found, step)
    form = HandOverForm(
        request.POST or None,
        request.FILES or None,
        initial=_recipient_of(request.viewer, found, at),
    )
    printed = request.method == "POST" and "print" in request.POST
    # A document goes out to a card that was looked at; the receipt to sign is printed before that.
    form.fields["recipient_id_number"].required = found.document_id is not None and not printed

    def do(data: dict[str, Any]) -> None:
        drawn, upload = data.pop("drawn", ""), data.pop("signature", None)
        if printed:
            keep_recipient(
                uid, step, recipient={one: data[one] for one in _KEPT}, by=request.viewer
            )
            return
        signature = store_file(upload, upload.name, request.viewer) if upload else None
        hand_over(
            uid,
            step,
            signature=signature or _drawing(drawn, request.viewer),
            by=request.viewer,
            **data,
        )

    answer = act_on_step(
        request,
        uid,
        step,
        form,
        title=_("Hand over"),
        submit=_("Handed over"),
        do=do,
        once=not printed,
        files=True,
        template="frontdesk/hand_over.html",
        sheet=sheet_number(found, at),
    )
    if printed and answer.status_code == 302:
        return redirect("frontdesk:sheet", uid=uid, step=step)
    return answer


@require_safe
@page(permission="frontdesk.work", module="frontdesk")
def sheet(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    """The sheet of an open step: what is known, room for what is found, a place to sign, and its code."""
    found = request_for(request.viewer, uid)
    at = step_for(request.viewer, found, step)
    number = sheet_number(found, at)
    back = f"{request.build_absolute_uri(reverse('frontdesk:sheets'))}?number={number}"
    data = sheet_paper(
        found, at, number=number, back=back, named=knows_applicant(request.viewer, found)
    )
    response = HttpResponse(render_pdf("letter", data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="sheet-{number.replace("/", "-")}.pdf"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.work", module="frontdesk")
def sheets(request: DeskRequest) -> HttpResponse:
    """Signed sheets come back: the scan is kept with its step, and the step closes where nothing else is needed."""
    form = SheetForm(
        request.POST or None,
        request.FILES or None,
        initial={"number": "".join(numbers_in(request.GET.get("number", ""))[:1])},
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = _returned(request.viewer, form.cleaned_data)
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return _after(request, done)
    return render(request, "frontdesk/sheets.html", {"form": form}, status=form.status)


@require_POST
@page(permission="frontdesk.hand_over", module="frontdesk")
def signed_receipt(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Add the signed receipt to a hand-over that was recorded without one."""
    form = ReceiptForm(request.POST, request.FILES)
    try:
        if form.is_valid():
            upload = form.cleaned_data["file"]
            file = store_file(cast(BinaryIO, upload), upload.name or "", request.viewer)
            add_signed_receipt(uid, file=file, by=request.viewer)
            messages.success(request, _("The signed receipt is kept with the hand-over."))
        else:
            messages.error(request, _("Choose the scan first."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("frontdesk:request", uid=uid)


def _returned(viewer: Viewer, given: dict[str, Any]) -> Returned:
    upload = given["file"]
    file = store_file(cast(BinaryIO, upload), upload.name or "", viewer)
    number = given["number"] or number_on(file, by=viewer)
    if not number:
        raise SheetNotRecognised(name=file.name)
    return return_sheet(number, file=file, by=viewer)


def _after(request: DeskRequest, done: Returned) -> HttpResponse:
    """To the next sheet where the step is closed; to the step itself where somebody must still say something."""
    facts = {"step": done.step.title, "number": done.request.number}
    if done.closed:
        messages.success(
            request, _("“%(step)s” of request %(number)s is closed by its signed sheet.") % facts
        )
        return redirect("frontdesk:sheets")
    messages.warning(
        request,
        _(
            "The sheet is kept with “%(step)s”. The step still needs what stands on it: enter it here."
        )
        % facts,
    )
    if done.step.plan.decides:
        return redirect("frontdesk:decide", uid=done.request.uid, step=done.step.uid)
    return redirect("frontdesk:step", uid=done.request.uid, step=done.step.uid)


def _drawing(drawn: str, by: Viewer) -> StoredFile | None:
    """What was drawn on the glass as a kept picture; None where nothing was. Refuses `SignatureUnreadable`."""
    if not drawn:
        return None
    if not drawn.startswith(_DRAWN) or len(drawn) > _MOST_DRAWN:
        raise SignatureUnreadable()
    try:
        content = base64.b64decode(drawn.removeprefix(_DRAWN), validate=True)
        return store_file(content, f"{_('signature')}.png", by, kinds=(PNG,))
    except (binascii.Error, Refusal):
        raise SignatureUnreadable() from None


def _recipient_of(viewer: Viewer, found: Request, at: RequestStep) -> dict[str, Any]:
    """Who was named when the receipt was printed, else the applicant, as far as the viewer may know them.

    The number is not filled in: it is read off the card.
    """
    kept = at.answers.get(RECIPIENT)
    if kept:
        return dict(kept)
    person = found.applicant if knows_applicant(viewer, found) else None
    return {
        "recipient": "applicant",
        "recipient_name": person.full_name if person else "",
    }
