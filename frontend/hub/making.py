"""The wizard of a new municipality: find it in the register, say how it begins, watch it being made."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from frontend.forms import once_for
from frontend.hub.forms import NewMunicipalityForm
from frontend.pages import DeskRequest, hub_page
from kernel.errors import NotVisible, Refusal
from kernel.text import fold_key
from tenants.making import ask_for, names_there
from tenants.register import rows


@hub_page(permission="hub.manage_fleet")
def choose(request: DeskRequest) -> HttpResponse:
    """Step one: the municipality, by any part of its name or governorate in either language."""
    text = request.GET.get("q", "").strip()
    wanted, there = fold_key(text).casefold(), names_there()
    found = [
        {"place": place, "row": row, "is_there": row.name_ar in there}
        for place, row in enumerate(rows())
        if wanted in fold_key(row.name_ar + row.governorate_ar)
        or text.casefold() in f"{row.name_en} {row.governorate_en}".casefold()
    ]
    return render(
        request, "frontend/hub/choose.html", {"found": found, "text": text, "count": len(rows())}
    )


@hub_page(permission="hub.manage_fleet")
def describe(request: DeskRequest, place: int) -> HttpResponseBase:
    """Step two: addresses, words, modules, policies, administrator. What was typed stays when it is refused."""
    if not 0 <= place < len(rows()):
        raise NotVisible()
    row = rows()[place]
    form = NewMunicipalityForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, "hub.create") as once:
                if once.replayed:
                    return once.redirect()
                job = ask_for(form.plan(), by=request.viewer)
                return once.redirect(reverse("jobs:job", args=[job.uid]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    return render(request, "frontend/hub/new.html", {"form": form, "row": row}, status=form.status)
