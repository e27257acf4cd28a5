"""Receipts: the list, one receipt, its paper, taking it back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.tables import list_page
from kernel.errors import Refusal
from modules.finance.forms.attachments import AttachmentForm
from modules.finance.forms.desk import ReasonForm
from modules.finance.models import Receipt, ReceiptLeaf
from modules.finance.pages.attached import card_of
from modules.finance.pages.filters import ReceiptFilter
from modules.finance.pages.tables import ReceiptTable, totals_by_currency
from modules.finance.papers import first_print, printed_copy, receipt_document
from modules.finance.selectors.attachments import papers_of_receipt
from modules.finance.selectors.cash import receipt_for, receipts
from modules.finance.services.voiding import cancel_receipt, reverse_receipt


@page(permission="finance.read_receipts", module="finance")
@require_GET
def receipt_list(request: DeskRequest) -> HttpResponse:
    """Receipts with filters and totals; void ones are shown and do not count."""
    return list_page(
        request,
        table=ReceiptTable,
        queryset=receipts(request.viewer),
        filters=ReceiptFilter,
        title=_("Receipts"),
        template="finance/receipts.html",
        totals=lambda rows: totals_by_currency(rows.filter(void_kind=""), "amount"),
    )


@page(permission="finance.read_dues", module="finance")
@require_GET
def receipt_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One receipt with everything behind it."""
    return show_receipt(request, receipt_for(request.viewer, uid), ReasonForm())


def show_receipt(
    request: DeskRequest,
    receipt: Receipt,
    form: ReasonForm,
    *,
    papers: AttachmentForm | None = None,
) -> HttpResponse:
    """The receipt's page; again with what was typed when something was refused."""
    viewer = request.viewer
    is_mine = receipt.cashier_id == viewer.user_id
    in_session = receipt.session.is_open
    return render(
        request,
        "finance/receipt.html",
        {
            "receipt": receipt,
            "instruments": receipt.instruments.select_related("spending").order_by("id"),
            "settlements": receipt.settlements.filter(reverses=None)
            .select_related("charge__kind")
            .order_by("id"),
            "reductions": receipt.reductions.filter(entry__reversal=None)
            .select_related("campaign", "charge__kind")
            .order_by("id"),
            "leaf": ReceiptLeaf.objects.filter(receipt=receipt).select_related("book").first(),
            "document": receipt_document(receipt),
            "form": form,
            "card": card_of(
                request,
                papers_of_receipt(viewer, receipt),
                action=reverse("finance:receipt-attach", args=[receipt.uid]),
                form=papers,
            ),
            "is_new": "new" in request.GET,
            "may_cancel": not receipt.is_void
            and in_session
            and not is_mine
            and viewer.may("finance.cancel_receipt"),
            "may_reverse": not receipt.is_void
            and not in_session
            and not is_mine
            and viewer.may("finance.reverse_receipt"),
            "may_reprint": viewer.may("finance.reprint"),
        },
        status=papers.status if papers is not None else form.status,
    )


@page(permission="finance.read_dues", module="finance")
@require_GET
def receipt_paper(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The original, issued once and kept; asking again shows the same paper."""
    receipt = receipt_for(request.viewer, uid)
    return _pdf(first_print(receipt, by=request.viewer), receipt.number_text)


@page(permission="finance.reprint", module="finance")
@require_POST
def receipt_reprint(request: DeskRequest, uid: UUID) -> HttpResponse:
    """A copy marked as such, counted, with its reason on the trail."""
    receipt = receipt_for(request.viewer, uid)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return show_receipt(request, receipt, form)
    return _pdf(
        printed_copy(receipt, reason=form.cleaned_data["reason"], by=request.viewer),
        receipt.number_text,
    )


@page(permission="finance.cancel_receipt", module="finance")
@require_http_methods(["POST"])
def receipt_cancel(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Cancel in the open session, by a second person."""
    receipt = receipt_for(request.viewer, uid)
    form = ReasonForm(request.POST)
    try:
        with once_for(request, "finance.void") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                cancel_receipt(receipt, reason=form.cleaned_data["reason"], by=request.viewer)
                return once.redirect(request.path.rsplit("/", 1)[0])
    except Refusal as refusal:
        form.add_refusal(refusal)
    return show_receipt(request, receipt, form)


@page(permission="finance.reverse_receipt", module="finance")
@require_http_methods(["POST"])
def receipt_reverse(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Reverse after the session was closed."""
    receipt = receipt_for(request.viewer, uid)
    form = ReasonForm(request.POST)
    try:
        with once_for(request, "finance.void") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                reverse_receipt(receipt, reason=form.cleaned_data["reason"], by=request.viewer)
                return once.redirect(request.path.rsplit("/", 1)[0])
    except Refusal as refusal:
        form.add_refusal(refusal)
    return show_receipt(request, receipt, form)


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name.replace("/", "-")}.pdf"'
    return response
