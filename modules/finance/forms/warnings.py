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


class ContestForm(DeskForm):
    """The person went to court: when, and what is known of it."""

    on = DateField(label=_("Contested on"))
    reason = TextField(
        label=_("Court, number of the case, what was paid or secured"), rows=2, max_length=300
    )

    keep_digits = frozenset({"reason"})
