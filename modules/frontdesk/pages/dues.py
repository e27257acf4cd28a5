"""One's own dues, paid from home: by ID number and the telephone that was proved, both on file together, or not at all."""

from __future__ import annotations

from collections import defaultdict

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from frontend.forms import DeskForm
from frontend.pages import PublicRequest, public_page
from kernel.audit.looking import record_look
from kernel.errors import Refusal
from kernel.parties.models import Party
from kernel.ports import ask
from kernel.ports.paying import Payable, PayingOffer, PayingPort, PayingWish
from kernel.viewer import Viewer
from modules.frontdesk.errors.online import NotOnFile
from modules.frontdesk.pages.citizen_door import address_of, with_phone
from modules.frontdesk.pages.online_forms import WhoseDuesForm
from modules.frontdesk.selectors.online import matched_party
from modules.frontdesk.selectors.tracking import count_try

TRIES_PER_PHONE, TRIES_PER_ADDRESS = 20, 200
ONE_LOOK_SECONDS = 900


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
def dues(request: PublicRequest) -> HttpResponse:
    """Whose dues; then the dues with what may be paid; then on to the payment. Switched off, a sentence says so."""
    if not ask(PayingPort).is_open():
        return render(request, "frontdesk/citizen/dues_off.html")
    answer: HttpResponse = _dues(request)
    return answer


@with_phone
def _dues(request: PublicRequest, *, phone: str) -> HttpResponse:
    port = ask(PayingPort)
    form = WhoseDuesForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _page(request, form)
    try:
        party = _person(form.cleaned_data["id_number"], phone, request)
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _page(request, form)
    chosen = request.POST.getlist("due")
    if "pay" not in request.POST:
        return _dues_page(request, form, port.offer(party.pk), chosen=None)
    wish = PayingWish(
        party_id=party.pk,
        charge_uids=chosen,
        amount=request.POST.get("amount", ""),
        phone=phone,
        home=request.build_absolute_uri("/").rstrip("/"),
    )
    try:
        return redirect(port.begin(wish, by=request.viewer))
    except Refusal as refusal:
        return _dues_page(request, form, port.offer(party.pk), chosen=chosen, refusal=refusal)


def _person(id_number: str, phone: str, request: PublicRequest) -> Party:
    """Who is on file with both. Refuses `NotOnFile`, whatever of it does not fit, and `TooManyTries`."""
    count_try(f"dues:{phone}", TRIES_PER_PHONE)
    count_try(f"dues.address:{address_of(request)}", TRIES_PER_ADDRESS)
    party = matched_party(id_number, phone, by=Viewer.system("frontdesk.dues"))
    if party is None:
        raise NotOnFile()
    # Finding oneself, choosing and going on to the bank are one look, not three.
    seen = f"frontdesk.dues_seen:{phone}:{party.pk}"
    if cache.get(seen) is None:
        record_look(table_name="parties_party", row_id=party.pk, what="dues", by=request.viewer)
        cache.set(seen, 1, ONE_LOOK_SECONDS)
    return party


def _page(request: PublicRequest, form: DeskForm) -> HttpResponse:
    return render(request, "frontdesk/citizen/dues.html", {"form": form}, status=form.status)


def _dues_page(
    request: PublicRequest,
    form: WhoseDuesForm,
    offer: PayingOffer,
    *,
    chosen: list[str] | None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    by_currency: dict[str, list[tuple[Payable, bool]]] = defaultdict(list)
    for one in offer.lines:
        # What is chosen at first is everything in the currency of the oldest due.
        first = not by_currency or one.currency in list(by_currency)[:1]
        ticked = first if chosen is None else one.charge_uid in chosen
        by_currency[one.currency].append((one, ticked))
    typed = request.POST.get("amount", "") if refusal else ""
    groups = [
        (
            currency,
            rows,
            sum(row.amount for row, _ticked in rows),
            typed if any(ticked for _row, ticked in rows) else "",
        )
        for currency, rows in by_currency.items()
    ]
    context = {
        "form": form,
        "offer": offer,
        "groups": groups,
        "refusal": str(refusal) if refusal else "",
        "id_number": form.cleaned_data["id_number"],
    }
    status = 422 if refusal else 200
    return render(request, "frontdesk/citizen/dues_pay.html", context, status=status)
