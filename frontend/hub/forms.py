from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DeskForm, TextField
from tenants.register import rows


class NewMunicipalityForm(DeskForm):
    """A municipality from the register, and the address under which it will be served."""

    name = forms.ChoiceField(label=_("Municipality"))
    host = TextField(
        label=_("Address"),
        max_length=253,
        help_text=_("As people will type it, for example rafah.example.ps"),
    )
    is_demo = forms.BooleanField(
        label=_("For training"),
        required=False,
        help_text=_("Every page and paper is marked as a demonstration."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((row.name_ar, f"{row.name_ar} ({row.governorate_ar})") for row in rows()),
        ]

    def clean_host(self) -> str:
        return str(self.cleaned_data["host"]).strip().lower()
