"""Calling a committee's session: where and when, and its members as rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, TextField
from frontend.forms.widgets import CodeInput
from kernel.terms import term_lazy
from modules.frontdesk.constants import MemberRole
from modules.frontdesk.models import CommitteeSession
from modules.frontdesk.pages.designer.rows import RowsField
from modules.frontdesk.services.committee import Member

STAFF_LIST = "staff-names"


class NameOfMember(forms.CharField):
    """One of the staff, found while typing, or somebody from outside: whoever is written there."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": STAFF_LIST, "autocomplete": "off", "dir": "auto"}
        super().__init__(max_length=160, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        return " ".join(str(super().clean(value) or "").split())


def members_rows(**kwargs: Any) -> RowsField:
    return RowsField(
        columns={
            "name": NameOfMember(label=_("Name")),
            "role": forms.ChoiceField(
                label=_("In the committee"), choices=MemberRole.choices, initial=MemberRole.MEMBER
            ),
            "id_number": forms.CharField(
                label=_("ID number"), max_length=20, required=False, widget=CodeInput()
            ),
        },
        read=lambda row: Member(row["name"], row["id_number"], row["role"]),
        write=lambda kept: {
            "name": kept["name"],
            "role": kept.get("role", MemberRole.MEMBER),
            "id_number": kept.get("id_number", ""),
        },
        once="name",
        **kwargs,
    )


class SessionForm(DeskForm):
    section = forms.ChoiceField(label=term_lazy("section"))
    held_on = DateField(label=_("Held on"))
    place = TextField(label=_("Where it is held"), max_length=160, required=False)
    quorum = forms.IntegerField(label=_("Quorum"), min_value=1, max_value=60)
    members = members_rows(
        label=_("Members"),
        help_text=_(
            "Choose from the staff, or write who comes from outside. By the ID number nobody decides on their own request."
        ),
    )

    def __init__(self, *args: Any, known: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = list(known)  # type: ignore[attr-defined]


def as_last_time(found: Sequence[CommitteeSession]) -> dict[str, Any]:
    """A committee sits again with the same people: what the newest session was called with."""
    if not found:
        return {}
    last = found[0]
    return {
        "section": last.section.code,
        "place": last.place,
        "quorum": last.quorum,
        "members": last.members,
    }
