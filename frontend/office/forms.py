"""What the municipality's administrator types."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, PhoneField, TextField
from frontend.forms.widgets import CodeInput
from kernel import registry
from kernel.identity.models import Language
from kernel.organisation.models import Role, Section, SectionKind
from kernel.organisation.selectors import roles, sections
from kernel.profile.models import Dialect, Digits, MonthNames, Profile

_DAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


class ProfileForm(DeskForm):
    name_ar = TextField(label=_("Name in Arabic"), max_length=120)
    name_en = TextField(label=_("Name in English"), required=False, max_length=120)
    primary_colour = forms.CharField(
        label=_("Colour"),
        widget=forms.TextInput(attrs={"type": "color", "class": "form-control-color"}),
        help_text=_(
            "Of the band above every page and of papers. White text must be readable on it."
        ),
    )
    emblem_file = forms.FileField(
        label=_("Emblem"), required=False, help_text=_("A square picture, PNG or JPEG.")
    )
    letterhead = forms.CharField(
        label=_("Lines above the name on papers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    phone = PhoneField(label=_("Telephone"), required=False)
    address_ar = TextField(label=_("Address"), required=False, max_length=200)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    dialect = forms.ChoiceField(label=_("Words of the domain"), choices=Dialect.choices)
    month_names = forms.ChoiceField(label=_("Names of months"), choices=MonthNames.choices)
    digits = forms.ChoiceField(label=_("Digits on papers"), choices=Digits.choices)
    weekend = forms.TypedMultipleChoiceField(
        label=_("Weekend"),
        choices=_DAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def changes(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name != "emblem_file"}
        given["letterhead"] = [
            line.strip() for line in given["letterhead"].splitlines() if line.strip()
        ]
        return given

    @staticmethod
    def typed_of(profile: Profile) -> dict[str, Any]:
        names = [
            name for name in ProfileForm.base_fields if name not in {"emblem_file", "letterhead"}
        ]
        return {name: getattr(profile, name) for name in names} | {
            "letterhead": "\n".join(profile.letterhead)
        }


class HolidayForm(DeskForm):
    name_ar = TextField(label=_("Name in Arabic"), max_length=120)
    name_en = TextField(label=_("Name in English"), required=False, max_length=120)
    first_day = DateField(label=_("First day"))
    last_day = DateField(label=_("Last day"), required=False)
    reason = TextField(label=_("By which decision"), required=False, max_length=300)


class PolicyForm(DeskForm):
    value = forms.CharField(label=_("Value"), max_length=2000)
    scope = TextField(label=_("Only for"), required=False, max_length=80)
    starts_on = DateField(label=_("In force from"))
    ends_on = DateField(label=_("Until (last day)"), required=False)
    article = TextField(label=_("Article of the manual"), required=False, max_length=60)
    resolution = TextField(label=_("Resolution of the council"), required=False, max_length=120)
    reason = TextField(label=_("Reason"), required=False, max_length=300)

    def __init__(self, *args: Any, key: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["value"]
        if key.kind == "bool":
            self.fields["value"] = forms.ChoiceField(
                label=field.label, choices=[("yes", _("yes")), ("no", _("no"))]
            )
        elif key.kind == "choice" and key.choices:
            self.fields["value"] = forms.ChoiceField(
                label=field.label, choices=[(one, one) for one in key.choices]
            )
        elif key.kind in {"list", "map", "table", "text"}:
            field.widget = forms.Textarea(attrs={"rows": 4})
        else:
            field.widget = CodeInput()
        if not key.scopes:
            del self.fields["scope"]
        self.key = key

    def clean_value(self) -> Any:
        """Lists are typed a word on each line; names with values and tables as JSON."""
        typed = self.cleaned_data["value"]
        if self.key.kind == "list":
            return [line.strip() for line in typed.splitlines() if line.strip()]
        if self.key.kind in {"map", "table"}:
            try:
                return json.loads(typed)
            except ValueError:
                raise forms.ValidationError(_("This is not valid JSON."), code="json") from None
        return typed


class AccountForm(DeskForm):
    username = forms.CharField(label=_("User name"), widget=CodeInput(), max_length=64)
    name_ar = TextField(label=_("Name in Arabic"), max_length=160)
    name_en = TextField(label=_("Name in English"), required=False, max_length=160)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = PhoneField(label=_("Telephone"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)


class _SectionChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Section) -> str:
        return "\u2003" * max(len(obj.lineage) - 1, 0) + obj.name


class SeatForm(DeskForm):
    section = _SectionChoice(label=_("Section"), queryset=None)
    role: Any = forms.ModelChoiceField(label=_("Role"), queryset=None)
    starts_on = DateField(label=_("From"), required=False)
    ends_on = DateField(label=_("To"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = sections()  # type: ignore[attr-defined]
        self.fields["role"].queryset = roles()  # type: ignore[attr-defined]


class SectionForm(DeskForm):
    code = forms.SlugField(label=_("Code"), widget=CodeInput(), max_length=40)
    name_ar = TextField(label=_("Name in Arabic"), max_length=120)
    name_en = TextField(label=_("Name in English"), required=False, max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=SectionKind.choices)
    parent = _SectionChoice(label=_("Under"), queryset=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = sections()  # type: ignore[attr-defined]


class RoleForm(DeskForm):
    code = forms.SlugField(label=_("Code"), widget=CodeInput(), max_length=60)
    name_ar = TextField(label=_("Name in Arabic"), max_length=120)
    name_en = TextField(label=_("Name in English"), required=False, max_length=120)
    permissions = forms.MultipleChoiceField(
        label=_("May"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, role: Role | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = [  # type: ignore[attr-defined]
            (one.code, one.title) for one in registry.permissions().values()
        ]
        if role is not None:
            del self.fields["code"]


class DelegationForm(DeskForm):
    from_user: Any = forms.ModelChoiceField(label=_("Whose seats"), queryset=None)
    to_user: Any = forms.ModelChoiceField(label=_("Lent to"), queryset=None)
    section = _SectionChoice(label=_("Only in the section"), queryset=None, required=False)
    role: Any = forms.ModelChoiceField(label=_("Only the role"), queryset=None, required=False)
    starts_on = DateField(label=_("From"))
    ends_on = DateField(label=_("To"))
    reason = TextField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from_user", "to_user"):
            self.fields[name].queryset = staff  # type: ignore[attr-defined]
        self.fields["section"].queryset = sections()  # type: ignore[attr-defined]
        self.fields["role"].queryset = roles()  # type: ignore[attr-defined]


class AbsenceForm(DeskForm):
    user: Any = forms.ModelChoiceField(label=_("Who is away"), queryset=None)
    substitute: Any = forms.ModelChoiceField(label=_("Substitute"), queryset=None, required=False)
    starts_on = DateField(label=_("From"))
    ends_on = DateField(label=_("To"))
    reason = TextField(label=_("Reason"), required=False, max_length=300)

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("user", "substitute"):
            self.fields[name].queryset = staff  # type: ignore[attr-defined]


class VoidForm(DeskForm):
    number = forms.IntegerField(
        label=_("Number"), min_value=1, widget=CodeInput(attrs={"inputmode": "numeric"})
    )
    reason = TextField(label=_("Reason"), max_length=300)


__all__ = [
    "AbsenceForm",
    "AccountForm",
    "DelegationForm",
    "HolidayForm",
    "PolicyForm",
    "ProfileForm",
    "RoleForm",
    "SeatForm",
    "SectionForm",
    "VoidForm",
]
