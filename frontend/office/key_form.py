"""What is asked for a new key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, TextField
from kernel.identity.models import User
from kernel.identity.selectors import accounts_to_act_as
from kernel.viewer import Viewer


class _AccountChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return f"{obj.full_name} ({obj.username})"


class KeyForm(DeskForm):
    name = TextField(
        label=_("For which programme"),
        max_length=80,
        help_text=_("As you will know it again: «School portal»."),
    )
    account = _AccountChoice(
        label=_("Acts as"),
        queryset=User.objects.none(),
        empty_label=None,
        help_text=_("The key may do what this account may, and no more than its scopes."),
    )
    scopes = forms.MultipleChoiceField(label=_("Scopes"), widget=forms.CheckboxSelectMultiple)
    expires_on = DateField(
        label=_("Until (last day)"),
        required=False,
        help_text=_("Left empty, it is good until it is withdrawn."),
    )

    def __init__(
        self, *args: Any, viewer: Viewer, scopes: Sequence[str], on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["account"].queryset = accounts_to_act_as(viewer)  # type: ignore[attr-defined]
        self.fields["scopes"].choices = [(one, one) for one in scopes]  # type: ignore[attr-defined]

    def clean_expires_on(self) -> date | None:
        last: date | None = self.cleaned_data["expires_on"]
        if last is not None and last < self.on:
            raise forms.ValidationError(_("This day is over."), code="past")
        return last
