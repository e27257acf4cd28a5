"""Entries by hand: writing one, taking it back, its paper."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import NotVisible, Refusal
from kernel.parties.selectors import party_for
from modules.finance.forms.books import VOUCHER_LINES, VoucherForm
from modules.finance.pages.cheques import person_of
from modules.finance.selectors.books import base_currency, entry_for
from modules.finance.services.vouchers import post_voucher, reverse_voucher
from modules.finance.voucher_papers import journal_voucher


@page(permission="finance.post_voucher", module="finance")
@require_http_methods(["GET", "POST"])
def voucher_new(request: DeskRequest) -> HttpResponse:
    """Up to ten lines; posted when both sides are equal."""
    form = VoucherForm(
        request.POST or None,
        viewer=request.viewer,
        initial={"on": today(), "currency": base_currency(today())},
    )
    try:
        if request.method == "POST":
            with once_for(request, "finance.voucher") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    entry = post_voucher(
                        on=form.cleaned_data["on"],
                        description=form.cleaned_data["description"],
                        currency=form.cleaned_data["currency"],
                        lines=form.lines(person=lambda asked: person_of(request, asked).pk),
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:entry", args=[entry.uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    _show_chosen(request, form)
    return render(request, "finance/voucher_new.html", {"form": form}, status=form.status)


def _show_chosen(request: DeskRequest, form: VoucherForm) -> None:
    """Who was chosen is shown by name again when something was refused."""
    for place in range(VOUCHER_LINES) if form.is_bound else ():
        name = f"party_{place}"
        chosen = form.cleaned_data.get(name) if hasattr(form, "cleaned_data") else None
        if isinstance(chosen, UUID):
            with suppress(NotVisible):
                form.fields[name].widget.chosen = party_for(request.viewer, chosen)


@page(permission="finance.post_voucher", module="finance")
@require_POST
def voucher_reverse(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Take an entry by hand back, with a reason."""
    entry = entry_for(request.viewer, uid)
    mirror = reverse_voucher(entry, reason=request.POST.get("reason", ""), by=request.viewer)
    return redirect("finance:entry", uid=mirror.uid)


@page(permission="finance.read", module="finance")
@require_GET
def voucher_paper(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Any entry as a journal voucher."""
    entry = entry_for(request.viewer, uid)
    with translation.override("ar"):
        content = journal_voucher(entry, by=request.viewer)
    return HttpResponse(content, content_type="application/pdf")
