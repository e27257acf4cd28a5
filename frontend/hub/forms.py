from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DeskForm, TextField
from kernel import registry
from kernel.errors import InvalidInput, Refusal
from tenants.models import Stage
from tenants.packs import PACKS
from tenants.provisioning import Administrator, Plan, check, schema_from_host
from tenants.register import RegisterRow
from tenants.support import LONGEST, SHORTEST


class NewMunicipalityForm(DeskForm):
    """What the register does not tell: where it is served, with what it begins, who is the first to enter."""

    hosts = TextField(
        label=_("Addresses"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr"}),
        help_text=_(
            "As people will type them, one in a line; the first is the main one: rafah.example.ps"
        ),
    )
    schema = TextField(
        label=_("Short name"),
        max_length=48,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text=_("Small Latin letters, digits and underscores. Empty: from the first address."),
    )
    region = forms.ChoiceField(
        label=_("Region"), choices=[("WB", _("West Bank")), ("GS", _("Gaza Strip"))]
    )
    dialect = forms.ChoiceField(
        label=_("Words"),
        choices=[
            ("west_bank", _("As in the West Bank: basin and parcel, clearance of dues")),
            ("gaza", _("As in Gaza: block and parcel, discharge")),
        ],
        help_text=_("How papers and places are called there."),
    )
    modules = forms.MultipleChoiceField(
        label=_("Modules"), required=False, widget=forms.CheckboxSelectMultiple
    )
    pack = forms.ChoiceField(
        label=_("Policies to begin with"),
        choices=[(one.code, one.title) for one in PACKS],
        widget=forms.RadioSelect,
    )
    administrator = TextField(
        label=_("Administrator's name in Arabic"),
        max_length=160,
        help_text=_("The first who signs in, and who invites the others."),
    )
    username = TextField(
        label=_("User name"), max_length=64, widget=forms.TextInput(attrs={"dir": "ltr"})
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("The invitation is mailed there. Without it you hand the link over."),
    )
    is_demo = forms.BooleanField(
        label=_("For training"),
        required=False,
        help_text=_("Every page and paper is marked as a demonstration."),
    )

    def __init__(self, *args: Any, row: RegisterRow, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "region": row.region,
            "dialect": row.dialect,
            "pack": PACKS[0].code,
            "modules": [one.code for one in registry.modules() if one.optional],
        }
        super().__init__(*args, **kwargs)
        self.row = row
        self.fields["modules"].choices = [  # type: ignore[attr-defined]
            (one.code, one.title) for one in registry.modules() if one.optional
        ]

    def clean_hosts(self) -> list[str]:
        return [one.lower() for one in re.split(r"[\s,،]+", self.cleaned_data["hosts"]) if one]

    def clean(self) -> dict[str, Any]:
        """Names that could not be served are told together with whatever else is wrong."""
        given = dict(super().clean() or {})
        if given.get("hosts") and "schema" in given:
            schema = given["schema"] or schema_from_host(given["hosts"][0])
            try:
                check(Plan(row=self.row, schema=schema, hosts=tuple(given["hosts"])))
            except InvalidInput as refusal:
                self.add_refusal(refusal)
        return given

    def add_refusal(self, refusal: Refusal) -> None:
        """Several addresses are asked for in one field."""
        if isinstance(refusal, InvalidInput):
            refusal = InvalidInput(
                {"hosts" if name == "host" else name: told for name, told in refusal.errors.items()}
            )
        elif refusal.field == "host":
            refusal.field = "hosts"
        super().add_refusal(refusal)

    def plan(self) -> Plan:
        """What is to be made. Only of a valid form."""
        given = self.cleaned_data
        return Plan(
            row=self.row,
            schema=given["schema"] or schema_from_host(given["hosts"][0]),
            hosts=tuple(given["hosts"]),
            region=given["region"],
            dialect=given["dialect"],
            modules=frozenset(given["modules"]),
            pack=given["pack"],
            is_demo=given["is_demo"],
            administrator=Administrator(
                username=given["username"], name_ar=given["administrator"], email=given["email"]
            ),
        )


class FleetFilter(forms.Form):
    """What of the fleet is shown."""

    q = forms.CharField(label=_("Name or address"), required=False)
    stage = forms.ChoiceField(label=_("State"), required=False)
    region = forms.ChoiceField(
        label=_("Region"),
        required=False,
        choices=[("", _("All")), ("WB", _("West Bank")), ("GS", _("Gaza Strip"))],
    )
    behind = forms.BooleanField(label=_("Behind the newest release"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [("", _("All")), *Stage.choices]  # type: ignore[attr-defined]


class ReasonForm(DeskForm):
    """Why. Kept beside the state, and shown to every operator."""

    reason = TextField(label=_("Reason"), max_length=300)


class VisitForm(ReasonForm):
    """Why, and for how long."""

    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=SHORTEST, max_value=LONGEST, initial=30
    )


class DeleteForm(DeskForm):
    """The short name, typed by hand."""

    confirm = TextField(
        label=_("Short name of the municipality"),
        max_length=48,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )


class ReleaseForm(DeskForm):
    """Who goes first."""

    canaries = forms.MultipleChoiceField(
        label=_("These go first; if one fails, nobody follows"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, towns: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["canaries"].choices = towns  # type: ignore[attr-defined]
