"""The cash desk: find the person, see the dues, take the money. Enter, amount, Enter."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.audit.looking import record_look
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.money import in_words, money
from kernel.parties.models import Party
from kernel.parties.selectors import ids_of, party_for, party_with_id_number
from modules.finance.constants import Method
from modules.finance.errors.campaigns import ReductionChanged
from modules.finance.forms.desk import FindPersonForm, ReceiveForm
from modules.finance.selectors.books import base_currency, known_rates
from modules.finance.selectors.campaigns import reductions_of
from modules.finance.selectors.cash import expected_in, over_limit, own_session, receipts
from modules.finance.selectors.dues import advance_of, open_charges
from modules.finance.selectors.payables import payables_of
from modules.finance.selectors.projects import projects_of
from modules.finance.selectors.settling import Reduction
from modules.finance.services.handing_over import offered_to
from modules.finance.services.payments import Payment
from modules.finance.services.promises import comes_to
from modules.finance.services.receiving import preview, receive


@page(permission="finance.receive", module="finance")
@require_GET
def desk(request: DeskRequest) -> HttpResponse:
    """My session, the search box with the cursor in it, and what I took today."""
    session = own_session(request.viewer)
    form = (
        FindPersonForm(request.GET)
        if "party" in request.GET or "party_text" in request.GET
        else FindPersonForm()
    )
    if form.is_bound and form.is_valid():
        party = _chosen(request, form.cleaned_data["party"])
        if party is not None:
            return _go_on(request, reverse("finance:receive", args=[party.uid]))
        form.add_error("party", _("Nobody is registered here under this."))
    return render(
        request,
        "finance/desk.html",
        {
            "form": form,
            "session": session,
            "offered": [] if session else offered_to(request.viewer),
            "is_of_today": session is not None and session.on_date == today(),
            "holdings": expected_in(session) if session else [],
            "over_limit": over_limit(session.box, on=today()) if session else None,
            "latest": receipts(request.viewer).filter(session=session)[:10] if session else [],
        },
        status=form.status,
    )


def _go_on(request: DeskRequest, url: str) -> HttpResponse:
    """To the person's dues, also when a choice in the box asked for it without a click."""
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def _chosen(request: DeskRequest, chosen: UUID | str) -> Party | None:
    if isinstance(chosen, UUID):
        return party_for(request.viewer, chosen)
    return party_with_id_number(request.viewer, chosen)


@page(permission="finance.receive", module="finance")
@require_http_methods(["GET", "POST"])
def receive_money(request: DeskRequest, party: UUID) -> HttpResponse:
    """The person's dues with boxes to tick, the amount, and the receipt. A double click gives one receipt.

    All of them are ticked, or with `?only=` that one: who came to pay a fee has not come to pay old dues with it.
    Whoever is shown the dues leaves the same line in the trail as whoever opens the statement.
    """
    payer = party_for(request.viewer, party)
    family = ids_of(payer.pk)
    owed = list(open_charges(request.viewer, family))
    projects = projects_of(family, on=today())
    payables = payables_of(request.viewer, family)
    if request.method == "GET":
        only = [one for one in owed if str(one.uid) == request.GET.get("only")]
        initial = _initial(payer, only or owed, _offers(only or owed))
        form = ReceiveForm(open_charges=owed, projects=projects, payables=payables, initial=initial)
        return _receive_page(request, payer, family, owed, form)
    form = ReceiveForm(request.POST, open_charges=owed, projects=projects, payables=payables)
    try:
        with once_for(request, "finance.receipt") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                receipt = receive(form.payment(payer, family), by=request.viewer)
                return once.redirect(reverse("finance:receipt", args=[receipt.uid]) + "?new=1")
    except ReductionChanged as refusal:
        payment = form.payment(payer, family)
        offers = _offers(owed, payment.methods)
        _right_amount(form, payment, owed, offers)
        form.add_refusal(refusal)
        return _receive_page(request, payer, family, owed, form, offers)
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _receive_page(request, payer, family, owed, form)


def _offers(owed: list[Any], methods: Collection[Method] = (Method.CASH,)) -> dict[int, Reduction]:
    """What campaigns give on these dues when they are paid whole today, in cash unless it was said otherwise."""
    return reductions_of(owed, on=today(), methods=methods)


def _right_amount(
    form: ReceiveForm, payment: Payment, owed: list[Any], offers: dict[int, Reduction]
) -> None:
    """A campaign ended while the cashier counted: the sum that the page had told is replaced by the right one."""
    chosen = [
        one
        for one in owed
        if one.pk in (payment.charge_ids or ()) and one.currency == payment.currency
    ]
    promised = dict(payment.promised)
    told = sum(one.balance - promised.get(one.pk, 0) for one in chosen)
    if len(payment.tenders) == 1 and payment.amount.amount == told:
        typed: Any = form.data
        form.data = typed.copy()  # a QueryDict: what was posted stays as it was
        form.data["amount"] = str(comes_to(chosen, offers, payment.currency).amount)  # type: ignore[index]


def _initial(payer: Party, owed: list[Any], offers: dict[int, Reduction]) -> dict[str, Any]:
    """What Enter alone would do: pay everything that is open, in cash, when it is all in one currency."""
    currencies = {one.currency for one in owed}
    currency = currencies.pop() if len(currencies) == 1 else base_currency(today())
    in_currency = [one for one in owed if one.currency == currency]
    total = sum((one.balance for one in in_currency), money(0, currency).amount)
    total -= sum((offers[one.pk].most.amount for one in in_currency if one.pk in offers), 0)
    return {
        "payer_name": payer.full_name,
        "currency": currency,
        "method": "cash",
        "amount": str(money(total, currency).amount) if total else "",
        "charges": [str(one.uid) for one in in_currency],
    }


def _receive_page(
    request: DeskRequest,
    payer: Party,
    family: list[int],
    owed: list[Any],
    form: ReceiveForm,
    offers: dict[int, Reduction] | None = None,
) -> HttpResponse:
    # What was told stays told until the cashier heard otherwise, also when something else was refused meanwhile.
    promised = form["offers"].value() if form.is_bound and offers is None else None
    offers = _offers(owed) if offers is None else offers
    totals: dict[str, Any] = {}
    for one in owed:
        totals[one.currency] = totals.get(one.currency, 0) + one.balance
    chosen = set(form["charges"].value() or [])
    record_look(table_name="parties_party", row_id=payer.pk, what="dues", by=request.viewer)
    return render(
        request,
        "finance/receive.html",
        {
            "form": form,
            "payer": payer,
            "rows": [(one, str(one.uid) in chosen) for one in owed],
            "totals": sorted(totals.items()),
            "offers": _told(offers),
            "promised": _as_text(owed, offers) if promised is None else promised,
            "advances": sorted(advance_of(family).items()),
            "rates": _foreign_rates() if set(totals) - {base_currency(today())} else {},
            "session": own_session(request.viewer),
            "today": today(),
        },
        status=form.status,
    )


def _as_text(owed: list[Any], offers: dict[int, Reduction]) -> str:
    return " ".join(f"{one.uid}={offers[one.pk].most.amount}" for one in owed if one.pk in offers)


def _told(offers: dict[int, Reduction]) -> list[tuple[str, Any]]:
    """For each campaign and currency what it would give in all."""
    sums: dict[tuple[str, str], Any] = {}
    for one in offers.values():
        key = (one.title, one.most.currency.code)
        sums[key] = sums[key] + one.most if key in sums else one.most
    return [(title, amount) for (title, _currency), amount in sorted(sums.items())]


def _foreign_rates() -> dict[str, Any]:
    on = today()
    return {
        currency: rate
        for currency, rate in known_rates(on).items()
        if currency != base_currency(on)
    }


@page(permission="finance.receive", module="finance")
@require_POST
def receive_preview(request: DeskRequest, party: UUID) -> HttpResponse:
    """What the typed amount would do: its words, the part of each due, what is left over. Writes nothing."""
    payer = party_for(request.viewer, party)
    family = ids_of(payer.pk)
    owed = list(open_charges(request.viewer, family))
    form = ReceiveForm(request.POST, open_charges=owed)
    form.is_valid()
    amount = form.cleaned_data.get("money")
    if amount is None or amount.amount <= 0:
        # Nothing typed yet is no fault.
        problem = form.errors.get("amount") if request.POST.get("amount") else None
        return render(request, "finance/parts/preview.html", {"problem": problem})
    shown: dict[str, Any] = {"words": in_words(amount), "amount": amount}
    try:
        by_id = {one.pk: one for one in owed}
        divided = preview(form.payment(payer, family), on=today()) if form.is_valid() else None
        if divided is not None:
            shown["shares"] = [(by_id[one.charge_id], one) for one in divided.shares]
            shown["surplus"] = divided.surplus if divided.surplus.amount else None
    except Refusal as refusal:
        shown["problem"] = [str(refusal)]
    return render(request, "finance/parts/preview.html", shown)
