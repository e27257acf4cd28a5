"""Forms of citizens on the web and of the desk that verifies what they send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from frontend.forms import (
    DateField,
    DeskForm,
    IdNumberField,
    LandNumberField,
    PartyField,
    PhoneField,
    TextField,
)
from frontend.forms.widgets import CodeInput
from kernel.terms import term_lazy
from modules.frontdesk.constants import ActsBy, RejectionReason
from modules.frontdesk.definitions import ServiceDefinition

STANDINGS = (
    ("", _("For myself")),
    (ActsBy.POWER.value, _("For somebody who gave me a power of attorney")),
    (ActsBy.INHERITANCE.value, _("For the heirs of somebody who died, as one of them")),
)


class StandingField(forms.ChoiceField):
    """Who says nothing asks for themselves."""

    def clean(self, value: Any) -> Any:
        return super().clean(value) if value else ""


class PhoneForm(DeskForm):
    """Where the code is sent."""

    phone = PhoneField(
        label=_("Your mobile number"), help_text=_("We send you a code by text message.")
    )


class BeginForm(DeskForm):
    """Who asks, first part: both together say whether somebody is on file; nobody is told."""

    id_number = IdNumberField(label=_("Your ID number"), help_text=_("Nine digits."))
    phone = PhoneField(
        label=_("Your mobile number"), help_text=_("We send you a code by text message.")
    )
    acts_by = StandingField(
        label=_("For whom do you ask?"),
        choices=STANDINGS,
        widget=forms.RadioSelect,
        initial="",
    )

    def __init__(self, design: ServiceDefinition, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not design.applicant.agent:
            del self.fields["acts_by"]


class StandingForm(DeskForm):
    """For whom somebody acts, and by which paper. A wrong date is told under its field; nothing typed is lost."""

    id_number = IdNumberField(label=_("Their ID number"), help_text=_("Nine digits."))
    given_name = TextField(label=_("First name"), max_length=60)
    father_name = TextField(label=_("Father's name"), max_length=60)
    grandfather_name = TextField(label=_("Grandfather's name"), max_length=60, required=False)
    family_name = TextField(label=_("Family name"), max_length=60)
    agent_power_number = TextField(
        label=_("Number of the power of attorney"), max_length=60, widget=CodeInput()
    )
    agent_power_on = DateField(label=_("Date of the power of attorney"))
    agent_power_until = DateField(
        label=_("Good until"), required=False, help_text=_("Where the paper itself names an end.")
    )

    def __init__(self, acts_by: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if acts_by == ActsBy.INHERITANCE:
            self.fields["id_number"].label = _("ID number of the deceased")
            self.fields["agent_power_number"].label = _("Number of the certificate of inheritance")
            self.fields["agent_power_on"].label = _("Date of the certificate of inheritance")
            del self.fields["agent_power_until"]

    @property
    def person(self) -> list[BoundField]:
        return [one for one in self if not one.name.startswith("agent_")]

    @property
    def paper(self) -> list[BoundField]:
        return [one for one in self if one.name.startswith("agent_")]


class WhoseDuesForm(DeskForm):
    """Whose dues; the telephone was proved already."""

    id_number = IdNumberField(label=_("Your ID number"), help_text=_("Nine digits."))


class FindForm(DeskForm):
    """Go on with what was begun, or look after what was sent."""

    number = TextField(
        label=_("Your reference or request number"),
        max_length=30,
        widget=CodeInput(attrs={"inputmode": "text"}),
    )
    phone = PhoneField(
        label=_("Your mobile number"), help_text=_("We send you a code by text message.")
    )


class CodeForm(DeskForm):
    code = forms.CharField(
        label=_("The code in the message"),
        max_length=12,
        widget=CodeInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text=_("Six digits. It is good for ten minutes."),
    )

    def clean_code(self) -> str:
        return "".join(one for one in self.cleaned_data["code"] if one.isdigit())


class NameForm(DeskForm):
    """The name of somebody who is not known by ID number and telephone."""

    given_name = TextField(label=_("First name"), max_length=60)
    father_name = TextField(label=_("Father's name"), max_length=60)
    grandfather_name = TextField(label=_("Grandfather's name"), max_length=60, required=False)
    family_name = TextField(label=_("Family name"), max_length=60)
    address = TextField(
        label=_("Address"),
        max_length=200,
        required=False,
        help_text=_("Neighbourhood, street, nearest known place."),
    )


class ParcelForm(DeskForm):
    """The parcel, where the service asks for one. Known here or not, it is kept as typed."""

    block_no = LandNumberField(label=term_lazy("land_block_number"))
    parcel_no = LandNumberField(label=term_lazy("land_parcel_number"))
    sub_no = LandNumberField(label=_("Part"), required=False)

    def __init__(self, design: ServiceDefinition, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("block_no", "parcel_no"):
            self.fields[name].required = design.place == "required"


class UploadForm(DeskForm):
    """One paper: taken with the camera or chosen, and what it is where something may be brought instead."""

    document_type = forms.ChoiceField(label=_("Which paper is this?"))
    photo = forms.FileField(
        label=_("Take a photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    file = forms.FileField(
        label=_("Or choose a picture or PDF"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document_type"].choices = list(kinds)  # type: ignore[attr-defined]
        if len(kinds) == 1:
            self.fields["document_type"].widget = forms.HiddenInput()
            self.fields["document_type"].initial = kinds[0][0]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.upload:
            self.add_error("file", _("Take a photo or choose a file."))
        return cleaned

    @property
    def upload(self) -> Any:
        return self.cleaned_data.get("photo") or self.cleaned_data.get("file")


class SendForm(DeskForm):
    declared = forms.BooleanField(
        label=_("What I wrote is true and the papers are mine."), required=False
    )


class WriteForm(DeskForm):
    text = TextField(label=_("Your message"), rows=4, max_length=2000)


class LinkForm(DeskForm):
    """Somebody on file, chosen by the clerk."""

    party = PartyField(label=_("Person on file"))


class RejectForm(DeskForm):
    reason_code = forms.ChoiceField(
        label=_("Ground of the rejection"), choices=[("", "—"), *RejectionReason.choices]
    )
    text = TextField(label=_("In words for the citizen"), rows=3, max_length=1000)


class ReturnTextForm(DeskForm):
    text = TextField(label=_("Note"), rows=2, max_length=1000, required=False)
