"""Campaigns: the list, what one would cost before it is entered, what it gave; and dues moved to others."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.tables import Column, DateColumn, DeskTable, LinkColumn, list_page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.money import parse_amount
from kernel.parties.selectors import ids_of, party_for, party_with_id_number
from kernel.places.models import LandUnit
from kernel.places.selectors import search_places
from modules.finance.constants import MoveCause
from modules.finance.errors import PersonUnknown
from modules.finance.errors.campaigns import PartMissing
from modules.finance.forms.campaigns import CampaignForm, MoveForm
from modules.finance.forms.desk import ReasonForm
from modules.finance.models import Campaign
from modules.finance.selectors.books import base_currency
from modules.finance.selectors.campaigns import (
    campaign_for,
    campaigns,
    cost_at_full,
    given_by,
    kind_titles,
)
from modules.finance.selectors.dues import open_charges
from modules.finance.services.campaigning import end_campaign, open_campaign
from modules.finance.services.credits import DecisionPaper
from modules.finance.services.moving import Moving, Part, move_dues


class CampaignTable(DeskTable):
    title = LinkColumn(
        verbose_name=_("Title"), url=lambda one: reverse("finance:campaign", args=[one.uid])
    )
    kind = Column(accessor="get_kind_display", verbose_name=_("What is granted"), orderable=False)
    percent = Column(verbose_name=_("Percent"))
    since = DateColumn(verbose_name=_("From"))
    until = DateColumn(verbose_name=_("To"))
    decision_no = Column(verbose_name=_("Number of the decision"), orderable=False)

    empty_title = _("No campaigns yet")
    empty_text = _("A campaign gives a percentage to everybody who pays within its window.")


@page(permission="finance.read", module="finance")
@require_GET
def campaign_list(request: DeskRequest) -> HttpResponse:
    """Every campaign with its window and its decision."""
    return list_page(
        request,
        table=CampaignTable,
        queryset=campaigns(request.viewer),
        title=_("Campaigns"),
        template="finance/campaigns.html",
    )


@page(permission="finance.manage_campaigns", module="finance")
@require_http_methods(["GET", "POST"])
def campaign_new(request: DeskRequest) -> HttpResponse:
    """Type the decision, see what it would cost on the dues open now, then enter it."""
    form = CampaignForm(
        request.POST or None,
        initial={"since": today(), "decided_on": today(), "cash_only": True, "whole_only": True},
    )
    costs = None
    try:
        if request.method == "POST":
            with once_for(request, "finance.campaign") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    if "enter" in request.POST:
                        made = open_campaign(form.draft(), by=request.viewer)
                        return once.redirect(reverse("finance:campaign", args=[made.uid]))
                    costs = cost_at_full(request.viewer, form.draft())
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/campaign_new.html",
        {"form": form, "costs": costs, "sums": _sums(costs or [])},
        status=form.status,
    )


def _sums(costs: list) -> list[tuple[str, Decimal, Decimal]]:  # type: ignore[type-arg]
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for one in costs:
        owed, forgone = found.get(one.currency, (Decimal(0), Decimal(0)))
        found[one.currency] = (owed + one.owed, forgone + one.forgone)
    return [(currency, *sums) for currency, sums in sorted(found.items())]


@page(permission="finance.read", module="finance")
@require_GET
def campaign_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One campaign: its scope, what it gave so far, what it would still give."""
    return _campaign(request, campaign_for(request.viewer, uid))


def _campaign(
    request: DeskRequest, campaign: Campaign, form: ReasonForm | None = None
) -> HttpResponse:
    may_end = campaign.ended_on is None and request.viewer.may("finance.manage_campaigns")
    return render(
        request,
        "finance/campaign.html",
        {
            "campaign": campaign,
            "is_on": campaign.ended_on is None and campaign.since <= today() <= campaign.until,
            "kinds": kind_titles(campaign.kinds),
            "given": given_by(request.viewer, campaign),
            "costs": cost_at_full(request.viewer, campaign),
            "form": (form or ReasonForm()) if may_end else None,
        },
        status=form.status if form else 200,
    )


@page(permission="finance.manage_campaigns", module="finance")
@require_POST
def campaign_end(request: DeskRequest, uid: UUID) -> HttpResponse:
    """End it today."""
    campaign = campaign_for(request.viewer, uid)
    form = ReasonForm(request.POST)
    try:
        with once_for(request, "finance.campaign-end") as once:
            if once.replayed:
                return once.redirect()
            if form.is_valid():
                end_campaign(campaign, reason=form.cleaned_data["reason"], by=request.viewer)
                return once.redirect(reverse("finance:campaign", args=[uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return _campaign(request, campaign, form)


@page(permission="finance.move_dues", module="finance")
@require_http_methods(["GET", "POST"])
def dues_move(request: DeskRequest, party: UUID) -> HttpResponse:
    """Move a person's open dues to others, divide them, or say which parcel they are of."""
    person = party_for(request.viewer, party)
    owed = list(open_charges(request.viewer, ids_of(person.pk)))
    asked = request.GET.get("charge", "")
    initial = {
        "decided_on": today(),
        "charges": [str(one.uid) for one in owed if asked in ("", str(one.uid))],
    }
    form = MoveForm(request.POST or None, open_charges=owed, initial=initial)
    try:
        if request.method == "POST":
            with once_for(request, "finance.move") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    (first, *_others) = move_dues(
                        form.chosen(), _moving(request, form, person.pk), by=request.viewer
                    )
                    return once.redirect(reverse("finance:charge", args=[first.uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(
        request,
        "finance/dues_move.html",
        {"form": form, "person": person, "owed": owed},
        status=form.status,
    )


def _moving(request: DeskRequest, form: MoveForm, owner: int) -> Moving:
    typed = form.cleaned_data
    charges = form.chosen()
    parts = [
        _part(request, one, owner, charges[0].currency if charges else base_currency(today()))
        for one in form.typed_parts()
    ]
    return Moving(
        cause=MoveCause(typed["cause"]),
        parts=tuple(parts),
        paper=DecisionPaper(number=typed["decision_no"], decided_on=typed["decided_on"]),
        reason=typed["reason"],
        signed=typed["signed"],
    )


def _part(request: DeskRequest, typed: dict[str, str], owner: int, currency: str) -> Part:
    """A row of the form. Without a person the due stays with its owner; without share or amount it is one share."""
    party_id = owner
    if typed["person"]:
        found = party_with_id_number(request.viewer, typed["person"])
        if found is None:
            raise PersonUnknown()
        party_id = found.pk
    land = None
    if typed["parcel"]:
        places = [one.place for one in search_places(request.viewer, typed["parcel"], 3)]
        land = next((one for one in places if isinstance(one, LandUnit)), None)
        if land is None:
            raise PartMissing()
    try:
        share = Decimal(typed["share"] or "1")
    except InvalidOperation:
        raise PartMissing() from None
    return Part(
        party_id=party_id,
        share=None if typed["amount"] else share,
        amount=parse_amount(typed["amount"], currency) if typed["amount"] else None,
        land_unit_id=land.pk if land else None,
    )
