"""Dues: the list, one due with its history, assessing, crediting, cancelling; a person's statement."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.tables import list_page
from kernel.audit.looking import record_look
from kernel.calendar.selectors import today
from kernel.errors import InvalidInput, Refusal
from kernel.files.services import store_file
from kernel.money import money
from kernel.parties.models import Party
from kernel.parties.selectors import ids_of, party_for, party_with_id_number
from modules.finance.constants import CreditGround, CreditKind
from modules.finance.errors import PersonUnknown
from modules.finance.forms.books import AssessForm, CreditForm, PeriodForm
from modules.finance.forms.desk import ReasonForm
from modules.finance.forms.exempting import ExemptionForm
from modules.finance.models import Charge
from modules.finance.pages.filters import ChargeFilter
from modules.finance.pages.tables import (
    CHARGE_KINDS,
    CHARGE_STATES,
    ChargeTable,
    totals_by_currency,
)
from modules.finance.papers import statement_paper as printed_statement
from modules.finance.selectors.books import base_currency
from modules.finance.selectors.dues import (
    advance_of,
    charge_for,
    charges,
    moved_to,
    settlements_of,
)
from modules.finance.selectors.statements import statement_of
from modules.finance.services.charging import assess_by_hand, cancel_charge
from modules.finance.services.credits import apply_advance, credit_charge
from modules.finance.services.exempting import exempt_by_category


@page(permission="finance.read", module="finance")
@require_GET
def charge_list(request: DeskRequest) -> HttpResponse:
    """All dues with filters and totals by currency."""
    return list_page(
        request,
        table=ChargeTable,
        queryset=charges(request.viewer),
        filters=ChargeFilter,
        title=_("Dues"),
        template="finance/charges.html",
        totals=lambda rows: totals_by_currency(rows, "principal", "paid", "credited", "balance"),
    )


@page(permission="finance.read_dues", module="finance")
@require_GET
def charge_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One due: what it is for, how it became smaller, what is still owed."""
    return _charge(request, charge_for(request.viewer, uid))


def _charge(
    request: DeskRequest,
    charge: Charge,
    *,
    credit_form: CreditForm | None = None,
    cancel_form: ReasonForm | None = None,
    exempt_form: ExemptionForm | None = None,
) -> HttpResponse:
    viewer = request.viewer
    is_open = charge.balance > 0
    advances = advance_of(ids_of(charge.party_id)) if is_open else {}
    forms = [one for one in (credit_form, cancel_form, exempt_form) if one is not None]
    return render(
        request,
        "finance/charge.html",
        {
            "charge": charge,
            "state": CHARGE_STATES[charge.status],
            "state_kind": CHARGE_KINDS[charge.status],
            "settlements": settlements_of(viewer, charge),
            "moved": moved_to(viewer, charge) if charge.credited else [],
            "is_overdue": is_open and charge.due_on < today(),
            "credit_form": credit_form
            or (
                CreditForm(currency=charge.currency)
                if is_open and viewer.may("finance.credit")
                else None
            ),
            "exempt_form": exempt_form
            or (
                ExemptionForm(charge=charge, prefix="exempt")
                if is_open and viewer.may("finance.credit")
                else None
            ),
            "cancel_form": cancel_form
            or (
                ReasonForm(prefix="cancel")
                if is_open
                and not charge.paid
                and not charge.credited
                and viewer.may("finance.cancel_charge")
                else None
            ),
            "advance": advances.get(charge.currency) if viewer.may("finance.receive") else None,
        },
        status=max([200, *(one.status for one in forms)]),
    )


@page(permission="finance.assess", module="finance")
@require_http_methods(["GET", "POST"])
def charge_new(request: DeskRequest) -> HttpResponse:
    """Charge somebody by hand."""
    initial = {
        "year": today().year,
        "due_on": today(),
        "currency": base_currency(today()),
        "party": request.GET.get("party"),
    }
    form = AssessForm(request.POST or None, initial=initial)
    try:
        if request.method == "POST":
            with once_for(request, "finance.assess") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    charge = _assess(request, form.cleaned_data)
                    return once.redirect(reverse("finance:charge", args=[charge.uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(request, "finance/charge_new.html", {"form": form}, status=form.status)


def _assess(request: DeskRequest, typed: dict[str, Any]) -> Charge:
    return assess_by_hand(
        party_id=_person(request, typed["party"]).pk,
        kind=typed["kind"].code,
        amount=typed["money"],
        due_on=typed["due_on"],
        description=typed["description"],
        year=typed["year"],
        period_from=typed["period_from"],
        period_to=typed["period_to"],
        by=request.viewer,
    )


def _person(request: DeskRequest, chosen: UUID | str) -> Party:
    if isinstance(chosen, UUID):
        return party_for(request.viewer, chosen)
    found = party_with_id_number(request.viewer, chosen)
    if found is None:
        raise PersonUnknown()
    return found


@page(permission="finance.credit", module="finance")
@require_POST
def charge_credit(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Enter an exemption, discount, write-off or correction."""
    charge = charge_for(request.viewer, uid)
    form = CreditForm(request.POST, currency=charge.currency)
    try:
        with once_for(request, "finance.credit") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                credit_charge(
                    charge,
                    kind=CreditKind(form.cleaned_data["kind"]),
                    amount=form.cleaned_data["amount"],
                    reason=form.cleaned_data["reason"],
                    paper=form.paper(),
                    by=request.viewer,
                )
                return once.redirect(reverse("finance:charge", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _charge(request, charge, credit_form=form)


@page(permission="finance.credit", module="finance")
@require_POST
def charge_exempt(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Exempt it by the category of its person (REV-05)."""
    charge = charge_for(request.viewer, uid)
    form = ExemptionForm(request.POST, request.FILES, charge=charge, prefix="exempt")
    try:
        with once_for(request, "finance.exempt") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                typed = form.cleaned_data
                scan = typed["proof"]
                exempt_by_category(
                    charge,
                    category=CreditGround(typed["category"]),
                    proof=[store_file(scan.read(), scan.name, request.viewer)] if scan else [],
                    paper=form.paper(),
                    note=typed["note"],
                    by=request.viewer,
                )
                return once.redirect(reverse("finance:charge", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _charge(request, charge, exempt_form=form)


@page(permission="finance.receive", module="finance")
@require_POST
def charge_advance(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Settle a due from what was paid in advance, as far as it goes."""
    charge = charge_for(request.viewer, uid)
    available = advance_of([charge.party_id]).get(charge.currency, money(0, charge.currency).amount)
    with once_for(request, "finance.advance") as once:
        if once.replayed:
            return once.redirect()
        apply_advance(
            charge, amount=money(min(available, charge.balance), charge.currency), by=request.viewer
        )
        return once.redirect(reverse("finance:charge", args=[uid]))


@page(permission="finance.cancel_charge", module="finance")
@require_POST
def charge_cancel(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Take a wrong assessment back."""
    charge = charge_for(request.viewer, uid)
    form = ReasonForm(request.POST, prefix="cancel")
    try:
        with once_for(request, "finance.cancel-charge") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                cancel_charge(charge, reason=form.cleaned_data["reason"], by=request.viewer)
                return once.redirect(reverse("finance:charge", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _charge(request, charge, cancel_form=form)


@page(permission="finance.read_dues", module="finance")
@require_GET
def statement_page(request: DeskRequest, party: UUID) -> HttpResponse:
    """A person's statement for any period; this year unless asked otherwise."""
    person = party_for(request.viewer, party)
    form, since, until = _period(request)
    record_look(table_name="parties_party", row_id=person.pk, what="dues", by=request.viewer)
    return render(
        request,
        "finance/statement.html",
        {
            "person": person,
            "form": form,
            "statement": statement_of(request.viewer, ids_of(person.pk), since=since, until=until),
        },
        status=form.status,
    )


@page(permission="finance.read_dues", module="finance")
@require_POST
def statement_paper(request: DeskRequest, party: UUID) -> HttpResponse:
    """The statement as a numbered paper that anybody can verify."""
    person = party_for(request.viewer, party)
    form = PeriodForm(request.POST)
    if not form.is_valid():
        raise InvalidInput({name: [str(one) for one in many] for name, many in form.errors.items()})
    record_look(table_name="parties_party", row_id=person.pk, what="dues", by=request.viewer)
    content = printed_statement(
        person,
        since=form.cleaned_data["since"],
        until=form.cleaned_data["until"],
        by=request.viewer,
    )
    return HttpResponse(content, content_type="application/pdf")


def _period(request: DeskRequest) -> tuple[PeriodForm, date, date]:
    first, last = date(today().year, 1, 1), today()
    if not request.GET.get("since"):
        return PeriodForm(initial={"since": first, "until": last}), first, last
    form = PeriodForm(request.GET)
    if form.is_valid():
        return form, form.cleaned_data["since"], form.cleaned_data["until"]
    return form, first, last
