"""Persons: finding them, their page, entering, correcting and merging them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.panels import panels_for
from frontend.people.forms import FORMS, MergeForm, PersonForm, form_class_of, typed_of
from frontend.people.table import PeopleTable
from frontend.people.verdict import Verdict, dues_verdict
from frontend.tables import list_page
from kernel.audit.looking import record_look
from kernel.calendar.selectors import today
from kernel.errors import InvalidInput, NotVisible, Refusal
from kernel.holds.selectors import holds_on
from kernel.parties.models import Party
from kernel.parties.selectors import (
    Duplicate,
    aliases_of,
    ids_of,
    parties,
    party_for,
    party_with_id_number,
    possible_duplicates,
    search_parties,
)
from kernel.parties.services import (
    merge_parties,
    register_heirs,
    register_organisation,
    register_person,
    update_party,
)
from kernel.text import normalise_digits

FOUND = 50


@page(permission="parties.read")
def people(request: DeskRequest) -> HttpResponse:
    """Everybody by name; with `q` those who answer it, the closest first."""
    text = normalise_digits(request.GET.get("q", "")).strip()
    if text:
        found = search_parties(request.viewer, text, limit=FOUND)
        if len(found) == 1 and found[0].id_number == text:
            return redirect("people:person", uid=found[0].uid)
        return render(request, "frontend/people/found.html", {"text": text, "found": found})
    return list_page(
        request,
        table=PeopleTable,
        queryset=parties(request.viewer),
        template="frontend/people/list.html",
        title=_("Persons"),
    )


@page(permission="parties.read")
def person(request: DeskRequest, uid: UUID) -> HttpResponse:
    party = party_for(request.viewer, uid)
    if party.uid != uid:
        return redirect(
            "people:person", uid=party.uid
        )  # merged: the address of the one that stands
    day = today()
    record_look(table_name="parties_party", row_id=party.pk, what="dues", by=request.viewer)
    panels = panels_for(request.viewer, "party", party.pk)
    chosen = next(
        (one for one in panels if one.code == request.GET.get("tab")), panels[0] if panels else None
    )
    given = next(
        (one.content.verdict for one in panels if isinstance(one.content.verdict, Verdict)), None
    )
    return render(
        request,
        "frontend/people/person.html",
        {
            "party": party,
            "verdict": given or dues_verdict(ids_of(party.pk), on=day),
            "holds": holds_on([f"party:{one}" for one in ids_of(party.pk)]),
            "panels": panels,
            "chosen": chosen,
            "tabs": [
                {
                    "title": one.title,
                    "url": f"?tab={one.code}",
                    "count": one.content.count,
                    "current": one is chosen,
                }
                for one in panels
            ],
            "actions": [action for one in panels for action in one.actions],
            "aliases": list(aliases_of(request.viewer, party)),
        },
    )


@page(permission="parties.register")
def person_new(request: DeskRequest, kind: str = "person") -> HttpResponse:
    """Enter somebody. Similar persons are shown first; the clerk says that it is another one."""
    form_class = FORMS.get(kind)
    if form_class is None:
        raise NotVisible()
    form = form_class(request.POST or None, initial=_from_box(request.GET.get("q", "")))
    similar: list[Duplicate] = []
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, f"people.new.{kind}") as once:
                if once.replayed:
                    return once.redirect()
                if "other_person" not in request.POST:
                    _refuse_similar(request, form)
                party = _register(kind, form.cleaned_data, form.facts(), request)
                return once.redirect(_after(request, party))
        except PerhapsRegistered as alike:
            similar = alike.similar
        except Refusal as refusal:
            form.add_refusal(refusal)
    status = 422 if similar else form.status
    return render(
        request,
        "frontend/people/new.html",
        {
            "form": form,
            "kind": kind,
            "kinds": _kinds(kind),
            "similar": similar,
            "next": request.GET.get("next", ""),
        },
        status=status,
    )


@page(permission="parties.register")
def similar(request: DeskRequest) -> HttpResponse:
    """While a new person is typed: who is registered already and may be the same."""
    form = FORMS.get(request.POST.get("kind", ""), PersonForm)(request.POST)
    form.is_valid()
    facts: dict[str, Any] = {
        name: request.POST.get(name, "")
        for name in form.names
        if name not in {"gender", "id_proof"}
    }
    facts["id_number"] = form.cleaned_data.get("id_number", "")
    facts["phones"] = [one for one in (form.cleaned_data.get("phone"),) if one]
    return render(
        request, "frontend/people/similar.html", {"similar": _similar(request, facts, form.kind)}
    )


@page(permission="parties.register")
def person_edit(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Correct what is known. Two clerks at once: the second sees that it changed, and keeps her words."""
    party = party_for(request.viewer, uid)
    form_class = form_class_of(party)
    form = form_class(request.POST or None, initial=typed_of(party))
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, f"people.edit.{uid}") as once:
                if once.replayed:
                    return once.redirect()
                update_party(
                    party.uid,
                    version=_version(request),
                    reason=request.POST.get("reason", ""),
                    by=request.viewer,
                    **form.facts(),
                )
                return once.redirect(reverse("people:person", args=[party.uid]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "party": party, "version": request.POST.get("version", party.version)}
    return render(request, "frontend/people/edit.html", context, status=form.status)


@page(permission="parties.merge")
def person_merge(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Declare another record to be the same person; both are shown side by side before."""
    party = party_for(request.viewer, uid)
    form = MergeForm(request.POST or None, initial={"other": request.GET.get("other", "")})
    other = _other(request, form) if request.method == "POST" else None
    if other is not None and form.is_valid() and "confirmed" in request.POST:
        try:
            with once_for(request, f"people.merge.{uid}") as once:
                if once.replayed:
                    return once.redirect()
                merge_parties(
                    keep=party.uid,
                    alias=other.uid,
                    reason=form.cleaned_data["reason"],
                    by=request.viewer,
                )
                return once.redirect(reverse("people:person", args=[party.uid]))
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "party": party, "other": other}
    return render(request, "frontend/people/merge.html", context, status=form.status)


class PerhapsRegistered(Refusal):
    """Somebody alike is registered; raised inside the claim, so that the form may be sent again under its key."""

    code = "perhaps_registered"

    def __init__(self, similar: list[Duplicate]) -> None:
        super().__init__()
        self.similar = similar


def _refuse_similar(request: DeskRequest, form: Any) -> None:
    similar = _similar(request, form.facts(), form.kind)
    if similar:
        raise PerhapsRegistered(similar)


def _similar(request: DeskRequest, facts: dict[str, Any], kind: str) -> list[Duplicate]:
    return possible_duplicates(request.viewer, kind=kind, **facts)


def _register(
    kind: str, cleaned: dict[str, Any], facts: dict[str, Any], request: DeskRequest
) -> Party:
    makers: dict[str, Callable[..., Party]] = {
        "person": register_person,
        "organisation": register_organisation,
        "heirs": register_heirs,
    }
    more: dict[str, Any] = {}
    if kind == "organisation":
        more["public"] = cleaned.get("public", False)
    if kind == "heirs" and isinstance(cleaned.get("deceased"), UUID):
        more["deceased"] = cleaned["deceased"]
    return makers[kind](by=request.viewer, **facts, **more)


def _after(request: DeskRequest, party: Party) -> str:
    """Back to where a new person was needed (`next` with {uid}), else to the person's page."""
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and not wanted.startswith("//") and "{uid}" in wanted:
        return wanted.replace("{uid}", str(party.uid))
    return reverse("people:person", args=[party.uid])


def _from_box(text: str) -> dict[str, str]:
    """What was typed in the one box, put where it belongs."""
    plain = normalise_digits(text).strip()
    if plain.replace(" ", "").isdigit():
        return {"id_number": plain} if len(plain) == 9 else {"phone": plain}
    names = plain.split()
    if not names:
        return {}
    fields = ["given_name", "father_name", "grandfather_name"]
    first = dict(zip(fields, names[:-1], strict=False))
    return {**first, "family_name": names[-1]} if len(names) > 1 else {"given_name": names[0]}


def _kinds(current: str) -> list[dict[str, Any]]:
    titles = {"person": _("Person"), "organisation": _("Organisation"), "heirs": _("Heirs")}
    return [
        {
            "title": title,
            "url": reverse("people:new", args=[kind]),
            "count": None,
            "current": kind == current,
        }
        for kind, title in titles.items()
    ]


def _version(request: DeskRequest) -> int | None:
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else None


def _other(request: DeskRequest, form: MergeForm) -> Party | None:
    if not form.is_valid():
        return None
    wanted = form.cleaned_data["other"]
    if isinstance(wanted, UUID):
        return party_for(request.viewer, wanted)
    found = party_with_id_number(request.viewer, wanted)
    if found is None:
        form.add_refusal(InvalidInput({"other": [_("Nobody with this ID number is registered.")]}))
    return found
