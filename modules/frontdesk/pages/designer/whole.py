"""Forms about a service as a whole: begin one, take one in, publish one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, TextField
from frontend.forms.widgets import CodeInput


class PublishForm(DeskForm):
    in_force_from = DateField(label=_("In force from"))
    note = TextField(label=_("Why it changes"), max_length=300)


class TakeInForm(DeskForm):
    file = forms.FileField(label=_("File of a service"))
    code = forms.CharField(
        label=_("Under the code"), required=False, max_length=20, widget=CodeInput(),
        help_text=_("Empty: the code in the file."),
    )  # fmt: skip


class NewServiceForm(DeskForm):
    code = forms.CharField(
        label=_("Code"), max_length=20, widget=CodeInput(), help_text=_("For example: FD-101")
    )
    title_ar = TextField(label=_("Title in Arabic"), max_length=200)
    title_en = TextField(label=_("Title in English"), max_length=200, required=False)
    group = forms.ChoiceField(label=_("Group"))

    def __init__(self, *args: Any, groups: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = groups  # type: ignore[attr-defined]
