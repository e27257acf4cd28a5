"""Input of the archive's pages; no rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, PartyField, TextField
from kernel.organisation.models import Section
from modules.archive.selectors import own_sections, type_choices


class FilingForm(DeskForm):
    """A paper filed by hand."""

    keep_digits: frozenset[str] = frozenset({"title"})

    file = forms.FileField(
        label=_("File"), allow_empty_file=True, help_text=_("A scan as PDF, or a picture.")
    )
    title = TextField(label=_("What is it?"), max_length=240)
    type_code = forms.ChoiceField(label=_("Type"), choices=())
    dated_on = DateField(
        label=_("Date of the paper"),
        required=False,
        help_text=_("As written on it; retention counts from here. Left empty: today."),
    )
    party = PartyField(label=_("Person"), required=False)
    is_confidential = forms.BooleanField(label=_("Confidential"), required=False)
    sections = forms.ModelMultipleChoiceField(
        label=_("Sections that see it"),
        queryset=Section.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without any, only those see it who may read the whole archive."),
    )
    again = forms.BooleanField(
        label=_("File it all the same"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type_code"].choices = [("", ""), *type_choices()]  # type: ignore[attr-defined]
        self.fields["sections"].queryset = own_sections()  # type: ignore[attr-defined]

    def offer_again(self) -> None:
        """Show the tick by which a second filing of the same content is meant."""
        self.fields["again"].widget = forms.CheckboxInput()
