"""Somebody new, registered inside the draft in one panel; and the heirs of somebody who died.

Nothing that was typed is lost: the panel is part of the draft's own form, and the draft is saved with it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from frontend.forms import DeskForm, PhoneField, TextField
from frontend.forms.widgets import CodeInput
from frontend.pages import DeskRequest, page
from kernel.errors import NotVisible, Refusal
from kernel.parties.constants import IdKind, PartyKind
from kernel.parties.models import Party
from kernel.parties.selectors import Duplicate, party_for, possible_duplicates
from kernel.parties.services import register_person
from kernel.terms import term_lazy
from modules.frontdesk.models import Request
from modules.frontdesk.selectors.naming import heirs_known
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services import ask_for_heirs

PREFIX = "new"
# What the register wants of everybody; the form asks nothing while the panel is left empty.
NEEDED = ("given_name", "family_name")
NAMES = ("given_name", "father_name", "grandfather_name", "family_name")
ROLES = (
    ("applicant", term_lazy("applicant")),
    ("beneficiary", term_lazy("beneficiary")),
    ("agent", term_lazy("agent")),
)


class PerhapsRegistered(Refusal):
    """Somebody alike is registered; the clerk says whether it is the same."""

    code = "perhaps_registered"

    def __init__(self, similar: list[Duplicate]) -> None:
        super().__init__()
        self.similar = similar


class Newcomer(DeskForm):
    """Names, number and telephone of somebody who is not registered yet, and as whom they come."""

    role = forms.ChoiceField(label=gettext_lazy("Comes as"), choices=ROLES, required=False)
    given_name = TextField(label=gettext_lazy("First name"), max_length=60, required=False)
    father_name = TextField(label=gettext_lazy("Father's name"), max_length=60, required=False)
    grandfather_name = TextField(
        label=gettext_lazy("Grandfather's name"), max_length=60, required=False
    )
    family_name = TextField(label=gettext_lazy("Family name"), max_length=60, required=False)
    id_number = forms.CharField(
        label=term_lazy("id_number"),
        max_length=30,
        required=False,
        widget=CodeInput(attrs={"inputmode": "numeric", "data-id-number": ""}),
    )
    phone = PhoneField(label=gettext_lazy("Telephone"), required=False)

    def __init__(self, data: Any = None, *, roles: Any = None, **kwargs: Any) -> None:
        super().__init__(data, prefix=PREFIX, **kwargs)
        if roles is not None and not roles.applicant.agent:
            self.fields["role"].choices = ROLES[:2]  # type: ignore[attr-defined]

    def rows(self) -> list[tuple[Any, bool]]:
        """Each field, and whether the register wants it: the panel itself may stay empty, so Django cannot say."""
        return [(self[name], name in (*NEEDED, "role")) for name in self.fields]

    @property
    def is_open(self) -> bool:
        """Whether something was typed into the panel."""
        return self.is_bound and any(self[one].value() for one in (*NAMES, "id_number"))

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        number = given.get("id_number", "")
        return {
            **{one: given.get(one, "") for one in NAMES},
            "id_number": number,
            "id_kind": IdKind.NATIONAL if number else "",
            "phones": [one for one in (given.get("phone"),) if one],
        }


def with_newcomer(request: DeskRequest, form: Newcomer, typed: QueryDict) -> QueryDict:
    """What was typed, with the person of the panel in the place they come for.

    Somebody new is registered; `use` takes somebody alike who is registered already. Raises `PerhapsRegistered`,
    and what the register refuses.
    """
    use, wanted = typed.get("use", ""), typed.get("register", "")
    if not use and not wanted:
        return typed
    if not form.is_valid():
        return typed
    role = form.cleaned_data.get("role") or "applicant"
    if use:
        person = party_for(request.viewer, _uid(use))
    else:
        request.viewer.require("parties.register")
        facts = form.facts()
        if wanted != "other":
            similar = possible_duplicates(request.viewer, kind=PartyKind.PERSON, **facts)
            if similar:
                raise PerhapsRegistered(similar)
        person = register_person(by=request.viewer, **facts)
    named = typed.copy()
    named[role] = str(person.uid)
    for name in form.fields:  # the panel is empty again
        named.pop(form.add_prefix(name), None)
    form.data = named
    messages.success(request, _("%(name)s is named.") % {"name": person.full_name})
    return named


@require_POST
@page(permission="parties.register", module="frontdesk")
def similar(request: DeskRequest, uid: UUID) -> HttpResponse:
    """While somebody new is typed: who is registered already and may be the same."""
    request_for(request.viewer, uid)
    form = Newcomer(request.POST)
    form.is_valid()
    facts = form.facts()
    alike: list[Duplicate] = []
    if form.is_open:
        alike = possible_duplicates(request.viewer, kind=PartyKind.PERSON, **facts)
    return render(request, "frontdesk/parts/similar.html", {"similar": alike})


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
def for_heirs(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The draft is asked in the name of the heirs of whoever died."""
    try:
        heirs = ask_for_heirs(uid, role=request.POST.get("role", "applicant"), by=request.viewer)
        messages.success(request, _("%(name)s is named.") % {"name": heirs.full_name})
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("frontdesk:draft", uid=uid)


def heirs_offered(found: Request) -> list[dict[str, Any]]:
    """Of those who died: as whom they stand on the draft, and their heirs where they are registered."""
    people: dict[str, Party | None] = {
        "applicant": found.applicant,
        "beneficiary": found.beneficiary,
    }
    return [
        {"role": role, "person": person, "heirs": heirs_known(person)}
        for role, person in people.items()
        if person is not None and person.died_on is not None
    ]


def _uid(typed: str) -> UUID:
    """Which person was picked; refuses `NotVisible`: what is no id names nobody."""
    try:
        return UUID(typed)
    except ValueError:
        raise NotVisible() from None
