"""What a clerk types about a person, an organisation or heirs. Rules are the register's, not the form's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, PartyField, PhoneField, TextField
from frontend.forms.widgets import CodeInput
from kernel.calendar.selectors import today
from kernel.parties.constants import BODIES, Gender, IdKind, PartyKind
from kernel.parties.models import Party
from kernel.terms import term_lazy

_ADDRESS = ("locality", "neighbourhood", "street", "landmark")


class _PartyForm(DeskForm):
    """What all kinds share: identity number, telephones, address."""

    id_number = forms.CharField(
        label=term_lazy("id_number"),
        required=False,
        max_length=30,
        widget=CodeInput(attrs={"inputmode": "numeric", "data-id-number": ""}),
    )
    phone = PhoneField(label=_("Telephone"), required=False)
    other_phone = PhoneField(label=_("Second telephone"), required=False)
    locality = TextField(label=_("Town or village"), required=False, max_length=80)
    neighbourhood = TextField(label=_("Neighbourhood"), required=False, max_length=80)
    street = TextField(label=_("Street"), required=False, max_length=80)
    landmark = TextField(label=_("Near"), required=False, max_length=120)

    names: tuple[str, ...] = ()
    kind: PartyKind = PartyKind.PERSON

    def facts(self) -> dict[str, Any]:
        """The facts as the register takes them."""
        given = self.cleaned_data
        facts: dict[str, Any] = {name: given.get(name, "") for name in self.names}
        facts["id_number"] = given.get("id_number", "")
        facts["id_kind"] = self._id_kind() if facts["id_number"] else ""
        facts["phones"] = [one for one in (given.get("phone"), given.get("other_phone")) if one]
        facts["current_address"] = {name: given.get(name, "") for name in _ADDRESS}
        return facts

    def _id_kind(self) -> str:
        return str(self.cleaned_data.get("id_kind") or IdKind.NATIONAL)

    def name_fields(self) -> list[Any]:
        return [self[name] for name in self.names]

    def address_fields(self) -> list[Any]:
        return [self[name] for name in _ADDRESS]

    def add_refusal(self, refusal: Any) -> None:
        # The register speaks of `phones` and `current_address`; the form has a field for each part.
        super().add_refusal(refusal)


class PersonForm(_PartyForm):
    kind = PartyKind.PERSON
    names = (
        "given_name",
        "father_name",
        "grandfather_name",
        "family_name",
        "known_as",
        "gender",
        "id_proof",
    )

    given_name = TextField(label=_("First name"), max_length=60)
    father_name = TextField(label=_("Father's name"), required=False, max_length=60)
    grandfather_name = TextField(label=_("Grandfather's name"), required=False, max_length=60)
    family_name = TextField(label=_("Family name"), max_length=60)
    known_as = TextField(label=_("Known as"), required=False, max_length=80)
    id_kind = forms.ChoiceField(
        label=_("Proof of identity"), choices=IdKind.choices, required=False
    )
    id_proof = TextField(
        label=_("Other paper that proved it"),
        required=False,
        max_length=200,
        help_text=_("When the card was lost."),
    )
    gender = forms.ChoiceField(
        label=_("Gender"), required=False, choices=[("", "—"), *Gender.choices]
    )
    birth_date = DateField(label=_("Date of birth"), required=False)
    died_on = DateField(label=_("Died on"), required=False)

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        facts["birth_date"] = self.cleaned_data.get("birth_date")
        facts["died_on"] = self.cleaned_data.get("died_on")
        return facts

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        if born and born > today():
            raise forms.ValidationError(_("This day has not come yet."))
        return born


class OrganisationForm(_PartyForm):
    kind = PartyKind.ORGANISATION
    names = ("registered_name", "trade_name")

    registered_name = TextField(label=term_lazy("registered_name"), max_length=200)
    trade_name = TextField(label=term_lazy("trade_name"), required=False, max_length=200)
    public = forms.BooleanField(
        label=_("A public body (ministry, school, authority)"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["id_number"].label = _("Registration number")

    def _id_kind(self) -> str:
        return IdKind.COMPANY


class HeirsForm(_PartyForm):
    kind = PartyKind.HEIRS
    names = ("given_name", "father_name", "grandfather_name", "family_name")

    deceased = PartyField(label=_("The deceased, if registered"), required=False)
    given_name = TextField(label=_("First name of the deceased"), required=False, max_length=60)
    father_name = TextField(label=_("Father's name"), required=False, max_length=60)
    grandfather_name = TextField(label=_("Grandfather's name"), required=False, max_length=60)
    family_name = TextField(label=_("Family name"), required=False, max_length=60)

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        if self.cleaned_data.get("deceased"):
            for name in self.names:
                facts.pop(name)
        facts.pop("id_number")
        facts.pop("id_kind")
        return facts


FORMS: dict[str, type[_PartyForm]] = {
    "person": PersonForm,
    "organisation": OrganisationForm,
    "heirs": HeirsForm,
}


class MergeForm(DeskForm):
    other = PartyField(label=_("The other record"))
    reason = TextField(label=_("How it is known that they are one"), rows=3, max_length=500)


def form_class_of(party: Party) -> type[_PartyForm]:
    """The form in which a registered party is corrected."""
    return OrganisationForm if party.kind in BODIES else PersonForm


def typed_of(party: Party) -> dict[str, Any]:
    """What the form shows of a registered party."""
    phones = [*party.phones_as_typed, "", ""]
    return {
        **{name: getattr(party, name) for name in (*PersonForm.names, *OrganisationForm.names)},
        "id_number": party.id_number,
        "id_kind": party.id_kind,
        "birth_date": party.birth_date,
        "died_on": party.died_on,
        "phone": phones[0],
        "other_phone": phones[1],
        "public": party.kind == PartyKind.PUBLIC_BODY,
        **{name: party.current_address.get(name, "") for name in _ADDRESS},
    }
