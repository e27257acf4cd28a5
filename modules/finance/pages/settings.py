"""Exchange rates, periods, cash boxes."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import NotVisible, Refusal
from kernel.places.selectors import neighbourhoods
from modules.finance.constants import PeriodState
from modules.finance.forms.books import RateForm
from modules.finance.forms.desk import BoxForm, ReasonForm, RemitForm
from modules.finance.selectors.books import base_currency, period_for, periods, recent_rates, years
from modules.finance.selectors.cash import box_for, boxes, cash_in
from modules.finance.services.chart import enter_rate
from modules.finance.services.closing_year import close_year
from modules.finance.services.periods import close_period, lock_period, open_year, reopen_period
from modules.finance.services.sessions import add_box, remit_cash


@page(permission="finance.enter_rates", module="finance")
@require_http_methods(["GET", "POST"])
def rates(request: DeskRequest) -> HttpResponse:
    """Enter today's rates; what was posted keeps its own."""
    form = RateForm(request.POST or None, base=base_currency(today()))
    try:
        if request.method == "POST" and form.is_valid():
            enter_rate(
                currency=form.cleaned_data["currency"],
                rate=form.cleaned_data["rate"],
                on=form.cleaned_data["on_date"],
                by=request.viewer,
            )
            return redirect("finance:rates")
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/rates.html",
        {"form": form, "rates": recent_rates(request.viewer), "base": base_currency(today())},
        status=form.status,
    )


@page(permission="finance.manage_periods", module="finance")
@require_http_methods(["GET", "POST"])
def periods_page(request: DeskRequest) -> HttpResponse:
    """The months of a year and their state; opening the next year."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else today().year
    if request.method == "POST":
        open_year(year=year, by=request.viewer)
        return redirect(f"{reverse('finance:periods')}?year={year}")
    return render(
        request,
        "finance/periods.html",
        {
            "year": year,
            "years": sorted({*years(request.viewer), today().year, today().year + 1}, reverse=True),
            "periods": periods(request.viewer, year=year),
            "form": ReasonForm(),
            "may_close_year": year < today().year and request.viewer.may("finance.close_year"),
            "may_reopen": request.viewer.may("finance.reopen_period"),
        },
    )


@page(permission="finance.manage_periods", module="finance")
@require_POST
def period_move(request: DeskRequest, uid: UUID, to: str) -> HttpResponse:
    """Close, reopen with a reason, or lock a month."""
    period = period_for(request.viewer, uid)
    if to == PeriodState.CLOSED:
        close_period(period, by=request.viewer)
    elif to == PeriodState.OPEN:
        reopen_period(period, reason=request.POST.get("reason", ""), by=request.viewer)
    elif to == PeriodState.LOCKED:
        lock_period(period, by=request.viewer)
    else:
        raise NotVisible()
    return redirect(f"{reverse('finance:periods')}?year={period.year}")


@page(permission="finance.close_year", module="finance")
@require_POST
def year_close(request: DeskRequest, year: int) -> HttpResponse:
    """Close a year: its result to the accumulated balance, its months locked."""
    entry = close_year(year, by=request.viewer)
    if entry is None:
        return redirect(f"{reverse('finance:periods')}?year={year}")
    return redirect("finance:entry", uid=entry.uid)


@page(permission="finance.manage_boxes", module="finance")
@require_http_methods(["GET", "POST"])
def box_list(request: DeskRequest) -> HttpResponse:
    """Boxes with what the books say is in them; adding one."""
    form = BoxForm(request.POST or None)
    try:
        if request.method == "POST":
            with once_for(request, "finance.box") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    add_box(**form.cleaned_data, by=request.viewer)
                    return once.redirect(reverse("finance:boxes"))
    except Refusal as refusal:
        form.add_refusal(refusal)
    quarters = {one.pk: one.name for one in neighbourhoods()}
    rows = [
        (
            box,
            sorted(cash_in(box).items()),
            [quarters[zone] for zone in box.zones if zone in quarters],
        )
        for box in boxes(request.viewer).select_related("account", "collector")
    ]
    return render(request, "finance/boxes.html", {"form": form, "rows": rows}, status=form.status)


@page(permission="finance.remit", module="finance")
@require_http_methods(["GET", "POST"])
def box_remit(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Cash of a box taken to the bank."""
    box = box_for(request.viewer, uid)
    form = RemitForm(request.POST or None)
    try:
        if request.method == "POST":
            with once_for(request, "finance.remit") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    remit_cash(
                        box,
                        amount=form.cleaned_data["amount"],
                        slip=form.cleaned_data["slip"],
                        reason=form.cleaned_data["reason"],
                        by=request.viewer,
                    )
                    return once.redirect(reverse("finance:trial-balance"))
    except Refusal as refusal:
        form.add_refusal(refusal)
    held = sorted(cash_in(box).items())
    return render(
        request,
        "finance/remit.html",
        {"form": form, "box": box, "held": held, "title": _("Cash to the bank")},
        status=form.status,
    )
