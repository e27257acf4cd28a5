"""Attach scanned papers to a receipt, a spending or an entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.errors import Refusal
from kernel.files.models import StoredFile
from modules.finance.forms.attachments import AttachmentForm
from modules.finance.forms.desk import ReasonForm
from modules.finance.pages.attached import stored_files
from modules.finance.pages.books import show_entry
from modules.finance.pages.receipts import show_receipt
from modules.finance.pages.spending import show_spending
from modules.finance.selectors.books import entry_for
from modules.finance.selectors.cash import receipt_for
from modules.finance.selectors.spending import spending_for
from modules.finance.services.attaching import (
    attach_to_entry,
    attach_to_receipt,
    attach_to_spending,
)


@page(permission="finance.attach", module="finance")
@require_POST
def receipt_attach(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Papers behind a receipt."""
    receipt = receipt_for(request.viewer, uid)
    return _attach(
        request,
        lambda files, title: attach_to_receipt(receipt, files, title=title, by=request.viewer),
        back=reverse("finance:receipt", args=[uid]),
        again=lambda form: show_receipt(request, receipt, ReasonForm(), papers=form),
    )


@page(permission="finance.attach", module="finance")
@require_POST
def spending_attach(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Papers behind a request to spend and its payment."""
    request.viewer.require("finance.read_spending")
    spending = spending_for(request.viewer, uid)
    return _attach(
        request,
        lambda files, title: attach_to_spending(spending, files, title=title, by=request.viewer),
        back=reverse("finance:spending", args=[uid]),
        again=lambda form: show_spending(request, spending, papers=form),
    )


@page(permission="finance.attach", module="finance")
@require_POST
def entry_attach(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Papers behind an entry of the books."""
    request.viewer.require("finance.read")
    entry = entry_for(request.viewer, uid)
    return _attach(
        request,
        lambda files, title: attach_to_entry(entry, files, title=title, by=request.viewer),
        back=reverse("finance:entry", args=[uid]),
        again=lambda form: show_entry(request, entry, papers=form),
    )


def _attach(
    request: DeskRequest,
    attach: Callable[[Sequence[StoredFile], str], Any],
    *,
    back: str,
    again: Callable[[AttachmentForm], HttpResponse],
) -> HttpResponse:
    form = AttachmentForm(request.POST)
    try:
        with once_for(request, "finance.attach") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                attach(stored_files(request), form.cleaned_data["title"])
                return once.redirect(f"{back}#papers")
    except Refusal as refusal:
        form.add_refusal(refusal)
    return again(form)
