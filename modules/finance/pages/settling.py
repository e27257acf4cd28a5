"""What is accounted for: an advance of an employee, a deposit that is kept by decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import NotVisible, Refusal
from modules.finance.constants import ForfeitGround
from modules.finance.errors.spending import NotAnOpenAdvance
from modules.finance.forms.settling import ForfeitForm, SettleAdvanceForm
from modules.finance.pages.cheques import person_asked
from modules.finance.selectors.books import accounts, bank_accounts
from modules.finance.selectors.spending import (
    DEPOSITS,
    budget_lines,
    deposits_held,
    spending_for,
)
from modules.finance.selectors.staff_advances import advance_left
from modules.finance.services.spending.paying import forfeit_deposit
from modules.finance.services.spending.settling import settle_staff_advance


@page(permission="finance.commit_spending", module="finance")
@require_http_methods(["GET", "POST"])
def settle(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The employee brings receipts and what is left of the cash."""
    spending = spending_for(request.viewer, uid)
    advance = advance_left(spending, on=today())
    if advance is None:
        raise NotAnOpenAdvance(number=spending.number_text)
    if request.method == "GET" and not advance.left:
        messages.info(request, _("This advance is settled whole."))
        return redirect("finance:spending", uid=uid)
    form = SettleAdvanceForm(
        request.POST or None,
        currency=spending.currency,
        budget=budget_lines(request.viewer, year=today().year),
        banks=list(bank_accounts(request.viewer)),
    )
    try:
        if request.method == "POST":
            with once_for(request, f"finance.settle-advance:{uid}") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    entry = settle_staff_advance(
                        spending,
                        parts=form.parts(),
                        returned=form.returned(),
                        into=form.cleaned_data["into"],
                        note=form.cleaned_data["note"],
                        by=request.viewer,
                    )
                    messages.success(
                        request,
                        _("Posted as entry %(entry)s.") % {"entry": entry.number_text},
                    )
                    return once.redirect(reverse("finance:spending", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    context = {
        "form": form,
        "spending": spending,
        "advance": advance,
        "overdue": advance.overdue(today()),
    }
    return render(request, "finance/settle_advance.html", context, status=form.status)


@page(permission="finance.credit", module="finance")
@require_http_methods(["GET", "POST"])
def forfeit(request: DeskRequest) -> HttpResponse:
    """Keep a deposit (`?party=…&account=…&currency=…`), whole or in part, by decision. Without one: choose it first."""
    if not request.GET:
        return redirect("finance:deposits")
    party, held = _held(request)
    form = ForfeitForm(
        request.POST or None, currency=held.currency, initial={"amount": held.amount}
    )
    try:
        if request.method == "POST":
            with once_for(request, "finance.forfeit") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    typed = form.cleaned_data
                    forfeit_deposit(
                        party_id=party.pk,
                        account=held.of,
                        amount=typed["amount"],
                        decision_no=f"{typed['decision_no']} {typed['decided_on']:%d/%m/%Y}",
                        reason=typed["reason"],
                        ground=ForfeitGround(typed["ground"]),
                        by=request.viewer,
                    )
                    messages.success(request, _("The deposit is kept; it is revenue now."))
                    return once.redirect(reverse("finance:deposits"))
    except Refusal as refusal:
        form.add_refusal(refusal)
    context = {"form": form, "party": party, "held": held}
    return render(request, "finance/forfeit.html", context, status=form.status)


def _held(request: DeskRequest) -> tuple[Any, Any]:
    """Whose deposit, on which account. Refuses `NotVisible` where nothing is held."""
    party = person_asked(request)
    if party is None:
        raise NotVisible()
    of = [one for one in accounts(request.viewer) if one.code.startswith(DEPOSITS)]
    for one in deposits_held(request.viewer, of, party_ids=[party.pk]):
        if one.account == request.GET.get("account") and one.currency == request.GET.get(
            "currency"
        ):
            return party, one
    raise NotVisible()
