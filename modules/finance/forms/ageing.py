"""Ages of dues: as of which day, told by what; and who collects where."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm
from kernel.identity.models import User
from kernel.places.models import Neighbourhood
from kernel.places.selectors import neighbourhoods
from modules.finance.constants import AgeingBy


class AgeingForm(DeskForm):
    on = DateField(label=_("As of"))
    by = forms.ChoiceField(label=_("Told by"), choices=AgeingBy.choices, required=False)

    def clean_by(self) -> str:
        return self.cleaned_data["by"] or AgeingBy.KIND.value


class RoundsForm(DeskForm):
    """Whose box it is and where he collects."""

    collector = forms.ModelChoiceField(
        label=_("Collector"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody: a box of the hall"),
    )
    zones = forms.ModelMultipleChoiceField(
        label=_("Neighbourhoods of his rounds"),
        queryset=Neighbourhood.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).order_by("name_ar")
        self.fields["collector"].queryset = people  # type: ignore[attr-defined]
        self.fields["zones"].queryset = neighbourhoods()  # type: ignore[attr-defined]
