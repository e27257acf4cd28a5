"""The form with which the service of a warning is entered."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, TextField
from modules.finance.constants import Service


class ServeForm(DeskForm):
    """How, when and to whom it was served."""

    how = forms.ChoiceField(label=_("How it was served"), choices=Service.choices)
    on = DateField(label=_("Served on"))
    receiver = TextField(label=_("Received by"), max_length=160)
