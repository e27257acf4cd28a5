"""Parcels with their lineage and their holders; premises."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.panels import panels_for
from frontend.places.forms import (
    HoldingForm,
    LandUnitForm,
    NeighbourhoodForm,
    PremisesForm,
    SplitForm,
)
from frontend.places.table import LandFilter, LandTable
from frontend.tables import list_page
from kernel.calendar.selectors import today
from kernel.errors import InvalidInput, Refusal
from kernel.holds.selectors import holds_on
from kernel.parties.models import Party
from kernel.parties.selectors import party_for, party_with_id_number
from kernel.places.facts import LandUnitFacts
from kernel.places.holdings import end_holding, record_holding
from kernel.places.models import LandUnit, Premises
from kernel.places.selectors import (
    holdings_on,
    land_unit_for,
    lineage_of,
    neighbourhoods,
    premises_for,
)
from kernel.places.services import (
    register_land_unit,
    register_neighbourhood,
    register_premises,
    split_land_unit,
)


@page(permission="parties.read")
def places(request: DeskRequest) -> HttpResponse:
    return list_page(
        request,
        table=LandTable,
        queryset=LandUnit.objects.select_related("neighbourhood").order_by("search_key", "id"),
        filters=LandFilter,
        template="frontend/places/list.html",
        title=_("Parcels and premises"),
    )


@page(permission="parties.read")
def land(request: DeskRequest, uid: UUID) -> HttpResponse:
    """A parcel: who holds it, what it was made of and became, and what the modules know of it."""
    unit = land_unit_for(request.viewer, uid)
    edges = list(lineage_of(request.viewer, unit))
    return render(
        request,
        "frontend/places/land.html",
        {
            "unit": unit,
            "holdings": list(holdings_on(request.viewer, unit)),
            "made_of": [edge for edge in edges if edge.child_id == unit.pk],
            "became": [edge for edge in edges if edge.parent_id == unit.pk],
            "premises": list(unit.premises.all()) if hasattr(unit, "premises") else [],
            "holds": holds_on([unit.subject]),
            "panels": panels_for(request.viewer, "land_unit", unit.pk),
            "today": today(),
        },
    )


@page(permission="parties.read")
def premises(request: DeskRequest, uid: UUID) -> HttpResponse:
    found = premises_for(request.viewer, uid)
    return render(
        request,
        "frontend/places/premises.html",
        {
            "place": found,
            "holdings": list(holdings_on(request.viewer, found)),
            "holds": holds_on([found.subject]),
        },
    )


@page(permission="places.manage")
def land_new(request: DeskRequest) -> HttpResponse:
    form = LandUnitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, "places.land") as once:
                if once.replayed:
                    return once.redirect()
                unit = register_land_unit(form.facts(), by=request.viewer)
                return once.redirect(reverse("places:land", args=[unit.uid]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        "form": form,
        "title": _("New parcel"),
        "fields": list(form),
        "back": reverse("places:list"),
    }
    return render(request, "frontend/places/form.html", context, status=form.status)


@page(permission="places.manage")
def neighbourhood_list(request: DeskRequest) -> HttpResponse:
    """The quarters of the town; entering another one."""
    form = NeighbourhoodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, "places.neighbourhood") as once:
                if once.replayed:
                    return once.redirect()
                register_neighbourhood(**form.cleaned_data, by=request.viewer)
                return once.redirect(reverse("places:neighbourhoods"))
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "quarters": neighbourhoods()}
    return render(request, "frontend/places/neighbourhoods.html", context, status=form.status)


@page(permission="places.manage")
def land_split(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Retire a parcel in favour of its parts; the holders hold each part with the same share."""
    unit = land_unit_for(request.viewer, uid)
    form = SplitForm(request.POST or None, initial={"on": today()})
    back = reverse("places:land", args=[unit.uid])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        parts = [
            LandUnitFacts(
                block_no=unit.block_no,
                block_name=unit.block_name,
                parcel_no=number,
                kind=unit.kind,
                area_m2=area or None,
            )
            for number, area in given["parts"]
        ]
        try:
            with once_for(request, f"places.split.{uid}") as once:
                if once.replayed:
                    return once.redirect()
                split_land_unit(
                    unit.uid,
                    into=parts,
                    on=given["on"],
                    order_ref=given["order_ref"],
                    by=request.viewer,
                )
                return once.redirect(back)
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        "form": form,
        "title": _("Divide %(parcel)s") % {"parcel": unit.label},
        "fields": list(form),
        "back": back,
    }
    return render(request, "frontend/places/form.html", context, status=form.status)


@page(permission="places.manage")
def premises_new(request: DeskRequest) -> HttpResponse:
    form = PremisesForm(request.POST or None)
    on_land = request.POST.get("land") or request.GET.get("land", "")
    unit = land_unit_for(request.viewer, _uuid(on_land)) if on_land else None
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = dict(form.cleaned_data)
        given["area_m2"] = given["area_m2"] or None
        try:
            with once_for(request, "places.premises") as once:
                if once.replayed:
                    return once.redirect()
                made = register_premises(land_unit=unit, by=request.viewer, **given)
                return once.redirect(reverse("places:premises", args=[made.uid]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    back = reverse("places:land", args=[unit.uid]) if unit else reverse("places:list")
    context = {
        "form": form,
        "title": _("New premises"),
        "fields": list(form),
        "back": back,
        "land": on_land,
    }
    return render(request, "frontend/places/form.html", context, status=form.status)


@page(permission="places.manage")
def holding_new(request: DeskRequest, kind: str, uid: UUID) -> HttpResponse:
    """Who owns, occupies or rents it, wholly or by a share."""
    place: LandUnit | Premises = (
        land_unit_for(request.viewer, uid) if kind == "land" else premises_for(request.viewer, uid)
    )
    form = HoldingForm(request.POST or None)
    back = reverse(f"places:{kind}", args=[uid])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with once_for(request, f"places.holding.{uid}") as once:
                if once.replayed:
                    return once.redirect()
                record_holding(
                    _party(request, given["party"]),
                    place,
                    relation=given["relation"],
                    share=given["share"],
                    starts_on=given["starts_on"],
                    basis=given["basis"],
                    by=request.viewer,
                )
                return once.redirect(back)
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "title": _("New holder"), "fields": list(form), "back": back}
    return render(request, "frontend/places/form.html", context, status=form.status)


@require_POST
@page(permission="places.manage")
def holding_end(request: DeskRequest, uid: UUID) -> HttpResponse:
    holding = end_holding(uid, reason=request.POST.get("reason", ""), by=request.viewer)
    if holding.land_unit is not None:
        return redirect("places:land", uid=holding.land_unit.uid)
    return redirect("places:premises", uid=holding.premises.uid)  # type: ignore[union-attr]


def _party(request: DeskRequest, chosen: UUID | str) -> Party:
    if isinstance(chosen, UUID):
        return party_for(request.viewer, chosen)
    found = party_with_id_number(request.viewer, chosen)
    if found is None:
        raise InvalidInput({"party": [_("Nobody with this ID number is registered.")]})
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput() from None
