"""What a clerk types about a parcel, premises, or who holds them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, LandNumberField, PartyField, TextField
from frontend.forms.widgets import CodeInput
from kernel.places.constants import LandKind, PremisesKind, Relation
from kernel.places.facts import LandUnitFacts
from kernel.places.selectors import neighbourhoods
from kernel.terms import term_lazy


class LandUnitForm(DeskForm):
    block_no = LandNumberField(label=term_lazy("land_block_number"))
    block_name = TextField(label=term_lazy("land_block_name"), required=False, max_length=60)
    parcel_no = LandNumberField(label=term_lazy("land_parcel_number"))
    sub_no = LandNumberField(label=_("Part"), required=False)
    kind = forms.ChoiceField(label=_("Kind of land"), choices=LandKind.choices)
    area_m2 = forms.CharField(
        label=_("Area in square metres"),
        required=False,
        widget=CodeInput(attrs={"inputmode": "decimal"}),
    )
    locality = TextField(label=_("Locality"), required=False, max_length=60)
    neighbourhood: Any = forms.ModelChoiceField(
        label=_("Neighbourhood"), required=False, queryset=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["neighbourhood"].queryset = neighbourhoods()  # type: ignore[attr-defined]

    def facts(self) -> LandUnitFacts:
        given = self.cleaned_data
        quarter = given.get("neighbourhood")
        return LandUnitFacts(
            block_no=given["block_no"],
            block_name=given["block_name"],
            parcel_no=given["parcel_no"],
            sub_no=given["sub_no"],
            kind=given["kind"],
            area_m2=given["area_m2"] or None,
            locality=given["locality"],
            neighbourhood_id=quarter.pk if quarter else None,
        )


class SplitForm(DeskForm):
    parts = forms.CharField(
        label=_("The new parcels"),
        help_text=_(
            "One on each line: number, then its area in square metres. For example: 16 500"
        ),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "ltr"}),
    )
    on = DateField(label=_("Date"))
    order_ref = TextField(label=_("Decision or order"), max_length=120)

    def clean_parts(self) -> list[tuple[str, str]]:
        lines = [line.split() for line in self.cleaned_data["parts"].splitlines() if line.strip()]
        if any(len(line) > 2 for line in lines):
            raise forms.ValidationError(
                _("Write on each line a number and an area, with a space between.")
            )
        return [(line[0], line[1] if len(line) > 1 else "") for line in lines]


class NeighbourhoodForm(DeskForm):
    """A quarter of the town."""

    name_ar = TextField(label=_("Name in Arabic"), max_length=80)
    name_en = TextField(label=_("Name in English"), max_length=80, required=False)


class PremisesForm(DeskForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=PremisesKind.choices)
    name = TextField(label=_("Name or sign"), required=False, max_length=120)
    neighbourhood: Any = forms.ModelChoiceField(
        label=_("Neighbourhood"), required=False, queryset=None
    )
    street = TextField(label=_("Street"), required=False, max_length=80)
    landmark = TextField(label=_("Near"), required=False, max_length=120)
    building = TextField(label=_("Building"), required=False, max_length=60)
    floor = TextField(label=_("Floor"), required=False, max_length=20)
    unit_no = TextField(label=_("Number inside"), required=False, max_length=20)
    area_m2 = forms.CharField(
        label=_("Area in square metres"),
        required=False,
        widget=CodeInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["neighbourhood"].queryset = neighbourhoods()  # type: ignore[attr-defined]


class HoldingForm(DeskForm):
    party = PartyField(label=_("Person or organisation"))
    relation = forms.ChoiceField(label=_("Holds it as"), choices=Relation.choices)
    share = forms.CharField(
        label=_("Share"),
        initial="1",
        widget=CodeInput(),
        help_text=_("A fraction of the whole, like 1/3. Whole: 1"),
    )
    starts_on = DateField(label=_("From"), required=False)
    basis = TextField(label=_("By which paper"), required=False, max_length=200)

    def clean_share(self) -> Fraction:
        try:
            return Fraction(self.cleaned_data["share"].replace(" ", ""))
        except (ValueError, ZeroDivisionError):
            raise forms.ValidationError(
                _("Write the share as a fraction of the whole, like 1/3.")
            ) from None
